"""Count how often the layered model's intervals hold the truth when its assumptions fail.

    OPENBLAS_NUM_THREADS=1 python benchmarks/layers_violations.py \
        --output data/evidence/layers_violations.csv

Each data set has 17 schools of 15 to 90 pupils in each of 3 cohorts; the residual SD is 1, schools
and cohorts have a share of .12 of the variance, of which .73 stays with a school. Every case breaks
one assumption; some have a second row where the model is told of it (`told`). Rows are one a
target: coverage of 95 % intervals, mean width, coverage of the tenth of schools with the largest
true contribution, and the error that goes with a school's intake, in contribution SDs per SD of
intake. A run that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from tilstand.value_added import (
    LayeredIntercept,
    beyond_ceiling,
    normal_scores,
    quietly,
    sensitivity,
    stable_and_drift,
)

SCHOOLS, COHORTS = 17, 3
TOTAL, STAYS = 0.12 / 0.88, 0.73
_SIZES = np.linspace(15, 90, SCHOOLS).round().astype(int)
_TARGETS = ("mean_observed", "newest", "stable", "change")


@dataclass
class Pupils:
    """Hold one drawn data set: arrays a pupil, and the truth by school and cohort."""

    school: np.ndarray
    cohort: np.ndarray
    klass: np.ndarray
    x: np.ndarray
    e: np.ndarray
    intake: np.ndarray
    u: np.ndarray
    v: np.ndarray
    rng: np.random.Generator
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def y(self) -> np.ndarray:
        """Outcome by the model, with what a case has added."""
        effect = self.v[self.school, self.cohort]
        return 0.8 * self.x + effect + self.e + self.more.get("added", 0.0)

    def frame(self, **columns: Any) -> pd.DataFrame:
        """Put the pupils into a frame, with columns of a case's own in place of the model's."""
        ids = {"school": self.school, "cohort": self.cohort, "klass": self.klass}
        return pd.DataFrame({**ids, "x": self.x, "y": self.y, **columns})


def drawn(rng: np.random.Generator, noise: Callable[..., np.ndarray] | None = None) -> Pupils:
    """Draw a data set by the model; `noise` draws standardised effects and residuals."""
    draw = noise or (lambda *size: rng.standard_normal(size))
    u = np.sqrt(TOTAL * STAYS) * draw(SCHOOLS)
    v = u[:, None] + np.sqrt(TOTAL * (1 - STAYS)) * draw(SCHOOLS, COHORTS)
    school = np.repeat(np.arange(SCHOOLS), COHORTS * _SIZES)
    cohort = np.concatenate([np.repeat(np.arange(COHORTS), size) for size in _SIZES])
    place = np.concatenate([np.tile(np.arange(size), COHORTS) for size in _SIZES])
    klass = place % np.maximum(1, np.round(_SIZES / 24)).astype(int)[school]
    intake = 0.3 * rng.standard_normal(SCHOOLS)
    x = intake[school] + rng.standard_normal(len(school))
    return Pupils(school, cohort, klass, x, draw(len(school)), intake, u, v, rng)


Fitted = tuple[pd.DataFrame, Pupils]


def _fit(frame: pd.DataFrame, groups: list[str], **options: Any) -> LayeredIntercept:
    return LayeredIntercept.from_formula("y ~ x + C(cohort)", frame, groups, **options)


def _plain(pupils: Pupils, **columns: Any) -> Fitted:
    frame = pupils.frame(**columns)
    return _fit(frame, ["school", "cohort"]).fit().school_effects(), pupils


def as_assumed(rng: np.random.Generator) -> Fitted:
    """Break nothing."""
    return _plain(drawn(rng))


def skewed(rng: np.random.Generator) -> Fitted:
    """Let effects and residuals be skewed, as a chi-square with four degrees of freedom."""
    return _plain(drawn(rng, lambda *size: (rng.chisquare(4, size) - 4) / np.sqrt(8)))


def heavy_tails(rng: np.random.Generator) -> Fitted:
    """Let effects and residuals have the tails of a t with three degrees of freedom."""
    return _plain(drawn(rng, lambda *size: rng.standard_t(3, size) / np.sqrt(3)))


def unequal_variances(rng: np.random.Generator) -> Fitted:
    """Let the residual SD differ between schools, from about .5 to 1.8."""
    pupils = drawn(rng)
    pupils.e = pupils.e * np.exp(0.3 * rng.standard_normal(SCHOOLS))[pupils.school]
    return _plain(pupils)


def ceiling(rng: np.random.Generator) -> Fitted:
    """Cut the outcome where its top 15 % begins."""
    pupils = drawn(rng)
    return _plain(pupils, y=np.minimum(pupils.y, np.quantile(pupils.y, 0.85)))


def ceiling_imputed(rng: np.random.Generator) -> Fitted:
    """Draw what lies beyond the ceiling from the model, ten times."""
    pupils = drawn(rng)
    cut = np.minimum(pupils.y, np.quantile(pupils.y, 0.85))
    return beyond_ceiling(_fit(pupils.frame(y=cut), ["school", "cohort"]).fit()), pupils


def ceiling_ranked(rng: np.random.Generator) -> Fitted:
    """Fit normal scores of the ranks, on the scale of the outcome without a ceiling."""
    pupils = drawn(rng)
    cut = pd.Series(np.minimum(pupils.y, np.quantile(pupils.y, 0.85)))
    return _plain(pupils, y=normal_scores(cut).to_numpy() * pupils.y.std())


def own_slopes(rng: np.random.Generator) -> Fitted:
    """Let schools have slopes of their own, SD .15; the contribution is that at the mean prior."""
    return _plain(_with_slopes(rng))


def slopes_allowed(rng: np.random.Generator) -> Fitted:
    """Let the model have a slope for every school."""
    pupils = _with_slopes(rng)
    fit = _fit(pupils.frame(), ["school", "cohort"]).fit()
    return sensitivity(fit, slope="x").schools, pupils


def _with_slopes(rng: np.random.Generator) -> Pupils:
    pupils = drawn(rng)
    pupils.more["added"] = 0.15 * rng.standard_normal(SCHOOLS)[pupils.school] * pupils.x
    return pupils


def classes(rng: np.random.Generator) -> Fitted:
    """Let classes differ with an SD of .36 (share .12) that the model does not know of."""
    return _plain(_in_classes(rng))


def classes_known(rng: np.random.Generator) -> Fitted:
    """Tell the model the classes."""
    pupils = _in_classes(rng)
    fit = _fit(pupils.frame(), ["school", "cohort", "klass"]).fit()
    return fit.school_effects(), pupils


def classes_borrowed(rng: np.random.Generator) -> Fitted:
    """Let the model borrow a class share of .12."""
    pupils = _in_classes(rng)
    fit = _fit(pupils.frame(), ["school", "cohort"], class_share=0.12).fit()
    return fit.school_effects(), pupils


def _in_classes(rng: np.random.Generator) -> Pupils:
    pupils = drawn(rng)
    w = 0.36 * rng.standard_normal((SCHOOLS, COHORTS, 4))
    pupils.more["added"] = w[pupils.school, pupils.cohort, pupils.klass]
    return pupils


def movers(rng: np.random.Generator) -> Fitted:
    """Let a fifth of the pupils have spent half of the time at another school."""
    pupils, _, _ = with_movers(rng)
    return _plain(pupils)


def movers_known(rng: np.random.Generator) -> Fitted:
    """Tell the model where pupils came from, and their share of time here."""
    pupils, before, share = with_movers(rng)
    fit = _fit(pupils.frame(before=before, share=share), ["school", "cohort"]).fit()
    return sensitivity(fit, moved=("before", "share")).schools, pupils


def with_movers(rng: np.random.Generator) -> tuple[Pupils, np.ndarray, np.ndarray]:
    """Draw pupils of whom a fifth have moved: where from, and their share of time here."""
    pupils = drawn(rng)
    moved = rng.random(len(pupils.school)) < 0.2
    other = rng.integers(0, SCHOOLS, len(moved))
    before = np.where(moved, other, pupils.school)
    share = np.where(moved, 0.5, 1.0)
    gap = pupils.v[before, pupils.cohort] - pupils.v[pupils.school, pupils.cohort]
    pupils.more["added"] = (1 - share) * gap
    return pupils, before, share


def sorting(rng: np.random.Generator) -> Fitted:
    """Let something unobserved that helps pupils go along with the schools' intake."""
    pupils = drawn(rng)
    pupils.more["added"] = 0.06 * (pupils.intake / 0.3)[pupils.school]
    return _plain(pupils)


def informative_missing(rng: np.random.Generator) -> Fitted:
    """Let weak pupils lack a score more often, and more so at some schools than at others."""
    pupils = drawn(rng)
    lean = -2.2 - 0.8 * pupils.y + 0.7 * rng.standard_normal(SCHOOLS)[pupils.school]
    gone = rng.random(len(lean)) < 1 / (1 + np.exp(-lean))
    return _plain(pupils, y=np.where(gone, np.nan, pupils.y))


def prior_error_unsaid(rng: np.random.Generator) -> Fitted:
    """Measure the prior with a reliability of .8 and say nothing of it."""
    pupils = drawn(rng)
    return _plain(pupils, x=_measured(pupils))


def wrong_reliability(rng: np.random.Generator) -> Fitted:
    """Measure the prior with a reliability of .8 and say .9."""
    return _calibrated(rng, 0.9)


def right_reliability(rng: np.random.Generator) -> Fitted:
    """Measure the prior with a reliability of .8 and say so."""
    return _calibrated(rng, 0.8)


def _measured(pupils: Pupils) -> np.ndarray:
    sd = pupils.x.std() * np.sqrt(1 / 0.8 - 1)
    return pupils.x + sd * pupils.rng.standard_normal(len(pupils.x))


def _calibrated(rng: np.random.Generator, said: float) -> Fitted:
    pupils = drawn(rng)
    model = _fit(pupils.frame(x=_measured(pupils)), ["school", "cohort"])
    return model.calibrated({"x": said}).fit().school_effects(), pupils


def drift(rng: np.random.Generator) -> Fitted:
    """Let contributions drift from cohort to cohort, correlation .8, with nothing that stays."""
    return _plain(_drifting(rng))


def drift_allowed(rng: np.random.Generator) -> Fitted:
    """Let the model have a drifting part beside what stays."""
    pupils = _drifting(rng)
    found = stable_and_drift(_fit(pupils.frame(), ["school", "cohort"]).fit())
    return found.schools, pupils


def _drifting(rng: np.random.Generator) -> Pupils:
    pupils = drawn(rng)
    steps = np.sqrt(TOTAL) * rng.standard_normal((SCHOOLS, COHORTS))
    pupils.v = steps.copy()
    for t in range(1, COHORTS):
        pupils.v[:, t] = 0.8 * pupils.v[:, t - 1] + 0.6 * steps[:, t]
    pupils.u = np.zeros(SCHOOLS)
    return pupils


#: Assumption, what the model is told, how it is drawn and fitted.
CASES: list[tuple[str, str, Callable[[np.random.Generator], Fitted]]] = [
    ("none", "", as_assumed),
    ("skewed", "", skewed),
    ("heavy_tails", "", heavy_tails),
    ("unequal_variances", "", unequal_variances),
    ("ceiling", "", ceiling),
    ("ceiling", "imputed", ceiling_imputed),
    ("ceiling", "ranks", ceiling_ranked),
    ("slopes", "", own_slopes),
    ("slopes", "slopes", slopes_allowed),
    ("classes", "", classes),
    ("classes", "class ids", classes_known),
    ("classes", "class share .12", classes_borrowed),
    ("movers", "", movers),
    ("movers", "shares of time", movers_known),
    ("sorting", "", sorting),
    ("informative_missing", "", informative_missing),
    ("reliability", "", prior_error_unsaid),
    ("reliability", "reliability .9", wrong_reliability),
    ("reliability", "reliability .8", right_reliability),
    ("drift", "", drift),
    ("drift", "drift", drift_allowed),
]


@quietly()
def tried(run: Callable[[np.random.Generator], Fitted], replications: int, seed: int) -> list[dict]:
    """Try one case, one row a target."""
    held: dict[str, list[dict[str, float]]] = {}
    for replication in range(replications):
        table, pupils = run(np.random.default_rng([seed, replication]))
        table = table.sort_values("school")
        truths = {
            "mean_observed": pupils.v.mean(axis=1),
            "newest": pupils.v[:, -1],
            "stable": pupils.u,
            "change": pupils.v[:, -1] - pupils.v[:, 0],
        }
        for target in _TARGETS:
            if f"{target}_low" not in table:
                continue
            truth = truths[target]
            low, high = table[f"{target}_low"].to_numpy(), table[f"{target}_high"].to_numpy()
            inside = (low <= truth) & (truth <= high)
            largest = np.argsort(-np.abs(truth))[: max(1, SCHOOLS // 10)]
            error = (table[target].to_numpy() - truth) / np.sqrt(TOTAL)
            z = (pupils.intake - pupils.intake.mean()) / pupils.intake.std()
            one = {
                "coverage": inside.mean(),
                "width": (high - low).mean(),
                "extreme_tenth": inside[largest].mean(),
                "error_by_intake": float(z @ error / len(z)),
            }
            held.setdefault(target, []).append(one)
    rows = []
    for target, found in held.items():
        averages = pd.DataFrame(found)
        se = averages["coverage"].std() / np.sqrt(len(averages))
        rows.append({"target": target, **averages.mean(), "coverage_se": se})
    return rows


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    replications: Annotated[int, typer.Option(help="Data sets for each case.")] = 400,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
) -> None:
    """Write the table of violated assumptions."""
    done = pd.read_csv(output, keep_default_na=False) if output.exists() else pd.DataFrame()
    for case, told, run in CASES:
        if len(done):
            here = done[(done["assumption"] == case) & (done["told"] == told)]
            if len(here) and (here["replications"].astype(int) >= replications).all():
                continue
            done = done.drop(here.index)
        about = {"assumption": case, "told": told, "replications": replications}
        rows = pd.DataFrame(tried(run, replications, seed))
        for name, value in reversed(about.items()):
            rows.insert(0, name, value)
        done = pd.concat([one for one in (done, rows) if len(one)], ignore_index=True)
        order = {(one, two): i for i, (one, two, _) in enumerate(CASES)}
        place = [
            order.get((a, b), 99) for a, b in zip(done["assumption"], done["told"], strict=True)
        ]
        done = done.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
        output.parent.mkdir(parents=True, exist_ok=True)
        done.to_csv(output, index=False, float_format="%.5g")
        print(rows.to_string(header=case == "none"), flush=True)


if __name__ == "__main__":
    typer.run(main)
