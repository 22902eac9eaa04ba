"""Make charts' and tables' rows of contributions, with labels in the page's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report.numbers import write_number
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.contribution.shown import Shown
    from tilstand.report.page.page import Page

EN_DASH = "\N{EN DASH}"
_STEPS = {
    "M0 raw": ("rått snitt", "raw mean"),
    "M1 prior": ("+ tidligere resultat", "+ earlier result"),
    "M2 flexible prior": ("+ bøyd kurve, flere fag", "+ curve, more subjects"),
    "M3 background": ("+ bakgrunn", "+ background"),
    "M4 intake": ("+ skolens elevgrunnlag", "+ the school’s intake"),
    "complete case": ("bare elever med begge", "pupils with both only"),
    "missing indicator": ("snitt og et merke", "mean and a marker"),
    "multiple imputation": ("flere trekninger", "multiple imputation"),
    "without movers": ("uten tilflyttere", "without movers"),
    "over": ("over forventet", "above expected"),
    "around": ("omtrent som forventet", "about as expected"),
    "under": ("under forventet", "below expected"),
    "too few": ("for få elever, eller ikke vist", "too few pupils, or not shown"),
}


def name_steps(page: Page, frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Add ``label``: a column's codes in the page's language."""
    if frame.empty:
        return frame
    names = {code: page.pick(nb=nb, en=en) for code, (nb, en) in _STEPS.items()}
    return frame.assign(label=frame[column].map(names))


def interval_rows(shown: Shown, ours: pd.DataFrame, other: str = "unshrunk") -> pd.DataFrame:
    """Make the rows of an interval chart, by name.

    Parameters
    ----------
    shown : Shown
        Tells how the schools are marked.
    ours : DataFrame
        ``school, n, estimate, ci_low, ci_high`` and the column of the open mark; ``reliability``
        where there is one.
    other : str
        That column.

    Returns
    -------
    DataFrame
        ``label, n, value, other, low, high, role`` and ``reliability``, NaN where there is none.
    """
    if ours.empty:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "label": ours["school"].astype(str),
            "n": ours["n"],
            "value": ours["estimate"],
            "other": ours[other],
            "low": ours["ci_low"],
            "high": ours["ci_high"],
            "reliability": ours["reliability"] if "reliability" in ours else float("nan"),
            "role": shown.role,
            # Where schools are banded, the mark says what the bands say.
            **({"apart": ours["band"].isin(["over", "under"])} if "band" in ours else {}),
        }
    )


def interval_columns(
    page: Page, value: str = "", other: str = "", pupils: str = ""
) -> list[Column]:
    """Return the columns of the table behind an interval chart of schools."""
    pick = page.pick
    columns = [
        Column("label", pick(nb="Skole", en="School")),
        Column("n", pupils or pick(nb="Elever", en="Pupils"), 0),
        Column("value", value or pick(nb="Bidrag, poeng", en="Contribution, points"), 1),
        Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1),
        Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1),
        Column("other", other or pick(nb="Før trekking", en="Before shrinking"), 1),
    ]
    if not other:
        # How much of the gap before shrinking is kept explains the one mark by the other.
        columns.append(Column("reliability", pick(nb="Pålitelighet", en="Reliability"), 2))
    return columns


def interval_options(page: Page, shown: Shown, **names: str) -> dict[str, Any]:
    """Return key and reference of an interval chart of schools, and the marks of the exhibit.

    Parameters
    ----------
    page : Page
        Gives the language.
    shown : Shown
        Says whose average school is zero.
    **names : str
        ``value`` and ``other``: what the filled and the open mark are.
    """
    pick = page.pick
    population = shown.reference
    return {
        "names": (
            names.get("value") or pick(nb="bidrag, trukket mot snittet", en="contribution, shrunk"),
            names.get("other") or pick(nb="før trekking", en="before shrinking"),
        ),
        "interval": pick(nb="95 %-intervall", en="95% interval"),
        "reference_name": pick(nb="gjennomsnittsskolen", en="the average school"),
        "sides": (
            pick(nb="lavere enn ventet", en="lower than expected"),
            pick(nb="høyere enn ventet", en="higher than expected"),
        ),
        "decimals": 0,
        "subtitle": pick(
            nb=f"Skolebidrag, skalapoeng. Null er gjennomsnittsskolen i {population}. "
            "Skolene står etter navn.",
            en=f"School contribution, scale points. Zero is the average school in {population}. "
            "Schools are listed by name.",
        ),
        **shown.marks,
    }


def band_rows(page: Page, shown: Shown) -> pd.DataFrame:
    """Make the table of bands: ours and all schools given.

    Returns
    -------
    DataFrame
        ``label, ours, everyone``: schools by band, flags and flags expected to be wrong.
    """
    if shown.found is None:
        return pd.DataFrame()
    ours, everyone = shown.found.counts, shown.found.everyone
    rows = pd.DataFrame({"band": ["over", "around", "under", "too few"]})
    rows = name_steps(page, rows, "band")
    keys = ["over", "around", "under", "too_few"]
    return rows.assign(ours=[ours[k] for k in keys], everyone=[everyone[k] for k in keys])


def ladder_rows(page: Page, ladder: pd.DataFrame) -> pd.DataFrame:
    """Name the steps of the model ladder."""
    return name_steps(page, ladder, "step")


def ladder_columns(page: Page) -> list[Column]:
    """Return the columns of the model ladder: the first step has none before it to compare with."""
    pick = page.pick
    return [
        Column("label", pick(nb="Modell", en="Model")),
        Column("school_sd", pick(nb="Spredning mellom skoler, poeng", en="School SD, points"), 2),
        Column("explained", pick(nb="Forklart, prosent", en="Explained, per cent"), 1),
        Column("aic", pick(nb="AIC, endring fra rått snitt", en="AIC, change from raw mean"), 0),
        Column(
            "correlation",
            pick(nb="Korrelasjon med trinnet før", en="Correlation, step before"),
            3,
            absent=EN_DASH,
        ),
        Column(
            "changed_band",
            pick(nb="Skoler som skifter bånd", en="Schools that change band"),
            0,
            absent=EN_DASH,
        ),
    ]


def missing_columns(page: Page) -> list[Column]:
    """Return the columns of the table on missing earlier results."""
    pick = page.pick
    return [
        Column("label", pick(nb="Behandling", en="Treatment")),
        Column("slope", pick(nb="Stigning", en="Slope"), 3),
        Column("school_sd", pick(nb="Spredning mellom skoler, poeng", en="School SD, points"), 2),
        Column("correlation", pick(nb="Korrelasjon", en="Correlation"), 3),
        Column("largest_change", pick(nb="Største endring, poeng", en="Largest change, points"), 1),
    ]


def reliability_columns(page: Page, *, wider: bool) -> list[Column]:
    """Return the columns of the table on the reliability of the earlier result."""
    pick = page.pick
    average = Column(
        "average", pick(nb="Kommunens bidrag, poeng", en="The municipality, points"), 1
    )
    return [
        Column("label", pick(nb="Pålitelighet", en="Reliability")),
        Column("slope", pick(nb="Stigning", en="Slope"), 3),
        Column("school_sd", pick(nb="Spredning mellom skoler, poeng", en="School SD, points"), 2),
        *([average] if wider else []),
        Column("correlation", pick(nb="Korrelasjon med ukorrigert", en="Correlation, naive"), 3),
        Column("flags", pick(nb="Kommunens skoler utenfor null", en="Our schools off zero"), 0),
    ]


def band_columns(page: Page, shown: Shown) -> list[Column]:
    """Return the columns of the table of bands; that of all schools only where there are more."""
    pick = page.pick
    everyone = Column("everyone", pick(nb="Alle skoler, antall", en="All schools, number"), 0)
    return [
        Column("label", pick(nb="Bånd", en="Band")),
        Column("ours", pick(nb="Kommunens skoler, antall", en="Our schools, number"), 0),
        *([everyone] if shown.wider else []),
    ]


def name_reliabilities(page: Page, grid: pd.DataFrame) -> pd.DataFrame:
    """Add ``label``: the reliability as a number, and that nothing is corrected at one."""
    if grid.empty:
        return grid
    plain = page.pick(nb="ukorrigert", en="naive")
    texts = [write_number(value, 2, page.language) for value in grid["reliability"]]
    texts[0] = f"{texts[0]} ({plain})"
    return grid.assign(label=texts)


def staying_options(page: Page, shown: Shown) -> dict[str, Any]:
    """Return the key of the chart of what stays with a school."""
    return interval_options(
        page,
        shown,
        value=page.pick(nb="det som består", en="what stays"),
        other=page.pick(nb="hvis bidraget driver", en="if contributions drift"),
    )


def corrected_options(page: Page, shown: Shown) -> dict[str, Any]:
    """Return the key of the chart of corrected and uncorrected contributions."""
    return interval_options(
        page,
        shown,
        value=page.pick(nb="korrigert", en="calibrated"),
        other=page.pick(nb="ukorrigert", en="naive"),
    )
