"""Inference on fixed effects, in the forms that statsmodels' users expect."""

from __future__ import annotations

import warnings
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from patsy import DesignInfo, PatsyError
from scipy import stats
from statsmodels.stats.contrast import ContrastResults

from tilstand.value_added.errors import (
    ComparisonError,
    CriterionWarning,
    FormulaError,
    check_level,
)
from tilstand.value_added.sufficient import SufficientStatistics

# Both fits saw the same pupils if the sums of their outcome agree to rounding.
_SAME = 1e-9


class LikelihoodRatio(NamedTuple):
    """Hold a likelihood-ratio test of a restricted model.

    Parameters
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.
    pvalue : float
        From the chi-square distribution.
    df : int
        Number of restrictions.
    """

    statistic: float
    pvalue: float
    df: int


class FixedEffects:
    """Hold fixed effects and their covariance, and test hypotheses on them.

    Parameters
    ----------
    names : list of str
        The p predictors.
    coefficients : ndarray, shape (p,)
        Outcome's units per predictor's unit.
    covariance : ndarray, shape (p, p)
        Their covariance.
    llf : float
        Log-likelihood (restricted if REML).
    reml : bool
        Whether it is restricted.
    statistics : SufficientStatistics
        The pupils.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> school, x, z = np.repeat(np.arange(20), 30), rng.normal(size=600), rng.normal(size=600)
    >>> y = x + 0.3 * rng.normal(size=20)[school] + rng.normal(size=600)
    >>> pupils = pd.DataFrame({"y": y, "x": x, "z": z, "school": school})
    >>> whole = RandomIntercept.from_formula("y ~ x + z", pupils, "school").fit(reml=False)
    >>> bool(whole.t_test("x = 1, z = 0").pvalue.min() > 0.05)
    True
    >>> without = RandomIntercept.from_formula("y ~ x", pupils, "school").fit(reml=False)
    >>> whole.compare_lr(without).df
    1
    """

    # Fixed effects have normal intervals, as in MixedLM.
    use_t = False

    def __init__(
        self,
        names: list[str],
        coefficients: np.ndarray,
        covariance: np.ndarray,
        *,
        llf: float,
        reml: bool,
        statistics: SufficientStatistics,
    ) -> None:
        self.names = names
        self._coefficients = coefficients
        self._covariance = covariance
        self.llf = llf
        self.reml = reml
        self._statistics = statistics

    @property
    def method(self) -> str:
        """``REML`` or ``ML``, as in MixedLM."""
        return "REML" if self.reml else "ML"

    @property
    def layers(self) -> tuple[str, ...]:
        """The levels that carry a variance, innermost first."""
        return ("school",)

    @cached_property
    def params(self) -> pd.Series:
        """Fixed effects, outcome's units per predictor's unit; MixedLM's ``fe_params``."""
        return pd.Series(self._coefficients, index=self.names)

    @cached_property
    def bse(self) -> pd.Series:
        """Standard errors of the fixed effects, as lme4's and MixedLM's where no prior has error.

        With calibrated priors they include what estimating the calibration adds.
        """
        return pd.Series(np.sqrt(np.diag(self._covariance)), index=self.names)

    @property
    def fe_params(self) -> pd.Series:
        """The fixed effects under MixedLM's name."""
        return self.params

    @property
    def bse_fe(self) -> pd.Series:
        """The standard errors of the fixed effects under MixedLM's name."""
        return self.bse

    @property
    def tvalues(self) -> pd.Series:
        """Fixed effects over their standard errors."""
        return self.params / self.bse

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided normal p-values of the fixed effects."""
        return pd.Series(2 * stats.norm.sf(self.tvalues.abs()), index=self.names)

    @property
    def aic(self) -> float:
        """Akaike's criterion, all variances counted; NaN with a warning for REML."""
        return -2 * self._ml_llf("aic") + 2 * (len(self.names) + len(self.layers) + 1)

    @property
    def bic(self) -> float:
        """Schwarz' criterion, all variances counted; NaN with a warning for REML."""
        parameters = len(self.names) + len(self.layers) + 1
        return float(-2 * self._ml_llf("bic") + np.log(self._statistics.pupils) * parameters)

    def _ml_llf(self, criterion: str) -> float:
        if not self.reml:
            return self.llf
        warnings.warn(
            f"{criterion}: restricted likelihoods of different fixed effects cannot be compared: "
            "fit with reml=False",
            CriterionWarning,
            stacklevel=3,
        )
        return float("nan")

    def cov_params(self) -> pd.DataFrame:
        """Return the fixed effects' covariance.

        Returns
        -------
        DataFrame, shape (p, p)
            By predictors' names.
        """
        return pd.DataFrame(self._covariance, index=self.names, columns=self.names)

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return normal intervals of the fixed effects.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        DataFrame, shape (p, 2)
            Columns 0 and 1 as in statsmodels.

        Raises
        ------
        LevelError
            If `alpha` does not lie between 0 and 1.
        """
        half = stats.norm.isf(check_level(alpha, "alpha") / 2) * self.bse
        return pd.DataFrame({0: self.params - half, 1: self.params + half})

    def t_test(self, r_matrix: Any) -> ContrastResults:
        """Test linear hypotheses one by one.

        Parameters
        ----------
        r_matrix : str, array_like of shape (r, p), tuple of (array, values), or dict
            Hypotheses, such as ``"prior = 1"``, as for statsmodels' `t_test`.

        Returns
        -------
        ContrastResults
            Effects with standard errors, normal p-values and intervals.

        Raises
        ------
        FormulaError
            If the hypotheses cannot be read.
        """
        matrix, values = self._constraints(r_matrix)
        effect = matrix @ self._coefficients
        covariance = matrix @ self._covariance @ matrix.T
        sd = np.sqrt(np.diag(covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = (effect - values) / sd
        return ContrastResults(effect=effect, statistic=statistic, sd=sd, distribution="norm")

    def wald_test(self, r_matrix: Any) -> ContrastResults:
        """Test linear hypotheses together.

        Parameters
        ----------
        r_matrix : str, array_like of shape (r, p), tuple of (array, values), or dict
            Hypotheses, as for `t_test`.

        Returns
        -------
        ContrastResults
            A chi-square statistic with r degrees of freedom.

        Raises
        ------
        FormulaError
            If the hypotheses cannot be read, or one of them follows from the others.
        """
        matrix, values = self._constraints(r_matrix)
        covariance = matrix @ self._covariance @ matrix.T
        restrictions = np.linalg.matrix_rank(matrix)
        if restrictions < len(matrix):
            raise FormulaError("the hypotheses are not independent of one another")
        gap = matrix @ self._coefficients - values
        statistic = float(gap @ np.linalg.solve(covariance, gap))
        return ContrastResults(
            statistic=statistic, df_denom=len(matrix), distribution="chi2", sd=None
        )

    def _constraints(self, r_matrix: Any) -> tuple[np.ndarray, np.ndarray]:
        try:
            given = DesignInfo(self.names).linear_constraint(r_matrix)
        except (PatsyError, ValueError, TypeError) as error:
            known = ", ".join(self.names)
            first = (str(error).splitlines() or [""])[0]
            said = repr(r_matrix) if isinstance(r_matrix, str) else f"of shape {np.shape(r_matrix)}"
            raise FormulaError(
                f"the hypothesis {said} cannot be read: {first}; the predictors are {known}"
            ) from None
        return np.asarray(given.coefs, dtype=float), np.asarray(given.constants, float).ravel()

    def compare_lr(self, restricted: FixedEffects) -> LikelihoodRatio:
        """Test a restricted model against this one by the likelihood ratio.

        Parameters
        ----------
        restricted : RandomInterceptResults or LayeredResults
            A fit of the same pupils with fewer predictors, or with one layer less: a special case
            of this one.

        Returns
        -------
        LikelihoodRatio
            ``statistic, pvalue, df``. A variance cannot be negative, so that the p-value of a
            layer is half that of the chi-square distribution.

        Raises
        ------
        ComparisonError
            If predictors are compared by REML, the pupils differ, or the other is not a special
            case.

        References
        ----------
        Pinheiro & Bates (2000), Mixed-effects models in S and S-PLUS, section 2.4.1. Stram & Lee
        (1994), Variance components testing in the longitudinal mixed effects model, Biometrics
        50:1171-1177, for layers.
        """
        if self.layers != restricted.layers:
            return self._compare_layers(restricted)
        if self.reml or restricted.reml:
            raise ComparisonError(
                "restricted likelihoods of different fixed effects cannot be compared: "
                "fit both with reml=False"
            )
        df = len(self.names) - len(restricted.names)
        statistic = self._ratio_to(restricted)
        if df < 1 or statistic < -1e-6:
            raise ComparisonError(
                f"{', '.join(restricted.names)}: not a special case of {', '.join(self.names)}"
            )
        statistic = max(statistic, 0.0)
        return LikelihoodRatio(statistic, float(stats.chi2.sf(statistic, df)), df)

    def _compare_layers(self, restricted: FixedEffects) -> LikelihoodRatio:
        more = [one for one in self.layers if one not in restricted.layers]
        if len(more) != 1 or len(self.layers) != len(restricted.layers) + 1:
            raise ComparisonError(
                f"layers {', '.join(restricted.layers)}: not one less than {', '.join(self.layers)}"
            )
        if self.reml != restricted.reml or set(self.names) != set(restricted.names):
            raise ComparisonError(
                "layers are compared with the same predictors and the same method in both fits"
            )
        statistic = max(self._ratio_to(restricted), 0.0)
        return LikelihoodRatio(statistic, float(stats.chi2.sf(statistic, 1)) / 2, 1)

    def _ratio_to(self, restricted: FixedEffects) -> float:
        if not _same_outcome(self._statistics, restricted._statistics):
            raise ComparisonError("the two fits are not of the same pupils' outcome")
        return 2 * (self.llf - restricted.llf)


def _same_outcome(one: SufficientStatistics, other: SufficientStatistics) -> bool:
    if one.names[-1] != other.names[-1] or one.pupils != other.pupils:
        return False
    (mean, spread), (their_mean, their_spread) = _of_outcome(one), _of_outcome(other)
    return abs(mean - their_mean) <= _SAME * spread and abs(spread / their_spread - 1) <= _SAME


def _of_outcome(statistics: SufficientStatistics) -> tuple[float, float]:
    """Return the outcome's mean and standard deviation over all pupils."""
    n, means = statistics.n, statistics.school_means[:, -1]
    mean = float(n @ means / n.sum())
    squares = float(statistics.within[-1, -1] + n @ (means - mean) ** 2)
    return mean, float(np.sqrt(squares / n.sum()))
