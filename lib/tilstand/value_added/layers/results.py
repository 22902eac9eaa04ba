"""What a fitted layered model says."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from statsmodels.iolib.summary2 import Summary

from tilstand.value_added.errors import ValueAddedError, check_level
from tilstand.value_added.fixed_effects import FixedEffects
from tilstand.value_added.kept import Kept
from tilstand.value_added.layers.modes import (
    covariances_by_top,
    effects_by_top,
)
from tilstand.value_added.layers.of_pupils import OfPupils
from tilstand.value_added.layers.optimum import LayeredOptimum, find_optimum
from tilstand.value_added.layers.plotting import LayeredPlots
from tilstand.value_added.layers.quadrature import (
    DEFAULT_LAYERED_PRIOR,
    LayeredPrior,
    Nodes,
    variance_nodes,
)
from tilstand.value_added.layers.recursion import LayeredLikelihood
from tilstand.value_added.layers.summary import layered_summary
from tilstand.value_added.layers.targets import Target, evaluate, units_target
from tilstand.value_added.layers.tree import PLURAL

if TYPE_CHECKING:
    from tilstand.value_added.layers.model import LayeredIntercept

#: What a level's variance is called in results.
VARIANCE_NAMES = {
    "municipality": "municipality",
    "school": "school",
    "cohort": "school_cohort",
    "class": "class",
}


class LayeredResults(FixedEffects, OfPupils, LayeredPlots, Kept):
    """Hold the estimates of a layered model.

    Parameters
    ----------
    model : LayeredIntercept
        The model that was fitted.
    likelihood : LayeredLikelihood
        Its likelihood, at whose optimum everything is evaluated.

    Attributes
    ----------
    llf, log_likelihood : float
        Log-likelihood (restricted if REML, in lme4's convention).
    ratio : ndarray, shape (L,)
        Variances over the residual variance, innermost level first.
    scale : float
        Residual variance, outcome's units squared.
    variances : dict of str to float
        Of each level, outermost first, and ``residual``; outcome's units squared.
    converged : bool
        Whether the optimum was found.
    boundary : bool
        Whether some variance is best at zero, in which case these data do not distinguish it
        from zero.
    optimum : LayeredOptimum
        The convergence record: scores, evaluations, starts, and which levels lie at zero.
    """

    def __init__(self, model: LayeredIntercept, likelihood: LayeredLikelihood) -> None:
        self.model, self.likelihood = model, likelihood
        self.optimum: LayeredOptimum = find_optimum(likelihood)
        self.ratio = self.optimum.ratio
        self.converged = self.optimum.converged
        self.boundary = bool(self.optimum.boundary.any())
        self.nobs = likelihood.pupils
        self.df_resid = likelihood.pupils - likelihood.p
        self.outcome = model.endog_names
        sweep = likelihood.sweep(self.ratio[None])
        self.scale = float(likelihood.residual_variance(sweep)[0])
        root = sweep.root[0]
        coefficients, inverse = likelihood.basis.original(
            likelihood.coefficients(sweep)[0], root.T @ root
        )
        covariance = inverse * self.scale
        if model.calibration is not None:
            covariance = covariance + model.calibration.covariance(coefficients, inverse)
        super().__init__(
            list(model.exog_names),
            coefficients,
            covariance,
            llf=self.optimum.log_likelihood,
            reml=likelihood.reml,
            statistics=model.statistics,
        )
        self.log_likelihood = self.llf
        levels = model.tree.levels
        self.variances = {
            VARIANCE_NAMES[role]: float(self.ratio[i] * self.scale)
            for i, role in reversed(list(enumerate(levels)))
        } | {"residual": self.scale}
        self._spread: dict[LayeredPrior, Nodes] = {}

    def __repr__(self) -> str:
        """Name the fit, its formula and its size."""
        units = "".join(f", {units}" for units in self.model.tree.counts())
        return (
            f"<{type(self).__name__}: {self.model.formula}, {self.nobs} pupils{units}, "
            f"{self.method}>"
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The levels that carry a variance, innermost first."""
        return self.model.tree.levels

    @property
    def schools(self) -> pd.Index:
        """The school ids, in their own type and order."""
        ids = self.model.tree.ids[self.model.tree.level("school")]["school"]
        return pd.Index(ids, name="school")

    @property
    def cov_re(self) -> pd.DataFrame:
        """The outermost level's variance in MixedLM's form, a matrix of one row."""
        variance = float(self.ratio[-1] * self.scale)
        return pd.DataFrame([[variance]], index=["Group"], columns=["Group"])

    @property
    def vcomp(self) -> pd.Series:
        """The other levels' variances, outermost first, under MixedLM's name."""
        inner = list(self.variances.items())[1:-1]
        return pd.Series(dict(inner), dtype=float)

    @property
    def random_effects(self) -> dict[Any, pd.Series]:
        """Conditional modes by outermost unit, in MixedLM's form, see `blups` for a table."""
        return effects_by_top(self)

    @property
    def random_effects_cov(self) -> dict[Any, pd.DataFrame]:
        """Their conditional covariances by outermost unit, in MixedLM's form."""
        return covariances_by_top(self)

    @property
    def notes(self) -> list[str]:
        """Return what a reader has to know of the levels, one line each."""
        notes = [*self.model.tree.left_out.values(), *self.model.tree.remarks]
        levels = self.model.tree.levels
        notes += [
            f"The variance between {PLURAL[levels[i]]} is not distinguishable from zero in "
            "these data; this does not show that they are all equal, and the intervals allow "
            "for differences."
            for i in np.flatnonzero(self.optimum.boundary)
        ]
        if not self.converged:
            notes.append("The search for the highest likelihood did not settle.")
        return notes

    def blups(self, role: str = "school") -> pd.DataFrame:
        """Return the conditional modes of a level's own effects, lme4's ``ranef``.

        Parameters
        ----------
        role : str
            ``municipality``, ``school``, ``cohort`` or ``class``; a level of the model.

        Returns
        -------
        DataFrame, one row a unit
            Its ids, ``n`` and ``blup``, outcome's units.
        """
        tree = self.model.tree
        if role not in tree.levels:
            raise ValueAddedError(f"{role!r} is no level of this model: {', '.join(tree.levels)}")
        level = tree.levels.index(role)
        mode = self._modes[level]
        if level + 1 < tree.depth:
            mode = mode - self._modes[level + 1][tree.parent[level]]
        return tree.ids[level].assign(n=self.pupils(level), blup=mode + 0.0)

    @cached_property
    def _modes(self) -> list[np.ndarray]:
        tree = self.model.tree
        targets = [units_target(tree, level) for level in range(tree.depth)]
        return [one.mean[0] for one in evaluate(self.likelihood, self.ratio[None], targets)]

    def pupils(self, level: int) -> np.ndarray:
        """Count the pupils of each unit of a level."""
        at = self.model.tree.ancestors(0, level)
        return np.bincount(at, self.likelihood.n).astype(int)

    def nodes(self, prior: LayeredPrior | None = None) -> Nodes:
        """Weigh the variances that the data leave possible.

        Parameters
        ----------
        prior : LayeredPrior, optional
            What is believed beforehand.

        Returns
        -------
        Nodes
            Of the restricted likelihood, also after an ML fit.
        """
        prior = prior or DEFAULT_LAYERED_PRIOR
        if prior not in self._spread:
            self._spread[prior] = variance_nodes(self.restricted, prior)
        return self._spread[prior]

    @cached_property
    def restricted(self) -> LayeredLikelihood:
        """Return the restricted likelihood, which intervals are made over."""
        return self.likelihood if self.reml else self.model.likelihood(reml=True)

    def at_optimum(self, targets: list[Target]) -> list[np.ndarray]:
        """Return the conditional modes of targets at the optimum."""
        spread = evaluate(self.likelihood, self.ratio[None], targets)
        return [one.mean[0] + 0.0 for one in spread]

    def school_effects(
        self, level: float = 0.95, *, prior: LayeredPrior | None = None, classes: bool = False
    ) -> pd.DataFrame:
        """Return what the cohorts say of each school, with intervals.

        Parameters
        ----------
        level : float
            Level of the intervals, between 0 and 1.
        prior : LayeredPrior, optional
            What is believed of the variances beforehand.
        classes : bool
            Let the classes' own effects count in: "this school with these classes".

        Returns
        -------
        DataFrame, one row a school
            See `tables.school_table`.
        """
        from tilstand.value_added.layers.tables import school_table

        return school_table(self, level, prior, classes=classes)

    def cohort_effects(
        self, level: float = 0.95, *, prior: LayeredPrior | None = None, classes: bool = False
    ) -> pd.DataFrame:
        """Return each school's contribution to each cohort, with intervals.

        Parameters
        ----------
        level, prior, classes
            As for `school_effects`.

        Returns
        -------
        DataFrame, one row a school and cohort
            See `tables.cohort_table`.
        """
        from tilstand.value_added.layers.tables import cohort_table

        return cohort_table(self, level, prior, classes=classes)

    def municipality_effects(
        self, level: float = 0.95, *, prior: LayeredPrior | None = None
    ) -> pd.DataFrame:
        """Return each municipality's mean contribution over its schools, with intervals.

        Parameters
        ----------
        level, prior
            As for `school_effects`.

        Returns
        -------
        DataFrame, one row a municipality
            See `tables.municipality_table`.
        """
        from tilstand.value_added.layers.tables import municipality_table

        return municipality_table(self, level, prior)

    def correlation(
        self, level: float = 0.95, *, prior: LayeredPrior | None = None
    ) -> dict[str, float]:
        """Return the correlation between a school's contributions to two cohorts.

        Parameters
        ----------
        level, prior
            As for `school_effects`.

        Returns
        -------
        dict
            ``estimate`` (of the variances at the optimum), ``mean``, ``low`` and ``high``;
            missing with one cohort.
        """
        levels = self.model.tree.levels
        if "cohort" not in levels:
            return dict.fromkeys(("estimate", "mean", "low", "high"), float("nan"))
        nodes = self.nodes(prior)
        low, high = nodes.share_interval(level)
        stays = sum(self.ratio[i] for i, role in enumerate(levels) if role not in _PASSING)
        total = stays + self.ratio[levels.index("cohort")]
        estimate = float(stays / total) if total else float("nan")
        mean = float(nodes.weights @ nodes.share)
        return {"estimate": estimate, "mean": mean, "low": low, "high": high}

    def as_dict(self, level: float = 0.95) -> dict[str, Any]:
        """Return the model's numbers as plain values for JSON, see `tables.model_numbers`."""
        from tilstand.value_added.layers.tables import model_numbers

        return model_numbers(self, level)

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
        return layered_summary(self, check_level(alpha, "alpha"))


_PASSING = ("cohort", "class")
