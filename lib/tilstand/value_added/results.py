"""What a fitted random-intercept model says, in the forms statsmodels' users expect."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.iolib.summary2 import Summary

from tilstand.value_added.certificate import mixedlm_log_likelihood
from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.errors import check_level
from tilstand.value_added.fixed_effects import FixedEffects
from tilstand.value_added.kept import Kept
from tilstand.value_added.likelihood import Conditional, Optimum, ProfileLikelihood
from tilstand.value_added.plotting import Plots
from tilstand.value_added.prediction import Prediction, new_pupils
from tilstand.value_added.prior import Prior
from tilstand.value_added.pupil_model import PupilModel
from tilstand.value_added.r_script import write_r
from tilstand.value_added.school_table import table_of_numbers
from tilstand.value_added.summary import model_numbers, summary_of
from tilstand.value_added.uncertainty import school_intervals, variance_interval

_EFFECTS = (
    "school n unshrunk unshrunk_se estimate conditional_se expected se ci_low ci_high reliability"
)


@cache
def _effect_names() -> pd.Index:
    """Return the columns of `school_effects`: an index of text takes longer than its table."""
    return pd.Index(_EFFECTS.split())


class RandomInterceptResults(FixedEffects, Plots, Kept):
    """Hold the estimates of a random-intercept model.

    Parameters
    ----------
    model : PupilModel
        The model that was fitted.
    likelihood : ProfileLikelihood
        Its likelihood, at whose optimum everything is evaluated.

    Attributes
    ----------
    params, bse : Series, shape (p,)
        Fixed effects and their standard errors.
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

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> school, prior = np.repeat(np.arange(8), 30), rng.normal(50, 10, 240)
    >>> score = 10 + 0.8 * prior + 2 * rng.normal(size=8)[school] + 5 * rng.normal(size=240)
    >>> pupils = pd.DataFrame({"score": score, "prior": prior, "school": school})
    >>> results = RandomIntercept.from_formula("score ~ prior", pupils, "school").fit()
    >>> results
    <RandomInterceptResults: score ~ prior, 240 pupils, 8 schools, REML, school variance 5.631>
    >>> results.predict(pd.DataFrame({"prior": [50.0]})).round(1).tolist()
    [49.8]
    """

    def __init__(self, model: PupilModel, likelihood: ProfileLikelihood) -> None:
        self.model = model
        self.likelihood = likelihood
        self.optimum: Optimum = likelihood.optimum
        self.at_optimum: Conditional = likelihood.at_optimum
        self.ratio = self.optimum.ratio
        self.scale = float(self.at_optimum.residual_variance[0])
        self.school_variance = self.ratio * self.scale
        self.converged = self.optimum.converged
        self.boundary = self.optimum.boundary
        self.nobs = likelihood.pupils
        self.df_resid = likelihood.pupils - likelihood.p
        self.outcome = model.endog_names
        coefficients, self._inverse = likelihood.original(
            self.at_optimum.coefficients[0], self.at_optimum.inverse[0]
        )
        covariance = self._inverse * self.scale
        if model.calibration is not None:
            covariance = covariance + model.calibration.covariance(coefficients, self._inverse)
        super().__init__(
            list(model.exog_names),
            coefficients,
            covariance,
            llf=self.optimum.log_likelihood,
            reml=likelihood.reml,
            statistics=model.statistics,
        )

    def __repr__(self) -> str:
        """Name the fit, its formula and its size."""
        return (
            f"<{type(self).__name__}: {self.model.formula}, {self.nobs} pupils, "
            f"{len(self.schools)} schools, {self.method}, school variance "
            f"{self.school_variance:.4g}>"
        )

    @property
    def cov_re(self) -> pd.DataFrame:
        """The school variance in MixedLM's form, a matrix of one row."""
        return pd.DataFrame([[self.school_variance]], index=["Group"], columns=["Group"])

    @property
    def schools(self) -> pd.Index:
        """The school ids, in their own type and order."""
        return self.model.statistics.schools

    @cached_property
    def reliability(self) -> np.ndarray:
        """Reliability of each school's unshrunk mean, ``n r / (1 + n r)``, shape (J,).

        It is the shrinkage factor of the BLUP.
        """
        information = self.model.statistics.n * self.ratio
        return information / (1 + information)

    @cached_property
    def unshrunk(self) -> np.ndarray:
        """Each school's mean residual from the fixed effects, shape (J,)."""
        return self.likelihood.residuals(self.at_optimum)[0]

    @cached_property
    def conditional_mode(self) -> np.ndarray:
        """Shrunken school contributions (BLUPs) at the optimum, shape (J,), lme4's ranef."""
        return self.reliability * self.unshrunk + 0.0  # turns minus zero into zero

    @cached_property
    def conditional_se(self) -> np.ndarray:
        """Their standard errors with all parameters as known, shape (J,), lme4's condVar."""
        information = 1 + self.model.statistics.n * self.ratio
        return np.sqrt(self.school_variance / information)

    @property
    def mean_noise(self) -> float:
        """Variance that measurement error adds to a school mean, times its pupils."""
        excess = self.model.mean_error
        return 0.0 if excess is None else float(self._coefficients @ excess @ self._coefficients)

    @property
    def random_effects(self) -> dict[Any, pd.Series]:
        """Shrunken contributions (BLUPs) by school, in MixedLM's form."""
        return {
            school: pd.Series({"Group": value})
            for school, value in zip(self.schools, self.conditional_mode, strict=True)
        }

    @property
    def random_effects_cov(self) -> dict[Any, pd.DataFrame]:
        """Conditional variances of the contributions by school, in MixedLM's form."""
        return {
            school: pd.DataFrame([[value]], index=["Group"], columns=["Group"])
            for school, value in zip(self.schools, self.conditional_se**2, strict=True)
        }

    @cached_property
    def _observations(self) -> Any:
        return self.model.observations()

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """Fitted outcomes of the pupils, their schools' BLUPs included, as in MixedLM.

        The pupils are read again for it; those with a missing value are left out.
        """
        seen = self._observations
        fitted = seen.exog @ self._coefficients + self.conditional_mode[seen.school]
        return pd.Series(fitted, index=seen.index)

    @cached_property
    def resid(self) -> pd.Series:
        """Outcome minus `fittedvalues`, on the outcome's scale in the formula."""
        return pd.Series(self._observations.endog, index=self._observations.index) - (
            self.fittedvalues
        )

    def school_effects(
        self, level: float = LEVEL, *, method: str = "integrated", prior: Prior | None = None
    ) -> pd.DataFrame:
        """Return each school's contribution with an interval.

        Parameters
        ----------
        level : float
            Level of the intervals, between 0 and 1.
        method : str
            How the interval is made: one of `uncertainty.METHODS`.
        prior : Prior, optional
            What is believed of the variance ratio beforehand, for ``integrated``.

        Returns
        -------
        DataFrame, J rows
            ``school, n, unshrunk, unshrunk_se, estimate, conditional_se, expected, se, ci_low,
            ci_high, reliability``; `expected` is the mean over the variance's uncertainty, which
            the interval is built around, `estimate` the BLUP at the optimum.

        Raises
        ------
        LevelError
            If the level does not lie between 0 and 1.
        """
        level = check_level(level)
        n = self.model.statistics.n
        interval = school_intervals(
            self.likelihood, level, method=method, prior=prior, mean_noise=self.mean_noise
        )
        numbers = (
            self.unshrunk,
            np.sqrt(self.scale / n),
            self.conditional_mode,
            self.conditional_se,
            interval.mean,
            interval.se,
            interval.low,
            interval.high,
            self.reliability,
        )
        return table_of_numbers(self.schools, n.astype(int), np.array(numbers), _effect_names())

    def variance_interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Return the profile-likelihood interval of the school variance.

        Parameters
        ----------
        level : float
            Level of the interval.

        Returns
        -------
        tuple of float
            Lower end, zero if zero is not refuted, and upper end; outcome's units squared.

        Raises
        ------
        LevelError
            If the level does not lie between 0 and 1.
        """
        return variance_interval(self.likelihood, check_level(level))

    def predict(self, exog: Any = None, *, with_schools: bool = False) -> pd.Series:
        """Predict the outcome of pupils.

        Parameters
        ----------
        exog : DataFrame, n rows, or array_like, shape (n, p), optional
            Pupils with the formula's columns, or predictors; those of the fit if not given.
        with_schools : bool
            Add the pupil's school's BLUP (zero for schools not in the fit).

        Returns
        -------
        Series, shape (n,)
            On the outcome's scale in the formula; missing where a predictor is.

        Raises
        ------
        ValueAddedError
            In one line for a column that is not there, a category that was not in the fit, or
            pupils that are not kept.
        """
        return self.get_prediction(exog, with_schools=with_schools).predicted_mean

    def get_prediction(self, exog: Any = None, *, with_schools: bool = False) -> Prediction:
        """Predict the outcome of pupils with standard errors.

        Parameters
        ----------
        exog, with_schools
            As for `predict`.

        Returns
        -------
        Prediction
            Its `summary_frame` has the mean's interval and that of a single pupil: of a school
            of the population, or with `with_schools` of the pupil's own school. Variances are
            taken as known.
        """
        if exog is None:
            seen = self._observations
            x, index, at = seen.exog, seen.index, seen.school
        else:
            groups = self.model.groups if with_schools else None
            x, index, at = new_pupils(exog, self.model.design, self.names, groups, self.schools)
        mean = x @ self._coefficients
        if not with_schools:
            variance = np.einsum("ij,jk,ik->i", x, self._covariance, x)
            rest = self.school_variance + self.scale
        else:
            known = at >= 0
            shrinkage = np.where(known, self.reliability[at], 0.0)
            mean = mean + shrinkage * self.unshrunk[at]
            averages = self.model.statistics.school_means[at, :-1]
            away = x - shrinkage[:, None] * averages
            variance = np.einsum("ij,jk,ik->i", away, self._covariance, away)
            own = np.where(known, self.conditional_se[at] ** 2, self.school_variance)
            variance, rest = variance + own, self.scale
        return Prediction(
            pd.Series(mean, index=index), pd.Series(variance, index=index), float(rest)
        )

    def certify(self) -> dict[str, float]:
        """Compare the likelihood with that of statsmodels' MixedLM at the same parameters.

        Returns
        -------
        dict
            ``log_likelihood`` (ours), ``mixedlm`` (theirs) and ``difference``.

        Raises
        ------
        PupilsNotKeptError
            If the pupils cannot be read again.
        """
        theirs = mixedlm_log_likelihood(
            self._observations, self._coefficients, self.ratio, reml=self.reml
        )
        return {"log_likelihood": self.llf, "mixedlm": theirs, "difference": self.llf - theirs}

    def as_dict(self, level: float = LEVEL) -> dict[str, Any]:
        """Return the model's numbers as plain values for JSON.

        Parameters
        ----------
        level : float
            Level of the school variance's interval.

        Returns
        -------
        dict
            Nested names and numbers; an infinite end of an interval is ``None``.
        """
        return model_numbers(self, self.variance_interval(level))

    def summary(self, alpha: float = 0.05) -> Summary:
        """Return a summary as statsmodels' models do.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        statsmodels.iolib.summary2.Summary
            Prints, and has ``as_text``, ``as_html`` and ``as_latex``.
        """
        interval = self.variance_interval(1 - check_level(alpha, "alpha"))
        return summary_of(self, self.model.rows, interval, alpha)

    def to_r(self, path: Any) -> list[Path]:
        """Write the pupils, without ids, and an lme4 script that reproduces the fit.

        Parameters
        ----------
        path : str or Path
            A folder, made if it is not there. Pupils' values are personal data all the same.

        Returns
        -------
        list of Path
            ``pupils.csv`` and ``fit.R``.

        Raises
        ------
        PupilsNotKeptError
            If the pupils cannot be read again.
        """
        return write_r(
            Path(path),
            self._observations,
            {"school": self._observations.school},
            self.names,
            reml=self.reml,
            llf=self.llf,
            params=self._coefficients,
            variances={"school": self.school_variance, "residual": self.scale},
        )
