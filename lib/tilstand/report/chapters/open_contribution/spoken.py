"""Give the prose what it says of the national fit, the municipality and its schools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.analysis.certainty import certainty_of
from tilstand.analysis.open_contribution.gate import decisions
from tilstand.analysis.open_contribution.guards import checks
from tilstand.analysis.proportions import Difference, Interval
from tilstand.report.numbers import Value, computed
from tilstand.report.page import compare
from tilstand.report.series import row_ref

if TYPE_CHECKING:
    from tilstand.report.chapters.open_contribution.reading import OpenContribution

#: Names that prose asks for, by what closed the gate.
CLOSED = {
    "few_pairs": "closed_pairs",
    "spread": "closed_spread",
    "placebo": "closed_placebo",
}

#: The Directorate's indicator of the whole of lower secondary school.
OFFICIAL, OFFICIAL_GRADES = "official_school_contribution", "8-10"
VIEWED = ("known", "schools", "typical", "limit")


def basis(shown: OpenContribution) -> Value:
    """Point at the rows that a number of the chapter rests on: the municipality's own."""
    tests = shown.tests
    rows = tests[(tests["place"] == shown.page.place) & (tests["gender"] == "")]
    if rows.empty:
        rows = tests.head(1)
    return Value(0, refs=tuple(row_ref(row) for _, row in rows.iterrows()))


def spoken(shown: OpenContribution) -> dict[str, Any]:
    """Name everything that the chapter's prose may say.

    Parameters
    ----------
    shown : OpenContribution
        The edition's fit.

    Returns
    -------
    dict
        Names are blank or missing where they do not hold, so that their sentences are left out.
    """
    page, fit, gate = shown.page, shown.fit, shown.gate
    own = basis(shown)

    def number(value: float | None, decimals: int = 0) -> Value:
        return computed(value, own, decimals=decimals, recipe="open_contribution")

    early = page.year < shown.first_possible
    has_nine = bool((shown.tests["grade"] == "9").any())
    said: dict[str, Any] = {
        "first_possible": Value(
            shown.first_possible if early else None, refs=("breaks|np-2022",), recipe="year"
        ),
        "needs_files": page.name if fit is None and not early and not has_nine else "",
        "needs_country": page.name if fit is None and not early and has_nine else "",
        "there": page.name if fit is not None else "",
    }
    alone = shown.placebo if fit is None else None
    found = (None, None, None) if alone is None else alone.weighed.spread(0)
    said |= {
        "placebo_alone": number(found[1], 2),
        "placebo_alone_low": number(found[0], 2),
        "placebo_alone_high": number(found[2], 2),
        "placebo_schools": number(None if alone is None else len(alone.schools)),
        "placebo_told": number(None if alone is None else alone.apart),
    }
    if fit is None:
        return said | _nothing()
    own_schools = shown.schools
    counted = decisions(own_schools)
    apart = [unit for unit in shown.apart if shown.owners.get(unit) == page.place]
    reliable = {name: page.name if gate.closed == code else "" for code, name in CLOSED.items()}
    town = shown.town
    told = _town(shown, own)
    seen = checks(fit)
    low, median, high = fit.weighed.spread(0)
    return {
        **said,
        **reliable,
        **told,
        "open": page.name if gate.open and counted["shown"] else "",
        "open_none": page.name if gate.open and len(own_schools) and not counted["shown"] else "",
        "first": Value(fit.autumns[0], year=fit.autumns[0], refs=own.refs, recipe="year"),
        "last": Value(fit.autumns[-1] + 1, year=fit.autumns[-1] + 1, refs=own.refs, recipe="year"),
        "cohorts": number(len(fit.autumns)),
        "country": number(len(fit.schools)),
        "town_schools": number(None if town is None else town["schools"]),
        "town_pupils": number(None if town is None else town["pupils"]),
        "shown": number(counted["shown"] or None),
        "told": number(counted["told"] if counted["shown"] else None),
        "unclear": number(counted["shown"] - counted["told"] if counted["shown"] else None),
        "kept_back": number(len(own_schools) - counted["shown"] or None),
        "apart": number(len(apart) or None),
        "country_told": number(decisions_told(shown)),
        "spread": number(median, 2),
        "spread_low": number(low, 2),
        "spread_high": number(high, 2),
        "spread_limit": number(shown.settings.lowest_spread, 1),
        "placebo": number(gate.placebo, 2),
        "reliability_limit": number(100 * shown.settings.lowest_reliability),
        "slope_reading": number(fit.slopes["reading"].value, 2),
        "slope_numeracy": number(fit.slopes["numeracy"].value, 2),
        "lag_1": number(seen["lag_1"], 2),
        "lag_2": number(seen["lag_2"], 2),
        "sigma2": number(seen["sigma2"]),
        "sigma2_expected": number(shown.settings.expected_sigma2),
        "classes": number(seen["sigma2"] if seen["sigma2"] > shown.settings.most_sigma2 else None),
        "intake": number(seen["intake"], 2),
        "shock": number(seen["shock"], 2),
        "sharpened": number(100 * shown.pairs.sharpened or None),
        **_seen_in_views(shown, own),
        **_official(shown),
    }


def decisions_told(shown: OpenContribution) -> int:
    """Count the country's schools that are told from the average, before the gate."""
    return 0 if shown.fit is None else shown.fit.apart


def _seen_in_views(shown: OpenContribution, own: Value) -> dict[str, Any]:
    """Say what mastery levels and taking part tell, where the exports have them."""
    flags, limits = shown.flags, shown.settings

    def number(value: float | None, decimals: int = 0) -> Value:
        return computed(value, own, decimals=decimals, recipe="open_contribution")

    said: dict[str, Any] = {"no_levels": shown.page.name, "no_absence": shown.page.name}
    for name, flag, known, limit in (
        ("top", "flag_top", "no_levels", limits.top_level),
        ("absence", "flag_absence", "no_absence", limits.largest_absence),
    ):
        there = flags[flags[name].notna()]
        said[known] = "" if len(there) else said[known]
        said[f"{name}_known"] = number(len(there) or None)
        said[f"{name}_schools"] = number(int(there[flag].sum()) if len(there) else None)
        said[f"{name}_typical"] = number(there[name].median() if len(there) else None, 1)
        said[f"{name}_limit"] = number(limit)
    return said


def _official(shown: OpenContribution) -> dict[str, Any]:
    """Give the Directorate's own indicator of the lower secondary years, the newest there is."""
    page = shown.page
    rows = page.figures[
        (page.figures["indicator"] == OFFICIAL)
        & (page.figures["grade"] == OFFICIAL_GRADES)
        & (page.figures["place"] == page.place)
        & (page.figures["year"] <= page.year)
        & page.figures["value"].notna()
    ]
    if rows.empty:
        return {"official": Value(None), "no_official": page.name}
    row = rows.loc[rows["year"].idxmax()]
    year = int(row["year"])
    value = Value(float(row["value"]), 1, year=year, refs=(row_ref(row),))
    return {"official": value, "no_official": ""}


def _town(shown: OpenContribution, own: Value) -> dict[str, Any]:
    row = shown.town
    if row is None:
        return {"town": compare.means(None)}
    low, high, estimate = (float(row[name]) for name in ("low", "high", "estimate"))
    found = Difference(estimate, Interval(low, high), certainty_of(estimate, low, high))
    return {"town": compare.means(found, own, decimals=1)}


def _nothing() -> dict[str, Any]:
    blank = dict.fromkeys((*CLOSED.values(), "open", "open_none"), "")
    numbers = (
        *("first", "last", "cohorts", "country", "town_schools", "town_pupils", "shown", "told"),
        *("unclear", "kept_back", "apart", "country_told", "spread", "spread_low", "spread_high"),
        *("spread_limit", "placebo", "reliability_limit", "slope_reading", "slope_numeracy"),
        *("lag_1", "lag_2", "sigma2", "sigma2_expected", "classes", "intake", "shock", "sharpened"),
        *(f"{of}_{what}" for of in ("top", "absence") for what in VIEWED),
        "official",
    )
    blank |= dict.fromkeys(("no_levels", "no_absence", "no_official"), "")
    return {**blank, **{n: Value(None) for n in numbers}, "town": compare.means(None)}
