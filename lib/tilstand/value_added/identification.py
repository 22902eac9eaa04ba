"""Whether a model can be told from the data at all, and if not, why."""

from __future__ import annotations

import re

import numpy as np
from scipy.linalg import lapack, solve_triangular

from tilstand.value_added.errors import (
    CollinearError,
    ConstantOutcomeError,
    NoPupilsError,
    TooFewSchoolsError,
)
from tilstand.value_added.sufficient import SufficientStatistics

# A predictor whose variance is explained to all but this share by those before it has no
# coefficient of its own; the sums hold about 16 digits, a square root of which is left.
_COLLINEAR = 1e-11
# The columns of a natural, cyclic or B-spline basis, as the formula package names them.
_BASIS = re.compile(r"((cr|cc|bs)\(.*\))\[\d+\]$")


def refuse_too_little(statistics: SufficientStatistics, p: int) -> None:
    """Refuse data with too few schools or pupils for a model.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils.
    p : int
        Number of predictors.

    Raises
    ------
    NoPupilsError, TooFewSchoolsError
        With what there is too little of.
    """
    if not len(statistics.schools):
        raise NoPupilsError("no pupils are left to analyse")
    if len(statistics.schools) == 1:
        raise TooFewSchoolsError(
            f"only one school ({statistics.schools[0]}): schools can be compared from two upwards"
        )
    if statistics.n.max() < 2:
        raise TooFewSchoolsError(
            "every school has a single pupil: schools cannot be told from pupils"
        )
    level = int((statistics.within.diagonal()[:-1] == 0).sum())
    if level >= len(statistics.schools):
        raise TooFewSchoolsError(
            f"{level} predictors that are the same for all pupils of a school leave no difference "
            f"between {len(statistics.schools)} schools"
        )
    if statistics.pupils <= p + 1:
        raise NoPupilsError(f"{statistics.pupils} pupils are too few for {p} predictors")


def refuse_constant(statistics: SufficientStatistics, size: np.ndarray) -> None:
    """Refuse an outcome that does not vary.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils.
    size : ndarray, shape (k,)
        Root mean square of each column.

    Raises
    ------
    ConstantOutcomeError
        With the one value there is.
    """
    between = statistics.n @ statistics.means[:, -1] / statistics.pupils
    spread = statistics.within[-1, -1] + statistics.n @ (statistics.means[:, -1] - between) ** 2
    level = max(abs(statistics.origin[-1] + between), size[-1])
    if spread <= statistics.pupils * (1e-13 * level) ** 2:
        raise ConstantOutcomeError(
            f"{statistics.names[-1]}: the outcome is {statistics.origin[-1] + between:g} for "
            "every pupil"
        )


def orthogonal(cross: np.ndarray, names: list[str]) -> np.ndarray:
    """Factor the predictors' cross-products, naming any that are a combination of others.

    Parameters
    ----------
    cross : ndarray, shape (p, p)
        Mean cross-products.
    names : list of str
        The predictors' names.

    Returns
    -------
    ndarray, shape (p, p)
        Lower Cholesky factor.

    Raises
    ------
    CollinearError
        With the first predictor that those before it make up, and those.
    """
    p = len(names)
    factor, failed = lapack.dpotrf(cross, lower=1)
    # Far from collinear nothing has to be explained; near it the columns are gone through.
    if not failed and (factor.diagonal() ** 2 > 1e3 * _COLLINEAR * cross.diagonal()).all():
        return np.asarray(factor)
    factor = np.zeros((p, p))
    for i in range(p):
        row = solve_triangular(factor[:i, :i], cross[:i, i], lower=True) if i else np.empty(0)
        left = cross[i, i] - row @ row
        if left <= _COLLINEAR * cross[i, i]:
            raise CollinearError(_explanation(i, names, factor, row))
        factor[i, :i] = row
        factor[i, i] = np.sqrt(left)
    return factor


def _explanation(i: int, names: list[str], factor: np.ndarray, row: np.ndarray) -> str:
    if not i:
        return f"{names[i]}: the predictor is zero for every pupil"
    weights = solve_triangular(factor[:i, :i].T, row, lower=False)
    sizes = np.abs(weights) * np.array([np.linalg.norm(factor[j, : j + 1]) for j in range(i)])
    largest = sizes.max() if len(sizes) else 0.0
    partners = [
        names[j]
        for j in range(i)
        if names[j] != "Intercept" and largest > 0 and sizes[j] > 1e-6 * largest
    ]
    if not partners:
        return f"{names[i]}: the predictor is the same for every pupil"
    basis = _BASIS.match(names[i])
    if basis and names[0] == "Intercept" and all(name.startswith(basis[1]) for name in partners):
        centred = f"{basis[1][:-1]}, constraints='center')"
        instead = "leave include_intercept out" if basis[2] == "bs" else f"write {centred}"
        return (
            f"{names[i]}: the columns of {basis[1]} add up to the intercept, so they are collinear "
            f"with it: {instead}, or take the intercept out with '- 1'"
        )
    return f"{names[i]}: the predictor is collinear with {', '.join(partners)}"
