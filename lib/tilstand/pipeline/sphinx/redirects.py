"""Keep old addresses alive: a page that moved leaves a page behind that leads on."""

from __future__ import annotations

import csv
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tilstand.edition.names import edition_names
from tilstand.errors import BuildError
from tilstand.pipeline.basis.policy import page_policy_meta

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from tilstand.pipeline.sphinx.compile import Frame
    from tilstand.project import Project

REDIRECTS = "redirects.csv"
COLUMNS = ["from", "to"]
WORDS = {
    "nb": ("Siden er flyttet", "Gå til siden"),
    "en": ("The page has moved", "Go to the page"),
}


def write_redirects(
    project: Project,
    pages: Collection[str],
    frame: Frame,
    folder: Path,
    folded: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write a page that leads on for every address that an edition has given up.

    Parameters
    ----------
    project : Project
        The checkout. ``book/redirects.csv`` has the columns ``from`` and ``to``: names of pages
        without their ending, of every edition, or ``<edition>/<page>`` where a page has moved
        from one edition to another. Nothing is written when there is no such file.
    pages : collection of str
        Names of the edition's pages.
    frame : Frame
        Edition, and language of the words on the page, for browsers that do not follow by
        themselves.
    folder : Path
        Where the pages go.
    folded : mapping of str, optional
        Chapters that the edition sets on another page, by that page's name.

    Returns
    -------
    list of Path
        The pages, in the table's order.

    Raises
    ------
    BuildError
        When an old address is still a page, stands twice, or leads to a page that is not there.
        An edition that has got such a page of its own again keeps it; moves from one edition to
        another are passed over where either is not in the checkout.
    """
    for old, new in (folded or {}).items():
        folder.mkdir(parents=True, exist_ok=True)
        moved = _page(f"{new}.html#{old}", frame.language)
        (folder / f"{old}.html").write_text(moved, encoding="utf-8")
    table = project.book / REDIRECTS
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        if rows.fieldnames != COLUMNS:
            raise BuildError(f"{table.name}:1: expected the columns {', '.join(COLUMNS)}")
        moves = [(rows.line_num, row["from"], row["to"]) for row in rows]
    names = edition_names(project)
    faults: list[str] = []
    written: dict[str, Path] = {}
    for line, said, to in moves:
        (edition, old), (target, new) = _place(said, names), _place(to, names)
        if "/" in said and "/" in to and not (edition and target):
            continue  # from or to an edition that this checkout does without
        if edition and not target:
            faults.append(f"{table.name}:{line}:to: '{to}', expected <edition>/<page>")
        elif target == frame.name and new not in pages:
            faults.append(f"{table.name}:{line}:to: edition {target} has no page '{new}'")
        elif edition and (edition != frame.name or old in pages):
            continue
        elif old in pages:
            faults.append(f"{table.name}:{line}:from: '{old}' is a page, expected one that moved")
        elif old in written:
            faults.append(f"{table.name}:{line}:from: '{old}' stands twice")
        elif not target and new not in pages:
            faults.append(f"{table.name}:{line}:to: no page '{new}' in the table of contents")
        else:
            written[old] = folder / f"{old}.html"
            written[old].parent.mkdir(parents=True, exist_ok=True)
            way = "../" * (len(PurePosixPath(old).parts) - 1)
            way += f"../../{target}/{frame.language}/" if target else ""
            written[old].write_text(_page(f"{way}{new}.html", frame.language), encoding="utf-8")
    if faults:
        raise BuildError(faults)
    return list(written.values())


def _place(said: str, names: Collection[str]) -> tuple[str, str]:
    """Part an address into its edition, where it names one, and its page."""
    first, _, rest = said.partition("/")
    return (first, rest) if rest and first in names else ("", said)


def _page(href: str, language: str) -> str:
    title, link = WORDS[language]
    to = escape(href)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"{page_policy_meta()}\n"
        f'<meta http-equiv="refresh" content="0; url={to}">\n'
        '<meta name="robots" content="noindex">\n'
        f'<link rel="canonical" href="{to}">\n<title>{title}</title>\n</head>\n'
        f'<body>\n<main><h1>{title}</h1><p><a href="{to}">{link}</a></p></main>\n</body>\n</html>\n'
    )
