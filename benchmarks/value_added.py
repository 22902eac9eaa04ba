"""Time and memory from pupils to contributions, side by side with what else is installed.

    OPENBLAS_NUM_THREADS=1 python benchmarks/value_added.py --sizes 5000,60000,600000,6000000 \
        --output data/evidence/speed.csv

"bare pass" numbers the schools and adds up school sums and cross-products, the least that any
estimate needs; "bare matrix product" leaves the schools out. Each tool runs in a process of its
own on the same pupils (10 predictors, school ids as text). Time runs from a DataFrame in memory to
school estimates with intervals, or to what the tool gives instead; the best of a few runs counts
(of two seconds of them where they are short), since other work on the machine only adds. Processor
time stands beside it: on a busy machine it is the steadier of the two, and the ratios are of
processor time. Memory is the process's peak above what it held before the first fit, the data not
counted. What is not installed is skipped with a message. None of the others is a requirement of
this project: the chapter's table (data/evidence/speed.csv) was made in an environment that holds
them besides.

    OPENBLAS_NUM_THREADS=1 python benchmarks/value_added.py --parts data/evidence/speed_parts.csv

writes where our call spends its time at the first of the sizes, step by step in the order of the
call, beside the steps of the bare pass: the floor under "times the bare pass".
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

PREDICTORS = [f"x{i}" for i in range(10)]
FORMULA = "y ~ " + " + ".join(PREDICTORS)
# Beyond these sizes a tool takes minutes or more memory than a workplace has.
LARGEST = {"statsmodels MixedLM": 60_000, "linearmodels": 600_000, "lme4": 600_000}
# Beyond these sizes a tool's single run takes so long that the best of several never ends.
ONCE = {"statsmodels MixedLM": 5_000, "linearmodels": 60_000, "lme4": 60_000}
_LME4 = """
library(lme4)
arguments <- commandArgs(trailingOnly = TRUE)
pupils <- read.csv(arguments[1], colClasses = c(school = "character"))
form <- as.formula(paste(arguments[2], "+ (1 | school)"))
invisible(gc(reset = TRUE))
before <- sum(gc()[, 2])
best <- Inf
least <- Inf
for (run in seq_len(as.integer(arguments[3]))) {
  taken <- system.time({
    fit <- lmer(form, pupils)
    effects <- ranef(fit, condVar = TRUE)
  })
  best <- min(best, taken["elapsed"])
  least <- min(least, taken["user.self"] + taken["sys.self"])
}
cat(sprintf('{"seconds": %f, "cpu_seconds": %f, "peak_mb": %f, "school_variance": %.8f}',
            best, least, sum(gc()[, 6]) - before, as.numeric(VarCorr(fit)$school)))
"""


def pupils(count: int, seed: int = 1) -> pd.DataFrame:
    """Draw pupils in about 50 per school, in random order, ids as text."""
    rng = np.random.default_rng(seed)
    schools = max(count // 50, 20)
    code = rng.integers(0, schools, count)
    frame = pd.DataFrame(rng.standard_normal((count, len(PREDICTORS))), columns=PREDICTORS)
    frame["y"] = frame[PREDICTORS].to_numpy() @ np.linspace(0.1, 0.6, len(PREDICTORS))
    frame["y"] += 0.25 * rng.standard_normal(schools)[code] + rng.standard_normal(count)
    ids = np.array([f"{900_000_000 + i}" for i in range(schools)], dtype=object)
    frame["school"] = pd.Series(ids[code], dtype="str")
    return frame


def ours(frame: pd.DataFrame) -> float:
    """Fit ours."""
    from tilstand.value_added import RandomIntercept

    results = RandomIntercept.from_formula(FORMULA, frame, "school").fit()
    results.school_effects()
    return results.school_variance


def ours_streamed(path: Path) -> float:
    """Fit ours from a Parquet file without holding the pupils."""
    from tilstand.value_added import RandomIntercept

    results = RandomIntercept.from_formula(FORMULA, path, "school").fit()
    results.school_effects()
    return results.school_variance


def bare_pass(frame: pd.DataFrame) -> float:
    """Find school numbers, school sums and cross-products, and nothing else."""
    codes, schools = pd.factorize(frame["school"])
    columns = frame[[*PREDICTORS, "y"]].to_numpy(dtype=float).T
    sums = [np.bincount(codes, weights=column, minlength=len(schools)) for column in columns]
    cross = columns @ columns.T
    return float(cross[0, 0] + sums[0][0]) * 0


def bare_product(frame: pd.DataFrame) -> float:
    """Form the cross-products of the columns, without any school."""
    columns = frame[[*PREDICTORS, "y"]].to_numpy(dtype=float).T
    return float((columns @ columns.T)[0, 0]) * 0


def statsmodels_mixedlm(frame: pd.DataFrame) -> float:
    """Fit statsmodels' mixed model."""
    from statsmodels.formula.api import mixedlm

    results = mixedlm(FORMULA, frame, groups=frame["school"]).fit()
    _ = results.random_effects, results.random_effects_cov
    return float(results.cov_re.iloc[0, 0])


def mixedlm_rs(frame: pd.DataFrame) -> float:
    """Fit mixedlm-rs."""
    import mixedlm_rs as package

    results = package.mixedlm(FORMULA, frame, groups="school").fit()
    _ = results.random_effects_array, results.random_effects_cov_array
    return float(np.asarray(results.cov_re)[0, 0])


def lme_python(frame: pd.DataFrame) -> float:
    """Fit lme-python."""
    import lme_python as package
    import polars

    fit = package.lmer(f"{FORMULA} + (1 | school)", data=polars.from_pandas(frame))
    _ = fit.ranef
    return float(np.asarray(fit.theta)[0] ** 2 * fit.sigma2)


def linearmodels(frame: pd.DataFrame) -> float:
    """Fit linearmodels' random effects (moments, no likelihood, no school intervals)."""
    from linearmodels.panel import RandomEffects

    panel = frame.assign(row=np.arange(len(frame))).set_index(["school", "row"])
    results = RandomEffects.from_formula(f"{FORMULA.replace('~', '~ 1 +')}", panel).fit()
    _ = results.estimated_effects
    return float(results.variance_decomposition["Effects"])


def pyfixest(frame: pd.DataFrame) -> float:
    """Fit pyfixest's school fixed effects (no shrinkage, no school variance)."""
    from pyfixest.estimation import feols

    fit: Any = feols(f"{FORMULA} | school", frame)
    fit.fixef()
    return float("nan")


TOOLS: dict[str, Callable[[Any], float]] = {
    "bare matrix product": bare_product,
    "bare pass": bare_pass,
    "ours": ours,
    "ours (Parquet streamed)": ours_streamed,
    "mixedlm-rs": mixedlm_rs,
    "lme-python": lme_python,
    "pyfixest": pyfixest,
    "linearmodels": linearmodels,
    "statsmodels MixedLM": statsmodels_mixedlm,
}
_PACKAGES = {
    "mixedlm-rs": "mixedlm_rs",
    "lme-python": "lme_python",
    "pyfixest": "pyfixest",
    "linearmodels": "linearmodels",
    "statsmodels MixedLM": "statsmodels",
}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _now_mb() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():
        return _peak_mb()
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _child(tool: str, path: Path, runs: int) -> None:
    import pyarrow.parquet  # noqa: F401
    import statsmodels.api  # noqa: F401

    import tilstand.value_added  # noqa: F401

    if tool in _PACKAGES:
        __import__(_PACKAGES[tool])
    streamed = tool == "ours (Parquet streamed)"
    data: Any = path if streamed else pd.read_parquet(path)
    # What reading the data took at its peak must not hide what fitting takes.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _now_mb()
    times, cpu, variance = [], [], float("nan")
    while len(times) < runs or (runs > 1 and sum(times) < 2):
        start, spent = time.perf_counter(), time.process_time()
        variance = TOOLS[tool](data)
        times.append(time.perf_counter() - start)
        cpu.append(time.process_time() - spent)
    line = next(
        one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")
    )
    peak = int(line.split()[1]) / 1024 - before
    found = {"seconds": min(times), "cpu_seconds": min(cpu), "peak_mb": peak}
    print(json.dumps({**found, "school_variance": variance}))


def _measure(tool: str, path: Path, runs: int, limit: float) -> dict[str, float] | str:
    if tool == "lme4":
        if shutil.which("Rscript") is None:
            return "R is not installed"
        table = path.with_suffix(".csv")
        if not table.exists():
            pd.read_parquet(path).to_csv(table, index=False)
        command = ["Rscript", "-e", _LME4, str(table), FORMULA, str(runs)]
    else:
        command = [sys.executable, __file__, "child", tool, str(path), str(runs)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, check=False, env=os.environ
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {limit:.0f} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"not run: {last[:90]}"
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def parts(frame: pd.DataFrame, runs: int = 500) -> pd.DataFrame:
    """Take the time of every step of the bare pass and of ours, in the call's own order.

    Parameters
    ----------
    frame : DataFrame
        As `pupils` draws them.
    runs : int
        How often; the best of each step counts.

    Returns
    -------
    DataFrame
        ``call`` (``bare pass`` or ``ours``), ``step`` and ``microseconds``.
    """
    best: dict[tuple[str, str], float] = {}
    for call, steps in (("bare pass", _bare_steps), ("ours", _our_steps)):
        for _ in range(runs):
            before = time.perf_counter()
            for step in steps(frame):
                taken = time.perf_counter() - before
                best[call, step] = min(best.get((call, step), np.inf), taken)
                before = time.perf_counter()
    rows = [(call, step, 1e6 * taken) for (call, step), taken in best.items()]
    return pd.DataFrame(rows, columns=["call", "step", "microseconds"])


def _bare_steps(frame: pd.DataFrame) -> Iterator[str]:
    codes, schools = pd.factorize(frame["school"])
    yield "number the schools"
    columns = frame[[*PREDICTORS, "y"]].to_numpy(dtype=float).T
    yield "copy the columns"
    _ = [np.bincount(codes, weights=column, minlength=len(schools)) for column in columns]
    yield "school sums"
    _ = columns @ columns.T
    yield "cross-products"


def _our_steps(frame: pd.DataFrame) -> Iterator[str]:
    from tilstand.value_added import RandomIntercept
    from tilstand.value_added.doubts import warn_of_rows
    from tilstand.value_added.formula import build_design
    from tilstand.value_added.likelihood import ProfileLikelihood
    from tilstand.value_added.mixture import mixture_interval
    from tilstand.value_added.results import RandomInterceptResults
    from tilstand.value_added.school_ids import school_codes
    from tilstand.value_added.sufficient import Collector
    from tilstand.value_added.uncertainty import posterior

    design = build_design(FORMULA, lambda: (frame,))
    yield "read the formula"
    codes, schools = school_codes(frame["school"], sort=False)
    yield "number the schools"
    columns = design.columns(frame)
    yield "find the columns"
    collector = Collector((*design.names, design.outcome))
    collector.take(columns, codes, schools)
    yield "school sums and cross-products"
    _ = collector.weak
    statistics: Any = collector.statistics()
    yield "order the schools"
    named = zip((*design.names, design.outcome), columns, strict=True)
    known = {name: column for name, column in named if column is not None}
    warn_of_rows(frame, "school", design.variables, known, collector.centred)
    yield "look for repeated rows and far values"
    likelihood = ProfileLikelihood(statistics)
    yield "orthogonal columns"
    _ = likelihood.scan
    yield "scan the likelihood"
    _ = likelihood.optimum
    yield "find the optimum"
    model = RandomIntercept.from_statistics(statistics, design=design)
    results = RandomInterceptResults(model, likelihood)
    yield "estimates"
    spread = posterior(likelihood)
    yield "integrate over the school variance"
    mixture_interval(spread.weights, spread.mean, spread.sd, spread.degrees, 0.95)
    yield "ends of the intervals"
    results.school_effects()
    yield "the last two again, and the table of the schools"


def table(
    sizes: Annotated[str, typer.Option(help="Numbers of pupils.")] = "5000,60000,600000",
    tools: Annotated[str, typer.Option(help="Tools, comma-separated; all if empty.")] = "",
    runs: Annotated[int, typer.Option(help="Runs of each, the best counts.")] = 5,
    limit: Annotated[float, typer.Option(help="Seconds after which a tool is stopped.")] = 600,
    output: Annotated[Path | None, typer.Option(help="CSV of the table.")] = None,
    steps: Annotated[
        Path | None, typer.Option("--parts", help="Instead: CSV of our call's steps.")
    ] = None,
) -> None:
    """Measure all tools at all sizes and print the table."""
    if steps is not None:
        found = parts(pupils(int(sizes.split(",")[0])))
        found.to_csv(steps, index=False, float_format="%.0f")
        print(found.round().to_string(index=False))
        return
    wanted = [name for name in tools.split(",") if name] or [*TOOLS, "lme4"]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, sizes.split(",")):
            path = Path(folder) / f"{size}.parquet"
            pupils(size).to_parquet(path, index=False)
            reference: dict[str, float] = {}
            for tool in wanted:
                if size > LARGEST.get(tool, size):
                    print(f"{size:>9} {tool:<24} skipped: too slow or large at this size")
                    continue
                few = runs if size < 1_000_000 and tool in TOOLS else min(runs, 3)
                if size > ONCE.get(tool, size):
                    few = 1
                found = _measure(tool, path, few, limit)
                if isinstance(found, str):
                    print(f"{size:>9} {tool:<24} {found}", flush=True)
                    continue
                reference[tool] = found["cpu_seconds"]
                rows.append({"pupils": size, "tool": tool, **found})
                print(
                    f"{size:>9} {tool:<24} {found['seconds']:9.4f} s",
                    f"{found['cpu_seconds']:9.4f} s cpu {found['peak_mb']:6.0f} MB",
                    f"variance {found['school_variance']:.6f}{_ratios(tool, reference)}",
                    flush=True,
                )
            path.unlink()
    if output is not None:
        _with_ratios(rows).to_csv(output, index=False, float_format="%.6g")


def _with_ratios(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    ours = table[table["tool"] == "ours"].set_index("pupils")["cpu_seconds"]
    table["times_ours"] = table["cpu_seconds"] / table["pupils"].map(ours)
    milliseconds = 1000 * table["cpu_seconds"]
    return table.assign(cpu_ms=milliseconds, machine=_machine(), cores=os.cpu_count())


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(one.partition(":")[2].strip() for one in lines if one.startswith("model name"))
    return re.sub(r"\(\w+\)", "", model)


def _ratios(tool: str, seconds: dict[str, float]) -> str:
    if tool == "ours":
        parts = [
            f"{seconds[tool] / seconds[bare]:.2f} x {bare}"
            for bare in ("bare pass", "bare matrix product")
            if bare in seconds
        ]
        return "  = " + ", ".join(parts) if parts else ""
    if "ours" in seconds and not tool.startswith(("ours", "bare")):
        return f"  = {seconds[tool] / seconds['ours']:.1f} x ours"
    return ""


if __name__ == "__main__":
    # A tool in a process of its own comes back here.
    if sys.argv[1:2] == ["child"]:
        _child(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        typer.run(table)
