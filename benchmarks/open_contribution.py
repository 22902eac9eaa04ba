"""Try the estimate from open tables on generated nations whose pupils are known, as CSV.

    OPENBLAS_NUM_THREADS=1 python benchmarks/open_contribution.py --replications 25 \
        --output data/evidence/open_contribution.csv

Each row is a truth: ``contribution_sd`` is the spread of one cohort's true contribution in one
subject, scale points. Columns say over all nations: ``coverage`` of the stable part's 95 %
intervals with its standard error between nations, ``large`` the same among schools of more than
120 pupils a cohort, ``reliability`` (squared correlation of estimate and truth) and what the model
itself says of it, ``told`` (share of schools told from the average before the gate), ``wrong``
(share of those on the wrong side), ``shown`` and ``shown_told`` (shares past the gate),
``gate_open`` (share of nations), ``bias`` (of the unshrunk estimate, points per SD of intake),
``town_coverage`` of municipalities' intervals, and ``seconds`` of processor time for one fit.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from tilstand.analysis.open_contribution.fit import OpenFit, fit_open
from tilstand.analysis.open_contribution.gate import national_gate, shown_schools
from tilstand.analysis.open_contribution.guards import placebo
from tilstand.analysis.open_contribution.pairs import open_pairs
from tilstand.analysis.open_contribution.settings import Settings
from tilstand.analysis.open_contribution.towns import town_means
from tilstand.simulation.open_nation import Nation, NationPlan, simulate_nation

SETTINGS = Settings()
SPREADS = (0.0, 0.3, 0.6, 1.0)
#: Truths by name; each is tried at the spreads beside it.
TRUTHS: dict[str, tuple[dict[str, float], tuple[float, ...]]] = {
    "as_assumed": ({}, SPREADS),
    "shared_shocks": ({"shock": 0.5}, SPREADS),
    "less_stable": ({"stable": 0.4}, (0.3, 0.6)),
    "intake": ({"intake_correlation": 0.3}, (0.6,)),
    "classes": ({"class_sd": 1.5}, (0.6,)),
    "ceiling": ({"ceiling": 66.0}, (0.6,)),
    "absence": ({"selection": 0.15}, (0.6,)),
    "lower_slope": ({"slope": 0.88}, (0.6,)),
    "all_at_once": (
        {"shock": 0.5, "class_sd": 1.0, "intake_correlation": 0.3, "selection": 0.02},
        (0.6,),
    ),
}
LARGE = 120


def one(nation: Nation) -> dict[str, float] | None:
    """Fit one nation and hold it against its truth."""
    figures = nation.figures
    made = open_pairs(figures)
    started = time.process_time()
    fit = fit_open(made.pairs, SETTINGS)
    seconds = time.process_time() - started
    if fit is None:
        return None
    gate = national_gate(fit, placebo(figures, SETTINGS, 0), SETTINGS)
    shown = shown_schools(fit, gate, SETTINGS)
    table = fit.schools.merge(nation.truth, on="unit", validate="1:1", suffixes=("", "_true"))
    truth = table["stable"] - table["stable"].mean()
    held = (table["low"] <= truth) & (truth <= table["high"])
    told = (table["low"] > 0) | (table["high"] < 0)
    wrong = told & (np.sign(table["estimate"]) != np.sign(truth))
    intake = (table["intake"] - table["intake"].mean()) / table["intake"].std()
    missed = table["plain"] - (table["mean"] - table["mean"].mean())
    flat = truth.std() == 0
    passed = shown["kept_back"] == ""
    return {
        "coverage": held.mean(),
        "large": held[table["n"] > LARGE].mean(),
        "reliability": np.nan if flat else np.corrcoef(table["estimate"], truth)[0, 1] ** 2,
        "own_reliability": table["reliability"].mean(),
        "width": (table["high"] - table["low"]).mean(),
        "told": told.mean(),
        "wrong": wrong.sum(),
        "told_count": told.sum(),
        "shown": passed.mean(),
        "shown_told": (shown["told"].isin(["above", "below"]) & passed).mean(),
        "gate_open": float(gate.open),
        "bias": float(np.polyfit(intake, missed, 1)[0]),
        "town_coverage": _towns(fit, nation),
        "placebo": gate.placebo,
        "spread": gate.median,
        "seconds": seconds,
        "schools": len(table),
    }


def _towns(fit: OpenFit, nation: Nation) -> float:
    owner = dict(zip(nation.truth["unit"], nation.truth["town"].astype(str), strict=True))
    table = fit.schools.merge(nation.truth, on="unit")
    part = (table["mean"] - table["mean"].mean()) * table["n"]
    town = table["town"].astype(str)
    truth = part.groupby(town).sum() / table["n"].groupby(town).sum()
    means = town_means(fit, owner).set_index("town")
    return float(((means["low"] <= truth) & (truth <= means["high"])).mean())


def summed(found: list[dict[str, float]]) -> dict[str, float]:
    """Average over nations; sign errors are counted over all of them."""
    table = pd.DataFrame(found)
    told = table.pop("told_count").sum()
    wrong = table.pop("wrong").sum()
    made = table.mean().to_dict()
    made["coverage_se"] = table["coverage"].std() / np.sqrt(len(table))
    made["wrong"] = wrong / told if told else np.nan
    return {"replications": len(table), **made}


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    replications: Annotated[int, typer.Option(help="Nations for each truth.")] = 25,
    truths: Annotated[str, typer.Option(help="Truths, comma-separated.")] = ",".join(TRUTHS),
    schools: Annotated[int, typer.Option(help="Schools in a nation.")] = 1100,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
) -> None:
    """Write the table; rows of other truths in the file stay."""
    for name in truths.split(","):
        changed, spreads = TRUTHS[name]
        for spread in spreads:
            found = []
            for number in range(replications):
                rng = np.random.default_rng([seed, number, round(10 * spread)])
                plan = NationPlan(schools=schools, contribution_sd=spread, **changed)
                told = one(simulate_nation(plan, rng))
                found += [told] if told else []
            row = {"truth": name, "contribution_sd": spread, **summed(found)}
            print(pd.Series(row).to_frame().T.to_string(index=False), flush=True)
            _merge(output, row)


def _merge(output: Path, row: dict[str, Any]) -> None:
    table = pd.DataFrame([row])
    if output.exists():
        earlier = pd.read_csv(output)
        same = (earlier["truth"] == row["truth"]) & np.isclose(
            earlier["contribution_sd"], row["contribution_sd"]
        )
        table = pd.concat([earlier[~same], table], ignore_index=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(output, index=False, float_format="%.5g")


if __name__ == "__main__":
    typer.run(main)
