"""Follow how far each school lies from the municipality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis.table_forms import TOTAL

if TYPE_CHECKING:
    from tilstand.analysis.shown_tables import ShownTables


def distances(protected: ShownTables) -> pd.DataFrame:
    """Compute every school's distance to the municipality, test by test and year by year.

    Parameters
    ----------
    protected : ShownTables
        The tables with their blanks.

    Returns
    -------
    DataFrame
        ``grade, subject, school, year`` (a number), ``score`` and ``whole`` (the two means),
        ``value, low, high`` (the distance and the ends of the school's 95 % interval, scale
        points), ``n``, ``ref``, ``n_ref`` and ``whole_ref``; only where both means are shown, and
        others than the school's own pupils have taken the test.
    """
    found = protected.means("scores", "year", "school")
    found = found[(found["year"] != TOTAL) & found["value"].notna()]
    whole = found[found["school"] == TOTAL].set_index(["grade", "subject", "year"])
    own = found[found["school"] != TOTAL].copy()
    key = pd.MultiIndex.from_frame(own[["grade", "subject", "year"]])
    own["whole"] = whole["value"].reindex(key).to_numpy()
    own["whole_ref"] = whole["ref"].reindex(key).to_numpy()
    own["whole_n"] = whole["n"].reindex(key).to_numpy()
    alone = (own["n"] == own["whole_n"]).fillna(False).astype(bool)
    own = own[own["whole"].notna() & ~alone].drop(columns="whole_n")
    own["score"] = own["value"]
    for column in ("value", "low", "high"):
        own[column] = own[column] - own["whole"]
    own["year"] = own["year"].astype(int)
    return own


def drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep one school's rows of the grades that have two years or more, which make a line."""
    years = rows.groupby("grade")["year"].transform("nunique")
    return rows[years > 1]
