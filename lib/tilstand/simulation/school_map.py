"""Lay out the schools of the example municipality: how large, and who goes on to which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilstand.simulation.schools import COMBINED_SCHOOL, NEW_SCHOOL, TINY_SCHOOL

if TYPE_CHECKING:
    from tilstand.simulation.schools import InventedSchool

#: Pupils a grade at the smallest school.
TINY = 9
SPECIAL = (TINY_SCHOOL, COMBINED_SCHOOL, NEW_SCHOOL)


@dataclass(frozen=True)
class SchoolMap:
    """Hold the schools as numbers: positions in ``keys`` of primary and lower secondary units."""

    keys: np.ndarray
    primary: np.ndarray
    lower: np.ndarray
    size: np.ndarray  # pupils a grade at each primary unit
    parent: np.ndarray  # lower secondary unit that most of a primary's pupils go on to
    new: int
    beside_new: int
    tiny: int
    combined: int


def _place(names: list[str], name: str) -> int:
    return names.index(name) if name in names else -1


def map_schools(schools: list[InventedSchool], rng: np.random.Generator) -> SchoolMap:
    """Draw the schools' sizes, and lay out which lower secondary school each primary leads to.

    Parameters
    ----------
    schools : list of InventedSchool
        In their order.
    rng : numpy.random.Generator
        Source of the random numbers.

    Returns
    -------
    SchoolMap
        Schools by their places in the list.
    """
    names = [school.name for school in schools]
    keys = np.array(names, dtype=object)
    primary = np.array([i for i, school in enumerate(schools) if school.teaches(5)])
    lower = np.array([i for i, school in enumerate(schools) if school.teaches(9)])
    size = np.round(46 * np.exp(0.35 * rng.standard_normal(len(schools)))).clip(22, 90)
    tiny, combined, new = (_place(names, name) for name in SPECIAL)
    size[[place for place in (tiny,) if place >= 0]] = TINY
    size[[place for place in (combined,) if place >= 0]] = 28
    others = lower[lower != combined]
    parent = np.full(len(schools), -1)
    parent[primary] = others[np.arange(len(primary)) * len(others) // len(primary)]
    if combined >= 0:
        parent[combined] = combined
    beside = int(primary[np.flatnonzero(primary == new)[0] + 1]) if new >= 0 else -1
    return SchoolMap(keys, primary, lower, size, parent, new, beside, tiny, combined)
