"""Error in the prior test: the largest bias of a school's contribution, and its correction.

A prior score that measures with error has a slope that is too flat, so schools with strong intake
look better than they are. Regression calibration replaces the observed score by what it says about
the true one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tilstand.value_added.calibration import (
    DEFAULT_MEANS,
    Error,
    calibrate_pupils,
    calibrate_statistics,
    check_reliability,
)
from tilstand.value_added.errors import ReliabilityError
from tilstand.value_added.formula import formula_columns
from tilstand.value_added.random_intercept import Pupils, RandomIntercept
from tilstand.value_added.reading import parquet_frames
from tilstand.value_added.results import RandomInterceptResults


@dataclass(frozen=True)
class Calibrated:
    """Hold a model before and after its priors were calibrated.

    Parameters
    ----------
    naive, calibrated : RandomInterceptResults
        The fits with the observed and with the calibrated priors.
    errors : dict of str to (float or str)
        What was assumed of each prior: its reliability or the column of standard errors.
    """

    naive: RandomInterceptResults
    calibrated: RandomInterceptResults
    errors: dict[str, Error]

    def fixed_effects(self) -> pd.DataFrame:
        """Put the fixed effects side by side: ``naive, naive_se, calibrated, calibrated_se``."""
        return pd.DataFrame(
            {
                "naive": self.naive.params,
                "naive_se": self.naive.bse,
                "calibrated": self.calibrated.params,
                "calibrated_se": self.calibrated.bse,
            }
        )

    def schools(self, level: float = 0.95) -> pd.DataFrame:
        """Put the schools side by side.

        Parameters
        ----------
        level : float
            Level of the intervals.

        Returns
        -------
        DataFrame, J rows
            `school_effects()` of the calibrated fit, and ``naive`` and ``change``.
        """
        effects = self.calibrated.school_effects(level)
        effects["naive"] = self.naive.conditional_mode
        effects["change"] = effects["estimate"] - effects["naive"]
        return effects


def fit_calibrated(
    formula: str,
    groups: str,
    data: Pupils,
    errors: Mapping[str, Error],
    *,
    reml: bool = True,
    means: str = DEFAULT_MEANS,
) -> Calibrated:
    """Fit a model with its priors as observed and as calibrated.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``, the priors among them.
    groups : str
        The column of school ids.
    data : DataFrame, path, iterable of frames or callable
        The pupils, as for `RandomIntercept.from_formula`.
    errors : mapping of str to (float or str)
        For each prior its reliability (true over observed variance among all pupils) or the
        column that holds each pupil's standard error.
    reml : bool
        Restricted maximum likelihood.
    means : str
        How school means are treated, see `calibrate_statistics`.

    Returns
    -------
    Calibrated
        Both fits.

    Raises
    ------
    ReliabilityError
        If a prior is not in the formula, or its error is larger than what varies.
    ValueAddedError
        As `RandomIntercept.from_formula`.

    Notes
    -----
    Priors that enter as they are, with known reliability, are calibrated in the sufficient
    statistics, without a second pass. Splines and interactions of a prior, and standard errors by
    pupil, need the pupils themselves.
    """
    columns = [error for error in errors.values() if isinstance(error, str)]
    if columns and isinstance(data, (str, Path)):
        # Standard errors stand beside the formula's columns, so the file has to be held.
        data = pd.concat(parquet_frames(Path(data)), ignore_index=True)
    model = RandomIntercept.from_formula(formula, groups, data)
    naive = model.fit(reml=reml)
    design = model.design
    assert design is not None
    assert model.frames is not None
    unused = [name for name in errors if name not in design.variables]
    if unused:
        raise ReliabilityError([f"{name}: not a predictor of the formula" for name in unused])
    linear = all(_enters_as_it_is(name, design.names) for name in errors)
    known = {name: error for name, error in errors.items() if not isinstance(error, str)}
    for name, reliability in known.items():
        check_reliability(name, reliability)
    if linear and len(known) == len(errors):
        statistics, excess = calibrate_statistics(model.statistics, known, means=means)
        calibrated = RandomIntercept(
            statistics, rows=model.rows, design=design, groups=groups, mean_error=excess
        )
    else:
        frame = pd.concat(list(model.frames()), ignore_index=True)
        frame = frame.dropna(subset=[groups, *design.variables])
        others = [
            term
            for term in formula.partition("~")[2].split("+")
            if not any(name in term for name in errors)
        ]
        frame = calibrate_pupils(frame, groups, errors, given=" + ".join(others), means=means)
        calibrated = RandomIntercept.from_formula(formula, groups, frame)
        calibrated.rows = model.rows
    return Calibrated(naive, calibrated.fit(reml=reml), dict(errors))


def corrected_model(
    formula: str, groups: str, data: pd.DataFrame, errors: Mapping[str, Error] | None
) -> RandomIntercept:
    """Build a model, calibrated for those of the priors that its formula uses.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    groups : str
        The column of school ids.
    data : DataFrame
        The pupils.
    errors : mapping of str to (float or str), optional
        Each prior's reliability, or its column of standard errors.

    Returns
    -------
    RandomIntercept
        Not yet fitted; as observed where no prior of the formula is in `errors`.

    Raises
    ------
    ReliabilityError
        If a prior's error is larger than what varies.
    """
    used = formula_columns(formula, data) if errors else ()
    here = {name: error for name, error in (errors or {}).items() if name in used}
    if not here:
        return RandomIntercept.from_formula(formula, groups, data)
    return fit_calibrated(formula, groups, data, here).calibrated.model


def _enters_as_it_is(name: str, columns: tuple[str, ...]) -> bool:
    return [column for column in columns if name in column] == [name]
