"""Plots of a fit as matplotlib axes; matplotlib is imported when the first one is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.errors import UnknownColumnError
from tilstand.value_added.pupil_model import PupilModel
from tilstand.value_added.residuals import residual_bins

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _PALE = "#1f4e79", "#9aa5b1"


def plot_cohorts(
    cohorts: pd.DataFrame, school: Any, ax: Axes | None = None, *, label: str = "contribution"
) -> Axes:
    """Draw one school's contributions over cohorts with their intervals.

    Parameters
    ----------
    cohorts : DataFrame, one row a school and cohort
        ``school, cohort, estimate, ci_low, ci_high``, such as ``pool_cohorts(...).cohorts``.
    school : object
        The school's id.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.
    label : str
        Name and unit of the vertical axis.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing; 0 is the average school of each cohort.

    Raises
    ------
    UnknownColumnError
        If there is no such school.

    Examples
    --------
    >>> import pandas as pd
    >>> one = {"school": "a", "estimate": 0.1, "ci_low": -0.2, "ci_high": 0.4}
    >>> table = pd.DataFrame([{**one, "cohort": year} for year in (2019, 2020)])
    >>> plot_cohorts(table, "a").get_title()
    'a'
    """
    rows = cohorts[cohorts["school"] == school].sort_values("cohort")
    if rows.empty:
        raise UnknownColumnError(f"{school}: no such school among the cohorts")
    ax = _axes(ax)
    place = np.arange(len(rows))
    ax.axhline(0, color=_PALE, linewidth=1)
    ax.plot(place, rows["estimate"], color=_PALE, linewidth=1, zorder=1)
    _whiskers(ax, place, rows, vertical=True)
    ax.set_xticks(place, [str(cohort) for cohort in rows["cohort"]])
    ax.set(title=str(school), xlabel="cohort", ylabel=label)
    return ax


class Plots:
    """Draw a fit's schools and residuals.

    Every method takes the axes to draw on, or makes a figure, and returns the axes.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> pupils = pd.DataFrame({"y": rng.normal(size=80), "school": list("abcdefgh") * 10})
    >>> pupils["y"] += pupils["school"].map(ord) / 2
    >>> results = RandomIntercept.from_formula("y ~ 1", pupils, "school").fit()
    >>> results.plot_caterpillar().get_xlabel()
    'contribution to y (95 % interval)'
    """

    model: PupilModel
    names: list[str]
    outcome: str

    def school_effects(self, level: float = LEVEL) -> pd.DataFrame:
        """Return each school's contribution; a fit has its own."""
        raise NotImplementedError

    @property
    def fittedvalues(self) -> pd.Series:
        """Fitted outcomes; a fit has its own."""
        raise NotImplementedError

    @property
    def resid(self) -> pd.Series:
        """Residuals; a fit has its own."""
        raise NotImplementedError

    def plot_caterpillar(
        self, ax: Axes | None = None, *, level: float = LEVEL, order: str = "school"
    ) -> Axes:
        """Draw every school's shrunken contribution with its interval.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw.
        level : float
            Level of the intervals.
        order : str
            Column of `school_effects` that the schools are ordered by. By ``estimate`` the
            drawing is a league table: its intervals say how little the order means.

        Returns
        -------
        matplotlib.axes.Axes
            One line a school, named up to 60 schools.
        """
        effects = self.school_effects(level)
        if order not in effects:
            raise UnknownColumnError(f"order: {order!r} is none of {', '.join(effects.columns)}")
        if order != "school":
            effects = effects.sort_values(order, kind="stable")
        ax = _axes(ax, (6.0, max(2.5, min(0.22 * len(effects), 12.0) + 1)))
        place = np.arange(len(effects))[::-1]
        ax.axvline(0, color=_PALE, linewidth=1)
        _whiskers(ax, place, effects, vertical=False)
        if len(effects) <= 60:
            ax.set_yticks(place, [str(school) for school in effects["school"]])
        else:
            ax.set_yticks([])
        ax.set(xlabel=f"contribution to {self.outcome} ({100 * level:g} % interval)")
        return ax

    def plot_shrinkage(self, ax: Axes | None = None) -> Axes:
        """Draw shrunken contributions against unshrunk ones, the size of a point the school's.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw.

        Returns
        -------
        matplotlib.axes.Axes
            On the dashed line nothing is shrunken.
        """
        effects = self.school_effects()
        ax = _axes(ax)
        ends = [effects["unshrunk"].min(), effects["unshrunk"].max()]
        ax.plot(ends, ends, color=_PALE, linewidth=1, linestyle="--")
        size = 60 * effects["n"] / effects["n"].max()
        ax.scatter(effects["unshrunk"], effects["estimate"], s=size, color=_INK, alpha=0.7)
        ax.axhline(0, color=_PALE, linewidth=1)
        ax.set(xlabel="unshrunk mean residual", ylabel="shrunken contribution (BLUP)")
        return ax

    def plot_residuals(self, ax: Axes | None = None, *, bins: int = 20) -> Axes:
        """Draw mean residuals over bins of the fitted value, with two standard errors.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw.
        bins : int
            Number of bins with about equally many pupils.

        Returns
        -------
        matplotlib.axes.Axes
            No single pupil's value. Means that leave zero in a pattern say that the form is wrong.
        """
        table = residual_bins(self.fittedvalues, self.resid, bins=bins)
        ax = _axes(ax)
        ax.axhline(0, color=_PALE, linewidth=1)
        ax.errorbar(
            table["fitted"], table["residual"], 2 * table["residual_se"], fmt="o", color=_INK
        )
        ax.set(xlabel=f"fitted {self.outcome}", ylabel="mean residual, ±2 standard errors")
        return ax

    def plot_intake(
        self,
        predictor: str | None = None,
        ax: Axes | None = None,
        *,
        level: float = LEVEL,
        school: Any = None,
        like: Sequence[Any] = (),
    ) -> Axes:
        """Draw contributions against the schools' mean intake.

        Parameters
        ----------
        predictor : str, optional
            The predictor whose school mean is the intake; the first that varies within schools
            if not given.
        ax : matplotlib axes, optional
            Where to draw.
        level : float
            Level of the intervals.
        school : object, optional
            A school to mark.
        like : sequence of object
            Schools to mark as like it, such as ``like_schools(...).like[school]``.

        Returns
        -------
        matplotlib.axes.Axes
            A slope says that contributions and intake go together, or that the prior has error.

        Raises
        ------
        UnknownColumnError
            If there is no such predictor, or no such school to mark.
        """
        statistics = self.model.statistics
        varying = np.flatnonzero(np.diag(statistics.within)[:-1] > 0)
        if predictor is None and len(varying):
            predictor = self.names[int(varying[0])]
        if predictor not in self.names:
            raise UnknownColumnError(f"{predictor}: none of {', '.join(self.names)}")
        effects = self.school_effects(level)
        wanted = [*like, *([] if school is None else [school])]
        strange = [one for one in wanted if not effects["school"].eq(one).any()]
        if strange:
            raise UnknownColumnError(f"{strange[0]!r}: no such school among the {len(effects)}")
        intake = self._intake(self.names.index(predictor))
        ax = _axes(ax)
        ax.axhline(0, color=_PALE, linewidth=1)
        _whiskers(ax, intake, effects, vertical=True)
        marked = {"o": effects["school"].isin(list(like)), "D": effects["school"] == school}
        for shape, rows in marked.items():
            place = intake[rows.to_numpy()]
            ax.plot(place, effects["estimate"][rows], shape, ms=9, mfc="none", color=_INK)
        ax.set(xlabel=f"school mean of {predictor}", ylabel=f"contribution to {self.outcome}")
        return ax

    def _intake(self, column: int) -> np.ndarray:
        """Return the schools' means of a predictor."""
        return np.asarray(self.model.statistics.school_means[:, column])


def _axes(ax: Axes | None, size: tuple[float, float] = (6.0, 4.0)) -> Axes:
    if ax is not None:
        return ax
    from matplotlib import pyplot  # noqa: ICN001

    return pyplot.subplots(figsize=size, layout="constrained")[1]


def _whiskers(ax: Axes, place: np.ndarray, rows: pd.DataFrame, *, vertical: bool) -> None:
    low, high = rows["ci_low"].to_numpy(), rows["ci_high"].to_numpy()
    estimate = rows["estimate"].to_numpy()
    if vertical:
        ax.vlines(place, low, high, color=_INK, linewidth=1.2)
        ax.plot(place, estimate, "o", color=_INK, markersize=4)
    else:
        ax.hlines(place, low, high, color=_INK, linewidth=1.2)
        ax.plot(estimate, place, "o", color=_INK, markersize=4)
