"""A school's contribution, with intervals that hold and the evidence for them.

The package rests on numpy, scipy, pandas, statsmodels and patsy alone and could stand by itself;
reading Parquet takes pyarrow, drawing matplotlib, each when it is first asked for.

Examples
--------
>>> from tilstand import value_added
>>> value_added.RandomIntercept
<class 'tilstand.value_added.random_intercept.RandomIntercept'>
"""

from tilstand.value_added.bands import BandRule, band_summary, band_table
from tilstand.value_added.calibration import Sem
from tilstand.value_added.doubts import quietly
from tilstand.value_added.errors import ValueAddedError, ValueAddedWarning
from tilstand.value_added.ladder import climb, ladder_steps
from tilstand.value_added.layers.ceiling import beyond_ceiling, normal_scores
from tilstand.value_added.layers.drift import stable_and_drift
from tilstand.value_added.layers.flags import layered_bands
from tilstand.value_added.layers.like import like_schools
from tilstand.value_added.layers.model import LayeredIntercept
from tilstand.value_added.layers.quadrature import LayeredPrior
from tilstand.value_added.layers.ranks import layered_ranks, pairs_apart
from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.layers.sensitivity import sensitivity
from tilstand.value_added.layers.turned import turned_schools
from tilstand.value_added.measurement_error import Calibrated, fit_calibrated
from tilstand.value_added.outcomes import SideBySide, composite, side_by_side
from tilstand.value_added.plotting import plot_cohorts
from tilstand.value_added.pooling import pool_cohorts
from tilstand.value_added.prior import Prior
from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.ranking import expected_ranks, pairwise_intervals, rank_table
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.sufficient import SufficientStatistics

__all__ = [
    "BandRule",
    "Calibrated",
    "LayeredIntercept",
    "LayeredPrior",
    "LayeredResults",
    "Prior",
    "RandomIntercept",
    "RandomInterceptResults",
    "Sem",
    "SideBySide",
    "SufficientStatistics",
    "ValueAddedError",
    "ValueAddedWarning",
    "band_summary",
    "band_table",
    "beyond_ceiling",
    "climb",
    "composite",
    "expected_ranks",
    "fit_calibrated",
    "ladder_steps",
    "layered_bands",
    "layered_ranks",
    "like_schools",
    "normal_scores",
    "pairs_apart",
    "pairwise_intervals",
    "plot_cohorts",
    "pool_cohorts",
    "quietly",
    "rank_table",
    "sensitivity",
    "side_by_side",
    "stable_and_drift",
    "turned_schools",
]
