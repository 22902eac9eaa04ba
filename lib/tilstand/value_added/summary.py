"""A fit as statsmodels' summary and as plain numbers for JSON."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd
from statsmodels.iolib.summary2 import Summary

from tilstand.value_added.design import RowCount
from tilstand.value_added.likelihood import Optimum
from tilstand.value_added.pupil_model import PupilModel


class Fit(Protocol):
    """What is asked of a fit here."""

    model: PupilModel
    optimum: Optimum
    names: list[str]
    outcome: str
    llf: float
    ratio: float
    scale: float
    school_variance: float
    nobs: int
    reml: bool
    converged: bool
    boundary: bool

    @property
    def params(self) -> pd.Series:
        """Fixed effects."""

    @property
    def bse(self) -> pd.Series:
        """Their standard errors."""

    @property
    def tvalues(self) -> pd.Series:
        """Their z values."""

    @property
    def pvalues(self) -> pd.Series:
        """Their p-values."""

    @property
    def method(self) -> str:
        """REML or ML."""

    @property
    def schools(self) -> pd.Index:
        """School ids."""

    def conf_int(self, alpha: float = ...) -> pd.DataFrame:
        """Their intervals."""


def summary_of(fit: Fit, rows: RowCount, interval: tuple[float, float], alpha: float) -> Summary:
    """Put a fit into statsmodels' summary.

    Parameters
    ----------
    fit : RandomInterceptResults
        The fit.
    rows : RowCount
        Rows read, used and lost.
    interval : tuple of float
        Interval of the school variance.
    alpha : float
        One minus the level of the intervals.

    Returns
    -------
    statsmodels.iolib.summary2.Summary
        Prints, and has ``as_text``, ``as_html`` and ``as_latex``.
    """
    n = fit.model.statistics.n
    summary = Summary()
    summary.add_title("Random-intercept model")
    summary.add_dict(
        {
            "Dependent variable:": fit.outcome,
            "Method:": fit.method,
            "No. pupils:": str(fit.nobs),
            "Log-likelihood:": f"{fit.llf:.4f}",
            "No. schools:": str(len(fit.schools)),
            "Residual variance:": f"{fit.scale:.5g}",
            "Pupils a school:": f"{n.min():.0f} to {n.max():.0f}, mean {n.mean():.1f}",
            "Converged:": "Yes" if fit.converged else "No",
            "Rows left out:": str(rows.lost),
            "Score at optimum:": f"{fit.optimum.score:.1e}",
        }
    )
    fixed = fixed_part(fit, alpha)
    low, high = fixed.columns[-2:]
    between = {"Coef.": f"{fit.school_variance:.5g}", low: f"{interval[0]:.4g}"}
    fixed.loc["School variance"] = pd.Series({**between, high: f"{interval[1]:.4g}"})
    summary.add_df(fixed.fillna(""))
    if fit.boundary:
        summary.add_text(
            "The school variance is not distinguishable from zero in these data; that does not "
            "show that all schools are equal."
        )
    if fit.model.calibration is not None:
        summary.add_text("Standard errors include the estimation of the priors' calibration.")
    return summary


def fixed_part(fit: Any, alpha: float) -> pd.DataFrame:
    """Tabulate the fixed effects as statsmodels' summaries do.

    Parameters
    ----------
    fit : FixedEffects
        The fit.
    alpha : float
        One minus the level of the intervals.

    Returns
    -------
    DataFrame of str, p rows
        Coefficient, standard error, z, p-value and the interval's ends.
    """
    ends = fit.conf_int(alpha)
    columns = {
        "Coef.": fit.params,
        "Std.Err.": fit.bse,
        "z": fit.tvalues,
        "P>|z|": fit.pvalues.round(4),
        f"[{alpha / 2:g}": ends[0],
        f"{1 - alpha / 2:g}]": ends[1],
    }
    return pd.DataFrame(columns).map(lambda value: f"{value:.4g}")


def model_numbers(fit: Fit, interval: tuple[float, float]) -> dict[str, Any]:
    """Return a model's numbers as plain values for JSON.

    Parameters
    ----------
    fit : RandomInterceptResults
        The fit.
    interval : tuple of float
        Interval of the school variance, outcome's units squared.

    Returns
    -------
    dict
        Nested names and numbers; an infinite end of an interval is ``None``.
    """
    low, high = interval
    rows = fit.model.rows
    return {
        "outcome": fit.outcome,
        "method": fit.method.lower(),
        "fixed_effects": {
            name: {"estimate": float(fit.params[name]), "se": float(fit.bse[name])}
            for name in fit.names
        },
        "variance": {
            "school": fit.school_variance,
            "residual": fit.scale,
            "school_share": fit.ratio / (1 + fit.ratio),
            "school_ci_low": low,
            "school_ci_high": high if np.isfinite(high) else None,
        },
        "log_likelihood": fit.llf,
        "n": fit.nobs,
        "schools": len(fit.schools),
        "converged": fit.converged,
        "boundary": fit.boundary,
        "convergence": {
            "score": fit.optimum.score,
            "evaluations": fit.optimum.evaluations,
            "ratio": fit.ratio,
        },
        "rows": {
            "read": rows.read,
            "used": rows.used,
            "lost": rows.lost,
            "missing": rows.missing,
        },
    }
