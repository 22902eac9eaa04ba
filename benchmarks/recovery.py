"""Hold estimates against known truth over many data sets, and write the table as CSV.

The table in data/evidence/recovery.csv was made by

    python benchmarks/recovery.py --replications 500 --output data/evidence/recovery.csv
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from tilstand.value_added import RandomIntercept
from tilstand.value_added.bands import BandRule, band_table
from tilstand.value_added.doubts import quietly
from tilstand.value_added.measurement_error import fit_calibrated
from tilstand.value_added.ranking import rank_table
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.school_ids import school_labels

_SLOPE = 0.8
_INTAKE = 0.15
_SIZES = (8, 12, 25, 40, 55, 60, 70, 75, 80, 90, 95, 100, 110, 120, 140, 160, 190)

#: Draw a data set: pupils, and the true contribution by school id.
Draw = Callable[[np.random.Generator], tuple[pd.DataFrame, pd.Series]]
#: Fit a data set.
Fit = Callable[[pd.DataFrame], RandomInterceptResults]


@dataclass(frozen=True)
class Scenario:
    """Pair a way to draw data with a way to fit them.

    Parameters
    ----------
    draw : callable
        Takes a random generator; gives pupils and the true contributions by school.
    fit : callable
        Takes the pupils; gives results.
    intake : str, optional
        A column of the pupils whose school mean errors are correlated with, such as the true
        prior.
    school : str
        The column of school ids.
    """

    draw: Draw
    fit: Fit
    intake: str | None = None
    school: str = "school"


def recover(
    results: RandomInterceptResults,
    truth: pd.Series,
    rng: np.random.Generator,
    *,
    intake: pd.Series | None = None,
    rule: BandRule | None = None,
    level: float = 0.95,
) -> dict[str, float]:
    """Hold one fit against the truth.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    truth : Series
        True contributions by school id, from the average school of the population they are drawn
        from: that is what the intervals are of, not the average of the schools at hand.
    rng : numpy.random.Generator
        Source of randomness for the rank intervals.
    intake : Series, optional
        True mean intake by school id.
    rule : BandRule, optional
        The rule whose flags are checked.
    level : float
        Level of the intervals.

    Returns
    -------
    dict
        ``bias`` (mean of estimate minus truth), ``shrinkage_gap`` (that mean among the fifth of
        schools with the lowest truth minus among the highest: what shrinkage costs), ``rmse``,
        ``rmse_unshrunk``, ``correlation``, ``coverage``, ``rank_coverage``, ``flags``,
        ``false_flags``, ``expected_false_flags`` and ``error_intake`` (correlation of the error
        with intake).
    """
    effects = results.school_effects(level).set_index("school")
    true = truth.reindex(effects.index)
    estimate = effects["estimate"]
    error = estimate - true
    fifth = max(len(true) // 5, 1)
    order = true.sort_values().index
    ranks = rank_table(results, rng, draws=1000, level=level).set_index("school")
    true_rank = true.rank(ascending=False, method="first")
    bands = band_table(results, rule).set_index("school")
    reference = rule or BandRule()
    over = (bands["band"] == "over") & (true <= reference.reference + reference.margin)
    under = (bands["band"] == "under") & (true >= reference.reference - reference.margin)
    flagged = bands["band"].isin(["over", "under"])
    kept = (effects["ci_low"] <= true) & (true <= effects["ci_high"])
    ranked = (ranks["rank_low"] <= true_rank) & (true_rank <= ranks["rank_high"])
    return {
        "bias": float(error.mean()),
        "shrinkage_gap": float(error[order[:fifth]].mean() - error[order[-fifth:]].mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "rmse_unshrunk": float(np.sqrt(((effects["unshrunk"] - true) ** 2).mean())),
        "correlation": float(estimate.corr(true)) if estimate.std() > 0 else float("nan"),
        "coverage": float(kept.mean()),
        "rank_coverage": float(ranked.mean()),
        "flags": float(flagged.sum()),
        "false_flags": float((over | under).sum()),
        "expected_false_flags": float(bands.loc[flagged, "error_probability"].sum()),
        "error_intake": (
            float(error.corr(intake.reindex(effects.index))) if intake is not None else float("nan")
        ),
    }


@quietly()
def recovery_table(
    scenarios: Mapping[str, Scenario],
    *,
    replications: int,
    seed: int = 2026,
    rule: BandRule | None = None,
) -> pd.DataFrame:
    """Average recovery over data sets drawn from each scenario.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        What to try.
    replications : int
        Data sets for each.
    seed : int
        Start of the random numbers, the same for every scenario.
    rule : BandRule, optional
        The rule whose flags are checked.

    Returns
    -------
    DataFrame, one row a scenario
        Means of what `recover` gives, ``coverage_mc_se`` and ``boundary``.
    """
    rows = {}
    for name, scenario in scenarios.items():
        runs = []
        for replication in range(replications):
            rng = np.random.default_rng([seed, replication])
            pupils, truth = scenario.draw(rng)
            results = scenario.fit(pupils)
            intake = None
            if scenario.intake is not None:
                by_school = pupils.groupby(school_labels(pupils[scenario.school]))
                intake = by_school[scenario.intake].mean()
            run = recover(results, truth, rng, intake=intake, rule=rule)
            runs.append({**run, "boundary": float(results.boundary)})
        table = pd.DataFrame(runs)
        rows[name] = table.mean()
        rows[name]["coverage_mc_se"] = table["coverage"].std(ddof=1) / np.sqrt(replications)
    found = pd.DataFrame(rows).T
    found.insert(0, "replications", replications)
    found.index.name = "scenario"
    return found


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
