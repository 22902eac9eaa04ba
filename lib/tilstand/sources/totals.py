"""Hold an export's rows to each other: the parts may not be more than the whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.errors import Fault
    from tilstand.sources.raw import RawTable

BREAKDOWN = ("year", "indicator", "grade", "gender", "subject", "category")


def exceeded(figures: pd.DataFrame, table: RawTable) -> list[Fault]:
    """Find municipalities and countries whose parts hold more pupils than they do.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of one export, with ``n`` as text, ``municipality`` of schools and ``_row``.
    table : RawTable
        The file, for the faults.

    Returns
    -------
    list of Fault
        One a total that is exceeded. Less than the total is no fault: schools may be suppressed,
        and a file may hold only some of them.
    """
    counted = figures.loc[figures["n"] != ""].to_dict("records")
    sums: dict[tuple, int] = defaultdict(int)
    for row in counted:
        if row["level"] == "school":
            sums[_whole(row, "municipality", row["municipality"])] += int(row["n"])
        elif row["level"] == "county":
            sums[_whole(row, "nation", "0")] += int(row["n"])
    faults = []
    for row in counted:
        parts = sums.get(_whole(row, row["level"], row["unit"]), 0)
        if parts > int(row["n"]):
            expected = f"at least the {parts} pupils of its parts; a row may stand there twice"
            faults.append(table.fault(row["_row"], row["_n"], row["n"], expected))
    return faults


def _whole(row: dict, level: str, unit: str) -> tuple:
    return (level, unit, *(row[column] for column in BREAKDOWN))
