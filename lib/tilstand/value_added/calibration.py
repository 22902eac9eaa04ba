"""Regression calibration of priors measured with error: the algebra, on the pupils' sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tilstand.value_added.calibration_variance import CalibrationVariance
from tilstand.value_added.errors import CollinearError, ReliabilityError
from tilstand.value_added.sufficient import SufficientStatistics


@dataclass(frozen=True)
class Sem:
    """State a prior's standard error of measurement, in the prior's units.

    Parameters
    ----------
    value : float or str
        One number for all pupils, or the column that holds each pupil's own.

    Notes
    -----
    A test measures with about the same error wherever it is used; its reliability depends on how
    much pupils differ. The local reliability follows: ``1 - SEM^2 / S^2``, with ``S`` the observed
    SD among the analysed pupils. ``SEM = S_nation sqrt(1 - reliability_nation)``.

    Examples
    --------
    >>> Sem(3.9).reliability(10.0)
    0.8479
    """

    value: float | str

    def reliability(self, sd: float) -> float:
        """Return the reliability among pupils of an observed SD, for one SEM for all."""
        return 1 - float(self.value) ** 2 / sd**2


#: What is known of a prior's error: its reliability among the pupils given, the name of the
#: column of their standard errors, or a `Sem`.
Error = float | str | Sem

#: How far school means of a prior go from as observed (0) to best predicted (1).
MEANS = {"observed": 0.0, "balanced": 0.5, "shrunk": 1.0}
DEFAULT_MEANS = "balanced"


def check_reliability(name: str, reliability: float) -> None:
    """Refuse a reliability that cannot be one.

    Parameters
    ----------
    name : str
        The prior.
    reliability : float
        True over observed variance.

    Raises
    ------
    ReliabilityError
        If it lies outside 0 to 1.
    """
    if not 0 < reliability <= 1:
        raise ReliabilityError(
            f"{name}: a reliability lies above 0 and at most at 1, not {reliability:g}"
        )


def check_sem(name: str, sem: float) -> None:
    """Refuse a standard error of measurement that cannot be one.

    Parameters
    ----------
    name : str
        The prior.
    sem : float
        Its SEM, prior's units.

    Raises
    ------
    ReliabilityError
        If it is negative or not a finite number.
    """
    if not 0 <= sem < np.inf:
        raise ReliabilityError(f"{name}: a standard error of measurement is not {sem:g}")


@dataclass(frozen=True)
class Calibration:
    """Hold calibrated statistics and what they were calibrated with.

    Parameters
    ----------
    statistics : SufficientStatistics
        With calibrated priors.
    excess : ndarray, shape (p, p)
        ``b' excess b / n_j`` is what the priors' error adds to the variance of a school's mean
        residual beyond the calibrated model's residual variance, for fixed effects ``b``.
    variance : CalibrationVariance
        What estimating the calibration adds to the fixed effects' covariance.
    reliability : dict of str to float
        Each prior's reliability among these pupils.
    """

    statistics: SufficientStatistics
    excess: np.ndarray
    variance: CalibrationVariance
    reliability: dict[str, float]


def calibrate_statistics(
    statistics: SufficientStatistics,
    errors: Mapping[str, float | Sem],
    *,
    means: str = DEFAULT_MEANS,
) -> Calibration:
    """Calibrate priors of known reliability or SEM without going back to the pupils.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils; the priors are columns of it.
    errors : mapping of str to (float or Sem)
        Each prior's reliability among these pupils (true over observed variance), or its
        standard error of measurement.
    means : str
        How school means are treated, see Notes.

    Returns
    -------
    Calibration
        The same pupils with calibrated priors, and the uncertainty this adds.

    Raises
    ------
    ReliabilityError
        If the error would be larger than what varies within schools.

    Notes
    -----
    With ``S`` the within-school covariance of all predictors and ``E`` the error covariance,
    deviations from the school mean are replaced by ``d (I - S^-1 E)``, the best prediction of
    the true deviations given all predictors. A school mean's error is smaller by its number of
    pupils, so means have a reliability of their own, ``R = I - (E / n_j) (T + S / n_j)^-1`` with
    ``T`` the priors' covariance between schools. ``observed`` leaves means as they are: estimates'
    errors are then free of true intake if contributions are, but shrinkage shows where they go
    together. ``shrunk`` multiplies deviations from the grand mean by ``R``: best prediction, but
    errors go with true intake. ``balanced`` goes half the way, which to first order keeps the
    true means' variance, and keeps both correlations small.

    References
    ----------
    Carroll, Ruppert, Stefanski & Crainiceanu (2006), Measurement error in nonlinear models,
    section 4.4. Lockwood & McCaffrey (2014), Correcting for test score measurement error in
    ANCOVA models for estimating treatment effects, JEBS 39:22-52. Louis (1984), Estimating a
    population of parameter values using Bayes and empirical Bayes methods, JASA 79:393-398, for
    predictions with the right variance.
    """
    names = statistics.names[:-1]
    p = len(names)
    variance = _total_variance(statistics)
    error = np.zeros((p, p))
    follows = np.zeros(p)
    for name, stated in errors.items():
        at = names.index(name)
        if isinstance(stated, Sem):
            check_sem(name, float(stated.value))
            error[at, at] = float(stated.value) ** 2
        else:
            check_reliability(name, stated)
            error[at, at] = (1 - stated) * variance[at]
            follows[at] = 1 - stated
    varying = np.flatnonzero(np.diag(statistics.within)[:-1] > 0)
    freedom = statistics.pupils - len(statistics.schools)
    covariance = statistics.within[np.ix_(varying, varying)] / freedom
    noise = error[np.ix_(varying, varying)]
    keep = prediction(covariance, noise, [names[i] for i in varying], list(errors))
    change = np.eye(p + 1)
    change[np.ix_(varying, varying)] = keep
    within = change.T @ statistics.within @ change
    excess = np.zeros((p, p))
    excess[np.ix_(varying, varying)] = noise @ np.linalg.solve(covariance, noise)
    priors = [names.index(name) for name in errors]
    pulled = statistics.means.copy()
    pulled[:, priors] = pull_means(
        statistics.n,
        statistics.means[:, priors],
        statistics.within[np.ix_(priors, priors)] / freedom,
        np.diag(error)[priors],
        means,
    )
    return Calibration(
        replace(statistics, means=pulled, within=(within + within.T) / 2),
        excess,
        CalibrationVariance(
            varying,
            covariance,
            noise,
            follows[varying],
            between_schools(statistics.n, statistics.means[:, varying], covariance),
            statistics.n,
        ),
        {
            name: float(1 - error[at, at] / variance[at])
            for name, at in zip(errors, priors, strict=True)
        },
    )


def pull_means(
    n: np.ndarray, means: np.ndarray, covariance: np.ndarray, noise: np.ndarray, how: str
) -> np.ndarray:
    """Return school means of priors, pulled towards their grand mean.

    Parameters
    ----------
    n : ndarray, shape (J,)
        Pupils per school.
    means : ndarray, shape (J, q)
        Observed means.
    covariance : ndarray, shape (q, q)
        Covariance within schools.
    noise : ndarray, shape (q,)
        Error variances.
    how : str
        One of `MEANS`.

    Returns
    -------
    ndarray, shape (J, q)
        The means to use.
    """
    if how not in MEANS:
        raise ValueError(f"means is one of {', '.join(MEANS)}, not {how!r}")
    if MEANS[how] == 0 or len(n) < 3:
        return means
    between = between_schools(n, means, covariance)
    gap = means - n @ means / n.sum()
    pulled = means.copy()
    for size in np.unique(n):
        lost = np.linalg.solve(between + covariance / size, np.diag(noise / size))
        pulled[n == size] -= MEANS[how] * gap[n == size] @ lost
    return pulled


def between_schools(n: np.ndarray, means: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Estimate the covariance of the school means' true part by moments.

    Parameters
    ----------
    n : ndarray, shape (J,)
        Pupils per school.
    means : ndarray, shape (J, q)
        Observed means.
    covariance : ndarray, shape (q, q)
        Covariance within schools.

    Returns
    -------
    ndarray, shape (q, q)
        Not negative definite.

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance components, section 3.6.
    """
    gap = means - n @ means / n.sum()
    typical = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    between = ((gap * n[:, None]).T @ gap / (len(n) - 1) - covariance) / typical
    values, vectors = np.linalg.eigh(between)
    return np.asarray(vectors * np.maximum(values, 0) @ vectors.T)


def _total_variance(statistics: SufficientStatistics) -> np.ndarray:
    n = statistics.n
    centre = n @ statistics.means / n.sum()
    between = n @ (statistics.means - centre) ** 2
    total: np.ndarray = (np.diag(statistics.within) + between) / (n.sum() - 1)
    return total


def prediction(
    covariance: np.ndarray, noise: np.ndarray, names: list[str], priors: list[str]
) -> np.ndarray:
    """Return the weights that predict true deviations from observed ones.

    Parameters
    ----------
    covariance, noise : ndarray, shape (q, q)
        Observed covariance and error covariance within schools.
    names : list of str
        The q predictors.
    priors : list of str
        Those measured with error.

    Returns
    -------
    ndarray, shape (q, q)
        ``I - S^-1 E``, to be multiplied from the right.

    Raises
    ------
    ReliabilityError
        If the error would be larger than what varies.
    """
    missing = [name for name in priors if name not in names]
    if missing:
        raise ReliabilityError([f"{name}: does not vary within schools" for name in missing])
    scale = np.sqrt(np.diag(covariance))
    if np.linalg.cond(covariance / np.outer(scale, scale)) > 1e12:
        raise CollinearError("the predictors are collinear within schools")
    at = [names.index(name) for name in priors]
    # What the other predictors do not tell about the priors must exceed the priors' error.
    left = np.linalg.inv(np.linalg.inv(covariance)[np.ix_(at, at)]) - noise[np.ix_(at, at)]
    if np.linalg.eigvalsh(left).min() <= 0:
        worst = ", ".join(priors)
        raise ReliabilityError(
            f"{worst}: the stated reliability or error leaves no true differences between "
            "pupils of a school with the same other predictors: it is larger than what varies"
        )
    return np.asarray(np.eye(len(names)) - np.linalg.solve(covariance, noise))
