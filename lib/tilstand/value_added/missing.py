"""Who is in the numbers and who is not, and what the answer would be if they were."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.value_added.bands import BandRule, band_table
from tilstand.value_added.calibration import Error
from tilstand.value_added.calibration_pupils import calibrate_pupils
from tilstand.value_added.checks import check_columns
from tilstand.value_added.doubts import quietly
from tilstand.value_added.errors import NoPupilsError, TooFewSchoolsError
from tilstand.value_added.formula import formula_columns, terms_without
from tilstand.value_added.measurement_error import corrected_model
from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.ranking import draw_effects
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.school_ids import positions_in, school_labels

_FLOW = ["enrolled", "exempt", "no outcome", "no prior", "analysed"]


def flow_table(
    pupils: pd.DataFrame,
    outcome: str,
    priors: list[str],
    *,
    exempt: str | None = None,
    moved: str | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """Count the pupils from enrolled to analysed.

    Parameters
    ----------
    pupils : DataFrame
        All enrolled pupils.
    outcome : str
        The outcome's column.
    priors : list of str
        The priors' columns.
    exempt : str, optional
        A column of truth values: exempt from the outcome's test.
    moved : str, optional
        A column of truth values: moved in since the prior.
    by : str, optional
        The column of schools, for one row a school; otherwise one row for all.

    Returns
    -------
    DataFrame
        ``enrolled, exempt, no outcome, no prior, analysed`` and the shares ``exempt_share,
        analysed_share``; with `moved` also ``moved`` and ``moved, analysed``. Each lost pupil is
        counted once, under the first reason that applies.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added.missing import flow_table
    >>> pupils = pd.DataFrame({"score": [52, 47, np.nan], "prior": [50, np.nan, 49]})
    >>> flow = flow_table(pupils, "score", ["prior"]).iloc[0]
    >>> flow[["enrolled", "no outcome", "no prior", "analysed"]].astype(int).tolist()
    [3, 1, 1, 1]
    """
    named = [column for column in (exempt, moved, by) if column is not None]
    check_columns(pupils, [outcome, *priors, *named])
    is_exempt = _true(pupils, exempt)
    no_outcome = pupils[outcome].isna().to_numpy() & ~is_exempt
    no_prior = pupils[priors].isna().any(axis=1).to_numpy() & ~is_exempt & ~no_outcome
    counted = pd.DataFrame(
        {
            "enrolled": True,
            "exempt": is_exempt,
            "no outcome": no_outcome,
            "no prior": no_prior,
            "analysed": ~(is_exempt | no_outcome | no_prior),
        },
        index=pupils.index,
    )
    if moved is not None:
        counted["moved"] = _true(pupils, moved)
        counted["moved, analysed"] = counted["moved"] & counted["analysed"]
    if by is None:
        table = counted.sum().to_frame("all").T
    else:
        table = counted.groupby(school_labels(pupils[by])).sum()
        table.index.name = "school"
    table = table.astype(int)
    table["exempt_share"] = table["exempt"] / table["enrolled"]
    table["analysed_share"] = table["analysed"] / table["enrolled"]
    return table


def _true(pupils: pd.DataFrame, column: str | None) -> np.ndarray:
    if column is None:
        return np.zeros(len(pupils), dtype=bool)
    return pupils[column].astype("boolean").fillna(False).to_numpy(dtype=bool)


def with_missing_indicator(pupils: pd.DataFrame, priors: list[str]) -> pd.DataFrame:
    """Fill missing priors with their mean and mark them.

    Parameters
    ----------
    pupils : DataFrame
        Pupils.
    priors : list of str
        Columns to fill.

    Returns
    -------
    DataFrame
        A copy with ``{prior}_missing`` (0 or 1) for each prior that is missing for someone.

    References
    ----------
    Jones (1996), Indicator and stratification methods for missing explanatory variables in
    multiple linear regression, JASA 91:222-230, who shows the bias this method may have.
    """
    filled = pupils.copy()
    for prior in priors:
        gone = filled[prior].isna()
        if gone.any():
            filled[f"{prior}_missing"] = gone.astype(float)
            filled[prior] = filled[prior].astype(float).fillna(filled[prior].mean())
    return filled


@quietly()
def impute_prior(
    pupils: pd.DataFrame,
    prior: str,
    given: str,
    groups: str,
    rng: np.random.Generator,
    draws: int,
) -> list[pd.DataFrame]:
    """Draw missing priors from what the school and the other columns say of them.

    Parameters
    ----------
    pupils : DataFrame
        Pupils; the columns of `given` complete.
    prior : str
        The column to impute.
    given : str
        Right side of the formula for the prior. It must hold the outcome, or the prior's slope
        is biased towards zero.
    groups : str
        The column of school ids.
    rng : numpy.random.Generator
        Source of randomness.
    draws : int
        Number of completed data sets.

    Returns
    -------
    list of DataFrame
        Completed copies. Coefficients, school means and residuals are drawn anew for each.

    References
    ----------
    Rubin (1987), Multiple imputation for nonresponse in surveys, section 5.3; with a school level
    as in Schafer & Yucel (2002), J Computational and Graphical Statistics 11:437-457.
    """
    gone = pupils[prior].isna().to_numpy()
    results = RandomIntercept.from_formula(f"{prior} ~ {given}", pupils, groups).fit()
    design = results.model.design
    assert design is not None
    x = design.predictors(pupils[gone])
    at = positions_in(results.schools, pupils.loc[gone, groups])
    effects = draw_effects(results, draws, rng)
    root = np.linalg.cholesky(results.cov_params().to_numpy())
    completed = []
    for one in effects[rng.permutation(draws)]:
        scale = np.sqrt(results.scale * results.df_resid / rng.chisquare(results.df_resid))
        coefficients = results.params.to_numpy() + root @ rng.standard_normal(len(root))
        # A school without a single known prior is a draw from all schools.
        unknown = np.sqrt(results.school_variance) * rng.standard_normal(len(at))
        school = np.where(at >= 0, one[at], unknown)
        values = pupils[prior].to_numpy(dtype=float, na_value=np.nan).copy()
        values[gone] = x @ coefficients + school + scale * rng.standard_normal(int(gone.sum()))
        completed.append(pupils.assign(**{prior: values}))
    return completed


@dataclass(frozen=True)
class Sensitivity:
    """Hold the answers under different treatments of missing priors and of movers.

    Parameters
    ----------
    table : DataFrame, one row a treatment
        ``n, schools, slope, slope_se, school_variance, correlation, largest_change,
        changed_band``, the last three against complete cases.
    schools : DataFrame, one row a school
        The estimate under each treatment.
    """

    table: pd.DataFrame
    schools: pd.DataFrame


@quietly()
def missing_sensitivity(
    formula: str,
    groups: str,
    pupils: pd.DataFrame,
    prior: str,
    rng: np.random.Generator,
    *,
    moved: str | None = None,
    draws: int = 10,
    rule: BandRule | None = None,
    reliability: float | None = None,
) -> Sensitivity:
    """Estimate contributions under several treatments of missing priors.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors`` with `prior` among them as it is.
    groups : str
        The column of school ids.
    pupils : DataFrame
        Pupils.
    prior : str
        The prior that is missing for some.
    rng : numpy.random.Generator
        Source of randomness for the imputations.
    moved : str, optional
        A column of truth values; adds a treatment without pupils who moved in.
    draws : int
        Completed data sets of the multiple imputation.
    rule : BandRule, optional
        The rule whose bands are compared.
    reliability : float, optional
        Reliability of the prior, to correct every treatment for its error. Known priors are
        calibrated before the missing ones get the mean; imputed ones are drawn as a test would
        have shown them, and calibrated with the others.

    Returns
    -------
    Sensitivity
        ``complete case``, ``missing indicator``, ``multiple imputation`` and, with `moved`,
        ``without movers``, where enough others are left.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> pupils = pd.DataFrame({"school": np.repeat(np.arange(8), 25), "x": rng.normal(size=200)})
    >>> pupils["y"] = pupils["x"] + rng.normal(size=8)[pupils["school"]] + rng.normal(size=200)
    >>> pupils.loc[::10, "x"] = np.nan
    >>> found = missing_sensitivity("y ~ x", "school", pupils, "x", rng, draws=2)
    >>> found.table.index.tolist()
    ['complete case', 'missing indicator', 'multiple imputation']

    References
    ----------
    Rubin (1987) for combining imputations: mean of estimates, and within plus ``1 + 1/m`` times
    between variance. Pupils without an outcome are left out before imputing: von Hippel (2007),
    Sociological Methodology 37:83-117.
    """
    outcome = formula.partition("~")[0].strip()
    check_columns(pupils, [outcome, prior, groups])
    scored = pupils[pupils[outcome].notna()].reset_index(drop=True)
    errors: dict[str, Error] = {} if reliability is None else {prior: reliability}

    def fit(frame: pd.DataFrame) -> RandomInterceptResults:
        return corrected_model(formula, frame, groups, errors).fit()

    fits: dict[str, list[RandomInterceptResults]] = {
        "complete case": [fit(scored)],
    }
    if scored[prior].isna().any():
        others = terms_without(formula, [prior])
        known = scored.dropna(subset=[groups, *formula_columns(formula, scored)])
        if errors:
            known = calibrate_pupils(known, groups, errors, given=" + ".join(others)).frame
        marked = with_missing_indicator(scored.assign(**{prior: known[prior]}), [prior])
        plain = RandomIntercept.from_formula(f"{formula} + {prior}_missing", marked, groups)
        fits["missing indicator"] = [plain.fit()]
        given = " + ".join([outcome, *others])
        completed = impute_prior(scored, prior, given, groups, rng, draws)
        fits["multiple imputation"] = [fit(frame) for frame in completed]
    if moved is not None:
        with suppress(NoPupilsError, TooFewSchoolsError):  # all have moved, or nearly all
            fits["without movers"] = [fit(scored[~_true(scored, moved)])]
    return _compared(fits, prior, rule)


def _compared(
    fits: Mapping[str, list[RandomInterceptResults]], prior: str, rule: BandRule | None
) -> Sensitivity:
    estimates = pd.DataFrame(
        {
            name: pd.concat([_estimates(fit) for fit in several], axis=1).mean(axis=1)
            for name, several in fits.items()
        }
    )
    bands = pd.DataFrame(
        {
            name: pd.concat([_bands(fit, rule) for fit in several], axis=1).mode(axis=1)[0]
            for name, several in fits.items()
        }
    )
    base = next(iter(fits))
    rows = {}
    for name, several in fits.items():
        slopes = np.array([fit.params[prior] for fit in several])
        within = np.mean([fit.bse[prior] ** 2 for fit in several])
        between = slopes.var(ddof=1) if len(slopes) > 1 else 0.0
        both = estimates[[base, name]].dropna() if name != base else estimates[[base]].dropna()
        change = (both[name] - both[base]).abs()
        rows[name] = {
            "n": several[0].nobs,
            "schools": len(several[0].schools),
            "slope": slopes.mean(),
            "slope_se": np.sqrt(within + (1 + 1 / len(slopes)) * between),
            "school_variance": np.mean([fit.school_variance for fit in several]),
            "correlation": both[name].corr(both[base]) if name != base else 1.0,
            "largest_change": change.max(),
            "changed_band": int((bands.loc[both.index, name] != bands.loc[both.index, base]).sum()),
        }
    table = pd.DataFrame(rows).T
    table = table.astype({"n": int, "schools": int, "changed_band": int})
    table.index.name = "treatment"
    estimates.index.name = "school"
    return Sensitivity(table, estimates.reset_index())


def _estimates(results: RandomInterceptResults) -> pd.Series:
    return pd.Series(results.conditional_mode, index=results.schools)


def _bands(results: RandomInterceptResults, rule: BandRule | None) -> pd.Series:
    return band_table(results, rule).set_index("school")["band"]
