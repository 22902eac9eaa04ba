"""Keep protected tables between chapters, so that a build protects them once."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import tilstand.disclosure as engine
from tilstand.analysis.pupil_tables import PupilTables
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils import protection
from tilstand.pupils.protection.book import views_of
from tilstand.pupils.protection.protect import Before, Public, protect
from tilstand.pupils.protection.protected import Protected
from tilstand.pupils.protection.tables import CountView, MeanView, text_cells


def keep(
    folder: Path,
    tables: PupilTables,
    rules: DisclosureRules,
    *,
    public: Public | None = None,
    before: Sequence[Before] = (),
    jobs: int = 1,
) -> Protected:
    """Protect tables, or take them from where the same ones were kept before.

    Parameters
    ----------
    folder : Path
        Where protected tables are kept: under ``.build``, which is never published. Files are
        named by what went in, the program included; they hold what may be shown and nothing else.
    tables : PupilTables
        As for `protect`.
    rules : DisclosureRules
        As for `protect`.
    public : mapping, optional
        As for `protect`.
    before : sequence of (PupilTables, Protected)
        As for `protect`.
    jobs : int
        As for `protect`.

    Returns
    -------
    Protected
        What pages may open.

    Raises
    ------
    DataError
        As `protect` does.
    """
    path = folder / f"{fingerprint(tables, rules, public or {}, before)}.json"
    if path.is_file():
        return Protected.from_json(path.read_text(encoding="utf-8"))
    made = protect(tables, rules, public=public, before=before, jobs=jobs)
    write_once(path, made.to_json)
    return made


def fingerprint(
    tables: PupilTables,
    rules: DisclosureRules,
    public: Public | None = None,
    before: Sequence[Before] = (),
) -> str:
    """Name everything that a protected table depends on, by content.

    Parameters
    ----------
    tables, rules, public, before
        As for `protect`. The order of tables and rows makes no difference.

    Returns
    -------
    str
        Hexadecimal.
    """
    digest = hashlib.sha256(_program())
    counts, means, _ = views_of(tables)
    views: list[CountView | MeanView] = [*counts, *means]
    for view in sorted(views, key=lambda one: one.name):
        frame = view.counts if isinstance(view, CountView) else view.means
        about = {k: v for k, v in vars(view).items() if k not in ("counts", "means")}
        digest.update(json.dumps(about, sort_keys=True).encode())
        text = text_cells(frame, view.dimensions)
        digest.update(text.to_csv(index=False, float_format="%.9g").encode())
    digest.update(json.dumps(asdict(rules)).encode())
    for population, cells in sorted((public or {}).items()):
        said = sorted((sorted(cell), count) for cell, count in cells.items())
        digest.update(json.dumps([population, said]).encode())
    for earlier, published in before:
        digest.update(fingerprint(earlier, published.rules).encode())
        digest.update(published.to_json().encode())
    return digest.hexdigest()[:24]


def write_once(path: Path, text: Callable[[], str]) -> None:
    """Write a file in one move, so that nobody reads half of it; two at once do no harm.

    Parameters
    ----------
    path : Path
        Where it goes.
    text : callable
        Gives the content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _program() -> bytes:
    """Read the program that protects: another program may hide other cells."""
    folders = [Path(inspect.getfile(package)).parent for package in (engine, protection)]
    files = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return b"".join(path.read_bytes() for path in files)
