"""Name the edition that tests fetch for, and pick rows of what was fetched."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from conftest import REPO
from tilstand.edition import Edition
from tilstand.sources.fetch import Fetched
from tilstand.sources.open_sources import Assumption, read_assumptions

EDITION = Edition("2024", 2024, "3201", ("32", "0"), ("nb",), dt.date(2025, 6, 1))


def rows_of(fetched: Fetched, indicator: str, **where: str) -> pd.DataFrame:
    """Pick the rows of an indicator where columns have some values."""
    rows = fetched.figures[fetched.figures["indicator"] == indicator]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return rows


def assumed_of(source: str) -> list[Assumption]:
    """Pick the lines of the table that are of one source."""
    return [one for one in read_assumptions(REPO / "data" / "register") if one.source == source]


def dataset(codes: dict[str, list[str]]) -> dict[str, Any]:
    """Write the shape of a json-stat2 dataset, without values."""
    dimension = {name: {"category": {"index": values}} for name, values in codes.items()}
    return {"class": "dataset", "id": list(codes), "dimension": dimension}
