"""Measure what the protection costs and what it withstands, beside hiding small cells only.

Run from the repository's root::

    python benchmarks/disclosure.py [--municipalities 200] [--seed 1] [--jobs 2]
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
from municipalities import draw_municipality, draw_shape

from tilstand.disclosure.attack import Audit, audit
from tilstand.disclosure.attack.published import Published
from tilstand.disclosure.cells import System, build_system
from tilstand.disclosure.output import quiet
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.rules import Rules, required_widths
from tilstand.disclosure.suppression import suppress

RULES = Rules()


def publish(system: System, hidden: np.ndarray) -> Published:
    """Lay out what readers would see of all tables of a system."""
    published = Published()
    for table in range(len(system.members)):
        frame = system.frame(table)
        at = frame.index.to_numpy()
        counts = pd.Series(system.values[at], index=frame.index, dtype="Int64").mask(hidden[at])
        published.add_table(frame.assign(count=counts), system.dimensions)
    return published


def measure(seed: int) -> dict[str, float]:
    """Protect and attack one municipality, with and without secondary blanks."""
    generator = np.random.default_rng([seed, 5])
    schools, size = draw_shape(generator)
    system = build_system(draw_municipality(generator, schools, size))
    need = np.max([required_widths(system, RULES, t) for t in range(len(system.members))], axis=0)
    problem = Problem(system.values, system.matrix, need, np.zeros(len(need), dtype=bool))
    start = time.process_time()
    with quiet():
        pattern = suppress(problem, system.margin_depth, system.grids)
    middle = time.process_time()
    with quiet():
        safe = audit(publish(system, pattern.hidden), RULES.min_count, RULES.width)
        end = time.process_time()
        naive = audit(publish(system, problem.primary), RULES.min_count, RULES.width)
    return {
        "schools": schools,
        "cells": int((system.values > 0).sum()),
        "primary": int(problem.primary.sum()),
        "hidden": int(pattern.hidden.sum()),
        "bound": pattern.at_least,
        "protect_s": middle - start,
        "attack_s": end - middle,
        **_found("safe", safe),
        **_found("naive", naive),
    }


def _found(name: str, result: Audit) -> dict[str, float]:
    return {
        f"{name}_recovered": result.recovered,
        f"{name}_narrow": sum(i.width < RULES.width for i in result.intervals),
        f"{name}_narrowest": np.nan if result.narrowest is None else result.narrowest,
        f"{name}_faults": len(result.faults),
    }


def table(results: pd.DataFrame) -> str:
    """Write the two ways of hiding side by side."""
    cells = results["cells"].sum()
    lines = [
        (
            f"{len(results)} municipalities, {results['schools'].sum()} schools, {cells} cells "
            f"with pupils, {results['primary'].sum()} of them small"
        ),
        f"{'':34}{'small cells only':>18}{'protected':>12}",
    ]
    rows: list[tuple[str, str, str]] = [
        ("cells hidden", f"{results['primary'].sum()}", f"{results['hidden'].sum()}"),
        (
            "share of cells hidden",
            f"{results['primary'].sum() / cells:.1%}",
            f"{results['hidden'].sum() / cells:.1%}",
        ),
        (
            "hidden counts recovered",
            f"{results['naive_recovered'].sum()}",
            f"{results['safe_recovered'].sum()}",
        ),
        (
            "intervals narrower than required",
            f"{results['naive_narrow'].sum()}",
            f"{results['safe_narrow'].sum()}",
        ),
        (
            "narrowest interval",
            f"{results['naive_narrowest'].min():.0f}",
            f"{results['safe_narrowest'].min():.0f}",
        ),
    ]
    lines += [f"{name:34}{left:>18}{right:>12}" for name, left, right in rows]
    ratio = results["hidden"] / results["bound"].clip(lower=1)
    lines.append(
        f"hidden against the proven least number: {results['hidden'].sum()} / "
        f"{results['bound'].sum()} = {results['hidden'].sum() / results['bound'].sum():.3f}, "
        f"worst municipality {ratio.max():.3f}"
    )
    lines.append(
        f"seconds of processor: protect median {results['protect_s'].median():.2f}, "
        f"most {results['protect_s'].max():.2f}; attack median {results['attack_s'].median():.2f}, "
        f"most {results['attack_s'].max():.2f}"
    )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--municipalities", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    call = parser.parse_args()
    seeds = range(call.seed, call.seed + call.municipalities)
    # Unlike multiprocessing's own pool this one says so when a worker dies.
    with ProcessPoolExecutor(call.jobs) as pool:
        found = []
        for number, result in enumerate(pool.map(measure, seeds), start=1):
            found.append(result)
            sys.stderr.write(f"{number} of {call.municipalities}: {result}\n")
    results = pd.DataFrame(found)
    sys.stdout.write(table(results) + "\n")


if __name__ == "__main__":
    main()
