"""Regression calibration of priors measured with error: the algebra, on sums and on pupils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from tilstand.value_added.checks import check_columns, check_numeric
from tilstand.value_added.errors import CollinearError, NoPupilsError, ReliabilityError
from tilstand.value_added.formula import build_design
from tilstand.value_added.sufficient import SufficientStatistics, school_codes

#: A known reliability of a prior, or the name of the column of its pupils' standard errors.
Error = float | str

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


def calibrate_statistics(
    statistics: SufficientStatistics,
    reliability: Mapping[str, float],
    *,
    means: str = DEFAULT_MEANS,
) -> tuple[SufficientStatistics, np.ndarray]:
    """Calibrate priors of known reliability without going back to the pupils.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils; the priors are columns of it.
    reliability : mapping of str to float
        True over observed variance of each prior among all pupils.
    means : str
        How school means are treated, see Notes.

    Returns
    -------
    statistics : SufficientStatistics
        The same with calibrated priors.
    excess : ndarray, shape (p, p)
        ``b' excess b / n_j`` is what the priors' error adds to the variance of a school's mean
        residual beyond the calibrated model's residual variance, for fixed effects ``b``.

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
    for name, value in reliability.items():
        check_reliability(name, value)
        at = names.index(name)
        error[at, at] = (1 - value) * variance[at]
    varying = np.flatnonzero(np.diag(statistics.within)[:-1] > 0)
    freedom = statistics.pupils - len(statistics.schools)
    covariance = statistics.within[np.ix_(varying, varying)] / freedom
    noise = error[np.ix_(varying, varying)]
    keep = _prediction(covariance, noise, [names[i] for i in varying], list(reliability))
    change = np.eye(p + 1)
    change[np.ix_(varying, varying)] = keep
    within = change.T @ statistics.within @ change
    excess = np.zeros((p, p))
    excess[np.ix_(varying, varying)] = noise @ np.linalg.solve(covariance, noise)
    priors = [names.index(name) for name in reliability]
    pulled = statistics.means.copy()
    pulled[:, priors] = _pull_means(
        statistics.n,
        statistics.means[:, priors],
        statistics.within[np.ix_(priors, priors)] / freedom,
        np.diag(error)[priors],
        means,
    )
    return replace(statistics, means=pulled, within=(within + within.T) / 2), excess


def _pull_means(
    n: np.ndarray, means: np.ndarray, covariance: np.ndarray, noise: np.ndarray, how: str
) -> np.ndarray:
    if how not in MEANS:
        raise ValueError(f"means is one of {', '.join(MEANS)}, not {how!r}")
    if MEANS[how] == 0 or len(n) < 3:
        return means
    centre = n @ means / n.sum()
    gap = means - centre
    # Moment estimate of the covariance between schools, Searle et al. (1992), section 3.6.
    typical = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    between = ((gap * n[:, None]).T @ gap / (len(n) - 1) - covariance) / typical
    values, vectors = np.linalg.eigh(between)
    between = vectors * np.maximum(values, 0) @ vectors.T
    pulled = means.copy()
    for size in np.unique(n):
        lost = np.linalg.solve(between + covariance / size, np.diag(noise / size))
        pulled[n == size] -= MEANS[how] * gap[n == size] @ lost
    return pulled


def _total_variance(statistics: SufficientStatistics) -> np.ndarray:
    n = statistics.n
    centre = n @ statistics.means / n.sum()
    between = n @ (statistics.means - centre) ** 2
    total: np.ndarray = (np.diag(statistics.within) + between) / (n.sum() - 1)
    return total


def _prediction(
    covariance: np.ndarray, noise: np.ndarray, names: list[str], priors: list[str]
) -> np.ndarray:
    scale = np.sqrt(np.diag(covariance))
    if np.linalg.cond(covariance / np.outer(scale, scale)) > 1e12:
        raise CollinearError("the predictors are collinear within schools")
    at = [names.index(name) for name in priors if name in names]
    if len(at) < len(priors):
        missing = [name for name in priors if name not in names]
        raise ReliabilityError([f"{name}: does not vary within schools" for name in missing])
    # What the other predictors do not tell about the priors must exceed the priors' error.
    left = np.linalg.inv(np.linalg.inv(covariance)[np.ix_(at, at)]) - noise[np.ix_(at, at)]
    if np.linalg.eigvalsh(left).min() <= 0:
        worst = ", ".join(priors)
        raise ReliabilityError(
            f"{worst}: the stated reliability leaves no true differences between pupils of a "
            "school with the same other predictors"
        )
    return np.asarray(np.eye(len(names)) - np.linalg.solve(covariance, noise))


def calibrate_pupils(
    frame: pd.DataFrame,
    groups: str,
    errors: Mapping[str, Error],
    *,
    given: str = "",
    means: str = DEFAULT_MEANS,
) -> pd.DataFrame:
    """Calibrate the priors of pupils in memory.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils; priors complete.
    groups : str
        The column of school ids.
    errors : mapping of str to (float or str)
        Each prior's reliability, or its column of standard errors by pupil.
    given : str
        Other predictors, measured without error, as the right side of a formula.
    means : str
        How school means are treated, see `calibrate_statistics`.

    Returns
    -------
    DataFrame
        A copy with the priors calibrated.

    Raises
    ------
    ReliabilityError
        If the error would be larger than what varies within schools.

    References
    ----------
    Carroll et al. (2006), section 4.4; heteroscedastic errors as in Lockwood & McCaffrey (2014),
    section 2.
    """
    priors = list(errors)
    columns = [error for error in errors.values() if isinstance(error, str)]
    check_columns(frame, [*priors, *columns])
    for name in (*priors, *columns):
        check_numeric(frame, name)
    if frame.empty:
        raise NoPupilsError("no pupils are left to calibrate")
    observed = frame[priors].to_numpy(dtype=float)
    names = list(priors)
    if given.strip():
        design = build_design(f"{_quoted(priors[0])} ~ {given}", lambda: (frame,))
        others = design.predictors(frame)
        kept = [i for i, name in enumerate(design.names) if name != "Intercept"]
        observed = np.column_stack([observed, others[:, kept]])
        names += [design.names[i] for i in kept]
    codes, schools = school_codes(frame[groups])
    n = np.bincount(codes, minlength=len(schools))
    averages = np.column_stack([np.bincount(codes, column) / n for column in observed.T])
    deviations = observed - averages[codes]
    varying = np.ptp(deviations, axis=0) > 1e-12 * np.abs(observed).max(axis=0)
    deviations, names = (
        deviations[:, varying],
        [name for name, varies in zip(names, varying, strict=True) if varies],
    )
    covariance = deviations.T @ deviations / (len(frame) - len(schools))

    noise = np.zeros((len(frame), len(names)))
    for i, (name, error) in enumerate(errors.items()):
        if isinstance(error, str):
            noise[:, i] = frame[error].to_numpy(dtype=float) ** 2
        else:
            check_reliability(name, error)
            noise[:, i] = (1 - error) * frame[name].var()
    average = np.diag(noise.mean(axis=0))
    _prediction(covariance, average, names, priors)
    true = covariance - average
    calibrated = frame.copy()
    predicted = _predicted(true, noise, deviations)
    q = len(priors)
    pulled = _pull_means(n, averages[:, :q], covariance[:q, :q], np.diag(average)[:q], means)
    for i, name in enumerate(priors):
        calibrated[name] = pulled[codes, i] + predicted[:, i]
    return calibrated


def _predicted(true: np.ndarray, noise: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    levels, position = np.unique(noise, axis=0, return_inverse=True)
    if len(levels) == 1:
        weights = np.linalg.solve(true + np.diag(levels[0]), true)
        return np.asarray(deviations @ weights)
    predicted = np.empty_like(deviations)
    # Pupils of one error share a prediction; blocks bound the memory for many errors.
    for start in range(0, len(levels), 10_000):
        block = levels[start : start + 10_000]
        observed = true + np.einsum("ij,jk->ijk", block, np.eye(len(true)))
        weights = np.linalg.solve(observed, np.broadcast_to(true, observed.shape))
        here = (position >= start) & (position < start + 10_000)
        predicted[here] = np.einsum("ni,nij->nj", deviations[here], weights[position[here] - start])
    return predicted


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"Q({name!r})"
