"""Estimate what each school adds, from pairs of tests, for the schools' own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis import contributions

if TYPE_CHECKING:
    from tilstand.analysis.pupil_data import PupilData

COLUMNS = ("grade", "subject", "school", "n", "estimate", "low", "high", "first", "last")
_FEWEST_SCHOOLS = 3


def all_contributions(data: PupilData, reliability: float | None, least: int) -> pd.DataFrame:
    """Estimate contributions to every test that has an earlier one, all cohorts together.

    Parameters
    ----------
    data : PupilData
        The pupils; only ``pairs`` is looked at.
    reliability : float or None
        Reliability of the earlier test; no correction for its error without.
    least : int
        Pupils of the smallest school that is shown: the edition's ``disclosure.min_n``.

    Returns
    -------
    DataFrame, one row a test and school
        ``grade`` and ``subject`` as text, ``school, n``, ``estimate`` with its 95 % interval
        ``low`` and ``high`` (scale points; 0 is the municipality's average school), ``first`` and
        ``last`` year. Schools with fewer pupils are left out, and one more whenever exactly one
        would be. A test with fewer than three schools has none.

    Notes
    -----
    The result on 8. trinn belongs to the primary school, that on 9. trinn to the school itself
    (`pairs.join_tests`). Estimates are shrunk; see `contributions.fit`.
    """
    parts = []
    for (grade, subject), pairs in data.pairs.groupby(["grade", "subject"], sort=True):
        pupils = pairs[["school", "prior", "outcome"]].astype({"prior": float, "outcome": float})
        if pupils["school"].nunique() < _FEWEST_SCHOOLS:
            continue
        results = contributions.fit(pupils.reset_index(drop=True), reliability).main
        ours = contributions.our_schools(results, sorted(set(pupils["school"])), least)
        parts.append(
            pd.DataFrame(
                {
                    "grade": str(grade),
                    "subject": subject,
                    "school": ours["school"],
                    "n": ours["n"],
                    "estimate": ours["estimate"],
                    "low": ours["ci_low"],
                    "high": ours["ci_high"],
                    "first": str(pairs["year"].min()),
                    "last": str(pairs["year"].max()),
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
