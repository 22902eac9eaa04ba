"""Regression calibration of priors pupil by pupil: errors of their own, splines, interactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.value_added.calibration import (
    DEFAULT_MEANS,
    Error,
    Sem,
    between_schools,
    check_reliability,
    check_sem,
    prediction,
    pull_means,
)
from tilstand.value_added.calibration_variance import CalibrationVariance
from tilstand.value_added.checks import check_columns, check_numeric
from tilstand.value_added.errors import NoPupilsError, ReliabilityError
from tilstand.value_added.formula import build_design
from tilstand.value_added.school_ids import school_codes


@dataclass(frozen=True)
class CalibratedPupils:
    """Hold calibrated pupils and what they were calibrated with.

    Parameters
    ----------
    frame : DataFrame, n rows
        The pupils with calibrated priors.
    names : tuple of str
        The q predictors that vary within schools, priors first.
    within, error, between : ndarray, shape (q, q)
        Their covariance within schools, the average error covariance, and that of school means.
    follows : ndarray, shape (q,)
        As in `CalibrationVariance`.
    n : ndarray, shape (J,)
        Pupils per school.
    reliability : dict of str to float
        Each prior's reliability among these pupils.
    """

    frame: pd.DataFrame
    names: tuple[str, ...]
    within: np.ndarray
    error: np.ndarray
    between: np.ndarray
    follows: np.ndarray
    n: np.ndarray
    reliability: dict[str, float]

    def variance(self, names: list[str]) -> CalibrationVariance | None:
        """Return what the calibration adds to the covariance of a model's fixed effects.

        Parameters
        ----------
        names : list of str
            The model's predictors.

        Returns
        -------
        CalibrationVariance or None
            ``None`` if the priors enter transformed, for which it is not known.
        """
        if not set(self.names) <= set(names):
            return None
        varying = np.array([names.index(name) for name in self.names])
        return CalibrationVariance(
            varying, self.within, self.error, self.follows, self.between, self.n
        )


def calibrate_pupils(
    frame: pd.DataFrame,
    groups: str,
    errors: Mapping[str, Error],
    *,
    given: str = "",
    means: str = DEFAULT_MEANS,
) -> CalibratedPupils:
    """Calibrate the priors of pupils in memory.

    Parameters
    ----------
    frame : DataFrame, n rows
        Pupils; priors and standard errors complete.
    groups : str
        The column of school ids.
    errors : mapping of str to (float, str or Sem)
        Each prior's reliability, the column of its pupils' standard errors, or its `Sem`.
    given : str
        Other predictors, measured without error, as the right side of a formula.
    means : str
        How school means are treated, see `calibrate_statistics`.

    Returns
    -------
    CalibratedPupils
        A copy of the pupils with the priors calibrated, and the moments used.

    Raises
    ------
    ReliabilityError
        If the error would be larger than what varies within schools.

    References
    ----------
    Carroll et al. (2006), section 4.4; heteroscedastic errors as in Lockwood & McCaffrey (2014),
    section 2.

    Examples
    --------
    >>> import pandas as pd
    >>> pupils = pd.DataFrame({"prior": [3.0, 5.0, 4.0, 8.0], "school": ["a", "a", "b", "b"]})
    >>> calibrate_pupils(pupils, "school", {"prior": Sem(1.0)}).frame["prior"].round(2).tolist()
    [3.2, 4.8, 4.4, 7.6]
    """
    priors = list(errors)
    columns = error_columns(errors)
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
    if not varying[: len(priors)].all():
        constant = [name for name, varies in zip(priors, varying, strict=False) if not varies]
        raise ReliabilityError([f"{name}: does not vary within schools" for name in constant])
    deviations, averages = deviations[:, varying], averages[:, varying]
    names = [name for name, varies in zip(names, varying, strict=True) if varies]
    covariance = deviations.T @ deviations / (len(frame) - len(schools))

    noise = np.zeros((len(frame), len(names)))
    follows = np.zeros(len(names))
    for i, (name, error) in enumerate(errors.items()):
        if isinstance(error, (str, Sem)):
            noise[:, i] = _sems(frame, name, error) ** 2
        else:
            check_reliability(name, error)
            follows[i] = 1 - error
            noise[:, i] = (1 - error) * frame[name].astype(float).var()
    average = np.diag(noise.mean(axis=0))
    prediction(covariance, average, names, priors)
    calibrated = frame.copy()
    predicted = _predicted(covariance - average, noise, deviations)
    q = len(priors)
    pulled = pull_means(n, averages[:, :q], covariance[:q, :q], np.diag(average)[:q], means)
    for i, name in enumerate(priors):
        calibrated[name] = pulled[codes, i] + predicted[:, i]
    between = between_schools(n, averages, covariance)
    reliability = {
        name: float(1 - average[i, i] / frame[name].astype(float).var())
        for i, name in enumerate(priors)
    }
    return CalibratedPupils(
        calibrated,
        tuple(names),
        covariance,
        average,
        between,
        follows,
        n.astype(float),
        reliability,
    )


def error_columns(errors: Mapping[str, Error]) -> list[str]:
    """Name the columns that hold pupils' own standard errors.

    Parameters
    ----------
    errors : mapping of str to (float, str or Sem)
        What is known of each prior's error.

    Returns
    -------
    list of str
        In order.

    Examples
    --------
    >>> error_columns({"reading": Sem("sem_reading"), "numeracy": 0.85})
    ['sem_reading']
    """
    stated = [error.value if isinstance(error, Sem) else error for error in errors.values()]
    return [one for one in stated if isinstance(one, str)]


def _sems(frame: pd.DataFrame, name: str, error: str | Sem) -> np.ndarray:
    stated = error.value if isinstance(error, Sem) else error
    if not isinstance(stated, str):
        check_sem(name, stated)
        return np.full(len(frame), float(stated))
    sems = frame[stated].to_numpy(dtype=float)
    wrong = np.flatnonzero(~(sems >= 0) | np.isinf(sems))
    if len(wrong):
        raise ReliabilityError(
            f"{stated}: row {wrong[0] + 1}: {sems[wrong[0]]:g}, "
            "a standard error of measurement of 0 or more was expected"
        )
    return sems


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
