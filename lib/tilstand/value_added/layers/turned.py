"""Schools that turned: a test of each school's change that keeps wrong flags rare in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from tilstand.value_added.errors import TooFewSchoolsError, ValueAddedError, check_level
from tilstand.value_added.layers.cells import between_classes, cell_statistics
from tilstand.value_added.layers.class_share import (
    check_class_share,
    effective_pupils,
    within_divisor,
)

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults

#: Class share that the test allows for where nothing is known of classes: a class SD of .2 beside a
#: pupil SD of .55, the largest tried. A larger one than allowed for makes wrong flags common.
DEFAULT_ALLOWANCE = 0.12


def holm(p: np.ndarray) -> np.ndarray:
    """Adjust p-values so that any wrong rejection at all is rare.

    Parameters
    ----------
    p : ndarray, shape (J,)
        p-values of J tests.

    Returns
    -------
    ndarray, shape (J,)
        Adjusted p-values: rejecting those of at most .05 keeps the chance of any wrong
        rejection at 5 %.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6:65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def turned_schools(
    results: LayeredResults,
    *,
    class_share: float | None = None,
    level: float = 0.95,
    rate: float = 0.05,
) -> pd.DataFrame:
    """Test which schools' contributions changed from the first cohort to the newest.

    Parameters
    ----------
    results : LayeredResults
        A fit of two or more cohorts.
    class_share : float, optional
        Class variance over class and pupil variance that the test allows for. If not given: that
        of the data where there are class ids, that of the model where it borrows one, else .12.
    level : float
        Level of the intervals, which are those of the unshrunk change.
    rate : float
        Chance of any wrong flag among all schools.

    Returns
    -------
    DataFrame, one row a school
        ``school, first, newest`` (cohorts), ``change, se, low, high`` (outcome's units), ``p,
        p_holm, turned`` and ``class_share``; missing for schools without pupils in both cohorts.

    Raises
    ------
    ValueAddedError
        If fewer than two schools have pupils in the first and the newest cohort.

    Notes
    -----
    With ``r`` a cohort's mean less the within-cohort slopes times the means of the predictors,
    the change is ``r_newest - r_first`` less the mean change over the schools, and
    ``SE^2 = s2 (1 / n_newest + 1 / n_first)``, ``s2`` the variance within cohorts and ``n`` the
    effective pupils under the class share; with class ids,
    ``s2 (1 / n + ratio sum (n_c / n)^2)`` for each cohort, the ratio averaged over its
    uncertainty. Predictors that are the same for all pupils of a cohort are not adjusted for.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added.layers import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> school, cohort = (at.ravel() for at in np.indices((12, 3, 20))[:2])
    >>> score = 50 + 3 * rng.normal(size=12)[school] + 8 * rng.normal(size=720)
    >>> pupils = pd.DataFrame({"score": score, "school": school, "cohort": 2022 + cohort})
    >>> model = LayeredIntercept.from_formula("score ~ 1", pupils, ["school", "cohort"])
    >>> results = model.fit()
    >>> from tilstand.value_added.layers import turned_schools
    >>> int(turned_schools(results)["turned"].sum())
    0

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6:65-70. Kish (1965), Survey sampling, section
    5.4, for the effective pupils.
    """
    check_level(level)
    model = results.model
    tree = model.tree
    if "cohort" not in tree.columns or "cohort" in tree.left_out:
        raise ValueAddedError("change needs schools with pupils in two cohorts")
    cells = tree.ids[tree.level("cohort")]
    cohorts = cells["cohort"]
    order = sorted(cohorts.unique())
    first, newest = order[0], order[-1]
    statistics, school = cell_statistics(model)
    known = "class" in tree.levels and class_share is None
    share = _share(results, class_share)
    mean, within = _adjusted(results, known, share)
    n = statistics.n
    weight = 1 / n if known else 1 / effective_pupils(n, share)
    if known:
        weight = weight + share / (1 - share) * between_classes(model)
    schools = tree.ids[tree.level("school")]["school"]
    at = {
        end: pd.Series(np.flatnonzero(cohorts == one), index=school[cohorts == one])
        for end, one in (("first", first), ("newest", newest))
    }
    both = at["first"].index.intersection(at["newest"].index)
    if len(both) < 2:
        raise TooFewSchoolsError(
            f"fewer than two schools have pupils both in cohort {first} and in {newest}"
        )
    a, b = at["first"][both].to_numpy(), at["newest"][both].to_numpy()
    change = np.full(len(schools), np.nan)
    se = np.full(len(schools), np.nan)
    moved = mean[b] - mean[a]
    change[both] = moved - moved.mean()
    se[both] = np.sqrt(within * (weight[a] + weight[b]))
    p = 2 * special.ndtr(-np.abs(change / se))
    adjusted = np.full(len(schools), np.nan)
    adjusted[both] = holm(p[both])
    half = -special.ndtri((1 - level) / 2) * se
    return pd.DataFrame(
        {
            "school": schools,
            "first": first,
            "newest": newest,
            "change": change,
            "se": se,
            "low": change - half,
            "high": change + half,
            "p": p,
            "p_holm": adjusted,
            "turned": adjusted <= rate,
            "class_share": share,
        }
    )


def _share(results: LayeredResults, given: float | None) -> float:
    if given is not None:
        return check_class_share(given)
    levels = results.model.tree.levels
    if "class" in levels:
        nodes = results.nodes()
        ratio = float(nodes.weights @ nodes.ratio[:, levels.index("class")])
        return ratio / (1 + ratio)
    borrowed = results.model.class_share
    return DEFAULT_ALLOWANCE if borrowed is None else borrowed


def _adjusted(results: LayeredResults, known: bool, share: float) -> tuple[np.ndarray, float]:  # noqa: FBT001
    """Return the cohorts' adjusted means and the variance of pupils within them."""
    model = results.model
    statistics, _ = cell_statistics(model)
    # With class ids slopes and pupils' variance are those within classes.
    source = model.statistics if known else statistics
    cross = source.within
    size = np.sqrt(np.diag(cross)[:-1])
    size[size == 0] = 1.0
    inverse = np.linalg.pinv(cross[:-1, :-1] / size / size[:, None], hermitian=True)
    rank = round(float(np.trace(inverse @ (cross[:-1, :-1] / size / size[:, None]))))
    slopes = inverse @ (cross[:-1, -1] / size) / size
    freedom = max(statistics.pupils - len(source.n) - rank, 1)
    within = max(float(cross[-1, -1] - cross[:-1, -1] @ slopes), 0.0) / freedom
    if not known:
        within /= within_divisor(statistics.n, share)
    return statistics.means[:, -1] - statistics.means[:, :-1] @ slopes, within
