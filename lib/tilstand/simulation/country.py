"""Simulate a country: its places, its pupils, and what they show on tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.simulation.places import draw_places, draw_pupils
from tilstand.simulation.scores import sit_tests

if TYPE_CHECKING:
    import numpy as np

    from tilstand.simulation.plan import Plan, Simulated


def simulate(plan: Plan, rng: np.random.Generator) -> Simulated:
    """Simulate a country of pupils, schools and tests.

    Parameters
    ----------
    plan : Plan
        What the country looks like.
    rng : numpy.random.Generator
        Source of randomness; the same state gives the same country.

    Returns
    -------
    Simulated
        Pupils and the truth about them.

    Notes
    -----
    Ability in a subject follows ``a_g = r a_f + background + u + growth`` from test to test, with
    ``u`` the contribution of the school that the test is owed to, and a test shows
    ``50 + 9 (a + error)`` in whole points. Contributions are stable plus cohort plus subject
    parts. The tests of 8. trinn are owed to the primary school.
    """
    places = draw_places(plan, rng)
    pupils = draw_pupils(plan, places, rng)
    return sit_tests(plan, places, pupils, rng)
