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
from tilstand.value_added.measurement_error import Calibrated, fit_calibrated
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
    "Prior",
    "RandomIntercept",
    "RandomInterceptResults",
    "Sem",
    "SufficientStatistics",
    "ValueAddedError",
    "ValueAddedWarning",
    "band_summary",
    "band_table",
    "climb",
    "expected_ranks",
    "fit_calibrated",
    "ladder_steps",
    "pairwise_intervals",
    "plot_cohorts",
    "pool_cohorts",
    "quietly",
    "rank_table",
]
