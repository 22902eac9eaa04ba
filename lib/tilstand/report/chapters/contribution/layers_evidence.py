"""What trials say of the layered model: its coverage, and how it fares where it is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report.numbers import Value
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

#: Flags that a cell needs before it says how many of them are wrong.
ENOUGH_FLAGS = 200
#: How far the share of wrong flags may be from what was expected.
A_POINT = 0.01
_TARGETS = ("mean_observed", "newest", "stable", "change")
_ASSUMPTIONS = {
    "none": ("alt holder", "everything holds"),
    "skewed": ("skjeve fordelinger", "skewed distributions"),
    "heavy_tails": ("tunge haler (t med 3 frihetsgrader)", "heavy tails (t with 3 df)"),
    "unequal_variances": ("ulik spredning på skolene", "unequal spread at the schools"),
    "ceiling": ("tak: 15 prosent har toppskår", "ceiling: 15 per cent have the top score"),
    "slopes": ("skolene har ulike stigningstall", "schools have slopes of their own"),
    "classes": ("klassene er ulike", "classes differ"),
    "movers": ("en av fem har flyttet", "one in five has moved"),
    "sorting": ("noe usett følger elevgrunnlaget", "something unseen follows the intake"),
    "informative_missing": ("svake elever mangler oftere", "weak pupils are missing more often"),
    "reliability": ("forprøven har målefeil (0,8)", "the earlier test has error (0.8)"),
    "drift": ("bidraget driver, ingenting består", "contributions drift, nothing stays"),
}
_TOLD = {
    "": ("", ""),
    "class ids": ("klassene er kjent", "classes known"),
    "class share .12": ("lånt klasseandel 0,12", "borrowed class share 0.12"),
    "imputed": ("trukket forbi taket", "drawn beyond the ceiling"),
    "ranks": ("rangert", "ranked"),
    "slopes": ("egne stigningstall", "own slopes"),
    "shares of time": ("andel av tiden", "shares of time"),
    "reliability .9": ("pålitelighet 0,9 oppgitt", "reliability 0.9 stated"),
    "reliability .8": ("pålitelighet 0,8 oppgitt", "reliability 0.8 stated"),
    "drift": ("driv i modellen", "drift in the model"),
}


@dataclass(frozen=True)
class LayersEvidence:
    """Hold the tables on the layered model, as their commands wrote them.

    Parameters
    ----------
    coverage : DataFrame
        From ``benchmarks/layers_coverage.py``.
    violations : DataFrame
        From ``benchmarks/layers_violations.py``.
    """

    coverage: pd.DataFrame
    violations: pd.DataFrame

    def lowest(self, target: str, schools: int = 0) -> Value:
        """Return the lowest coverage of a target over the grid, percent."""
        rows = self.coverage[(self.coverage["part"] == "grid")]
        rows = rows[(rows["target"] == target) & (rows["schools"] >= schools)]
        return self._percent(rows["coverage"].min(), f"grid|{target}|lowest")

    def highest(self, target: str, schools: int = 0) -> Value:
        """Return the highest coverage of a target over the grid, percent."""
        rows = self.coverage[(self.coverage["part"] == "grid")]
        rows = rows[(rows["target"] == target) & (rows["schools"] >= schools)]
        return self._percent(rows["coverage"].max(), f"grid|{target}|highest")

    def extreme(self, target: str) -> Value:
        """Return the mean coverage of the tenth with the largest true contribution, percent."""
        rows = self.coverage[(self.coverage["part"] == "grid")]
        rows = rows[rows["target"] == target]
        return self._percent(rows["extreme_tenth"].mean(), f"grid|{target}|extreme_tenth")

    def flag_gap(self, target: str, *, too_many: bool) -> Value:
        """Find by how much the wrong flags of a target miss those expected, where they miss most.

        Parameters
        ----------
        target : str
            ``mean_observed``, ``newest`` or ``stable``.
        too_many : bool
            Wrong flags beyond those expected, or expected ones that did not come.

        Returns
        -------
        Value
            Percentage points of the flags of a cell; cells with fewer than `ENOUGH_FLAGS` flags
            are left out. Zero where none misses on that side.
        """
        gap = self._flag_gaps(target)["gap"]
        worst = max((gap if too_many else -gap).max(), 0.0)
        return self._percent(worst, f"grid|{target}|flags {'over' if too_many else 'under'}")

    def _flag_gaps(self, target: str) -> pd.DataFrame:
        rows = self.coverage[(self.coverage["part"] == "grid")]
        rows = rows[rows["target"] == target]
        rows = rows[rows["flags"] * rows["replications"] >= ENOUGH_FLAGS]
        return rows.assign(gap=(rows["wrong"] - rows["expected_wrong"]) / rows["flags"])

    def even_from(self, target: str) -> Value:
        """Find from how many schools on the wrong flags come within a percentage point.

        Parameters
        ----------
        target : str
            As for `flag_gap`.

        Returns
        -------
        Value
            The fewest schools such that neither they nor more miss by more; missing where even the
            most schools do.
        """
        worst = self._flag_gaps(target).groupby("schools")["gap"].agg(lambda gap: gap.abs().max())
        missed = worst.index[worst > A_POINT]
        even = worst.index[worst.index > (missed.max() if len(missed) else 0)]
        ref = "evidence|layers_coverage.csv|grid|schools"
        found = float(even.min()) if len(even) else None
        return Value(found, 0, refs=(ref,), recipe="evidence")

    def enough_flags(self) -> Value:
        """Return the fewest flags of a cell that says how many are wrong."""
        ref = "evidence|layers_coverage.csv|grid|flags"
        return Value(float(ENOUGH_FLAGS), 0, refs=(ref,), recipe="evidence")

    def municipality(self, *, lowest: bool) -> Value:
        """Return the lowest or highest coverage of a municipality's interval, percent."""
        rows = self.coverage[self.coverage["part"] == "municipality"]
        rows = rows[rows["target"] == "municipality"]
        found = rows["coverage"].min() if lowest else rows["coverage"].max()
        return self._percent(found, f"municipality|{'lowest' if lowest else 'highest'}")

    def replications(self) -> Value:
        """Return the smallest number of data sets behind a cell of the grid."""
        count = self.coverage.loc[self.coverage["part"] == "grid", "replications"].min()
        ref = "evidence|layers_coverage.csv|grid|replications"
        return Value(float(count), 0, refs=(ref,), recipe="evidence")

    def turned(self, class_share: float) -> Value:
        """Return how often any school is said to have turned when none has, percent."""
        rows = self.coverage[(self.coverage["part"] == "turned")]
        rows = rows[(rows["class_share"] == class_share) & (rows["class_sd"] == 0.2)]
        return self._percent(rows["any_wrong"].max(), f"turned|{class_share:g}|any_wrong")

    def class_share(self, share: float) -> Value:
        """Return a class share that the test of change was tried with."""
        rows = self.coverage[self.coverage["part"] == "turned"]
        row = rows[rows["class_share"] == share].iloc[0]
        ref = f"evidence|layers_coverage.csv|turned|{share:g}|class_share"
        return Value(float(row["class_share"]), 2, refs=(ref,), recipe="evidence")

    def violated(self, assumption: str, target: str, told: str = "") -> Value:
        """Return one coverage of the table of violated assumptions, percent."""
        rows = self.violations
        here = (rows["assumption"] == assumption) & (rows["told"] == told)
        row = rows[here & (rows["target"] == target)].iloc[0]
        ref = f"evidence|layers_violations.csv|{assumption}|{told}|{target}|coverage"
        return Value(100 * float(row["coverage"]), 1, refs=(ref,), recipe="evidence percent")

    def violations_tried(self) -> Value:
        """Return the smallest number of data sets behind a row of violated assumptions."""
        count = self.violations["replications"].min()
        ref = "evidence|layers_violations.csv|all|replications"
        return Value(float(count), 0, refs=(ref,), recipe="evidence")

    def _percent(self, share: float, place: str) -> Value:
        ref = f"evidence|layers_coverage.csv|{place}"
        return Value(100 * float(share), 1, refs=(ref,), recipe="evidence percent")


def load_layers(page: Page) -> LayersEvidence:
    """Read the tables on the layered model."""
    folder = page.project.root / "data" / "evidence"
    violations = pd.read_csv(folder / "layers_violations.csv", keep_default_na=False)
    return LayersEvidence(pd.read_csv(folder / "layers_coverage.csv"), violations)


def coverage_rows(found: LayersEvidence) -> pd.DataFrame:
    """Lay out the lowest and highest coverage by schools and cohorts, percent."""
    grid = found.coverage[found.coverage["part"] == "grid"]
    rows = []
    for (schools, cohorts), here in grid.groupby(["schools", "cohorts"]):
        row = {"schools": schools, "cohorts": cohorts}
        for target in _TARGETS:
            of = 100 * here.loc[here["target"] == target, "coverage"]
            row |= {f"{target}_lowest": of.min(), f"{target}_highest": of.max()}
        rows.append(row)
    return pd.DataFrame(rows)


def coverage_columns(page: Page) -> list[Column]:
    """Return the columns of the coverage table."""
    pick = page.pick
    named = {
        "mean_observed": pick(nb="Snitt", en="Average"),
        "newest": pick(nb="Nyeste", en="Newest"),
        "stable": pick(nb="Består", en="Stays"),
        "change": pick(nb="Endring", en="Change"),
    }
    columns = [
        Column("schools", pick(nb="Skoler", en="Schools"), 0),
        Column("cohorts", pick(nb="Kull", en="Cohorts"), 0),
    ]
    low, high = pick(nb="lavest", en="lowest"), pick(nb="høyest", en="highest")
    for target, name in named.items():
        columns += [
            Column(f"{target}_lowest", f"{name}, {low}", 1),
            Column(f"{target}_highest", f"{name}, {high}", 1),
        ]
    return columns


def violation_rows(page: Page, found: LayersEvidence) -> pd.DataFrame:
    """Lay out coverage by violated assumption, percent, one row a case."""
    rows = []
    for (assumption, told), here in found.violations.groupby(["assumption", "told"], sort=False):
        of = here.set_index("target")
        nb, en = _ASSUMPTIONS[str(assumption)]
        told_nb, told_en = _TOLD[str(told)]
        mean = of.loc["mean_observed"]
        rows.append(
            {
                "label": page.pick(nb=nb, en=en),
                "told": page.pick(nb=told_nb, en=told_en),
                **{target: 100 * of["coverage"].get(target, float("nan")) for target in _TARGETS},
                "extreme": 100 * mean["extreme_tenth"],
                "intake": mean["error_by_intake"],
            }
        )
    return pd.DataFrame(rows)


def violation_columns(page: Page) -> list[Column]:
    """Return the columns of the table of violated assumptions."""
    pick = page.pick
    return [
        Column("label", pick(nb="Slik er det", en="What is true")),
        Column("told", pick(nb="Modellen får vite", en="The model is told")),
        Column("mean_observed", pick(nb="Snitt av kullene", en="Average of cohorts"), 1),
        Column("newest", pick(nb="Nyeste kull", en="Newest cohort"), 1),
        Column("stable", pick(nb="Det som består", en="What stays"), 1),
        Column("change", pick(nb="Endring", en="Change"), 1),
        Column("extreme", pick(nb="Ytterste tidel", en="Most extreme tenth"), 1),
        Column("intake", pick(nb="Feil og grunnlag", en="Error and intake"), 2),
    ]
