"""Show national tests out of exports: places, schools, spread and years, never in rank order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.published_tests import SUBJECTS
from tilstand.report import wording
from tilstand.report.chapters.national_tests import wanted_files
from tilstand.report.chapters.national_tests.published_tests import PublishedTests
from tilstand.report.numbers import Value, decimals_off_zero
from tilstand.report.page import breaks
from tilstand.report.page.sourcing import source_line
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.page.page import Page
    from tilstand.sources.new_edition import Wanted

SCALE, TOOL = "np-2022", "np-2014-2021-tool"


def lead(*grades: PublishedTests, subject: str = "reading") -> dict[str, Any]:
    """Return the numbers of the chapter's finding: those of the first grade that has some.

    Returns
    -------
    dict
        ``lead`` (municipality against country), ``lead_same`` (the municipality's value where both
        are printed alike), ``lead_year``; ``lead_grade`` and ``lead_subject`` as words.
    """
    page = grades[0].page
    found = [tests for tests in grades if not tests.value(subject).missing]
    tests = (found or list(grades))[0]
    against = tests.against(subject)
    same = against.certainty != "missing" and against.size.missing
    value = tests.value(subject)
    return {
        "lead": against,
        "lead_same": value if same else Value(None),
        "lead_grade": wording.grade_name(tests.grade, page.language),
        "lead_year": tests.year,
        "lead_subject": page.register.category_label(subject, page.language),
    }


def there_is(*grades: PublishedTests) -> dict[str, bool]:
    """Tell whether there are results at all.

    Returns
    -------
    dict
        ``results`` where some grade has a value; else ``nothing``, and ``hidden`` too where that
        is because the municipality's results are hidden.
    """
    results = any(tests.years for tests in grades)
    hidden = not results and any(tests.is_hidden for tests in grades)
    return {"results": results, "nothing": not results, "hidden": hidden}


def setting(missing: list[Wanted], *grades: PublishedTests) -> dict[str, Any]:
    """Name what the chapter says of its files and of the scale.

    Returns
    -------
    dict
        ``files`` (how many are missing), ``scale_year`` (first year of today's scale), ``early``
        (the edition's year where it lies before that), and the reasons for the breaks,
        ``new_series`` and ``tool``.
    """
    page = grades[0].page
    first = breaks.first_year(page, SCALE)
    start = Value(first, year=first, refs=(f"breaks|{SCALE}",), recipe="year")
    early = Value(page.year, refs=start.refs, recipe="year")
    return {
        "files": wanted_files.count(missing),
        "scale_year": start,
        "early": early if page.year < first else Value(None),
        "new_series": breaks.reason(page, SCALE),
        "tool": breaks.reason(page, TOOL),
    }


def exported(page: Page) -> dict[str, bool]:
    """Tell of which grades the edition has national tests as exports.

    Returns
    -------
    dict
        ``exported`` for any grade, ``exported5``, ``exported8`` and ``exported9`` for each.
    """
    grades = {f"exported{one}": bool(PublishedTests(page, one).years) for one in ("5", "8", "9")}
    return {"exported": any(grades.values()), **grades}


def spread_words(tests: PublishedTests, subject: str = "reading") -> dict[str, Value]:
    """Return the numbers of a grade's spread under names that end in the grade."""
    return {f"{name}{tests.grade}": value for name, value in tests.spread(subject).items()}


def show_places(tests: PublishedTests) -> None:
    """Show the municipality beside county and country, with margins."""
    page, own = tests.page, tests.value("reading")
    nation = tests.value("reading", "norge")
    title = page.title(
        nb="{own} skalapoeng i {name} og {nation} i landet i lesing på {grade} i {year}",
        en="{own} scale points in {name} and {nation} in Norway in {grade} reading in {year}",
        **_titled(tests, own=own, nation=nation),
    )
    page.chart(
        "dots",
        # Means are whole points, and half of the margins are less than one.
        tests.places().assign(ends=1),
        name=f"skoler-steder-{tests.grade}",
        title=title,
        subtitle=page.title(
            nb="Skalapoeng, snitt med Udirs usikkerhet. {grade}, høsten {year}.",
            en="Scale points, mean with Udir’s margin, {grade}, autumn {year}.",
            **_titled(tests),
        ),
    )


def show_against(tests: PublishedTests) -> None:
    """Show a table of how the municipality differs from county and country, and how surely."""
    page, pick = tests.page, tests.page.pick
    county, nation = tests.county_name, page.register.name("norge", page.year, page.language)
    rows = [
        {"label": f"{_subject(page, subject)}, {pick(nb='mot', en='against')} {name}", **told}
        for subject in SUBJECTS
        for place, name in ((tests.county, county), ("norge", nation))
        if place and (told := _told(tests, subject, place))
    ]
    page.table(
        pd.DataFrame(rows),
        [
            Column("label", pick(nb="Prøve", en="Test")),
            Column("own", page.name, 0),
            Column("other", pick(nb="Den andre", en="The other"), 0),
            Column("difference", pick(nb="Forskjell", en="Difference"), 0),
            Column("certainty", pick(nb="Hvor sikkert", en="How sure")),
            Column("low", pick(nb="95 %-intervall, fra", en="95% interval, from"), "ends"),
            Column("high", pick(nb="95 %-intervall, til", en="95% interval, to"), "ends"),
        ],
        name=f"skoler-mot-{tests.grade}",
        title=page.title(
            nb="{name} mot {others}, {grade} høsten {year}, skalapoeng",
            en="{name} against {others}, {grade} in the autumn of {year}, scale points",
            **_titled(tests),
            others=pick(nb="fylket og landet", en="county and country")
            if tests.county
            else pick(nb="landet", en="Norway"),
        ),
        source=_source(tests),
    )


def _told(tests: PublishedTests, subject: str, place: str) -> dict[str, Any]:
    found = tests.against(subject, place)
    if found.certainty == "missing":
        return {}
    own, other = (float(tests.value(subject, at)) for at in ("", place))
    word = wording.word(found.certainty, tests.page.language)
    ends = {"low": float(found.low), "high": float(found.high)}
    places = {"ends": decimals_off_zero(ends.values(), 1), "certainty": word}
    return {"own": own, "other": other, "difference": own - other, **ends, **places}


def show_schools(tests: PublishedTests, subject: str) -> None:
    """Show every school's mean with its margin, by name, and the municipality's as a line."""
    page, pick = tests.page, tests.page.pick
    rows = tests.schools(subject)
    own, spread = tests.value(subject), tests.spread(subject)
    if rows.empty or own.missing:
        return
    none = not spread["apart"].missing and float(spread["apart"]) == 0
    title = page.title(
        nb="{number} av {schools} skoler kan skilles fra snittet i {name} i {subject}",
        en="{number} of {schools} schools can be distinguished from the mean of {name} "
        "in {subject}",
        number=pick(nb="Ingen", en="None") if none else spread["apart"],
        schools=spread["schools"],
        subject=page.register.category_label(subject, page.language),
        name=page.name,
    )
    page.chart_of(
        "caterpillar",
        rows,
        _school_columns(page),
        name=f"skoler-{tests.grade}-{subject}",
        title=title or _subject(page, subject),
        subtitle=page.title(
            nb="Skalapoeng i {subject} på {grade}, høsten {year}. Skolene står etter navn.",
            en="Scale points in {subject}, {grade}, autumn {year}. Schools are listed by name.",
            subject=page.register.category_label(subject, page.language),
            **_titled(tests),
        ),
        source=" ".join([_hidden(tests, subject), _source(tests)]).strip(),
        names=(pick(nb="skolens snitt", en="the school’s mean"), ""),
        interval=pick(nb="Udirs usikkerhet", en="Udir’s margin"),
        reference=float(own),
        reference_name=page.name,
        against=page.name,
        decimals=0,
    )


def _school_columns(page: Page) -> list[Column]:
    pick = page.pick
    return [
        Column("label", pick(nb="Skole", en="School")),
        Column("value", pick(nb="Skalapoeng", en="Scale points"), 0),
        Column("margin", pick(nb="Usikkerhet, ±", en="Margin, ±"), 1),
        Column("n", pick(nb="Elever", en="Pupils"), 0),
    ]


def _hidden(tests: PublishedTests, subject: str) -> str:
    hidden = tests.spread(subject)["hidden"]
    if hidden.missing or not float(hidden):
        return ""
    page, text = tests.page, hidden.text(tests.page.language)
    one = float(hidden) == 1
    schools = page.pick(nb="skole" if one else "skoler", en="school" if one else "schools")
    return page.pick(
        nb=f"Udir skjuler {text} {schools} med få elever.",
        en=f"Udir hides {text} {schools} with few pupils.",
    )


def show_spread(tests: PublishedTests) -> None:
    """Show how far apart schools lie once chance is taken away, a line a subject."""
    page, pick = tests.page, tests.page.pick
    rows = [
        {"label": _subject(page, subject), **{name: float(v) for name, v in spread.items()}}
        for subject in SUBJECTS
        if not (spread := tests.spread(subject))["sd"].missing
    ]
    page.table(
        pd.DataFrame(rows),
        [
            Column("label", pick(nb="Prøve", en="Test")),
            Column("schools", pick(nb="Skoler", en="Schools"), 0),
            Column("hidden", pick(nb="Skjult", en="Hidden"), 0),
            Column("observed", pick(nb="Målt", en="Measured"), 1),
            Column("sd", pick(nb="Uten tilfeldigheter", en="Chance removed"), 1),
            Column("sd_low", pick(nb="95 %-intervall, fra", en="95% interval, from"), 1),
            Column("sd_high", pick(nb="95 %-intervall, til", en="95% interval, to"), 1),
            Column("apart", pick(nb="Skiller seg ut", en="Stand out"), 0),
        ],
        name=f"skoler-spredning-{tests.grade}",
        title=page.title(
            nb="Spredning mellom skolene på {grade} høsten {year}, standardavvik i skalapoeng",
            en="Spread between schools, {grade}, autumn {year}, standard deviation, scale points",
            **_titled(tests),
        ),
        source=_source(tests),
    )


def show_years(tests: PublishedTests, subject: str) -> None:
    """Show places and the same schools over the years, where there are two years or more."""
    page, pick = tests.page, tests.page.pick
    grade, word = _titled(tests)["grade"], page.register.category_label(subject, page.language)
    rows = tests.lines(subject)
    own = rows[rows["role"] == "own"].sort_values("year") if len(rows) else rows
    page.chart(
        "lines",
        rows,
        name=f"skoler-aar-{tests.grade}-{subject}",
        title=_course(tests, word, own) if len(own) else wording.sentence(f"{word}, {grade}"),
        note=_partial(tests, subject),
        from_zero=False,
    )
    frame, years = tests.history(subject)
    page.table(
        frame,
        [
            Column("label", pick(nb="Skole", en="School")),
            *[Column(year, year, 0) for year in years],
            Column("change", pick(nb="Fra første til siste år", en="From first to last year")),
        ],
        name=f"skoler-over-tid-{tests.grade}-{subject}",
        title=pick(
            nb=f"De samme skolene over tid: {word} på {grade}, skalapoeng",
            en=f"The same schools over time: {word}, {grade}, scale points",
        ),
        source=_source(tests, newest=False),
    )


def _course(tests: PublishedTests, word: str, own: pd.DataFrame) -> str:
    first, last = own.iloc[0], own.iloc[-1]
    ends = f"{first['value']:.0f}", f"{last['value']:.0f}"
    grade, name = _titled(tests)["grade"], tests.page.name
    return tests.page.pick(
        nb=f"{ends[0]} skalapoeng i {word} på {grade} i {name} i {first['year']}, {ends[1]} i "
        f"{last['year']}",
        en=f"{ends[0]} scale points in {grade} {word} in {name} in {first['year']}, {ends[1]} in "
        f"{last['year']}",
    )


def _partial(tests: PublishedTests, subject: str) -> str:
    years = wording.listing(
        [str(year) for year in tests.partial_years(subject)], tests.page.language
    )
    if not years:
        return ""
    return tests.page.pick(
        nb=f"I {years} tok langt færre enn årskullet i {tests.page.name} prøven.",
        en=f"In {years} far fewer than the year group in {tests.page.name} sat the test.",
    )


def _titled(tests: PublishedTests, **more: Any) -> dict[str, Any]:
    page = tests.page
    grade = wording.grade_name(tests.grade, page.language)
    return {"name": page.name, "grade": grade, "year": tests.year, **more}


def _subject(page: Page, subject: str) -> str:
    return wording.sentence(page.register.category_label(subject, page.language))


def _source(tests: PublishedTests, *, newest: bool = True) -> str:
    rows = tests.frame[tests.frame["place"] == tests.page.place]
    rows = rows[rows["year"].isin(tests.years[-1:] if newest else tests.years)]
    made = tests.page.pick(nb="Egne beregninger.", en="Our computations.")
    line = source_line(rows[["source", "section"]], tests.page.register, tests.page.language)
    return f"{line} {made}"
