"""Schools with nearly the same intake, and how a school differs from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.errors import (
    TooFewSchoolsError,
    UnknownColumnError,
    ValueAddedError,
    check_level,
)
from tilstand.value_added.layers.cells import cell_statistics
from tilstand.value_added.layers.quadrature import LayeredPrior
from tilstand.value_added.layers.tables import observed_mean
from tilstand.value_added.layers.targets import evaluate, intervals

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults

#: Schools that a school is held beside.
COUNT = 10


@dataclass(frozen=True)
class LikeSchools:
    """Hold every school's like schools and its difference from them.

    Parameters
    ----------
    schools : DataFrame, one row a school
        ``school, n``, the intake it is matched by, ``difference`` from the mean of its like
        schools with ``low, high``, ``distance`` to the farthest of them; outcome's units, the
        distance in SDs of intake.
    like : dict of object to list
        Each school's like schools, the nearest first.
    rule : str
        How they are found, one sentence.
    """

    schools: pd.DataFrame
    like: dict[Any, list[Any]]
    rule: str


def intake_of(results: LayeredResults, predictors: Sequence[str]) -> pd.DataFrame:
    """Describe the intake of every school by what the fit knows of its pupils.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    predictors : sequence of str
        Predictors such as the prior score, by the mean over the school's pupils.

    Returns
    -------
    DataFrame, one row a school
        A column ``mean of ...`` for each predictor and ``pupils a cohort``.

    Examples
    --------
    >>> from tilstand.value_added import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"school": np.repeat(np.arange(14), 30)})
    >>> frame["x"] = frame["school"] / 7 + rng.normal(size=420)
    >>> frame["y"] = frame["x"] + 0.3 * rng.normal(size=14)[frame["school"]] + rng.normal(size=420)
    >>> fit = LayeredIntercept.from_formula("y ~ x", frame, "school").fit()
    >>> intake_of(fit, ["x"]).loc[13].round(1).to_dict()
    {'mean of x': 1.8, 'pupils a cohort': 30.0}
    """
    unknown = [one for one in predictors if one not in results.names]
    if unknown:
        raise UnknownColumnError(f"{unknown[0]}: none of {', '.join(results.names)}")
    statistics, school = cell_statistics(results.model)
    n = np.bincount(school, statistics.n)
    table = {}
    for name in predictors:
        means = statistics.school_means[:, results.names.index(name)]
        table[f"mean of {name}"] = np.bincount(school, statistics.n * means) / n
    table["pupils a cohort"] = n / np.bincount(school)
    return pd.DataFrame(table)


def like_schools(
    results: LayeredResults,
    predictors: Sequence[str],
    *,
    also: pd.DataFrame | None = None,
    count: int = COUNT,
    level: float = LEVEL,
    prior: LayeredPrior | None = None,
) -> LikeSchools:
    """Find for each school those with the most equal intake, and its difference from them.

    Parameters
    ----------
    results : LayeredResults
        A fit of the schools, of a municipality, a country, or of both.
    predictors : sequence of str
        Predictors of the fit whose school means are the intake.
    also : DataFrame, one row a school, optional
        Further features by school id, such as the spread of the prior or the grades.
    count : int
        How many are like.
    level : float
        Level of the intervals.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand.

    Returns
    -------
    LikeSchools
        Matched by intake alone, never by result.

    Raises
    ------
    TooFewSchoolsError
        If there are not more schools than are to be like.
    ValueAddedError
        For a count under 1, and for further features that a school has not, or not once as a
        number.

    Notes
    -----
    The distance is Euclidean over features in units of their SD between schools, pupils a cohort
    by their logarithm. The difference of contributions has its interval over the variances'
    uncertainty and the fixed effects' at once; what schools of one municipality share is taken as
    independent, which makes the interval a little too wide. A feature that is equal at all schools
    tells none apart and is left out of the rule.

    References
    ----------
    Stuart (2010), Matching methods for causal inference, Statistical Science 25:1-21.

    Examples
    --------
    >>> from tilstand.value_added import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"school": np.repeat(np.arange(14), 30)})
    >>> frame["x"] = frame["school"] / 7 + rng.normal(size=420)
    >>> frame["y"] = frame["x"] + 0.3 * rng.normal(size=14)[frame["school"]] + rng.normal(size=420)
    >>> fit = LayeredIntercept.from_formula("y ~ x", frame, "school").fit()
    >>> found = like_schools(fit, ["x"], count=3)
    >>> sorted(found.like[13])
    [9, 11, 12]
    >>> print(found.rule)
    The 3 schools with the most equal intake: mean of x, pupils a cohort.
    """
    check_level(level)
    schools = results.schools
    if not (isinstance(count, int) and count >= 1):
        raise ValueAddedError(f"count: {count!r} is not a whole number of like schools, at least 1")
    if len(schools) <= count:
        raise TooFewSchoolsError(
            f"{len(schools)} schools: more than {count} are needed to find {count} that are like"
        )
    features = intake_of(results, predictors)
    if also is not None:
        missing = schools.difference(also.index)
        if len(missing):
            raise UnknownColumnError(f"{missing[0]}: no such school among the further features")
        twice = also.index[also.index.duplicated()]
        if len(twice):
            raise ValueAddedError(f"{twice[0]}: more than one row among the further features")
        for name, column in also.loc[schools].items():
            number = pd.to_numeric(column, errors="coerce")
            if not np.isfinite(number).all():
                school = column.index[~np.isfinite(number)][0]
                raise ValueAddedError(f"{name}: {column[school]} of school {school} is no number")
            features[str(name)] = number.to_numpy(dtype=float)
    values = features.assign(**{"pupils a cohort": np.log(features["pupils a cohort"])}).to_numpy()
    spread = values.std(axis=0)
    values = values[:, spread > 0] / spread[spread > 0]
    told = ", ".join(features.columns[spread > 0])
    nearest = np.empty((len(schools), count), dtype=int)
    farthest = np.empty(len(schools))
    for one, here in enumerate(values):
        distance = np.sqrt(((values - here) ** 2).sum(axis=1))
        distance[one] = np.inf
        nearest[one] = np.argsort(distance, kind="stable")[:count]
        farthest[one] = distance[nearest[one, -1]]
    mix = np.eye(len(schools))
    np.put_along_axis(mix, nearest, -1 / count, axis=1)
    nodes = results.nodes(prior)
    (found,) = evaluate(
        results.restricted,
        nodes.ratio,
        [observed_mean(results)],
        excess=results.model.mean_error,
        mix=mix,
    )
    ends = intervals(results.restricted, nodes, found, level)
    table = pd.DataFrame({"school": schools, "n": results.pupils(_school_level(results))})
    table = table.join(features).assign(
        difference=ends.mean, low=ends.low, high=ends.high, distance=farthest
    )
    like = {school: schools[rows].tolist() for school, rows in zip(schools, nearest, strict=True)}
    rule = f"The {count} schools with the most equal intake: {told}."
    return LikeSchools(table, like, rule)


def _school_level(results: LayeredResults) -> int:
    return results.model.tree.level("school")
