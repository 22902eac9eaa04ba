"""Read the tables of evidence under data/evidence and give their numbers to a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report.numbers import Value, write_number
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

TIMES = "\N{MULTIPLICATION SIGN}"
OURS, USUAL = "integrated", "conditional"
BORROWED = "integrated, borrowed .08 (SE .02)"
_METHODS = {
    OURS: ("vår", "ours"),
    "integrated, flat in the SD": ("vår, flat forhåndstro", "ours, flat prior"),
    BORROWED: ("vår, lånt varians", "ours, borrowed variance"),
    "second_order": ("annen ordens korreksjon", "second-order correction"),
    "bootstrap": ("parametrisk bootstrap", "parametric bootstrap"),
    "fixed_effects": ("vanlig + regresjonsfeil", "usual + regression error"),
    USUAL: ("vanlig", "usual"),
}
_SCENARIOS = {
    "municipality": ("kommune, ulike skoler", "municipality, uneven schools"),
    "small schools": ("små skoler", "small schools"),
    "country": ("land", "country"),
    "sorting .4": ("land, sortering 0,4", "country, sorting 0.4"),
    "reliability .8, naive": ("målefeil, ukorrigert", "test error, naive"),
    "reliability .8, calibrated": ("målefeil, korrigert", "test error, calibrated"),
    "reliability .8, sorting .4, naive": (
        "målefeil og sortering, ukorrigert",
        "test error and sorting, naive",
    ),
    "reliability .8, sorting .4, calibrated": (
        "målefeil og sortering, korrigert",
        "test error and sorting, calibrated",
    ),
}
_QUANTITIES = {
    "Intercept": ("konstantledd", "intercept"),
    "standLRT": ("tidligere resultat", "earlier result"),
    "sex[T.M]": ("gutt", "boy"),
    "school variance": ("varians mellom skoler", "school variance"),
    "residual variance": ("varians mellom elever", "residual variance"),
    "log-likelihood": ("log-likelihood", "log-likelihood"),
}
_MODELS = {
    "prior and sex": ("tidligere resultat og kjønn", "earlier result and sex"),
    "prior": ("tidligere resultat", "earlier result"),
    "null": ("ingen", "none"),
}


@dataclass(frozen=True)
class Evidence:
    """Hold the tables of evidence, as their commands wrote them.

    Parameters
    ----------
    coverage : DataFrame
        From ``benchmarks/coverage.py``; shares of intervals that cover the truth, in percent.
    recovery : DataFrame
        From ``benchmarks/recovery.py``.
    lme4 : DataFrame
        From ``benchmarks/lme4_exam.py``; numbers as text, as they were printed.
    """

    coverage: pd.DataFrame
    recovery: pd.DataFrame
    lme4: pd.DataFrame

    def of_method(self, method: str) -> pd.DataFrame:
        """Return one method's rows of the coverage table."""
        return self.coverage[self.coverage["method"] == method]

    def worst(self, method: str) -> Value:
        """Return the design where a method's intervals cover the truth least often, percent."""
        rows = self.of_method(method)
        return self._covered(rows.iloc[int(rows["coverage"].argmin())])

    def best(self, method: str) -> Value:
        """Return the design where a method's intervals cover the truth most often, percent."""
        rows = self.of_method(method)
        return self._covered(rows.iloc[int(rows["coverage"].argmax())])

    def covered(self, method: str, design: str, share: float) -> Value:
        """Return how often a method's intervals cover the truth in one design, percent."""
        rows = self.of_method(method)
        here = (rows["design"] == design) & (rows["share"].round(4) == share)
        return self._covered(rows[here].iloc[0])

    def _covered(self, row: pd.Series) -> Value:
        ref = f"evidence|coverage.csv|{row['design']}|{row['share']:g}|{row['method']}|coverage"
        return Value(float(row["coverage"]), 1, refs=(ref,), recipe="evidence percent")

    def replications(self) -> Value:
        """Return the number of data sets behind each number of the main methods."""
        row = self.of_method(OURS).iloc[0]
        ref = f"evidence|coverage.csv|{row['design']}|{row['share']:g}|{OURS}|replications"
        return Value(float(row["replications"]), 0, refs=(ref,), recipe="evidence")

    def recovered(
        self, scenario: str, column: str, decimals: int = 2, *, percent: bool = False
    ) -> Value:
        """Return one number of the recovery table, a share in percent if so asked."""
        rows = self.recovery[self.recovery["scenario"] == scenario]
        ref = f"evidence|recovery.csv|{scenario}|{column}"
        number = float(rows[column].iloc[0]) * (100 if percent else 1)
        recipe = "evidence percent" if percent else "evidence"
        return Value(number, decimals, refs=(ref,), recipe=recipe)

    def compared(self) -> Value:
        """Count the numbers that stand beside lme4's."""
        ref = ("evidence|lme4_exam.csv|all|lme4",)
        return Value(float(len(self.lme4)), 0, refs=ref, recipe="evidence count")

    def equal(self) -> Value:
        """Count those that are equal as far as lme4's are printed."""
        same = (self.lme4["lme4"] == self.lme4["ours"]).sum()
        ref = ("evidence|lme4_exam.csv|all|ours",)
        return Value(float(same), 0, refs=ref, recipe="evidence count")


def load_evidence(page: Page) -> Evidence:
    """Read the tables of evidence."""
    folder = page.project.root / "data" / "evidence"
    coverage = pd.read_csv(folder / "coverage.csv")
    for column in ("coverage", "coverage_mc_se", "boundary"):
        coverage[column] = 100 * coverage[column]
    recovery = pd.read_csv(folder / "recovery.csv")
    return Evidence(
        coverage, recovery, pd.read_csv(folder / "lme4_exam.csv", dtype=str, keep_default_na=False)
    )


def marks(page: Page, command: str) -> dict[str, Any]:
    """Return source line and mark of an exhibit of simulated data sets."""
    nb = f"Kilde: simulerte datasett, laget av benchmarks/{command}."
    en = f"Source: simulated data sets, made by benchmarks/{command}."
    return {"source": page.pick(nb=nb, en=en), "simulated": True}


def _design(page: Page, name: str, schools: int, pupils: int) -> str:
    each = write_number(pupils / schools, 0, page.language)
    many = write_number(schools, 0, page.language)
    if "x" not in name:
        each = page.pick(nb=f"ulike ({each})", en=f"uneven ({each})")
    return f"{many} {TIMES} {each}".replace(" ", "\N{NO-BREAK SPACE}")


def _designs(page: Page, rows: pd.DataFrame) -> pd.Series:
    columns = (rows["design"], rows["schools"], rows["pupils"])
    names = [_design(page, *one) for one in zip(*columns, strict=True)]
    return pd.Series(names, index=rows.index)


def _method(page: Page, code: str) -> str:
    nb, en = _METHODS[code]
    return page.pick(nb=nb, en=en)


def coverage_rows(page: Page, evidence: Evidence) -> pd.DataFrame:
    """Put our intervals' coverage beside that of the usual ones, a row a design.

    Returns
    -------
    DataFrame
        ``group`` (share of the school variance), ``label``, ``value`` (ours), ``other`` (usual),
        ``low, high`` (simulation error of ours) and ``role``.
    """
    ours = evidence.of_method(OURS)
    usual = evidence.of_method(USUAL).set_index(["design", "share"])["coverage"]
    half = 1.96 * ours["coverage_mc_se"]
    keys = pd.MultiIndex.from_frame(ours[["design", "share"]])
    # Short, so that a phone shows the number too; the subtitle says of what.
    word = page.pick(nb="Skolenes andel", en="Schools’ share")
    rows = ours.assign(
        group=[f"{word}: {write_number(s, 2, page.language)}" for s in ours["share"]],
        label=_designs(page, ours),
        value=ours["coverage"],
        other=usual.loc[keys].to_numpy(),
        low=ours["coverage"] - half,
        high=ours["coverage"] + half,
        role="simulated",
    )
    return rows.sort_values("share", kind="stable").reset_index(drop=True)


def coverage_options(page: Page) -> dict[str, Any]:
    """Return key, reference and marks of the coverage chart."""
    pick = page.pick
    return {
        "names": (pick(nb="våre intervaller", en="our intervals"), pick(nb="vanlige", en="usual")),
        "reference": 95.0,
        "reference_name": pick(nb="95 prosent", en="95 per cent"),
        "decimals": 0,
        "subtitle": pick(
            nb="Andel intervaller som rommer det sanne bidraget, prosent. "
            f"Radene er antall skoler {TIMES} elever på hver, streken er simuleringsfeilen. "
            "Skolenes andel er delen av variansen som ligger mellom skoler.",
            en="Share of intervals that cover the true contribution, per cent. "
            f"Rows are schools {TIMES} pupils at each, the line is the simulation error. "
            "Schools’ share is the part of the variance that lies between schools.",
        ),
        **marks(page, "coverage.py"),
    }


def coverage_columns(page: Page) -> list[Column]:
    """Return the columns behind the coverage chart."""
    return [
        Column("label", page.pick(nb=f"Skoler {TIMES} elever", en=f"Schools {TIMES} pupils")),
        Column("share", page.pick(nb="Andel av variansen", en="Share of the variance"), 2),
        Column("value", page.pick(nb="Vår, prosent", en="Ours, per cent"), 1),
        Column("low", page.pick(nb="Fra", en="From"), 1),
        Column("high", page.pick(nb="Til", en="To"), 1),
        Column("other", page.pick(nb="Vanlig, prosent", en="Usual, per cent"), 1),
    ]


def coverage_table(page: Page, evidence: Evidence) -> tuple[pd.DataFrame, list[Column]]:
    """Lay out the whole coverage table: a row a design and share, a column a method.

    Returns
    -------
    frame : DataFrame
        One row a design and variance share.
    columns : list of Column
        Row header, share and one column a method; percent.
    """
    keys = ["design", "schools", "pupils", "share"]
    wide = evidence.coverage.pivot_table(
        index=keys, columns="method", values="coverage", sort=False
    ).reset_index()
    methods = [code for code in _METHODS if code in wide and wide[code].notna().all()]
    columns = [
        Column("label", page.pick(nb=f"Skoler {TIMES} elever", en=f"Schools {TIMES} pupils")),
        Column("share", page.pick(nb="Andel av variansen", en="Share of the variance"), 2),
        *(Column(code, _method(page, code).capitalize(), 1) for code in methods),
    ]
    return wide.assign(label=_designs(page, wide)), columns


def method_rows(page: Page, evidence: Evidence, design: str, share: float) -> pd.DataFrame:
    """Compare every way to make intervals on one design.

    Returns
    -------
    DataFrame
        ``label, coverage, coverage_mc_se, width, replications``.
    """
    rows = evidence.coverage
    rows = rows[(rows["design"] == design) & (rows["share"].round(4) == share)]
    order = rows["method"].map({code: n for n, code in enumerate(_METHODS)})
    rows = rows.assign(order=order).sort_values("order")
    return rows.assign(label=[_method(page, code) for code in rows["method"]])


def method_columns(page: Page) -> list[Column]:
    """Return the columns of the comparison of intervals."""
    pick = page.pick
    return [
        Column("label", pick(nb="Metode", en="Method")),
        Column("coverage", pick(nb="Dekning, prosent", en="Coverage, per cent"), 1),
        Column("coverage_mc_se", pick(nb="Simuleringsfeil", en="Simulation error"), 1),
        Column("width", pick(nb="Bredde", en="Width"), 2),
        Column("replications", pick(nb="Datasett", en="Data sets"), 0),
    ]


def recovery_rows(page: Page, evidence: Evidence) -> pd.DataFrame:
    """Name the scenarios of the recovery table and give shares in percent."""
    rows = evidence.recovery
    names = [page.pick(nb=_SCENARIOS[s][0], en=_SCENARIOS[s][1]) for s in rows["scenario"]]
    percent = {name: 100 * rows[name] for name in ("coverage", "rank_coverage")}
    return rows.assign(label=names, **percent)


def accuracy_columns(page: Page) -> list[Column]:
    """Return the columns of the recovery table on how near the estimates come."""
    pick = page.pick
    return [
        Column("label", pick(nb="Situasjon", en="Scenario")),
        Column("bias", pick(nb="Skjevhet", en="Bias"), 3),
        Column("rmse", "RMSE", 3),
        Column("rmse_unshrunk", pick(nb="RMSE uten trekking", en="RMSE, unshrunk"), 3),
        Column("shrinkage_gap", pick(nb="Ytterskoler", en="Extreme schools"), 2),
        Column("error_intake", pick(nb="Feil og grunnlag", en="Error and intake"), 2),
    ]


def coverage_and_flag_columns(page: Page) -> list[Column]:
    """Return the columns of the recovery table on intervals and flags."""
    pick = page.pick
    return [
        Column("label", pick(nb="Situasjon", en="Scenario")),
        Column("coverage", pick(nb="Bidrag, prosent", en="Contribution, per cent"), 1),
        Column("rank_coverage", pick(nb="Plass, prosent", en="Rank, per cent"), 1),
        Column("flags", pick(nb="Utslag", en="Flags"), 1),
        Column("false_flags", pick(nb="Feil", en="Wrong"), 2),
        Column("expected_false_flags", pick(nb="Ventet feil", en="Expected wrong"), 2),
    ]


def lme4_rows(page: Page, evidence: Evidence) -> pd.DataFrame:
    """Lay out our estimates and lme4's, to the decimals that lme4's were printed with."""

    def name(quantity: str) -> str:
        code, _, error = quantity.partition(", ")
        nb, en = _QUANTITIES[code]
        return page.pick(nb=nb, en=en) + (
            page.pick(nb=", standardfeil", en=", standard error") if error else ""
        )

    rows = evidence.lme4
    models = [page.pick(nb=_MODELS[m][0], en=_MODELS[m][1]) for m in rows["model"]]
    return rows.assign(
        label=rows["quantity"].map(name),
        predictors=models,
        lme4=rows["lme4"].astype(float),
        ours=rows["ours"].astype(float),
    )


def lme4_columns(page: Page) -> list[Column]:
    """Return the columns of the comparison with lme4."""
    pick = page.pick
    return [
        Column("label", pick(nb="Størrelse", en="Quantity")),
        Column("lme4", "lme4", "decimals"),
        Column("ours", pick(nb="Vår", en="Ours"), "decimals"),
        Column("predictors", pick(nb="Forklart med", en="Predictors")),
        Column("method", pick(nb="Metode", en="Method")),
    ]
