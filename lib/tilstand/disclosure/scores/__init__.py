"""Means and the sums behind them: what a reader could work out, and which means to withhold."""

from .problem import Measured, ScoreProblem
from .withhold import ContradictionError, Withheld, withhold_means

__all__ = ["ContradictionError", "Measured", "ScoreProblem", "Withheld", "withhold_means"]
