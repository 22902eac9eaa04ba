"""Say which schools' contributions may be shown beside the tables."""

from __future__ import annotations

import pandas as pd

from tilstand.analysis.school_contributions import ROUNDED
from tilstand.disclosure.cells import TOTAL
from tilstand.pupils.protection.protected import Protected

#: The table of what contributions rest on.
TABLE = "adjusted"


def contributions_to_show(estimates: pd.DataFrame, protected: Protected) -> pd.DataFrame:
    """Leave out the contributions of schools whose mean or number of pupils is hidden.

    Parameters
    ----------
    estimates : DataFrame
        As `school_contributions.all_contributions` gives it.
    protected : Protected
        The edition's tables.

    Returns
    -------
    DataFrame
        The same columns, with one decimal: what is downloaded is what is printed.
    """
    rounded = estimates.assign(**{name: estimates[name].astype(float).round(1) for name in ROUNDED})
    if not any(layout.table == TABLE for layout in protected.layouts.values()):
        return rounded
    means = protected.means(TABLE, "year", "school")
    whole = means[(means["year"] == TOTAL) & (means["status"] == "ok") & means["n"].notna()]
    keys = ["grade", "subject", "school"]
    shown = set(whole[keys].astype(str).itertuples(index=False, name=None))
    names = estimates[keys].astype(str).itertuples(index=False, name=None)
    return rounded[[name in shown for name in names]].reset_index(drop=True)
