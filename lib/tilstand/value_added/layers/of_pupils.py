"""What a layered fit says of single pupils: fitted values, residuals, predictions, R."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.errors import FormulaError, PupilsNotKeptError
from tilstand.value_added.layers.certificate import mixedlm_log_likelihood
from tilstand.value_added.layers.modes import Modes, modes_of
from tilstand.value_added.layers.observations import leaf_positions, new_predictors
from tilstand.value_added.layers.r_script import write_layers_r
from tilstand.value_added.prediction import Prediction, array_of_predictors
from tilstand.value_added.pupil_model import Observations

if TYPE_CHECKING:
    from tilstand.value_added.layers.recursion import LayeredLikelihood


class OfPupils:
    """Predict and fit pupils' outcomes; a part of `LayeredResults`."""

    model: Any
    names: list[str]
    ratio: np.ndarray
    scale: float
    llf: float
    likelihood: LayeredLikelihood
    _coefficients: np.ndarray
    _covariance: np.ndarray

    @cached_property
    def modes(self) -> Modes:
        """The sums of effects down to every unit, at the optimum."""
        return modes_of(self.model, self.likelihood, self.ratio)

    @cached_property
    def _observations(self) -> Observations:
        return self.model.observations()

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """Fitted outcomes of the pupils, the effects of all their units included, as in MixedLM.

        The pupils are read again for it; those with a missing value are left out.
        """
        seen = self._observations
        sums = self.modes.pulled[0].T @ np.append(-self._coefficients, 1.0)
        fitted = seen.exog @ self._coefficients + sums[seen.school]
        return pd.Series(fitted, index=seen.index)

    @cached_property
    def resid(self) -> pd.Series:
        """Outcome minus `fittedvalues`, on the outcome's scale in the formula."""
        return pd.Series(self._observations.endog, index=self._observations.index) - (
            self.fittedvalues
        )

    def predict(self, exog: Any = None, *, with_schools: bool = False) -> pd.Series:
        """Predict the outcome of pupils.

        Parameters
        ----------
        exog : DataFrame, n rows, or array_like, shape (n, p), optional
            Pupils with the formula's columns, or predictors; those of the fit if not given.
        with_schools : bool
            Add the conditional modes of the pupil's municipality, school, cohort and class, as
            far as they were in the fit.

        Returns
        -------
        Series, shape (n,)
            On the outcome's scale in the formula; missing where a predictor is.

        Raises
        ------
        ValueAddedError
            In one line for a column that is not there, a category or cohort that was not in the
            fit, or pupils that are not kept.
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
            Its `summary_frame` has the mean's interval and that of a single pupil: of units of
            the population, or with `with_schools` of the pupil's own. Variances are taken as
            known.
        """
        x, index, at = self._pupils_to_predict(exog, with_schools)
        away, pulled = x, np.zeros(len(x))
        variance = np.zeros(len(x))
        rest = self.scale
        if at is None:
            rest += self.scale * float(self.ratio.sum())
        else:
            # From the outermost level inwards: the innermost unit that the fit knows decides.
            unknown = np.full(len(x), self.scale * float(self.ratio.sum()))
            away = x.copy()
            for level in range(len(self.ratio) - 1, -1, -1):
                here = at[level] >= 0
                units = at[level][here]
                away[here] = x[here] - self.modes.pulled[level][:-1, units].T
                pulled[here] = self.modes.pulled[level][-1, units]
                below = self.scale * float(self.ratio[:level].sum())
                unknown[here] = self.modes.variance[level][units] + below
            variance = unknown
        mean = away @ self._coefficients + pulled
        variance = variance + np.einsum("ij,jk,ik->i", away, self._covariance, away)
        return Prediction(pd.Series(mean, index=index), pd.Series(variance, index=index), rest)

    def _pupils_to_predict(
        self,
        exog: Any,
        with_schools: bool,  # noqa: FBT001
    ) -> tuple[np.ndarray, pd.Index, list[np.ndarray] | None]:
        tree = self.model.tree
        if exog is None:
            seen = self._observations
            at = [tree.ancestors(0, level)[seen.school] for level in range(tree.depth)]
            return seen.exog, seen.index, at if with_schools else None
        if isinstance(exog, Mapping):
            exog = pd.DataFrame(exog)
        if isinstance(exog, pd.DataFrame):
            if self.model.design is None:
                raise PupilsNotKeptError(
                    "a model made from sufficient statistics has no formula: give predict an "
                    f"array with the columns {', '.join(self.names)}"
                )
            x = new_predictors(self.model, exog, ids=with_schools)
            return x, exog.index, leaf_positions(self.model, exog) if with_schools else None
        x = array_of_predictors(exog, self.names)
        if with_schools:
            raise FormulaError("exog: an array names no schools: give a frame")
        return x, pd.RangeIndex(len(x)), None

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
        theirs = mixedlm_log_likelihood(self, self._observations)  # type: ignore[arg-type]
        return {"log_likelihood": self.llf, "mixedlm": theirs, "difference": self.llf - theirs}

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
        return write_layers_r(self, self._observations, Path(path))  # type: ignore[arg-type]
