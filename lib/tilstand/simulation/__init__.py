"""Simulated pupils and schools whose true contributions are known.

Nothing here is a real municipality or school. Names are fictional, and every file says so.
"""

from tilstand.simulation.country import simulate
from tilstand.simulation.files import simulate_file, write
from tilstand.simulation.plan import HOME, OWED_TO, TESTS, Plan, Simulated

__all__ = ["HOME", "OWED_TO", "TESTS", "Plan", "Simulated", "simulate", "simulate_file", "write"]
