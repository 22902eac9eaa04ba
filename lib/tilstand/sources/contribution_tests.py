"""Know what the contribution from open tables takes for given, and which exports it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.analysis.comparable import first_comparable_year
from tilstand.analysis.open_contribution.pairs import INDICATOR
from tilstand.analysis.open_contribution.settings import Settings
from tilstand.register import read_text_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from tilstand.register import Register

PRIOR_GRADE, OUTCOME_GRADE = "8", "9"
SETTING_COLUMNS = (
    *("setting", "since", "value", "label_nb", "label_en", "source_nb", "source_en"),
)
_WHOLE = ("fewest_pairs",)


def setting_rows(folder: Path, year: int) -> pd.DataFrame:
    """Read the assumptions and limits that hold in a year, with words and sources.

    Parameters
    ----------
    folder : Path
        The register's; they stand in ``open_contribution.csv``.
    year : int
        Data year of the edition.

    Returns
    -------
    DataFrame
        `SETTING_COLUMNS`, one row a setting.
    """
    table = read_text_table(folder / "open_contribution.csv", SETTING_COLUMNS)
    table = table[table["since"].astype(int) <= year].sort_values("since", kind="stable")
    return table.drop_duplicates("setting", keep="last")


def settings_of(rows: pd.DataFrame) -> Settings:
    """Turn the rows of `setting_rows` into numbers."""
    said: dict[str, Any] = {
        name: int(float(value)) if name in _WHOLE else float(value)
        for name, value in zip(rows["setting"], rows["value"], strict=True)
    }
    return Settings(**said)


def needed_tests(register: Register, year: int, fewest_pairs: int) -> list[tuple[str, int]]:
    """List the grades and autumns that a school's contribution needs, newest first.

    Parameters
    ----------
    register : Register
        Knows when the tests' scale was broken.
    year : int
        Data year of the edition.
    fewest_pairs : int
        Cohorts that a school needs.

    Returns
    -------
    list of (str, int)
        Grade 9, then grade 8; in the oldest autumn, or the first one on the year's scale, grade 8
        alone begins a pair.
    """
    oldest = max(first_comparable_year(register, INDICATOR, year), year - fewest_pairs)
    years = range(year, oldest - 1, -1)
    return [(OUTCOME_GRADE, one) for one in years[:-1]] + [(PRIOR_GRADE, one) for one in years]
