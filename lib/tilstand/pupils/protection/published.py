"""Keep what an edition has published of its pupils, so that the next one can reckon with it.

Beside the tables as they were shown lie the same before anything was hidden: counts and means of
groups, no pupil's row. They are personal data all the same, and lie under ``data/private``.
"""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.analysis.table_forms import CountTable, MeanTable, PupilTables
from tilstand.pupils.protection.protected import Protected

#: The file's name in an edition's private folder.
NAME = "published-tables.json"


def keep_published(folder: Path, tables: PupilTables, protected: Protected) -> Path:
    """Keep an edition's tables as they are and as they are shown.

    Parameters
    ----------
    folder : Path
        The edition's private folder, ``data/private/<edition>``; made for its owner alone.
    tables : PupilTables
        Before anything was hidden.
    protected : Protected
        What is published.

    Returns
    -------
    Path
        The file, which its owner alone may read.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    said = {
        "counts": [_packed(one) for _, one in sorted(tables.counts.items())],
        "means": [_packed(one) for _, one in sorted(tables.means.items())],
        "protected": json.loads(protected.to_json()),
    }
    path, draft = folder / NAME, folder / f".{NAME}"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(said, file, ensure_ascii=False)
    draft.replace(path)
    return path


def published_before(folder: Path) -> tuple[PupilTables, Protected] | None:
    """Open what an edition has published; None where nothing is kept.

    Parameters
    ----------
    folder : Path
        The edition's private folder.

    Returns
    -------
    tuple of (PupilTables, Protected) or None
        As `protect` takes it.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    counts = [CountTable(**_unpacked(one, "counts")) for one in said["counts"]]
    means = [MeanTable(**_unpacked(one, "rows")) for one in said["means"]]
    tables = PupilTables({one.name: one for one in counts}, {one.name: one for one in means})
    return tables, Protected.from_json(json.dumps(said["protected"]))


def _packed(table: CountTable | MeanTable) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, pd.DataFrame):
            value = {
                "columns": list(value.columns),
                "rows": value.astype(object).where(value.notna(), None).to_numpy().tolist(),
            }
        said[field.name] = value
    return said


def _unpacked(said: dict[str, Any], frame: str) -> dict[str, Any]:
    made: dict[str, Any] = {name: _tuples(value) for name, value in said.items()}
    rows = pd.DataFrame(said[frame]["rows"], columns=said[frame]["columns"])
    numbers = [c for c in rows if c in ("count", "value", "n", "sd", "slope", "prior")]
    made[frame] = rows.assign(**{c: pd.to_numeric(rows[c]) for c in numbers})
    return made


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
