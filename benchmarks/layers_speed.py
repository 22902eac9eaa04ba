"""Time the layered fit from pupils to contributions with intervals, beside lme4's nested fit.

    OPENBLAS_NUM_THREADS=1 python benchmarks/layers_speed.py

Designs are schools x cohorts; "bare pass" numbers the cells and adds up their sums and
cross-products, the least that any estimate needs. Ours runs from a DataFrame in memory to schools
and cohorts with intervals; lme4 to its fit and ``ranef``, without intervals of that kind. The best
of a few runs counts, in processor time: other work on the machine only adds.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from tilstand.value_added.layers import LayeredIntercept

_LME4 = """
library(lme4)
pupils <- read.csv(commandArgs(trailingOnly = TRUE)[1])
best <- Inf
for (run in 1:3) {
  taken <- system.time({
    fit <- lmer(y ~ x + factor(cohort) + (1 | school / cohort), pupils)
    ranef(fit, condVar = TRUE)
  })
  best <- min(best, taken["user.self"] + taken["sys.self"])
}
cat(sprintf('{"seconds": %f, "log_likelihood": %.6f}', best, as.numeric(logLik(fit))))
"""


def pupils(schools: int, cohorts: int, per_cell: int, seed: int = 1) -> pd.DataFrame:
    """Draw pupils in random order, school ids as text."""
    rng = np.random.default_rng(seed)
    n = schools * cohorts * per_cell
    school, cohort = rng.integers(0, schools, n), rng.integers(0, cohorts, n)
    x = rng.standard_normal(n)
    y = 0.8 * x + 0.2 * rng.standard_normal(schools)[school] + rng.standard_normal(n)
    y += 0.1 * rng.standard_normal((schools, cohorts))[school, cohort]
    ids = np.array([f"{900_000_000 + i}" for i in range(schools)], dtype=object)
    school_id = pd.Series(ids[school], dtype="str")
    return pd.DataFrame({"school": school_id, "cohort": 2020 + cohort, "x": x, "y": y})


def ours(frame: pd.DataFrame) -> float:
    """Fit ours, with intervals of schools and cohorts."""
    results = LayeredIntercept.from_formula("y ~ x + C(cohort)", frame, ["school", "cohort"]).fit()
    results.school_effects()
    results.cohort_effects()
    return results.llf


def bare_pass(frame: pd.DataFrame) -> float:
    """Find cell numbers, sums and cross-products, and nothing else."""
    school, ids = pd.factorize(frame["school"])
    cohort, years = pd.factorize(frame["cohort"])
    cell = school * len(years) + cohort
    columns = frame[["x", "y"]].to_numpy(dtype=float).T
    sums = [np.bincount(cell, column, minlength=len(ids) * len(years)) for column in columns]
    return float((columns @ columns.T)[0, 0] + sums[0][0])


def _best(run: Callable[[pd.DataFrame], float], frame: pd.DataFrame, runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        run(frame)
        times.append(time.process_time() - start)
    return min(times)


def main(
    designs: Annotated[str, typer.Option(help="schools x cohorts x pupils a cell.")] = (
        "17x3x52,1200x3x52,400x3x5000"
    ),
    runs: Annotated[int, typer.Option(help="Runs of each, the best counts.")] = 5,
) -> None:
    """Print the times."""
    for design in designs.split(","):
        schools, cohorts, each = map(int, design.split("x"))
        frame = pupils(schools, cohorts, each)
        few = runs if len(frame) < 1_000_000 else 2
        bare, mine = _best(bare_pass, frame, few), _best(ours, frame, few)
        print(f"{design:>14} {len(frame):>9} pupils: bare pass {bare:8.4f} s", flush=True)
        print(f"{'':>14} ours {mine:8.4f} s = {mine / bare:.2f} x bare pass", flush=True)
        if shutil.which("Rscript") is None or len(frame) > 500_000:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pupils.csv"
            frame.to_csv(path, index=False)
            asked = ["Rscript", "-e", _LME4, str(path)]
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found = json.loads(done.stdout.strip().splitlines()[-1])
            print(f"{'':>14} lme4 {found['seconds']:8.4f} s = {found['seconds'] / mine:.1f} x ours")
            print(f"{'':>14} log-likelihoods differ by {found['log_likelihood'] - ours(frame):.1e}")


if __name__ == "__main__":
    typer.run(main)
