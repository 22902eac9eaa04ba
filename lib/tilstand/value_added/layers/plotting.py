"""Plots of a layered fit as matplotlib axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.errors import ValueAddedError
from tilstand.value_added.plotting import Plots, plot_cohorts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class LayeredPlots(Plots):
    """Draw a layered fit's schools, their cohorts and residuals.

    Every method takes the axes to draw on, or makes a figure, and returns the axes. A school's
    contribution is the average of its observed cohorts.
    """

    model: Any

    def cohort_effects(self, level: float = LEVEL) -> pd.DataFrame:
        """Return each school's contribution to each cohort; a fit has its own."""
        raise NotImplementedError

    def plot_cohorts(self, school: Any, ax: Axes | None = None, *, level: float = LEVEL) -> Axes:
        """Draw one school's contributions over cohorts with their intervals.

        Parameters
        ----------
        school : object
            The school's id.
        ax : matplotlib axes, optional
            Where to draw.
        level : float
            Level of the intervals.

        Returns
        -------
        matplotlib.axes.Axes
            The drawing; 0 is the average school of each cohort.

        Raises
        ------
        ValueAddedError
            If there is no such school, or no cohort in the model.
        """
        if "cohort" not in self.model.columns:
            raise ValueAddedError("the model has no cohorts to draw")
        effects = self.cohort_effects(level)
        label = f"contribution to {self.outcome} ({100 * level:g} % interval)"
        return plot_cohorts(effects, school, ax, label=label)

    def _intake(self, column: int) -> np.ndarray:
        tree, statistics = self.model.tree, self.model.statistics
        at = tree.ancestors(0, tree.level("school"))
        n, means = statistics.n[tree.order], statistics.school_means[tree.order, column]
        return np.asarray(np.bincount(at, n * means) / np.bincount(at, n))
