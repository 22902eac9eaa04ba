"""Know the fields that a pupil file may have, and a pupil file by the names in its header."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

SCHEMA = "data/pupils.schema.json"
# A header with as many of the schema's names is that of a pupil file, if no export knows it.
FEWEST_NAMES = 3


def load_schema(path: Path) -> list[dict[str, Any]]:
    """Load the fields of a Table Schema file."""
    fields: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["fields"]
    return fields


def looks_like_pupils(header: Collection[str], schema: Collection[str]) -> bool:
    """Tell whether a header that no export has is that of a pupil file.

    Parameters
    ----------
    header : collection of str
        Column names.
    schema : collection of str
        Names of the fields in ``data/pupils.schema.json``.

    Returns
    -------
    bool
        True for a column ``pupil`` beside ``school``, or three of the schema's names.
    """
    names = {column.strip().lower() for column in header}
    return {"pupil", "school"} <= names or len(names & set(schema)) >= FEWEST_NAMES
