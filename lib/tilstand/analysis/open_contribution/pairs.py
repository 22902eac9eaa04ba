"""Pair a school's mean in one autumn with its mean a year later, from published tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis.open_contribution.decimals import sharpened_mean
from tilstand.analysis.open_contribution.settings import COMPOSITE

if TYPE_CHECKING:
    from collections.abc import Collection

INDICATOR = "np_scale_points"
PAIRED = ("unit", "subject", "autumn", "x", "y", "n8", "n9", "x_rounding", "y_rounding")
LEFT_OUT = ("unit", "reason")
REASONS = ("apart", "hidden", "one_grade")


@dataclass(frozen=True)
class OpenPairs:
    """Hold schools' pairs of means and the schools without one.

    Parameters
    ----------
    pairs : DataFrame
        One row a school, subject and autumn of the earlier test, `PAIRED`: means in scale points,
        pupils, and the variances that rounding leaves.
    left_out : DataFrame
        ``unit`` and ``reason``: apart (private and special schools), hidden (no number in any
        pair of autumns), one_grade (never both grades).
    autumns : tuple of int
        Autumns of the earlier test that have schools with a pair.
    sharpened : float
        Share of the means of which the sexes gave back decimals, 0 to 1.
    """

    pairs: pd.DataFrame
    left_out: pd.DataFrame
    autumns: tuple[int, ...]
    sharpened: float


def open_pairs(
    figures: pd.DataFrame,
    *,
    first_year: int = 0,
    last_year: int = 9999,
    prior_grade: str = "8",
    outcome_grade: str = "9",
    apart: Collection[str] = (),
    most: int = 3,
) -> OpenPairs:
    """Pair schools by organisation number, an autumn with the next.

    Parameters
    ----------
    figures : DataFrame
        *Figures*: ``indicator``, ``level``, ``unit``, ``grade``, ``gender``, ``category``,
        ``subject``, ``year``, ``value``, ``n`` and ``status``, numbers as numbers.
    first_year, last_year : int
        First autumn on today's scale, and the last to use.
    prior_grade, outcome_grade : str
        Grades of the two tests, a year apart. The same grade twice is the placebo: other pupils.
    apart : collection of str
        Units that stand apart: private, Steiner, international and special schools.
    most : int
        Newest pairs of autumns to use.

    Returns
    -------
    OpenPairs
        Pairs of both subjects of the composite; a school with only one of them in an autumn has
        no pair there.
    """
    rows = _rows(figures, {prior_grade, outcome_grade}, first_year, last_year)
    means = _means(rows)
    known = means[np.isfinite(means["mean"])]
    prior = known[known["grade"] == prior_grade]
    outcome = known[known["grade"] == outcome_grade].assign(year=lambda table: table["year"] - 1)
    joined = prior.merge(outcome, on=["unit", "subject", "year"], suffixes=("8", "9"))
    both = joined.groupby(["unit", "year"])["subject"].transform("nunique") == len(COMPOSITE)
    joined = joined[both & ~joined["unit"].isin(list(apart))]
    autumns = tuple(sorted(int(year) for year in joined["year"].unique())[-most:])
    joined = joined[joined["year"].isin(autumns)]
    pairs = pd.DataFrame(
        {
            "unit": joined["unit"],
            "subject": joined["subject"],
            "autumn": joined["year"].astype(int),
            "x": joined["mean8"],
            "y": joined["mean9"],
            "n8": joined["n8"],
            "n9": joined["n9"],
            "x_rounding": joined["rounding8"],
            "y_rounding": joined["rounding9"],
        }
    ).sort_values(["unit", "subject", "autumn"], ignore_index=True)
    sharp = pd.concat([joined["sharp8"], joined["sharp9"]])
    return OpenPairs(
        pairs,
        _left_out(means, pairs, apart, prior_grade, outcome_grade),
        autumns,
        float(sharp.mean()) if len(sharp) else 0.0,
    )


def _rows(figures: pd.DataFrame, grades: set[str], first_year: int, last_year: int) -> pd.DataFrame:
    return figures[
        (figures["indicator"] == INDICATOR)
        & (figures["level"] == "school")
        & figures["grade"].isin(grades)
        & figures["gender"].isin(["", "male", "female"])
        & (figures["category"] == "")
        & figures["subject"].isin(COMPOSITE)
        & figures["year"].between(first_year, last_year)
    ]


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """Find the mean of every school, grade, subject and autumn, as sharp as the tables allow."""
    key = ["unit", "grade", "subject", "year"]
    good = rows["status"].isin(["ok", "provisional"])
    rows = rows.assign(value=rows["value"].where(good), n=rows["n"].where(good))
    rows = rows.drop_duplicates([*key, "gender"])
    made = rows.loc[rows["gender"] == "", [*key, "value", "n"]]
    for sex in ("male", "female"):
        part = rows.loc[rows["gender"] == sex, [*key, "value", "n"]]
        part = part.rename(columns={"value": f"value_{sex}", "n": f"n_{sex}"})
        made = made.merge(part, on=key, how="left")
    n_sexes = made["n_male"] + made["n_female"]
    # A school that counts a few pupils as neither has a mean that the two do not fix.
    fits = (n_sexes == made["n"]).to_numpy()
    boys, girls = (made[f"value_{sex}"].where(fits).to_numpy(float) for sex in ("male", "female"))
    share = (made["n_male"] / n_sexes).to_numpy(float)
    mean, rounding = sharpened_mean(made["value"].to_numpy(float), boys, girls, share)
    sharp = np.isfinite(boys) & np.isfinite(girls)
    return made.assign(mean=mean, rounding=rounding, sharp=sharp)[
        [*key, "mean", "n", "rounding", "sharp"]
    ]


def _left_out(
    means: pd.DataFrame,
    pairs: pd.DataFrame,
    apart: Collection[str],
    prior_grade: str,
    outcome_grade: str,
) -> pd.DataFrame:
    grades = means.groupby("unit")["grade"].agg(set)
    rows = []
    for unit in sorted(set(grades.index) - set(pairs["unit"])):
        if unit in apart:
            reason = "apart"
        else:
            reason = "hidden" if {prior_grade, outcome_grade} <= grades[unit] else "one_grade"
        rows.append((unit, reason))
    return pd.DataFrame(rows, columns=list(LEFT_OUT))
