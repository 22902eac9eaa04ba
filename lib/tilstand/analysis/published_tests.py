"""Compare published means of one grade's tests: a part with its whole, schools, and years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.published_means import (
    mean_difference,
    part_variance,
    rounding_variance,
    sampling_variance,
    stands_out,
)
from tilstand.analysis.school_spread import FEWEST, between_schools

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tilstand.analysis.proportions import Difference

INDICATOR = "np_scale_points"
SUBJECTS = ("reading", "numeracy", "english")
SPREAD = ("sd", "sd_low", "sd_high", "observed", "chance", "schools", "hidden", "apart")


def rows_of_tests(
    figures: pd.DataFrame, grades: Collection[str], first_year: int = 0
) -> pd.DataFrame:
    """Select the scale points of grades, all pupils together.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    grades : collection of str
        Grades that sat the tests.
    first_year : int
        First autumn to keep, such as the first on today's scale.

    Returns
    -------
    pandas.DataFrame
        Rows of the table, hidden ones too.
    """
    return figures[
        (figures["indicator"] == INDICATOR)
        & figures["grade"].isin(list(grades))
        & (figures["gender"] == "")
        & (figures["category"] == "")
        & figures["subject"].isin(SUBJECTS)
        & (figures["year"] >= first_year)
    ]


def part_and_whole(
    value: float, margin: float, n: float, whole: float, whole_margin: float, whole_n: float
) -> Difference:
    """Estimate the difference between the mean of a place and that of what it is a part of.

    Parameters
    ----------
    value, margin, n : float
        Mean, margin (half the 95 % interval, scale points) and pupils of the part.
    whole, whole_margin, whole_n : float
        The same of the whole.

    Returns
    -------
    Difference
        With its interval, the pupils that both share counted once.
    """
    variance = part_variance(
        sampling_variance(margin), sampling_variance(whole_margin), min(n / whole_n, 1)
    )
    return mean_difference(value - whole, float(variance))


def spread_of_schools(
    shown: pd.DataFrame, hidden: int, whole: Mapping[Any, Any] | None
) -> dict[str, float | None]:
    """Estimate how far schools lie apart, and count those told from their municipality.

    Parameters
    ----------
    shown : pandas.DataFrame
        ``value``, ``margin`` and ``n`` of every published school.
    hidden : int
        Schools whose result is hidden.
    whole : mapping or None
        The municipality's own row; None where it has no result.

    Returns
    -------
    dict
        ``sd``, ``sd_low``, ``sd_high`` (true spread, scale points), ``observed`` (of the
        published means), ``chance`` (percent of that which chance explains), ``schools``,
        ``hidden`` and ``apart`` (told from the whole, false discoveries kept few). None where
        fewer than `FEWEST` schools are published.
    """
    if len(shown) < FEWEST:
        return dict.fromkeys(SPREAD)
    variance = sampling_variance(shown["margin"]) + rounding_variance()
    between = between_schools(shown["value"].to_numpy(float), variance.to_numpy(float))
    return {
        "sd": between.sd,
        "sd_low": between.interval.low,
        "sd_high": between.interval.high,
        "observed": between.observed_sd,
        "chance": 100 * between.chance_share,
        "schools": len(shown),
        "hidden": hidden,
        "apart": None if whole is None else int(told_apart(shown, whole).sum()),
    }


def told_apart(shown: pd.DataFrame, whole: Mapping[Any, Any]) -> pd.Series:
    """Tell which schools can be told from their municipality, false discoveries kept few.

    Parameters
    ----------
    shown : pandas.DataFrame
        ``value``, ``margin`` and ``n`` of every published school.
    whole : mapping
        The municipality's own row.

    Returns
    -------
    pandas.Series of bool
        A school a row.
    """
    share = (shown["n"] / whole["n"]).clip(upper=1)
    of_whole = float(sampling_variance(float(whole["margin"])))
    variance = part_variance(sampling_variance(shown["margin"]), of_whole, share)
    return pd.Series(stands_out(shown["value"] - whole["value"], variance), index=shown.index)


def means_by_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay out schools' means: a row a school under its newest name, a column a year.

    Parameters
    ----------
    rows : pandas.DataFrame
        Published rows of one subject: ``place``, ``name``, ``year`` and ``value``. A school
        that changed its number is one place.

    Returns
    -------
    pandas.DataFrame
        ``place``, a column a year and ``label``.
    """
    newest = rows.sort_values("year", kind="stable").groupby("place")["name"].last()
    wide = rows.pivot_table(index="place", columns="year", values="value", aggfunc="last")
    wide.columns = [str(year) for year in wide.columns]
    wide = wide.reset_index()
    return wide.assign(label=wide["place"].map(newest))


def change_over_years(rows: pd.DataFrame) -> Difference:
    """Estimate the change between the first and the last of a place's rows.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``value`` and ``margin``, oldest first; the cohorts are different pupils.

    Returns
    -------
    Difference
        Last minus first, with sampling and rounding of both in its interval.
    """
    first, last = rows.iloc[0], rows.iloc[-1]
    variance = sum(float(sampling_variance(row["margin"])) for row in (first, last))
    return mean_difference(last["value"] - first["value"], variance + 2 * rounding_variance())
