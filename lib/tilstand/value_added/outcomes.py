"""Several outcomes side by side, a composite of them, and the social side with its caution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.checks import check_columns, check_numeric
from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.errors import ValueAddedError, check_level
from tilstand.value_added.formula import formula_columns
from tilstand.value_added.layers.files import fit_layers
from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.layers.roles import roles_of

#: What a table of answers about the social side has to say.
CAUTION = (
    "adjusted for {predictors} only, with no earlier answer of the same pupils: what the pupils "
    "brought with them is in it, who answers is not random, and few answers move a school; it "
    "describes how pupils have it, and is no contribution of the school's"
)


def composite(
    data: pd.DataFrame, outcomes: Sequence[str], *, weights: Sequence[float] | None = None
) -> pd.Series:
    """Average outcomes of the same pupils, each in its own standard deviations.

    Parameters
    ----------
    data : DataFrame, n rows
        Pupils.
    outcomes : sequence of str
        Columns of numbers.
    weights : sequence of float, optional
        One an outcome; the same for all if not given.

    Returns
    -------
    Series, shape (n,)
        Mean 0 and SD 1 among the pupils with all outcomes; missing for the others.

    Raises
    ------
    ValueAddedError
        If a column is not there, holds no numbers or does not vary, or weights do not fit.

    Examples
    --------
    >>> pupils = pd.DataFrame({"reading": [40.0, 50, 60, None], "numeracy": [45.0, 50, 55, 60]})
    >>> composite(pupils, ["reading", "numeracy"]).round(2).tolist()
    [-1.0, 0.0, 1.0, nan]

    References
    ----------
    A composite is fitted as an outcome of its own: a joint model of two or three subjects gains
    nothing with 10 to 40 schools.
    """
    names = list(outcomes)
    if len(names) < 2:
        raise ValueAddedError("a composite needs two outcomes or more")
    check_columns(data, names)
    for name in names:
        check_numeric(data, name)
    share = np.ones(len(names)) if weights is None else np.asarray(weights, dtype=float)
    if share.shape != (len(names),) or not np.isfinite(share).all() or (share < 0).any():
        raise ValueAddedError(f"weights: {len(names)} numbers from 0 up were expected")
    values = data[names].astype(float)
    whole = values.dropna()
    spread = whole.std()
    flat = [name for name in names if not spread[name] > 0]
    if flat or not share.sum() > 0:
        raise ValueAddedError(f"{(flat or names)[0]}: does not vary among pupils with all outcomes")
    mean = (values - whole.mean()) / spread @ share
    made = mean[whole.index]
    return pd.Series((mean - made.mean()) / made.std(), name="composite")


@dataclass(frozen=True)
class SideBySide:
    """Hold schools' contributions to several outcomes, in SDs of each.

    Parameters
    ----------
    schools : DataFrame, one row an outcome and school
        ``outcome, school, n, cohorts``, ``mean_observed`` with ``low, high``, and ``sd``, the
        outcome's units to one. An interval holds for its own row; of many rows some miss.
    cautions : dict of str to str
        For outcomes of the social side, what has to be said of them.
    fits : dict of str to LayeredResults
        The models, by outcome.
    """

    schools: pd.DataFrame
    cautions: dict[str, str]
    fits: dict[str, LayeredResults] = field(repr=False)


def side_by_side(
    data: pd.DataFrame,
    formulas: Mapping[str, str],
    groups: Any,
    *,
    social: Sequence[str] = (),
    reliability: Mapping[str, Any] | None = None,
    level: float = LEVEL,
) -> SideBySide:
    """Fit outcomes one by one and put the schools' averages side by side.

    Parameters
    ----------
    data : DataFrame, n rows
        Pupils; a pupil without an outcome is left out of that model alone.
    formulas : mapping of str to str
        Name of an outcome to its formula; the cohorts' means are added.
    groups : sequence of str or mapping of str to str
        Columns of ids, as for `LayeredIntercept.from_formula`.
    social : sequence of str
        Outcomes that have no earlier score of the same pupils, such as wellbeing or bullying,
        adjusted for grade and sex alone.
    reliability : mapping, optional
        What is known of priors' error, as for `fit_calibrated`; used in the formulas that have
        them.
    level : float
        Level of the intervals.

    Returns
    -------
    SideBySide
        In the order of the formulas, and of the schools' ids.

    Raises
    ------
    ValueAddedError
        One line for each fault, with the outcome's name first.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> school, cohort = (at.ravel() for at in np.indices((12, 2, 25))[:2])
    >>> pupils = pd.DataFrame({"school": school, "cohort": 2022 + cohort})
    >>> pupils["prior"] = rng.normal(50, 10, 600)
    >>> pupils["score"] = 0.8 * pupils["prior"] + 4 * rng.normal(size=600)
    >>> pupils["sex"] = rng.choice(["f", "m"], 600)
    >>> at = 0.4 * rng.normal(size=(2, 12, 2))  # of each outcome, school and cohort
    >>> pupils["score"] += 5 * at[0][school, cohort] + 5 * at[0].mean(axis=1)[school]
    >>> pupils["wellbeing"] = 4 + at[1][school, cohort] + 0.6 * rng.normal(size=600)
    >>> pupils["wellbeing"] += at[1].mean(axis=1)[school]
    >>> found = side_by_side(
    ...     pupils,
    ...     {"score": "score ~ prior", "wellbeing": "wellbeing ~ C(sex)"},
    ...     ["school", "cohort"],
    ...     social=["wellbeing"],
    ... )
    >>> found.schools.groupby("outcome", sort=False).size().to_dict()
    {'score': 12, 'wellbeing': 12}
    >>> found.cautions["wellbeing"][:29]
    'adjusted for C(sex) only, wit'
    """
    check_level(level)
    unknown = [name for name in social if name not in formulas]
    if unknown:
        raise ValueAddedError(f"social: {unknown[0]!r} is none of {', '.join(formulas)}")
    fits, tables, cautions = {}, [], {}
    for name, formula in formulas.items():
        right = formula.partition("~")[2]
        try:
            used = formula_columns(formula, data)[1:]
            known = {key: one for key, one in (reliability or {}).items() if key in used}
            fits[name] = fit_layers(data, formula, roles_of(groups), reliability=known)
        except ValueAddedError as error:
            raise ValueAddedError([f"{name}: {line}" for line in error.lines]) from error
        sd = _spread(fits[name])
        table = fits[name].school_effects(level)
        tables.append(
            pd.DataFrame(
                {
                    "outcome": name,
                    "school": table["school"],
                    "n": table["n"],
                    "cohorts": table["cohorts"],
                    "mean_observed": table["mean_observed"] / sd,
                    "low": table["mean_observed_low"] / sd,
                    "high": table["mean_observed_high"] / sd,
                    "sd": sd,
                }
            )
        )
        if name in social:
            cautions[name] = CAUTION.format(predictors=right.strip())
    return SideBySide(pd.concat(tables, ignore_index=True), cautions, fits)


def _spread(results: LayeredResults) -> float:
    """Return the outcome's SD among the pupils of a fit."""
    statistics = results.model.statistics
    n, means = statistics.n, statistics.school_means[:, -1]
    centre = n @ means / n.sum()
    total = statistics.within[-1, -1] + n @ (means - centre) ** 2
    return float(np.sqrt(total / (n.sum() - 1)))
