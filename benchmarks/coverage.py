"""Measure how often nominal 95 % school intervals hold the truth, and write the table as CSV.

The table in data/evidence/coverage.csv was made by

    python benchmarks/coverage.py --replications 2000 --output data/evidence/coverage.csv

Every cell starts from the seed and its own position, so a cell can be remade alone. The bootstrap
refits the model 199 times a data set: it is compared on the designs named by --bootstrap-designs,
with --bootstrap-replications data sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from tilstand.value_added.likelihood import ProfileLikelihood
from tilstand.value_added.parametric import draw_outcome
from tilstand.value_added.prior import Prior
from tilstand.value_added.sufficient import SufficientStatistics
from tilstand.value_added.uncertainty import school_intervals, variance_interval

#: Schools and pupils per school that the table covers.
DESIGNS: dict[str, tuple[int, ...]] = {
    "10x30": (30,) * 10,
    "17x90": (90,) * 17,
    "20x20": (20,) * 20,
    "30x55": (55,) * 30,
    "60x25": (25,) * 60,
    "300x25": (25,) * 300,
    "1200x50": (50,) * 1200,
    # A municipality's real mixture: a few large schools, many middling ones, some tiny.
    "17 uneven": (8, 12, 25, 40, 55, 60, 70, 75, 80, 90, 95, 100, 110, 120, 140, 160, 190),
    "30 uneven": (
        *(4, 6, 9, 14, 18, 22, 26, 30, 34, 38, 41, 44, 46, 48, 50),
        *(52, 54, 56, 58, 60, 62, 64, 66, 70, 74, 78, 84, 92, 104, 120),
    ),
    "200 tiny": (2, 3, 4, 5, 6, 7, 8, 9, 10, 12) * 20,
}
#: School-variance shares that the table covers.
SHARES = (0.05, 0.12)
#: Intervals that the table compares.
COMPARED: dict[str, tuple[str, Prior | None]] = {
    "integrated": ("integrated", None),
    "integrated, flat in the SD": ("integrated", Prior(rise=0.0, scale=1.0)),
    "integrated, borrowed .08 (SE .02)": ("integrated", Prior.borrowed(0.08, 0.02)),
    "second_order": ("second_order", None),
    "fixed_effects": ("fixed_effects", None),
    "conditional": ("conditional", None),
}
# Share of the prior score's variance that lies between schools.
_INTAKE = 0.15


def draw_design(sizes: Sequence[int], rng: np.random.Generator) -> SufficientStatistics:
    """Draw the sufficient statistics of pupils with one prior score.

    Parameters
    ----------
    sizes : sequence of int, length J
        Pupils per school.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    SufficientStatistics
        An intercept, a standard normal prior score with 15 % of its variance between schools, and
        an outcome of zero, to be replaced by `parametric.draw_outcome`.
    """
    n = np.asarray(sizes, dtype=float)
    schools = len(n)
    means = np.zeros((schools, 3))
    spread = np.sqrt(_INTAKE + (1 - _INTAKE) / n)
    means[:, 1] = spread * rng.standard_normal(schools)
    within = np.zeros((3, 3))
    within[1, 1] = (1 - _INTAKE) * rng.chisquare(n.sum() - schools)
    ids = pd.Index([f"{i:05d}" for i in range(schools)], dtype="str", name="school")
    origin = np.array([1.0, 0.0, 0.0])
    return SufficientStatistics(("Intercept", "prior", "outcome"), ids, n, origin, means, within)


def coverage_table(
    designs: Mapping[str, Sequence[int]] | None = None,
    shares: Sequence[float] = SHARES,
    methods: Mapping[str, tuple[str, Prior | None]] | None = None,
    *,
    replications: int,
    seed: int = 2026,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure the coverage of school intervals on data drawn from the model.

    Parameters
    ----------
    designs : mapping of str to sequence of int, optional
        Pupils per school, by name; `DESIGNS` if not given.
    shares : sequence of float
        School variance over school plus residual variance.
    methods : mapping of str to (method, prior), optional
        What to compare; by default the intervals of `school_effects()`.
    replications : int
        Data sets for each design and share.
    seed : int
        Each design and share starts from this seed and its own size, so that a cell can be remade
        alone.
    level : float
        Nominal level.

    Returns
    -------
    DataFrame
        ``design, schools, pupils, share, method, replications, coverage, coverage_mc_se, width,
        boundary, variance_coverage``: `coverage` averages schools and replications, `boundary` is
        the share of replications with an estimated school variance of zero.
    """
    methods = methods or {"integrated": ("integrated", None)}
    rows: list[dict[str, object]] = []
    for name, sizes in (designs or DESIGNS).items():
        for share in shares:
            rng = np.random.default_rng([seed, len(sizes), sum(sizes), round(share * 1000)])
            runs = pd.DataFrame(_replicate(sizes, share, methods, replications, rng, level))
            for method, of_method in runs.groupby("method", sort=False):
                held = of_method["held"]
                rows.append(
                    {
                        "design": name,
                        "schools": len(sizes),
                        "pupils": sum(sizes),
                        "share": share,
                        "method": method,
                        "replications": replications,
                        "coverage": held.mean(),
                        "coverage_mc_se": held.std(ddof=1) / np.sqrt(replications),
                        "width": of_method["width"].mean(),
                        "boundary": of_method["boundary"].mean(),
                        "variance_coverage": of_method["variance_held"].mean(),
                    }
                )
    return pd.DataFrame(rows)


def _replicate(
    sizes: Sequence[int],
    share: float,
    methods: Mapping[str, tuple[str, Prior | None]],
    replications: int,
    rng: np.random.Generator,
    level: float,
) -> Iterator[dict[str, object]]:
    school_sd, residual_sd = np.sqrt(share), np.sqrt(1 - share)
    for _ in range(replications):
        statistics, truth = draw_outcome(draw_design(sizes, rng), school_sd, residual_sd, rng)
        likelihood = ProfileLikelihood(statistics)
        low, high = variance_interval(likelihood, level)
        for name, (method, prior) in methods.items():
            interval = school_intervals(likelihood, level, method=method, prior=prior, rng=rng)
            held = (interval.low <= truth) & (truth <= interval.high)
            yield {
                "method": name,
                "held": held.mean(),
                "width": (interval.high - interval.low).mean(),
                "boundary": likelihood.optimum.boundary,
                "variance_held": low <= share <= high,
            }


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    replications: Annotated[int, typer.Option(help="Data sets for each cell.")] = 2000,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
    designs: Annotated[str, typer.Option(help="Designs, comma-separated; all if empty.")] = "",
    bootstrap_designs: Annotated[str, typer.Option()] = "10x30,20x20",
    bootstrap_replications: Annotated[int, typer.Option()] = 200,
) -> None:
    """Write the coverage table."""
    wanted = [name for name in designs.split(",") if name] or list(DESIGNS)
    tables = []
    for name in wanted:
        cell = {name: DESIGNS[name]}
        table = coverage_table(cell, SHARES, COMPARED, replications=replications, seed=seed)
        tables.append(table)
        if name in bootstrap_designs.split(",") and bootstrap_replications:
            tables.append(
                coverage_table(
                    cell,
                    SHARES,
                    {"bootstrap": ("bootstrap", None)},
                    replications=bootstrap_replications,
                    seed=seed,
                )
            )
        shown = table[table["method"] == "integrated"]
        print(shown.to_string(index=False, header=name == wanted[0]), flush=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    pd.concat(tables).to_csv(output, index=False, float_format="%.5f")
    print(f"wrote {output}")


if __name__ == "__main__":
    typer.run(main)
