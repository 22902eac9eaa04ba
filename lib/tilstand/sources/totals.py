"""Hold an export's numbers to each other: parts to wholes, margins to numbers of pupils."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.errors import Fault
    from tilstand.tabular.raw import RawTable

# In Udir's exports the margin times the root of n lies between 6.6 and 30.7, mostly near 17.5.
MARGINS = (4.0, 45.0)
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
        One a total that is exceeded, at the part where a single one is larger than its whole.
        Less than the total is no fault: schools may be suppressed, and a file may hold only some
        of them.
    """
    counted = figures.loc[figures["n"] != ""].to_dict("records")
    parts: dict[tuple, list[dict]] = defaultdict(list)
    for row in counted:
        if row["level"] == "school":
            parts[_whole(row, "municipality", row["municipality"])].append(row)
        elif row["level"] == "county":
            parts[_whole(row, "nation", "0")].append(row)
    faults = []
    for row in counted:
        own = parts.get(_whole(row, row["level"], row["unit"]), [])
        whole = int(row["n"])
        larger = [part for part in own if int(part["n"]) > whole]
        total = sum(int(part["n"]) for part in own)
        if len(larger) == 1 and total - int(larger[0]["n"]) <= whole:
            part = larger[0]
            expected = f"at most the {whole} pupils of {row['name']}"
            faults.append(table.fault(part["_row"], part["_n"], part["n"], expected))
        elif total > whole:
            expected = f"at least the {total} pupils of its parts; a row may stand there twice"
            faults.append(table.fault(row["_row"], row["_n"], row["n"], expected))
    return faults


def _whole(row: dict, level: str, unit: str) -> tuple:
    return (level, unit, *(row[column] for column in BREAKDOWN))


def unusual_margins(figures: pd.DataFrame, table: RawTable) -> list[str]:
    """Note margins of scale points that do not go with the number of pupils.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of one export.
    table : RawTable
        The file, for the notes.

    Returns
    -------
    list of str
        One a measurement whose margin is far from what its n gives: a slip of the keyboard in
        either is likelier than a school like that.
    """
    rows = figures[(figures["margin"] != "") & (figures["n"] != "")]
    rows = rows[rows["indicator"] == "np_scale_points"]
    scale = rows["margin"].astype(float) * rows["n"].astype(float) ** 0.5
    odd = rows[(scale < MARGINS[0]) | (scale > MARGINS[1])]
    return [
        f"{table.name}:{row['_row']}:{row['section']}: margin {row['margin']} is unusual for "
        f"{row['n']} pupils; is one of them mistyped?"
        for row in odd.to_dict("records")
    ]
