"""Show growth from grade 5 to grade 8: all municipalities, the county's, assumptions, schools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tilstand.analysis.published_tests import INDICATOR, SUBJECTS
from tilstand.report import wording
from tilstand.report.numbers import Value, decimals_off_zero, write_number
from tilstand.report.page import breaks
from tilstand.report.page.sourcing import source_line
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.chapters.national_tests.public_growth import PublicGrowth
    from tilstand.report.page.page import Page

SCALE_BREAK = "np-2022"


def setting(growth: PublicGrowth) -> dict[str, Any]:
    """Name the years that the chapter says, and why there may be nothing to show.

    Returns
    -------
    dict
        ``year``, ``prior_year``; ``stale`` (the year shown, where it is not the edition's own);
        ``first_possible`` (first edition whose two tests are on today's scale, where the
        edition's own lies before it); ``both_grades`` (how many of our schools have both tests).
    """
    page, possible = growth.page, _first_possible(growth)
    value = Value(possible, year=possible, refs=(f"breaks|{SCALE_BREAK}",), recipe="year")
    stale = growth.year if growth.last_year and growth.last_year != page.year else Value(None)
    return {
        "year": growth.year,
        "prior_year": growth.prior_year,
        "stale": stale,
        "first_possible": value if page.year < possible else Value(None),
        "both_grades": growth.number("reading", growth.school_count or None, 0),
    }


def _first_possible(growth: PublicGrowth) -> int:
    scale = breaks.first_year(growth.page, SCALE_BREAK)
    return scale + growth.page.year - growth.wanted[1][1]


def facts(growth: PublicGrowth) -> dict[str, bool]:
    """Tell what the chapter has to show.

    Returns
    -------
    dict
        ``shown`` where there is growth; ``needs_files`` where the edition could have had it but
        lacks a file; ``tried`` where the municipality has growth in some subject, and ``near``
        where others in its county have.
    """
    early = growth.page.year < _first_possible(growth)
    return {
        "shown": bool(growth.last_year),
        "needs_files": not early and not growth.last_year,
        "tried": any(growth.own(subject) is not None for subject in SUBJECTS),
        "near": bool(len(growth.results) and (growth.results["role"] == "other").any()),
    }


def spoken(growth: PublicGrowth) -> dict[str, Any]:
    """Name every subject's numbers for the prose, under names that begin with the subject."""
    told: dict[str, Any] = {}
    for subject in SUBJECTS:
        told[subject] = growth.contribution(subject)
        told[f"{subject}_why"] = growth.why_not(subject)
        told |= {f"{subject}_{name}": value for name, value in growth.numbers(subject).items()}
    return told


def show_cloud(growth: PublicGrowth, subject: str) -> None:
    """Show every municipality's contribution with its interval, by number of pupils."""
    page, pick = growth.page, growth.page.pick
    rows = growth.of(subject)
    found = growth.contribution(subject)
    word = page.register.category_label(subject, page.language)
    verdict = f": {found.verdict[page.language]}"
    title = page.title(
        nb="{size} poeng {direction} enn ventet i {subject} i {name}{verdict}",
        en="{size} points {direction} than expected in {subject} in {name}{verdict}",
        size=found.size,
        direction=found.direction[page.language],
        subject=word,
        name=page.name,
        verdict=verdict,
    )
    page.chart_of(
        "cloud",
        rows,
        _columns(page),
        name=f"vekst-{subject}",
        title=title
        or page.title(
            nb="Vekst fra 5. til 8. trinn i {subject} i {units} kommuner",
            en="Growth from grade 5 to grade 8 in {subject} in {units} municipalities",
            subject=word,
            units=growth.numbers(subject)["all"],
        ),
        subtitle=page.title(
            nb="Snitt på 8. trinn {year} minus det snittet fra 5. trinn {prior} gir grunn til å "
            "vente, skalapoeng med 95 %-intervall. {subject}.",
            en="Grade 8 mean in {year} minus what the grade 5 mean of {prior} leads one to expect, "
            "scale points with 95% interval. {subject}.",
            year=growth.year,
            prior=growth.prior_year,
            subject=wording.sentence(word),
        ),
        source=source(growth),
        names=(
            pick(nb="andre i fylket", en="others in the county"),
            pick(nb="resten av landet", en="the rest of Norway"),
            pick(nb="som ventet", en="as expected"),
        ),
        across=pick(nb="Elever på 8. trinn", en="Grade 8 pupils"),
        decimals=1,
    )


def _columns(page: Page) -> list[Column]:
    pick = page.pick
    return [
        Column("label", pick(nb="Kommune", en="Municipality")),
        Column("prior", pick(nb="5. trinn", en="Grade 5"), 1),
        Column("prior_n", pick(nb="Elever, 5. trinn", en="Pupils, grade 5"), 0),
        Column("outcome", pick(nb="8. trinn", en="Grade 8"), 1),
        Column("outcome_n", pick(nb="Elever, 8. trinn", en="Pupils, grade 8"), 0),
        Column("expected", pick(nb="Ventet, 8. trinn", en="Expected, grade 8"), 1),
        Column("contribution", pick(nb="Bidrag", en="Contribution"), 1),
        Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1),
        Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1),
        Column("shrunk", pick(nb="Trukket mot null", en="Shrunk"), 1),
    ]


def show_county(growth: PublicGrowth, subject: str) -> None:
    """Show the county's municipalities by name, with how sure each contribution is."""
    page, pick = growth.page, growth.page.pick
    rows = growth.of(subject)
    rows = rows[rows["role"] != "rest"] if len(rows) else rows
    if rows.empty or not (rows["role"] == "other").any():
        return
    words = [wording.word(certainty, page.language) for certainty in rows["certainty"]]
    word = page.register.category_label(subject, page.language)
    ends = [decimals_off_zero(row, 1) for row in zip(rows["low"], rows["high"], strict=True)]
    page.table(
        rows.drop(columns=["source", "section"], errors="ignore").assign(sure=words, ends=ends),
        [
            Column("label", pick(nb="Kommune", en="Municipality")),
            Column("prior", pick(nb="5. trinn", en="Grade 5"), 1),
            Column("outcome", pick(nb="8. trinn", en="Grade 8"), 1),
            Column("contribution", pick(nb="Bidrag", en="Contribution"), 1),
            Column("low", pick(nb="Fra", en="From"), "ends"),
            Column("high", pick(nb="Til", en="To"), "ends"),
            Column("sure", pick(nb="Forskjell fra ventet", en="Difference from expected")),
        ],
        name=f"vekst-fylket-{subject}",
        title=page.title(
            nb="Kommunene i fylket etter navn, {subject} {prior}–{year}: snitt, bidrag og "
            "95 %-intervall i skalapoeng",
            en="The county’s municipalities by name, {subject} {prior}–{year}: means, "
            "contribution and 95% interval in scale points",
            subject=word,
            prior=growth.prior_year,
            year=growth.year,
        ),
        source=source(growth),
    )


def show_sensitivity(growth: PublicGrowth, subject: str) -> None:
    """Show the municipality's contribution under other assumptions."""
    page, pick = growth.page, growth.page.pick
    rows = growth.sensitivity(subject)
    if rows.empty:
        return
    labels = [_assumption(page, row) for row in rows.to_dict("records")]
    word = page.register.category_label(subject, page.language)
    page.table(
        rows.assign(label=labels),
        [
            Column("label", pick(nb="Antakelse", en="Assumption")),
            Column("slope", pick(nb="Stigning", en="Slope"), 2),
            Column("contribution", pick(nb="Bidrag", en="Contribution"), 1),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1),
        ],
        name=f"vekst-antakelser-{subject}",
        title=pick(
            nb=f"Bidraget i {word} i {page.name} under andre antakelser, skalapoeng",
            en=f"The contribution in {word} of {page.name} under other assumptions, scale points",
        ),
        source=source(growth),
    )


def _assumption(page: Page, row: dict) -> str:
    setting = row["setting"]
    number = write_number(setting, 2, page.language)
    percent = write_number(100 * setting, 0, page.language)
    tenths = write_number(setting, 1, page.language)
    return {
        "base": page.pick(
            nb=f"slik kapitlet regner (tilfeldighetene i de to snittene henger sammen {number})",
            en=f"as in this chapter (chance in the two means correlates {number})",
        ),
        "correlation": page.pick(
            nb=f"tilfeldighetene i de to snittene henger sammen {number}",
            en=f"chance in the two means correlates {number}",
        ),
        "test": page.pick(
            nb=f"prøvens målefeil for en elev er {tenths} poeng",
            en=f"the test’s error for one pupil is {tenths} points",
        ),
        "margin": page.pick(
            nb=f"Udirs usikkerhet er et {percent} %-intervall",
            en=f"Udir’s margin is a {percent}% interval",
        ),
        "everyone": page.pick(
            nb="også kommuner der mange mangler på 5. trinn, teller i linjen",
            en="municipalities that lack many in grade 5 count in the line too",
        ),
    }[row["assumption"]]


def show_schools(growth: PublicGrowth, subject: str) -> None:
    """Show our schools that hold both grades, by name."""
    page, pick = growth.page, growth.page.pick
    rows = growth.schools
    rows = rows[rows["subject"] == subject] if len(rows) else rows
    if rows.empty:
        return
    word = page.register.category_label(subject, page.language)
    # The line goes with the open mark: both are of the school's own numbers alone.
    page.chart_of(
        "caterpillar",
        rows,
        [
            Column("label", pick(nb="Skole", en="School")),
            Column("prior", pick(nb="5. trinn", en="Grade 5"), 0),
            Column("prior_n", pick(nb="Elever, 5. trinn", en="Pupils, grade 5"), 0),
            Column("outcome", pick(nb="8. trinn", en="Grade 8"), 0),
            Column("outcome_n", pick(nb="Elever, 8. trinn", en="Pupils, grade 8"), 0),
            Column("contribution", pick(nb="Bidrag", en="Contribution"), 1),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1),
            Column("shrunk", pick(nb="Trukket mot null", en="Shrunk"), 1),
        ],
        name=f"vekst-skoler-{subject}",
        title=pick(
            nb=f"Skoler med både 5. og 8. trinn i {page.name}: {word}",
            en=f"Schools with both grade 5 and grade 8 in {page.name}: {word}",
        ),
        subtitle=pick(
            nb="Snitt på 8. trinn minus ventet, skalapoeng. Skolene står etter navn.",
            en="Grade 8 mean minus expected, scale points. Schools are listed by name.",
        ),
        source=source(growth),
        names=(
            pick(nb="trukket mot null", en="shrunk"),
            pick(nb="skolens egne tall", en="the school’s own numbers"),
        ),
        interval=pick(nb="95 %-intervall for egne tall", en="95% interval, own numbers"),
        reference_name=pick(nb="som ventet", en="as expected"),
        decimals=0,
    )


def source(growth: PublicGrowth) -> str:
    """Write the source line of what rests on both exports."""
    page: Page = growth.page
    figures: pd.DataFrame = page.near
    years = (growth.last_year, growth.last_year - 3)
    rows = figures[
        (figures["indicator"] == INDICATOR)
        & (figures["place"] == "norge")
        & figures["year"].isin(years)
        & figures["margin"].notna()
    ]
    made = page.pick(nb="Egne beregninger.", en="Our computations.")
    return f"{source_line(rows[['source', 'section']], page.register, page.language)} {made}"
