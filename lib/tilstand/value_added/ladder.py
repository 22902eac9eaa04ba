"""A ladder of models, from raw means to intake: what each step changes for the schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.value_added.bands import BandRule, band_table
from tilstand.value_added.calibration import Error
from tilstand.value_added.checks import check_columns
from tilstand.value_added.doubts import quietly
from tilstand.value_added.errors import (
    CollinearError,
    ConstantOutcomeError,
    NoPupilsError,
    ReliabilityError,
    TooFewSchoolsError,
)
from tilstand.value_added.formula import formula_columns
from tilstand.value_added.measurement_error import corrected_model
from tilstand.value_added.results import RandomInterceptResults


@dataclass(frozen=True)
class Ladder:
    """Hold the steps of a model ladder, all fitted to the same pupils.

    Parameters
    ----------
    table : DataFrame, one row a step
        ``formula, parameters, log_likelihood, aic, school_variance, residual_variance,
        school_share, explained, reliability, correlation, changed_band``: likelihood and AIC are
        ML, `explained` is the share of the raw total variance that is gone, `correlation` and
        `changed_band` are against the step before.
    estimates, bands : DataFrame, one row a school
        Contribution and band at each step.
    correlations : DataFrame
        Correlations of the contributions between all steps.
    fits : dict of str to RandomInterceptResults
        The REML fits.
    """

    table: pd.DataFrame
    estimates: pd.DataFrame
    bands: pd.DataFrame
    correlations: pd.DataFrame
    fits: dict[str, RandomInterceptResults]


def ladder_steps(
    outcome: str,
    prior: str,
    *,
    other_priors: tuple[str, ...] = (),
    background: tuple[str, ...] = (),
    flexibility: int = 4,
) -> dict[str, str]:
    """Write the formulas of the ladder.

    Parameters
    ----------
    outcome, prior : str
        Columns of the outcome and of its own subject's prior.
    other_priors : tuple of str
        Priors of other subjects.
    background : tuple of str
        Terms for the pupils' background; the step is left out if there are none.
    flexibility : int
        Degrees of freedom of the prior's spline.

    Returns
    -------
    dict of str to str
        ``M0 raw``, ``M1 prior``, ``M2 flexible prior``, ``M3 background`` where there is any,
        ``M4 intake`` with the school mean of the prior.

    Examples
    --------
    >>> from tilstand.value_added import ladder_steps
    >>> ladder_steps("score", "prior", background=("parents",))["M1 prior"]
    'score ~ prior'
    """
    # A natural spline stays straight beyond the outermost pupils; centred, it leaves the intercept.
    spline = f"cr({prior}, df={flexibility}, constraints='center')"
    flexible = " + ".join([spline, *other_priors])
    steps = {
        "M0 raw": f"{outcome} ~ 1",
        "M1 prior": f"{outcome} ~ {prior}",
        "M2 flexible prior": f"{outcome} ~ {flexible}",
    }
    last = flexible
    if background:
        last = " + ".join([flexible, *background])
        steps["M3 background"] = f"{outcome} ~ {last}"
    steps["M4 intake"] = f"{outcome} ~ {last} + {prior}_school_mean"
    return steps


def with_school_mean(pupils: pd.DataFrame, prior: str, groups: str) -> pd.DataFrame:
    """Add the school's mean prior to every pupil.

    Parameters
    ----------
    pupils : DataFrame
        Pupils.
    prior : str
        The prior's column.
    groups : str
        The column of school ids.

    Returns
    -------
    DataFrame
        A copy with ``{prior}_school_mean``.
    """
    check_columns(pupils, [prior, groups])
    return pupils.assign(
        **{f"{prior}_school_mean": pupils.groupby(groups)[prior].transform("mean")}
    )


def climb(
    steps: Mapping[str, str],
    groups: str,
    pupils: pd.DataFrame,
    *,
    rule: BandRule | None = None,
    errors: Mapping[str, Error] | None = None,
) -> Ladder:
    """Fit every step of a ladder to the pupils who are complete for all of them.

    A later step that asks for more schools, or more variety among pupils, than there is, is left
    out.

    Parameters
    ----------
    steps : mapping of str to str
        Formulas by name, from `ladder_steps`.
    groups : str
        The column of school ids.
    pupils : DataFrame
        Pupils; ``{prior}_school_mean`` is added if a formula asks for it.
    rule : BandRule, optional
        The rule whose bands are compared.
    errors : mapping of str to (float or str), optional
        Priors measured with error, as for `measurement_error.fit_calibrated`: each step is
        corrected for those in its formula.

    Returns
    -------
    Ladder
        Fit, variances, correlations and bands by step.

    Raises
    ------
    ValueAddedError
        For faults of the formulas or the data.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> school = np.repeat(np.arange(8), 30)
    >>> prior = rng.normal(50, 10, 240)
    >>> score = 10 + 0.8 * prior + 2 * rng.normal(size=8)[school] + 5 * rng.normal(size=240)
    >>> pupils = pd.DataFrame({"score": score, "prior": prior, "school": school})
    >>> from tilstand.value_added import climb
    >>> ladder = climb({"raw": "score ~ 1", "prior": "score ~ prior"}, "school", pupils)
    >>> list(ladder.fits)
    ['raw', 'prior']
    """
    frame = pupils
    for formula in steps.values():
        for word in formula.replace("+", " ").split():
            prior = word.removesuffix("_school_mean")
            if prior != word and word not in frame:
                frame = with_school_mean(frame, prior, groups)
    used = {name for formula in steps.values() for name in formula_columns(formula, frame)}
    complete = frame.dropna(subset=[groups, *used])
    if complete.empty:
        raise NoPupilsError("no pupil is complete for all steps of the ladder")
    fits, likelihoods = {}, {}
    for name, formula in steps.items():
        with quietly():
            try:
                model = corrected_model(formula, complete, groups, errors)
                fits[name] = model.fit()
            except (
                TooFewSchoolsError,
                CollinearError,
                ConstantOutcomeError,
                ReliabilityError,
            ):
                if not fits:
                    raise
                continue
            likelihoods[name] = model.fit(reml=False)
    estimates = pd.DataFrame(
        {name: pd.Series(fit.conditional_mode, index=fit.schools) for name, fit in fits.items()}
    )
    bands = pd.DataFrame(
        {name: band_table(fit, rule).set_index("school")["band"] for name, fit in fits.items()}
    )
    table = pd.DataFrame(
        {
            "formula": {name: steps[name] for name in fits},
            "parameters": {name: len(fit.params) for name, fit in fits.items()},
            "log_likelihood": {name: fit.llf for name, fit in likelihoods.items()},
            "aic": {name: fit.aic for name, fit in likelihoods.items()},
            "school_variance": {name: fit.school_variance for name, fit in fits.items()},
            "residual_variance": {name: fit.scale for name, fit in fits.items()},
        }
    ).loc[list(fits)]
    total = table["school_variance"] + table["residual_variance"]
    table["school_share"] = table["school_variance"] / total
    table["explained"] = 1 - total / total.iloc[0]
    table["reliability"] = {name: fit.reliability.mean() for name, fit in fits.items()}
    correlations = estimates.corr()
    names = list(fits)
    before = dict(zip(names[1:], names[:-1], strict=True))
    table["correlation"] = [
        estimates[name].corr(estimates[before[name]]) if name in before else np.nan
        for name in names
    ]
    table["changed_band"] = {
        name: int((bands[name] != bands[before[name]]).sum()) if name in before else 0
        for name in names
    }
    table.index.name = "step"
    return Ladder(table, estimates, bands, correlations, fits)
