"""A school's contribution, with intervals that hold and the evidence for them.

The package rests on numpy, scipy, pandas and statsmodels alone and could stand by itself.
"""

from tilstand.value_added.errors import ValueAddedError
from tilstand.value_added.prior import Prior
from tilstand.value_added.random_intercept import RandomIntercept

__all__ = ["Prior", "RandomIntercept", "ValueAddedError"]
