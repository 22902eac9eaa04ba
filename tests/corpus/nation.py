"""Put a simulated nation's exports of grade 8 and grade 9 into a project."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from tilstand.simulation.open_exports import town_code, write_exports
from tilstand.simulation.open_nation import Nation, NationPlan, simulate_nation

if TYPE_CHECKING:
    from tilstand.project import Project

OWN = 0


@cache
def nation(seed: int = 7, **plan: float) -> Nation:
    """Simulate a nation once for all tests that ask for the same."""
    return simulate_nation(NationPlan(**plan), np.random.default_rng(seed))


def settle(
    project: Project,
    made: Nation,
    *,
    keep=lambda _: True,
    gender: bool = True,
    town: int = OWN,
    comparators: str = '["nation"]',
) -> int:
    """Write the exports, the municipalities' units and the edition's file; give the edition."""
    edition = made.plan.first_year + made.plan.pairs
    code = town_code(town)
    county = ("provefylke-90", "90", "county", "Prøvefylke 90", "Prøvefylke 90", "", "2020", "")
    units = project.register / "units.csv"
    known = units.read_text(encoding="utf-8")
    codes = [town_code(one) for one in sorted(made.truth["town"].unique())]
    towns = [
        (
            f"proveby-{one}",
            one,
            "municipality",
            f"Prøveby {one}",
            f"Prøveby {one}",
            "90",
            "2020",
            "",
        )
        for one in codes
    ]
    with units.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([row for row in (county, *towns) if f"\n{row[0]}," not in known])
    text = (
        f'year = {edition}\nmunicipality = "{code}"\n'
        f'comparators = {comparators}\nlanguages = ["nb", "en"]\n'
    )
    (project.editions / f"{edition}.toml").write_text(text, encoding="utf-8")
    for path in write_exports(made, project.open / str(edition), gender=gender):
        if not keep(path.name):
            path.unlink()
    return edition
