"""Predictions of pupils' outcomes with standard errors, in statsmodels' form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from tilstand.value_added.errors import FormulaError, PupilsNotKeptError, check_level
from tilstand.value_added.school_ids import positions_in

if TYPE_CHECKING:
    from tilstand.value_added.design import Design


class Prediction:
    """Hold predicted outcomes with the variance of their mean and of one pupil.

    Parameters
    ----------
    predicted_mean : Series, shape (n,)
        Outcome's units.
    var_pred_mean : Series, shape (n,)
        Variance of the mean's error; the school and residual variances taken as known.
    var_resid : float
        What a single pupil varies around that mean.

    Examples
    --------
    >>> import pandas as pd
    >>> one = Prediction(pd.Series([50.0]), pd.Series([4.0]), 21.0)
    >>> one.summary_frame().round(1).iloc[0].tolist()
    [50.0, 2.0, 46.1, 53.9, 40.2, 59.8]
    """

    def __init__(
        self, predicted_mean: pd.Series, var_pred_mean: pd.Series, var_resid: float
    ) -> None:
        self.predicted_mean = predicted_mean
        self.var_pred_mean = var_pred_mean
        self.var_resid = var_resid

    @property
    def se_mean(self) -> pd.Series:
        """Standard error of the mean."""
        return np.sqrt(self.var_pred_mean)

    @property
    def se_obs(self) -> pd.Series:
        """Standard deviation of a single pupil's outcome around its prediction."""
        return np.sqrt(self.var_pred_mean + self.var_resid)

    def conf_int(self, alpha: float = 0.05, *, obs: bool = False) -> np.ndarray:
        """Return normal intervals.

        Parameters
        ----------
        alpha : float
            One minus the level.
        obs : bool
            Of a single pupil's outcome instead of the mean.

        Returns
        -------
        ndarray, shape (n, 2)
            Lower and upper ends, outcome's units.
        """
        z = stats.norm.isf(check_level(alpha, "alpha") / 2)
        half = z * (self.se_obs if obs else self.se_mean)
        return np.column_stack([self.predicted_mean - half, self.predicted_mean + half])

    def summary_frame(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return means, standard errors and both intervals.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        DataFrame, n rows
            ``mean, mean_se, mean_ci_lower, mean_ci_upper, obs_ci_lower, obs_ci_upper``, as in
            statsmodels.
        """
        mean, single = self.conf_int(alpha), self.conf_int(alpha, obs=True)
        return pd.DataFrame(
            {
                "mean": self.predicted_mean,
                "mean_se": self.se_mean,
                "mean_ci_lower": mean[:, 0],
                "mean_ci_upper": mean[:, 1],
                "obs_ci_lower": single[:, 0],
                "obs_ci_upper": single[:, 1],
            }
        )


def array_of_predictors(exog: Any, names: Sequence[str]) -> np.ndarray:
    """Read predictors that are given without names.

    Parameters
    ----------
    exog : array_like, shape (n, p) or (p,)
        Predictors in the fit's order.
    names : sequence of str
        Their names.

    Returns
    -------
    ndarray, shape (n, p)
        The same as numbers.

    Raises
    ------
    FormulaError
        If it is no such array.

    Examples
    --------
    >>> array_of_predictors([1, 50], ["Intercept", "prior"])
    array([[ 1., 50.]])
    """
    wanted = f"an array of the {len(names)} predictors {', '.join(names)}"
    try:
        x = np.atleast_2d(np.asarray(exog, dtype=float))
    except (TypeError, ValueError):
        raise FormulaError(f"exog: neither a frame nor {wanted}") from None
    if x.ndim != 2 or x.shape[1] != len(names):
        raise FormulaError(f"exog: shape {x.shape}, {wanted} was expected")
    return x


def new_pupils(
    exog: Any, design: Design | None, names: Sequence[str], groups: str | None, schools: pd.Index
) -> tuple[np.ndarray, pd.Index, np.ndarray]:
    """Lay out pupils that were not in the fit.

    Parameters
    ----------
    exog : DataFrame, mapping or array-like, n rows
        Their predictors.
    design : Design or None
        The formula's; None for a model made from sufficient statistics.
    names : sequence of str, length k
        Of the predictors.
    groups : str or None
        The column of schools, where the pupils' schools are needed.
    schools : Index
        Schools of the fit.

    Returns
    -------
    tuple of (ndarray of shape (n, k), Index, ndarray of shape (n,))
        Predictors, the pupils' labels, and the place of each one's school; -1 for none.

    Raises
    ------
    PupilsNotKeptError
        When a frame is given to a model without a formula.
    FormulaError
        When schools are needed and an array names none.
    """
    if isinstance(exog, Mapping):
        exog = pd.DataFrame(exog)
    if isinstance(exog, pd.DataFrame):
        if design is None:
            raise PupilsNotKeptError(
                "a model made from sufficient statistics has no formula: give predict an "
                f"array with the columns {', '.join(names)}"
            )
        x = design.checked(exog, [] if groups is None else [groups])
        nowhere = np.full(len(exog), -1)
        return x, exog.index, nowhere if groups is None else positions_in(schools, exog[groups])
    x = array_of_predictors(exog, names)
    if groups is not None:
        raise FormulaError("exog: an array names no schools: give a frame")
    return x, pd.RangeIndex(len(x)), np.full(len(x), -1)
