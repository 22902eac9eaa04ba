"""Count how often the layered model's intervals hold the truth, cell by cell, and write it as CSV.

    OPENBLAS_NUM_THREADS=1 python benchmarks/layers_coverage.py --replications 1000 \
        --output data/evidence/layers_coverage.csv

The table in data/evidence/layers_coverage.csv says in `replications` how many data sets stand
behind each row. A cell of the file that has some already gets the missing ones, drawn from a seed
of their own and averaged in, so that a run that was cut off goes on where it stopped.

Sizes per school and cohort run from 15 to 90, intake differs between schools, the residual SD is 1
(with classes: .55), cohorts have means of their own. Parts: ``grid`` (schools x cohorts x shares x
correlations), ``classes``, ``municipality``, ``turned``. Rows of a grid cell are one a target:
coverage, mean width, coverage of the tenth of schools with the largest true contribution, and for
the average of observed cohorts the flags, those that were wrong and how many were expected to be.
Rows of ``turned`` give the share of data sets in which any school was flagged although none had
changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from tilstand.value_added.bands import tail
from tilstand.value_added.layers.model import LayeredIntercept
from tilstand.value_added.layers.quadrature import variance_nodes
from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.layers.targets import (
    change_target,
    evaluate,
    intervals,
    mean_target,
    newest_target,
    units_target,
)
from tilstand.value_added.layers.tree import JOINT
from tilstand.value_added.layers.turned import turned_schools
from tilstand.value_added.sufficient import SufficientStatistics

_CLASS_SIZE = 24
_MEASURES = {
    *("any_wrong", "coverage", "coverage_se", "width", "extreme_tenth"),
    *("flags", "wrong", "expected_wrong"),
}


class Draw:
    """Draw pupils of one design again and again, reduced at once.

    Parameters
    ----------
    schools, cohorts, municipalities : int
        Units; schools are per municipality where there are several.
    share, correlation, between : float
        Variance share of schools and cohorts, the part of it that stays, and the part of that
        which lies between municipalities.
    class_sd, residual_sd : float
        Standard deviations.
    ids : bool
        Whether the model is told the classes.
    """

    def __init__(
        self,
        schools: int,
        cohorts: int,
        share: float,
        correlation: float,
        *,
        class_sd: float = 0.0,
        residual_sd: float = 1.0,
        ids: bool = False,
        municipalities: int = 1,
        between: float = 0.0,
    ) -> None:
        count = schools * municipalities
        sizes = np.tile(np.linspace(15, 90, schools).round().astype(int), municipalities)
        total = share / (1 - share) * residual_sd**2
        stable = total * correlation
        self.sd = {
            "municipality": np.sqrt(stable * between),
            "school": np.sqrt(stable * (1 - between)),
            "cohort": np.sqrt(total - stable),
            "class": class_sd,
            "pupil": residual_sd,
        }
        self.municipality = np.repeat(np.arange(municipalities), schools)
        self.school = np.repeat(np.arange(count), cohorts)
        self.cohort = np.tile(np.arange(cohorts), count)
        n = sizes[self.school]
        parts = np.maximum(1, np.round(n / _CLASS_SIZE)).astype(int)
        pupil_cell = np.repeat(np.arange(len(n)), n)
        place = np.concatenate([np.arange(one) for one in n])
        kind = place % parts[pupil_cell]
        self.class_cell = np.repeat(np.arange(len(n)), parts)
        first = np.cumsum(parts) - parts
        self.pupil_class = first[pupil_cell] + kind
        self.pupil_cell = pupil_cell
        self.leaf = self.pupil_class if ids else pupil_cell
        self.columns = {"school": "school", "cohort": "cohort"}
        names = [f"{s:04d}{JOINT}{t}" for s, t in zip(self.school, self.cohort, strict=True)]
        if ids:
            self.columns["class"] = "class"
            names = [f"{names[c]}{JOINT}{i:05d}" for i, c in enumerate(self.class_cell)]
        if municipalities > 1:
            self.columns = {"municipality": "municipality", **self.columns}
            owner = self.municipality[self.school][self.class_cell] if ids else None
            owner = self.municipality[self.school] if owner is None else owner
            names = [f"{m:03d}{JOINT}{name}" for m, name in zip(owner, names, strict=True)]
        self.names = pd.Index(names, dtype="str")
        self.cohorts = cohorts

    def draw(self, rng: np.random.Generator) -> tuple[LayeredIntercept, np.ndarray, np.ndarray]:
        """Draw one data set: the model, what stays with each school, and each cell's truth."""
        sd = self.sd
        m = sd["municipality"] * rng.standard_normal(self.municipality.max() + 1)
        u = m[self.municipality] + sd["school"] * rng.standard_normal(len(self.municipality))
        v = u[self.school] + sd["cohort"] * rng.standard_normal(len(self.school))
        w = sd["class"] * rng.standard_normal(len(self.class_cell))
        x = 0.3 * rng.standard_normal(len(self.school))[self.pupil_cell]
        x = x + rng.standard_normal(len(x))
        drift = 0.05 * rng.standard_normal(self.cohorts)
        y = 0.8 * x + (v + drift[self.cohort])[self.pupil_cell] + w[self.pupil_class]
        y = y + sd["pupil"] * rng.standard_normal(len(x))
        cohort = self.cohort[self.pupil_cell]
        dummies = [(cohort == t).astype(float) for t in range(1, self.cohorts)]
        values = np.stack([np.ones(len(x)), *dummies, x, y])
        n = np.bincount(self.leaf).astype(float)
        means = np.stack([np.bincount(self.leaf, row) for row in values], axis=1) / n[:, None]
        within = values @ values.T - (means.T * n) @ means
        # What is constant in every leaf is so exactly.
        within[: self.cohorts] = within[:, : self.cohorts] = 0.0
        columns = ("Intercept", *(f"t{i}" for i in range(1, self.cohorts)), "x", "y")
        statistics = SufficientStatistics(
            columns, self.names, n, np.r_[1.0, np.zeros(len(columns) - 1)], means, within
        )
        statistics.means[:, 0] = 0.0
        return LayeredIntercept.from_statistics(statistics, self.columns), u, v


class Tally:
    """Add up what happened over data sets."""

    def __init__(self) -> None:
        self.held: list[float] = []
        self.width: list[float] = []
        self.extreme: list[float] = []
        self.more: dict[str, list[float]] = {}

    def take(self, low: np.ndarray, high: np.ndarray, truth: np.ndarray) -> None:
        """Count one data set."""
        held = (low <= truth) & (truth <= high)
        self.held.append(held.mean())
        self.width.append((high - low).mean())
        self.extreme.append(held[np.argsort(-np.abs(truth))[: max(1, len(truth) // 10)]].mean())

    def row(self) -> dict[str, float]:
        """Average over the data sets."""
        found = {
            "coverage": np.mean(self.held),
            "coverage_se": np.std(self.held) / np.sqrt(len(self.held)),
            "width": np.mean(self.width),
            "extreme_tenth": np.mean(self.extreme),
        }
        return {**found, **{name: np.mean(values) for name, values in self.more.items()}}


def cell(design: Draw, replications: int, seed: int) -> list[dict[str, Any]]:
    """Try one cell of the grid; one row a target."""
    rng = np.random.default_rng(seed)
    tallies: dict[str, Tally] = {}
    for _ in range(replications):
        model, u, v = design.draw(rng)
        tree, likelihood = model.tree, model.likelihood()
        school, part = tree.level("school"), tree.level("cohort")
        first = np.flatnonzero(np.diff(design.school, prepend=-1))
        last = first + design.cohorts - 1
        wanted = {
            "mean_observed": (
                mean_target(tree, part, school),
                np.add.reduceat(v, first) / design.cohorts,
            ),
            "newest": (newest_target(tree, part, school), v[last]),
        }
        if "cohort" in tree.levels:
            wanted["stable"] = units_target(tree, school), u
            wanted["cohort"] = units_target(tree, part), v
            wanted["change"] = change_target(tree, part, school), v[last] - v[first]
        if "municipality" in tree.levels:
            top = tree.level("municipality")
            truth = np.bincount(design.municipality[design.school], v)
            truth = truth / np.bincount(design.municipality[design.school])
            wanted["municipality"] = mean_target(tree, part, top), truth
        nodes = variance_nodes(likelihood)
        spreads = evaluate(likelihood, nodes.ratio, [target for target, _ in wanted.values()])
        for (name, (_, truth)), spread in zip(wanted.items(), spreads, strict=True):
            ends = intervals(likelihood, nodes, spread)
            tally = tallies.setdefault(name, Tally())
            tally.take(ends.low, ends.high, truth)
            if name not in ("mean_observed", "newest", "stable"):
                continue
            over, under = ends.low > 0, ends.high < 0
            above = nodes.weights @ tail(spread.mean / spread.sd, likelihood.degrees)
            wrong = (over & (truth <= 0)) | (under & (truth >= 0))
            expected = np.where(over, 1 - above, np.where(under, above, 0.0))
            for key, value in (
                ("flags", (over | under).sum()),
                ("wrong", wrong.sum()),
                ("expected_wrong", expected.sum()),
            ):
                tally.more.setdefault(key, []).append(float(value))
    return [{"target": name, **tally.row()} for name, tally in tallies.items()]


def unchanged(
    design: Draw, share: float | None, replications: int, seed: int
) -> list[dict[str, Any]]:
    """Try the test of change where nothing changed."""
    rng = np.random.default_rng(seed)
    flagged, held = [], []
    for _ in range(replications):
        model, _, _ = design.draw(rng)
        results = LayeredResults(model, model.likelihood())
        table = turned_schools(results, class_share=share)
        flagged.append(bool(table["turned"].any()))
        held.append(((table["low"] <= 0) & (table["high"] >= 0)).mean())
    row = {
        "target": "turned",
        "any_wrong": np.mean(flagged),
        "coverage": np.mean(held),
        "coverage_se": np.std(held) / np.sqrt(len(held)),
    }
    return [row]


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    replications: Annotated[int, typer.Option(help="Data sets for each cell.")] = 1000,
    parts: Annotated[str, typer.Option(help="Parts, comma-separated.")] = (
        "classes,municipality,turned,grid"
    ),
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
    schools: Annotated[str, typer.Option(help="Numbers of schools in the grid.")] = "5,10,17,30",
    cohorts: Annotated[str, typer.Option(help="Numbers of cohorts in the grid.")] = "1,2,3,4",
) -> None:
    """Bring every cell of the coverage table up to so many replications."""
    for part in parts.split(","):
        for about, count, run in _cells(part, replications, schools, cohorts):
            known = _known(output, {"part": part, **about})
            done = int(known["replications"].max()) if len(known) else 0
            if done >= count:
                continue
            found = pd.DataFrame(run(count - done, seed + done))
            rows = found.assign(**{"part": part, **about, "replications": count - done})
            if len(known):
                rows = _together(known, rows)
            print(rows.to_string())
            _merge(output, rows, {"part": part, **about})


def _cells(
    part: str, replications: int, schools: str, cohorts: str
) -> Iterator[tuple[dict[str, Any], int, Callable[[int, int], list[dict[str, Any]]]]]:
    """Give each cell's description, how many data sets it takes, and what draws some of them."""
    if part == "grid":
        for j, t, share, rho in product(
            map(int, schools.split(",")),
            map(int, cohorts.split(",")),
            (0.05, 0.12),
            (0.4, 0.73, 0.9),
        ):
            about = {"schools": j, "cohorts": t, "share": share, "correlation": rho}
            yield about, replications, partial(cell, Draw(j, t, share, rho))
    elif part == "classes":
        for j, t, sd in product((17, 30), (1, 3), (0.1, 0.2)):
            about = {"schools": j, "cohorts": t, "share": 0.12, "correlation": 0.73, "class_sd": sd}
            draw = Draw(j, t, 0.12, 0.73, class_sd=sd, residual_sd=0.55, ids=True)
            yield about, replications, partial(cell, draw)
    elif part == "municipality":
        for between in (0.0, 0.1, 0.2, 0.3):
            about = {
                "schools": 16,
                "cohorts": 2,
                "share": 0.12,
                "correlation": 0.73,
                "municipalities": 25,
                "between": between,
            }
            draw = Draw(16, 2, 0.12, 0.73, municipalities=25, between=between)
            # 25 municipalities of 16 schools count in each data set.
            yield about, max(replications // 5, 10), partial(cell, draw)
    elif part == "turned":
        for j, t, sd, ids, share in (
            (10, 2, 0.0, False, 0.0),
            (17, 3, 0.0, False, 0.0),
            (30, 4, 0.0, False, 0.0),
            (17, 3, 0.1, False, 0.0),
            (17, 3, 0.1, False, 0.1),
            (17, 3, 0.2, False, 0.1),
            (10, 2, 0.2, False, 0.12),
            (17, 3, 0.2, False, 0.12),
            (30, 4, 0.2, False, 0.12),
            (17, 3, 0.1, True, None),
            (17, 3, 0.2, True, None),
        ):
            about = {
                "schools": j,
                "cohorts": t,
                "share": 0.12,
                "correlation": 1.0,
                "class_sd": sd,
                "class_ids": ids,
                "class_share": share,
            }
            draw = Draw(j, t, 0.12, 1.0, class_sd=sd, residual_sd=0.55, ids=ids)
            yield about, replications, partial(unchanged, draw, share)


def _of(table: pd.DataFrame, about: dict[str, Any]) -> pd.Series:
    same = pd.Series(True, index=table.index)
    for name, value in about.items():
        same &= table[name].isna() if value is None else table[name] == value
    return same


def _known(output: Path, about: dict[str, Any]) -> pd.DataFrame:
    if not output.exists():
        return pd.DataFrame()
    table = pd.read_csv(output)
    return table[_of(table, about)] if set(about) <= set(table) else pd.DataFrame()


def _together(known: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Average two batches of the same cell by their data sets."""
    known = known.set_index("target").loc[fresh["target"]].reset_index()
    before, after = known["replications"].iloc[0], fresh["replications"].iloc[0]
    both = fresh.copy()
    for name in _MEASURES & set(fresh):
        if name == "coverage_se":
            square = (before * known[name]) ** 2 + (after * fresh[name]) ** 2
            both[name] = np.sqrt(square) / (before + after)
        else:
            both[name] = (before * known[name] + after * fresh[name]) / (before + after)
    both["replications"] = before + after
    return both


def _merge(output: Path, rows: pd.DataFrame, about: dict[str, Any]) -> None:
    if output.exists():
        earlier = pd.read_csv(output)
        rows = rows.reindex(columns=[*earlier, *(one for one in rows if one not in earlier)])
        at = _of(earlier, about)
        first = int(np.argmax(at)) if at.any() else len(earlier)
        above, below = earlier[:first], earlier[first:][~at[first:]]
        rows = pd.concat([one for one in (above, rows, below) if len(one)], ignore_index=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    rows.to_csv(output, index=False, float_format="%.5g")


if __name__ == "__main__":
    typer.run(main)
