"""Name what a page says of how the estimate from open tables did on generated nations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.report.numbers import Value, write_number
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

FILE = "open_contribution.csv"
_TRUTHS = {
    "as_assumed": ("som antatt", "as assumed"),
    "shared_shocks": ("prøvedager som slår ut på begge trinn", "test days that strike both grades"),
    "less_stable": ("mindre varer fra kull til kull", "less lasts from cohort to cohort"),
    "intake": ("bidrag følger inntaket", "contributions follow intake"),
    "classes": ("klasser veier", "classes weigh"),
    "ceiling": ("tak på prøven", "a ceiling of the test"),
    "absence": ("svake elever borte på 9. trinn", "weak pupils absent in grade 9"),
    "lower_slope": ("lavere stigning", "a lower slope"),
    "all_at_once": ("flere brudd samtidig", "several at once"),
}


def load_open(page: Page) -> pd.DataFrame:
    """Read the table that ``benchmarks/open_contribution.py`` wrote.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    DataFrame
        One row a truth and spread, as the command describes it.
    """
    return pd.read_csv(page.project.root / "data" / "evidence" / FILE)


def open_numbers(table: pd.DataFrame) -> dict[str, Value]:
    """Say what the table comes to, where the truth is as the model assumes or shocks are shared.

    Parameters
    ----------
    table : DataFrame
        As `load_open` gives it.

    Returns
    -------
    dict of Value
        ``open_nations``, ``open_low`` and ``open_high`` (lowest and highest coverage, percent),
        ``open_wrong`` (largest share of those told apart on the wrong side, percent) and
        ``open_alike`` (schools told apart where all are alike, percent).
    """
    usual = table[table["truth"].isin(["as_assumed", "shared_shocks"])]
    differ = usual[usual["contribution_sd"] > 0]
    alike = usual[usual["contribution_sd"] == 0]
    ref = f"evidence|{FILE}"

    def number(value: float, decimals: int = 0) -> Value:
        known = None if not np.isfinite(value) else float(value)
        return Value(known, decimals, refs=(ref,), recipe="evidence")

    return {
        "open_nations": number(table["replications"].min()),
        "open_low": number(100 * differ["coverage"].min(), 1),
        "open_high": number(100 * differ["coverage"].max(), 1),
        "open_wrong": number(100 * differ["wrong"].max(), 1),
        "open_alike": number(100 * alike["told"].max(), 1),
    }


def open_rows(page: Page, table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the table for print.

    Parameters
    ----------
    page : Page
        The page.
    table : DataFrame
        As `load_open` gives it.

    Returns
    -------
    DataFrame
        ``label`` and columns of text; a dash where a number has no meaning.
    """

    def text(values: pd.Series, decimals: int, times: float = 1.0) -> list[str]:
        return [
            "\N{EN DASH}" if pd.isna(one) else write_number(times * one, decimals, page.language)
            for one in values
        ]

    return pd.DataFrame(
        {
            "label": [page.pick(*_TRUTHS[truth]) for truth in table["truth"]],
            "spread": text(table["contribution_sd"], 1),
            "coverage": text(table["coverage"], 1, 100),
            "reliability": text(table["reliability"], 2),
            "told": text(table["told"], 1, 100),
            "wrong": text(table["wrong"], 1, 100),
            "bias": text(table["bias"], 2),
            "gate": text(table["gate_open"], 0, 100),
        }
    )


def open_columns(page: Page) -> list[Column]:
    """Name the columns of `open_rows`."""
    pick = page.pick
    return [
        Column("label", pick(nb="Sannheten", en="Truth")),
        Column("spread", pick(nb="Spredning, poeng", en="Spread, points")),
        Column("coverage", pick(nb="Dekning, prosent", en="Coverage, per cent")),
        Column("reliability", pick(nb="Pålitelighet", en="Reliability")),
        Column("told", pick(nb="Skilt ut, prosent", en="Told apart, per cent")),
        Column("wrong", pick(nb="Av dem feil side, prosent", en="Of them wrong, per cent")),
        Column("bias", pick(nb="Skjevhet mot inntak", en="Bias against intake")),
        Column("gate", pick(nb="Vist, prosent av landene", en="Shown, per cent of nations")),
    ]
