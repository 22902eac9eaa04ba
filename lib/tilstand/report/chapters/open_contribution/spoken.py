"""Name what prose says of the national fit, the municipality and its schools."""

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
        Numbers and comparisons; missing where there are none.
    """
    page, fit, gate = shown.page, shown.fit, shown.gate
    own = basis(shown)

    def number(value: float | None, decimals: int = 0) -> Value:
        return computed(value, own, decimals=decimals, recipe="open_contribution")

    early = page.year < shown.first_possible
    said: dict[str, Any] = {
        "first_possible": Value(
            shown.first_possible if early else None, refs=("breaks|np-2022",), recipe="year"
        ),
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
    town = shown.town
    told = _town(shown, own)
    seen = checks(fit)
    low, median, high = fit.weighed.spread(0)
    return {
        **said,
        **told,
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
        "official": _official(shown),
    }


def facts(shown: OpenContribution) -> dict[str, bool]:
    """Tell what the chapter has to show, and why it may be nothing.

    Returns
    -------
    dict
        ``there`` where there is a fit; without one, in an edition that could have it,
        ``needs_files`` or, where only the country's are lacking, ``needs_country``. The values of
        `CLOSED`: what closed the gate. Where it is open, ``open`` if schools pass it, else
        ``open_none``; ``some_told`` or ``none_told`` of those who pass. ``no_levels``,
        ``no_absence`` and ``no_official``: what could stand beside a fit and is not in the
        edition.
    """
    fitted = shown.fit is not None
    could = not fitted and shown.page.year >= shown.first_possible
    has_nine = bool((shown.tests["grade"] == "9").any())
    counted = decisions(shown.schools) if fitted else {"shown": 0, "told": 0}
    passed, told = counted["shown"], counted["told"]
    through = fitted and shown.gate.open
    return {
        "there": fitted,
        "needs_files": could and not has_nine,
        "needs_country": could and has_nine,
        **{name: fitted and shown.gate.closed == code for code, name in CLOSED.items()},
        "open": through and passed > 0,
        "some_told": through and told > 0,
        "none_told": through and passed > 0 and not told,
        "open_none": through and len(shown.schools) > 0 and not passed,
        "no_levels": fitted and not shown.flags["top"].notna().any(),
        "no_absence": fitted and not shown.flags["absence"].notna().any(),
        "no_official": fitted and _official(shown).missing,
    }


def decisions_told(shown: OpenContribution) -> int:
    """Count the country's schools that are told from the average, before the gate."""
    return 0 if shown.fit is None else shown.fit.apart


def _seen_in_views(shown: OpenContribution, own: Value) -> dict[str, Any]:
    """Say what mastery levels and taking part tell, where the exports have them."""
    flags, limits = shown.flags, shown.settings

    def number(value: float | None, decimals: int = 0) -> Value:
        return computed(value, own, decimals=decimals, recipe="open_contribution")

    said: dict[str, Any] = {}
    for name, flag, limit in (
        ("top", "flag_top", limits.top_level),
        ("absence", "flag_absence", limits.largest_absence),
    ):
        there = flags[flags[name].notna()]
        said[f"{name}_known"] = number(len(there) or None)
        said[f"{name}_schools"] = number(int(there[flag].sum()) if len(there) else None)
        said[f"{name}_typical"] = number(there[name].median() if len(there) else None, 1)
        said[f"{name}_limit"] = number(limit)
    return said


def _official(shown: OpenContribution) -> Value:
    """Return the Directorate's own indicator of the lower secondary years, the newest there is."""
    page = shown.page
    rows = page.near[
        (page.near["indicator"] == OFFICIAL)
        & (page.near["grade"] == OFFICIAL_GRADES)
        & (page.near["place"] == page.place)
        & (page.near["year"] <= page.year)
        & page.near["value"].notna()
    ]
    if rows.empty:
        return Value(None)
    row = rows.iloc[int(rows["year"].to_numpy().argmax())]
    return Value(float(row["value"]), 1, year=int(row["year"]), refs=(row_ref(row),))


def _town(shown: OpenContribution, own: Value) -> dict[str, Any]:
    row = shown.town
    if row is None:
        return {"town": compare.means(None)}
    low, high, estimate = (float(row[name]) for name in ("low", "high", "estimate"))
    found = Difference(estimate, Interval(low, high), certainty_of(estimate, low, high))
    return {"town": compare.means(found, own, decimals=1)}


def _nothing() -> dict[str, Any]:
    numbers = (
        *("first", "last", "cohorts", "country", "town_schools", "town_pupils", "shown", "told"),
        *("unclear", "kept_back", "apart", "country_told", "spread", "spread_low", "spread_high"),
        *("spread_limit", "placebo", "reliability_limit", "slope_reading", "slope_numeracy"),
        *("lag_1", "lag_2", "sigma2", "sigma2_expected", "classes", "intake", "shock", "sharpened"),
        *(f"{of}_{what}" for of in ("top", "absence") for what in VIEWED),
        "official",
    )
    return {**{n: Value(None) for n in numbers}, "town": compare.means(None)}
