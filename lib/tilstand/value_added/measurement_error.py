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
    calibrate_statistics,
    check_reliability,
)
from tilstand.value_added.calibration_pupils import (
    CalibratedPupils,
    calibrate_pupils,
    error_columns,
)
from tilstand.value_added.columns import names_in
from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.design import RowCount
from tilstand.value_added.doubts import quietly
from tilstand.value_added.errors import PupilsNotKeptError, ReliabilityError
from tilstand.value_added.formula import formula_columns, terms_without, uses_as_it_is
from tilstand.value_added.parquet import parquet_frames
from tilstand.value_added.random_intercept import Pupils, RandomIntercept
from tilstand.value_added.results import RandomInterceptResults


@dataclass(frozen=True)
class Calibrated:
    """Hold a model before and after its priors were calibrated.

    Parameters
    ----------
    naive, calibrated : RandomInterceptResults
        The fits with the observed and with the calibrated priors.
    errors : dict of str to (float, str or Sem)
        What was stated of each prior.
    reliability : dict of str to float
        The reliability among these pupils that follows from it.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added.calibration import Sem
    >>> rng = np.random.default_rng(3)
    >>> school, true = np.repeat(np.arange(40), 50), 10 * rng.normal(size=2000)
    >>> pupils = pd.DataFrame({"prior": true + 5 * rng.normal(size=2000), "school": school})
    >>> pupils["score"] = 0.8 * true + rng.normal(size=40)[school] + 5 * rng.normal(size=2000)
    >>> both = fit_calibrated("score ~ prior", pupils, "school", {"prior": Sem(5.0)})
    >>> both.fixed_effects().loc["prior"].round(2).tolist()
    [0.66, 0.01, 0.83, 0.02]
    >>> round(both.reliability["prior"], 2)
    0.8
    """

    naive: RandomInterceptResults
    calibrated: RandomInterceptResults
    errors: dict[str, Error]
    reliability: dict[str, float]

    def fixed_effects(self) -> pd.DataFrame:
        """Put the fixed effects side by side.

        Returns
        -------
        DataFrame, p rows
            ``naive, naive_se, calibrated, calibrated_se``.
        """
        return pd.DataFrame(
            {
                "naive": self.naive.params,
                "naive_se": self.naive.bse,
                "calibrated": self.calibrated.params,
                "calibrated_se": self.calibrated.bse,
            }
        )

    def schools(self, level: float = LEVEL) -> pd.DataFrame:
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
    data: Pupils,
    groups: str,
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
    data : DataFrame, path, iterable of frames or callable
        The pupils, as for `RandomIntercept.from_formula`.
    groups : str
        The column of school ids.
    errors : mapping of str to (float, str or Sem)
        For each prior its reliability (true over observed variance among these pupils), the
        column that holds each pupil's standard error, or its standard error of measurement
        as `Sem`, from which the local reliability follows.
    reml : bool
        Restricted maximum likelihood.
    means : str
        How school means are treated, see `calibrate_statistics`.

    Returns
    -------
    Calibrated
        Both fits. The calibrated one's standard errors include the estimation of the
        calibration, unless a prior enters transformed.

    Raises
    ------
    ReliabilityError
        If a prior is not in the formula, is the outcome itself, or its error is larger than what
        varies.
    ValueAddedError
        As `RandomIntercept.from_formula`.

    Notes
    -----
    Priors that enter as they are, with one error for all, are calibrated in the sufficient
    statistics, without a second pass. Splines and interactions of a prior, and standard errors by
    pupil, need the pupils themselves. Pupils without a standard error are left out of both fits
    and counted.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import fit_calibrated
    >>> rng = np.random.default_rng(1)
    >>> school = np.repeat(np.arange(20), 30)
    >>> true = rng.normal(50, 10, 600)
    >>> pupils = pd.DataFrame({"prior": true + 5 * rng.normal(size=600), "school": school})
    >>> pupils["score"] = 0.8 * true + 2 * rng.normal(size=20)[school] + 5 * rng.normal(size=600)
    >>> both = fit_calibrated("score ~ prior", pupils, "school", {"prior": 0.8})
    >>> bool(both.calibrated.params["prior"] > both.naive.params["prior"])
    True
    """
    data, unmeasured = _with_errors(data, errors)
    model = RandomIntercept.from_formula(formula, data, groups)
    model.rows = model.rows + unmeasured
    design = model.design
    assert design is not None
    _refuse_priors(design.outcome, design.right_variables, errors)
    with quietly():
        naive = model.fit(reml=reml)
    known = {name: error for name, error in errors.items() if not isinstance(error, str)}
    if error_columns(errors):
        known = {}
    given = " + ".join(terms_without(formula, errors))

    def calibrated_pupils() -> CalibratedPupils:
        assert model.frames is not None
        frame = pd.concat(list(model.frames()))
        frame = frame.dropna(subset=[model.groups, *design.variables])
        return calibrate_pupils(frame, model.groups, errors, given=given, means=means)

    if len(known) == len(errors) and all(uses_as_it_is(formula, name) for name in errors):
        found = calibrate_statistics(model.statistics, known, means=means)
        calibrated = RandomIntercept.from_statistics(
            found.statistics,
            rows=model.rows,
            design=design,
            frames=None if model.frames is None else lambda: (calibrated_pupils().frame,),
            groups=model.groups,
            mean_error=found.excess,
            calibration=found.variance,
        )
        return Calibrated(naive, calibrated.fit(reml=reml), dict(errors), found.reliability)
    if model.frames is None:
        raise PupilsNotKeptError(
            "transformed priors and pupils' own standard errors need to see the pupils twice: "
            "give a frame, a list of frames, or a file"
        )
    pupils = calibrated_pupils()
    with quietly():
        calibrated = RandomIntercept.from_formula(formula, pupils.frame, model.groups)
    calibrated.rows = model.rows
    calibrated.calibration = pupils.variance(calibrated.exog_names)
    return Calibrated(naive, calibrated.fit(reml=reml), dict(errors), pupils.reliability)


def _with_errors(data: Pupils, errors: Mapping[str, Error]) -> tuple[Pupils, RowCount]:
    columns = error_columns(errors)
    if not columns:
        return data, RowCount()
    if isinstance(data, (str, Path)):
        # Standard errors stand beside the formula's columns, so the file has to be held.
        data = pd.concat(parquet_frames(Path(data)), ignore_index=True)
    if not isinstance(data, pd.DataFrame) or not set(columns) <= set(data.columns):
        return data, RowCount()
    complete = data[columns].notna().all(axis=1)
    lost = {str(name): int(count) for name, count in data[columns].isna().sum().items() if count}
    return data[complete], RowCount(int((~complete).sum()), 0, lost)


def _refuse_priors(outcome: str, predictors: tuple[str, ...], errors: Mapping[str, Error]) -> None:
    itself = [name for name in errors if name in names_in(outcome)]
    if itself:
        raise ReliabilityError(
            [f"{name}: is the outcome and cannot be its own prior" for name in itself]
        )
    unused = [name for name in errors if name not in predictors]
    if unused:
        raise ReliabilityError([f"{name}: not a predictor of the formula" for name in unused])
    for name, error in errors.items():
        if isinstance(error, float | int):
            check_reliability(name, error)


def corrected_model(
    formula: str, data: pd.DataFrame, groups: str, errors: Mapping[str, Error] | None
) -> RandomIntercept:
    """Build a model, calibrated for those of the priors that its formula uses.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    data : DataFrame
        The pupils.
    groups : str
        The column of school ids.
    errors : mapping of str to (float, str or Sem), optional
        What is known of each prior's error, as for `fit_calibrated`.

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
        return RandomIntercept.from_formula(formula, data, groups)
    model = fit_calibrated(formula, data, groups, here).calibrated.model
    assert isinstance(model, RandomIntercept)
    return model
