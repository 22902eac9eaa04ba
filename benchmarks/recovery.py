"""Hold estimates against known truth over many data sets, and write the table as CSV.

The table in data/evidence/recovery.csv was made by

    python benchmarks/recovery.py --replications 500 --output data/evidence/recovery.csv
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from tilstand.value_added import RandomIntercept
from tilstand.value_added.bands import BandRule
from tilstand.value_added.evidence import Scenario, recovery_table
from tilstand.value_added.measurement_error import fit_calibrated
from tilstand.value_added.results import RandomInterceptResults

_SLOPE = 0.8
_INTAKE = 0.15
_SIZES = (8, 12, 25, 40, 55, 60, 70, 75, 80, 90, 95, 100, 110, 120, 140, 160, 190)


@dataclass(frozen=True)
class Country:
    """Say how a data set with known contributions is drawn.

    Parameters
    ----------
    sizes : tuple of int, length J
        Pupils per school.
    school_sd : float
        SD of the contributions; pupils' residual SD is .55, the outcome's about 1.
    reliability : float
        Reliability of the prior.
    together : float
        Correlation of contributions and intake.
    """

    sizes: tuple[int, ...]
    school_sd: float = 0.15
    reliability: float = 1.0
    together: float = 0.0

    def __call__(self, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.Series]:
        """Draw pupils and the truth.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        pupils : DataFrame
            ``outcome, prior, true_prior, school``.
        truth : Series
            Contributions by school id.
        """
        schools = len(self.sizes)
        code = np.repeat(np.arange(schools), self.sizes)
        intake = rng.standard_normal(schools)
        own = np.sqrt(1 - self.together**2) * rng.standard_normal(schools)
        effect = self.school_sd * (self.together * intake + own)
        true = np.sqrt(_INTAKE) * intake[code]
        true = true + np.sqrt(1 - _INTAKE) * rng.standard_normal(len(code))
        noise = np.sqrt((1 - self.reliability) / self.reliability)
        residual = 0.55 * rng.standard_normal(len(code))
        names = np.array([f"{i:05d}" for i in range(1, schools + 1)], dtype=object)
        pupils = pd.DataFrame(
            {
                "outcome": _SLOPE * true + effect[code] + residual,
                "prior": true + noise * rng.standard_normal(len(code)),
                "true_prior": true,
                "school": pd.Series(names[code], dtype="str"),
            }
        )
        return pupils, pd.Series(effect, index=names)


@dataclass(frozen=True)
class Naive:
    """Fit with the prior as observed."""

    def __call__(self, pupils: pd.DataFrame) -> RandomInterceptResults:
        """Fit the pupils."""
        return RandomIntercept.from_formula("outcome ~ prior", pupils, "school").fit()


@dataclass(frozen=True)
class WithCalibration:
    """Fit with the prior calibrated.

    Parameters
    ----------
    reliability : float
        The prior's known reliability.
    """

    reliability: float

    def __call__(self, pupils: pd.DataFrame) -> RandomInterceptResults:
        """Fit the pupils."""
        errors = {"prior": self.reliability}
        return fit_calibrated("outcome ~ prior", pupils, "school", errors).calibrated


def standard_scenarios(sizes: Sequence[int] = _SIZES) -> dict[str, Scenario]:
    """Pair ways to draw data with ways to fit them.

    Parameters
    ----------
    sizes : sequence of int
        Pupils per school of a municipality.

    Returns
    -------
    dict of str to Scenario
        A municipality, one of small schools, a country, sorting, and a prior with error, naive
        and calibrated, with and without contributions that go with intake.
    """
    here = tuple(sizes)
    country = (50,) * 300
    sorted_ = Country(country, together=0.4)
    noisy = Country(country, reliability=0.8)
    both = Country(country, reliability=0.8, together=0.4)

    def scenario(draw: Country, fit: Naive | WithCalibration) -> Scenario:
        return Scenario(draw, fit, intake="true_prior")

    return {
        "municipality": scenario(Country(here), Naive()),
        "small schools": scenario(Country((6, 8, 10, 12, 15) * 6), Naive()),
        "country": scenario(Country(country), Naive()),
        "sorting .4": scenario(sorted_, Naive()),
        "reliability .8, naive": scenario(noisy, Naive()),
        "reliability .8, calibrated": scenario(noisy, WithCalibration(0.8)),
        "reliability .8, sorting .4, naive": scenario(both, Naive()),
        "reliability .8, sorting .4, calibrated": scenario(both, WithCalibration(0.8)),
    }


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    replications: Annotated[int, typer.Option(help="Data sets for each scenario.")] = 500,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
) -> None:
    """Write the recovery table."""
    rule = BandRule()
    table = recovery_table(standard_scenarios(), replications=replications, seed=seed, rule=rule)
    output.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(output, float_format="%.5f")
    print(table.T.to_string())


if __name__ == "__main__":
    typer.run(main)
