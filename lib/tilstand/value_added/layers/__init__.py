"""Contributions in layers: class in cohort in school in municipality, one likelihood for all."""

from tilstand.value_added.layers.drift import stable_and_drift
from tilstand.value_added.layers.flags import layered_bands
from tilstand.value_added.layers.model import LayeredIntercept
from tilstand.value_added.layers.quadrature import LayeredPrior
from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.layers.turned import turned_schools

__all__ = [
    "LayeredIntercept",
    "LayeredPrior",
    "LayeredResults",
    "layered_bands",
    "stable_and_drift",
    "turned_schools",
]
