"""What a fitted random-intercept model says, in the forms statsmodels' users expect."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from tilstand.value_added.likelihood import Conditional, Optimum, ProfileLikelihood
from tilstand.value_added.prior import Prior
from tilstand.value_added.sufficient import school_text
from tilstand.value_added.uncertainty import school_intervals, variance_interval

if TYPE_CHECKING:
    from tilstand.value_added.random_intercept import RandomIntercept


class RandomInterceptResults:
    """Hold the estimates of a random-intercept model.

    Parameters
    ----------
    model : RandomIntercept
        The model that was fitted.
    likelihood : ProfileLikelihood
        Its likelihood, at whose optimum everything is evaluated.

    Attributes
    ----------
    llf : float
        Log-likelihood (restricted if REML, in lme4's convention).
    ratio : float
        School variance over residual variance.
    scale : float
        Residual variance, outcome's units squared.
    school_variance : float
        Variance of the school contributions, outcome's units squared.
    converged, boundary : bool
        Whether the optimum was found, and whether it lies at school variance zero, in which case
        these data do not distinguish the school variance from zero.
    optimum : Optimum
        The convergence record: score at the optimum, evaluations.
    """

    def __init__(self, model: RandomIntercept, likelihood: ProfileLikelihood) -> None:
        self.model = model
        self.likelihood = likelihood
        self.optimum: Optimum = likelihood.optimum
        self.at_optimum: Conditional = likelihood.at_optimum
        self.ratio = self.optimum.ratio
        self.llf = self.optimum.log_likelihood
        self.scale = float(self.at_optimum.residual_variance[0])
        self.school_variance = self.ratio * self.scale
        self.converged = self.optimum.converged
        self.boundary = self.optimum.boundary
        self.reml = likelihood.reml
        self.nobs = likelihood.pupils
        self.df_resid = likelihood.pupils - likelihood.p
        self.names = list(model.statistics.names[:-1])
        self.outcome = model.statistics.names[-1]
        coefficients, inverse = likelihood.original(
            self.at_optimum.coefficients[0], self.at_optimum.inverse[0]
        )
        self._coefficients = coefficients
        self._covariance = inverse * self.scale

    @cached_property
    def params(self) -> pd.Series:
        """Give the fixed effects, outcome's units per predictor's unit."""
        return pd.Series(self._coefficients, index=self.names)

    @cached_property
    def bse(self) -> pd.Series:
        """Give the fixed effects' standard errors, as lme4 and MixedLM do."""
        return pd.Series(np.sqrt(np.diag(self._covariance)), index=self.names)

    @property
    def tvalues(self) -> pd.Series:
        """Give the fixed effects over their standard errors."""
        return self.params / self.bse

    @property
    def pvalues(self) -> pd.Series:
        """Give two-sided normal p-values of the fixed effects."""
        return pd.Series(2 * stats.norm.sf(self.tvalues.abs()), index=self.names)

    @property
    def aic(self) -> float:
        """Give Akaike's criterion, counting both variances."""
        return -2 * self.llf + 2 * (len(self.names) + 2)

    @property
    def bic(self) -> float:
        """Give Schwarz' criterion, counting both variances."""
        return float(-2 * self.llf + np.log(self.nobs) * (len(self.names) + 2))

    def cov_params(self) -> pd.DataFrame:
        """Give the fixed effects' covariance at the optimum, shape (p, p)."""
        return pd.DataFrame(self._covariance, index=self.names, columns=self.names)

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Give normal intervals of the fixed effects.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        DataFrame, shape (p, 2)
            Columns 0 and 1 as in statsmodels.
        """
        half = stats.norm.isf(alpha / 2) * self.bse
        return pd.DataFrame({0: self.params - half, 1: self.params + half})

    @property
    def schools(self) -> pd.Index:
        """Give the school ids."""
        return self.model.statistics.schools

    @cached_property
    def reliability(self) -> np.ndarray:
        """Give each school's shrinkage factor ``n r / (1 + n r)``, shape (J,)."""
        information = self.model.statistics.n * self.ratio
        return information / (1 + information)

    @cached_property
    def unshrunk(self) -> np.ndarray:
        """Give each school's mean residual from the fixed effects, shape (J,)."""
        return self.likelihood.residuals(self.at_optimum)[0]

    @cached_property
    def conditional_mode(self) -> np.ndarray:
        """Give the shrunken school contributions at the optimum, shape (J,), lme4's ranef."""
        return self.reliability * self.unshrunk + 0.0  # turns minus zero into zero

    @cached_property
    def conditional_se(self) -> np.ndarray:
        """Give their standard errors with all parameters as known, shape (J,), lme4's condVar."""
        information = 1 + self.model.statistics.n * self.ratio
        return np.sqrt(self.school_variance / information)

    @property
    def mean_noise(self) -> float:
        """Give the variance that measurement error adds to a school mean, times its pupils."""
        excess = self.model.mean_error
        return 0.0 if excess is None else float(self._coefficients @ excess @ self._coefficients)

    @property
    def random_effects(self) -> dict[str, pd.Series]:
        """Give the shrunken contributions by school, in MixedLM's form."""
        return {
            str(school): pd.Series({"Group": value})
            for school, value in zip(self.schools, self.conditional_mode, strict=True)
        }

    def school_effects(
        self, level: float = 0.95, *, method: str = "integrated", prior: Prior | None = None
    ) -> pd.DataFrame:
        """Give each school's contribution with an interval.

        Parameters
        ----------
        level : float
            Level of the intervals.
        method : str
            How the interval is made: one of `uncertainty.METHODS`.
        prior : Prior, optional
            What is believed of the variance ratio beforehand, for ``integrated``.

        Returns
        -------
        DataFrame, J rows
            ``school, n, unshrunk, unshrunk_se, estimate, conditional_se, expected, se, ci_low,
            ci_high, reliability``; `expected` is the mean over the variance's uncertainty, which
            the interval is built around, `estimate` the conditional mode at the optimum.
        """
        n = self.model.statistics.n
        interval = school_intervals(
            self.likelihood, level, method=method, prior=prior, mean_noise=self.mean_noise
        )
        return pd.DataFrame(
            {
                "school": self.schools,
                "n": n.astype(int),
                "unshrunk": self.unshrunk.copy(),
                "unshrunk_se": np.sqrt(self.scale / n),
                "estimate": self.conditional_mode.copy(),
                "conditional_se": self.conditional_se.copy(),
                "expected": interval.mean,
                "se": interval.se,
                "ci_low": interval.low,
                "ci_high": interval.high,
                "reliability": self.reliability.copy(),
            },
            index=pd.RangeIndex(len(n)),
            copy=False,
        )

    def variance_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Give the profile-likelihood interval of the school variance.

        Parameters
        ----------
        level : float
            Level of the interval.

        Returns
        -------
        tuple of float
            Lower end, zero if zero is not refuted, and upper end; outcome's units squared.
        """
        return variance_interval(self.likelihood, level)

    def predict(self, exog: pd.DataFrame, *, with_schools: bool = False) -> pd.Series:
        """Predict the outcome of pupils.

        Parameters
        ----------
        exog : DataFrame, n rows
            Pupils with the formula's columns.
        with_schools : bool
            Add the pupil's school's contribution (zero for schools not in the fit).

        Returns
        -------
        Series, shape (n,)
            Outcome's units, missing where a predictor is missing.
        """
        design = self.model.design
        if design is None:
            raise ValueError("a model made from sufficient statistics has no formula")
        expected = pd.Series(design.predictors(exog) @ self._coefficients, index=exog.index)
        if with_schools:
            effects = dict(zip(self.schools, self.conditional_mode, strict=True))
            expected = expected + school_text(exog[self.model.groups]).map(effects).fillna(0.0)
        return expected

    def certify(self) -> dict[str, float]:
        """Compare the likelihood with that of statsmodels' MixedLM at the same parameters.

        Returns
        -------
        dict
            ``log_likelihood`` (ours), ``mixedlm`` (theirs) and ``difference``.
        """
        from tilstand.value_added.certificate import mixedlm_log_likelihood

        theirs = mixedlm_log_likelihood(self)
        return {"log_likelihood": self.llf, "mixedlm": theirs, "difference": self.llf - theirs}

    def as_dict(self, level: float = 0.95) -> dict[str, Any]:
        """Give the model's numbers as plain values for JSON.

        Parameters
        ----------
        level : float
            Level of the school variance's interval.

        Returns
        -------
        dict
            Nested names and numbers; an infinite end of an interval is ``None``.
        """
        low, high = self.variance_interval(level)
        rows = self.model.rows
        return {
            "outcome": self.outcome,
            "method": "reml" if self.reml else "ml",
            "fixed_effects": {
                name: {"estimate": float(self.params[name]), "se": float(self.bse[name])}
                for name in self.names
            },
            "variance": {
                "school": self.school_variance,
                "residual": self.scale,
                "school_share": self.ratio / (1 + self.ratio),
                "school_ci_low": low,
                "school_ci_high": high if np.isfinite(high) else None,
            },
            "log_likelihood": self.llf,
            "n": self.nobs,
            "schools": len(self.schools),
            "converged": self.converged,
            "boundary": self.boundary,
            "convergence": {
                "score": self.optimum.score,
                "evaluations": self.optimum.evaluations,
                "ratio": self.ratio,
            },
            "rows": {
                "read": rows.read,
                "used": rows.used,
                "lost": rows.lost,
                "missing": rows.missing,
            },
        }

    def summary(self) -> str:
        """Describe the fit in plain text."""
        low, high = self.variance_interval()
        lines = [
            f"Random-intercept model of {self.outcome}, {'REML' if self.reml else 'ML'}",
            f"pupils {self.nobs}, schools {len(self.schools)}",
            f"rows lost to missing values {self.model.rows.lost}",
            f"log-likelihood {self.llf:.6f}, score at the optimum {self.optimum.score:.1e}",
            "",
            pd.DataFrame(
                {"estimate": self.params, "se": self.bse, "z": self.tvalues, "p": self.pvalues}
            ).to_string(float_format=lambda value: f"{value:.4f}"),
            "",
            f"school variance {self.school_variance:.5g} (95 % {low:.3g} to {high:.3g})",
            f"residual variance {self.scale:.5g}",
        ]
        if self.boundary:
            lines.append(
                "The school variance is not distinguishable from zero in these data; "
                "that does not show that all schools are equal."
            )
        return "\n".join(lines)
