"""Keep the contributions that an edition has published, for when it is published again.

A pupil who has been erased since would be the difference between two estimates of one school, and
between two counts of all pupils. So an edition whose published years have changed shows the
contributions that readers have already.
"""

from __future__ import annotations

import json
import os
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.pupils.contribution import Contribution

if TYPE_CHECKING:
    from pathlib import Path

#: The file's name in an edition's private folder.
NAME = "published-contributions.json"


def keep_contributions(folder: Path, made: Contribution | None, schools: pd.DataFrame) -> Path:
    """Keep what an edition has published of contributions, for its owner alone.

    Parameters
    ----------
    folder : Path
        The edition's private folder.
    made : Contribution or None
        What the chapters on contributions show.
    schools : DataFrame
        What the schools' pages show.

    Returns
    -------
    Path
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    said = {
        "chapters": None
        if made is None
        else {one.name: _packed(getattr(made, one.name)) for one in fields(made)},
        "schools": _packed(schools),
    }
    path, draft = folder / NAME, folder / f".{NAME}"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(said, file, ensure_ascii=False)
    draft.replace(path)
    return path


def kept_contributions(folder: Path) -> tuple[Contribution | None, pd.DataFrame] | None:
    """Open what an edition has published of contributions; None where nothing is kept.

    Parameters
    ----------
    folder : Path
        The edition's private folder.

    Returns
    -------
    tuple of (Contribution or None, DataFrame) or None
        As `keep_contributions` takes them.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    chapters, schools = said["chapters"], _opened(said["schools"])
    if chapters is None:
        return None, schools
    return Contribution(**{name: _opened(value) for name, value in chapters.items()}), schools


def _packed(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        types = {str(name): str(kind) for name, kind in value.dtypes.items()}
        rows = value.astype(object).where(value.notna(), None).to_numpy().tolist()
        return {"types": types, "rows": rows}
    return value


def _opened(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"types", "rows"}:
        return pd.DataFrame(value["rows"], columns=list(value["types"])).astype(value["types"])
    return value
