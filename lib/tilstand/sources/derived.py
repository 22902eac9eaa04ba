"""Derive shares and ratios from the counts of an export, as figures of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.register import read_text_table

if TYPE_CHECKING:
    from pathlib import Path

DERIVED_COLUMNS = ("indicator", "numerator", "denominator", "factor", "decimals", "counted")
KEY = ["year", "level", "unit", "grade", "gender", "subject", "category"]
#: Of two parts the status that says most of why there is no number.
WORST = ("suppressed", "not_applicable", "missing", "provisional", "ok")


def read_rules(folder: Path) -> list[dict[str, str]]:
    """Read which indicators are derived from which, from ``derived.csv`` of the register."""
    table = read_text_table(folder / "derived.csv", DERIVED_COLUMNS)
    return [{name: row[name] for name in DERIVED_COLUMNS} for row in table.to_dict("records")]


def derive(figures: pd.DataFrame, rules: list[dict[str, str]]) -> pd.DataFrame:
    """Divide one count by another, unit by unit.

    Parameters
    ----------
    figures : pandas.DataFrame
        Figures as text, ``file`` beside them where they have one.
    rules : list of dict
        ``indicator``, ``numerator``, ``denominator``, ``factor``, ``decimals`` and
        ``counted`` (whether the denominator is n) of each.

    Returns
    -------
    pandas.DataFrame
        One row a unit and year that has both, in the columns of ``figures``. The mark is
        ``inferred``; n is the denominator of a share. What is hidden in a part is hidden in the
        quotient, and where nothing is counted it does not apply.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     [("a", "30", "ok"), ("b", "600", "ok")], columns=["indicator", "value", "status"]
    ... ).assign(year="2025", unit="4601", source="s", section="2025-26.x")
    >>> rule = {"indicator": "c", "numerator": "a", "denominator": "b", "factor": "100"}
    >>> full = rows.reindex(columns=contracts.FIGURE_COLUMNS, fill_value="")
    >>> derive(full, [rule | {"decimals": "1", "counted": "no"}])["value"].item()
    '5.0'
    """
    made = [_quotients(figures, rule) for rule in rules]
    found = [rows for rows in made if not rows.empty]
    return pd.concat(found, ignore_index=True) if found else figures.iloc[:0]


def _quotients(figures: pd.DataFrame, rule: dict[str, str]) -> pd.DataFrame:
    parts = [
        figures[figures["indicator"] == rule[name]].drop_duplicates(KEY)
        for name in ("numerator", "denominator")
    ]
    both = parts[0].merge(parts[1], on=KEY, suffixes=("", "_below"))
    if both.empty:
        return figures.iloc[:0]
    above, below = (pd.to_numeric(both[name], errors="coerce") for name in ("value", "value_below"))
    status = [
        min(pair, key=WORST.index)
        for pair in zip(both["status"], both["status_below"], strict=True)
    ]
    counted = pd.Series(status, index=both.index).isin(contracts.STATUSES_WITH_VALUE)
    shown = counted & above.notna() & below.notna() & (below != 0)
    values = float(rule["factor"]) * above / below.where(below != 0)
    places = int(rule["decimals"])
    counts_below = rule["counted"] == "yes"
    made = both.assign(
        indicator=rule["indicator"],
        value=[
            f"{value:.{places}f}" if has else "" for value, has in zip(values, shown, strict=True)
        ],
        n=[f"{n:.0f}" if has and counts_below else "" for n, has in zip(below, shown, strict=True)],
        margin="",
        status=pd.Series(status, index=both.index).where(shown | ~counted, "not_applicable"),
        mark="inferred",
    )
    return made[list(figures.columns)]
