"""Sort what changed and what differs into good news, changes and things to watch."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from tilstand.report import wording
from tilstand.report.chapters.open.told import Told, declared_of, own_rows
from tilstand.report.chapters.summary import scale_findings
from tilstand.report.page import compare, exhibits
from tilstand.report.page.blocks import data_element
from tilstand.report.page.rows import gender_name
from tilstand.store.memory import once

if TYPE_CHECKING:
    from tilstand.register import Indicator
    from tilstand.report.chapters.summary.question import Question
    from tilstand.report.numbers import Value
    from tilstand.report.page.page import Page
    from tilstand.report.series import Series

Kind = Literal["good", "changed", "differs", "watch", "chance"]
WHERE = {
    "nation": {"nb": "i landet", "en": "nationally"},
    "cohort": {"nb": "ventet ut fra 5. trinn", "en": "expected going by grade 5"},
}


@dataclass(frozen=True)
class Finding:
    """Hold one answer: where it belongs, the sentence that says it and what that is made of.

    Parameters
    ----------
    kind : str
        Where it belongs.
    html : str
        The sentence as an item of a list.
    certainty : str
        clear, sign, chance or unknown.
    question : Question
        What was asked.
    name : str
        The measure and its group, as text.
    numbers : str
        Both numbers with unit and year or country, and which of them is higher, as HTML.
    size : float
        The difference as a share of the other number.
    """

    kind: Kind
    html: str
    certainty: str
    question: Question
    name: str
    numbers: str
    size: float


def answer(page: Page, question: Question) -> Finding | None:
    """Answer a question from the data of a page's edition.

    Parameters
    ----------
    page : Page
        The page.
    question : Question
        What to ask.

    Returns
    -------
    Finding or None
        None where the edition lacks one of the two numbers or they do not differ. The kind
        follows the catalogue's direction: better is ``good``, worse is ``watch``; what has no
        better or worse has ``changed`` since before or ``differs`` from the country. What cannot
        be told from chance is none of these, but ``chance``.
    """
    asked = (page.project, page.edition.name, page.language, repr(question))
    return once((__name__, *asked), lambda: _answer(page, question))


def _answer(page: Page, question: Question) -> Finding | None:
    asked = scale_findings.measured if scale_findings.is_asked(question) else _published
    answered = asked(page, question)
    if answered is None:
        return None
    value, other, found = answered
    series = page.series(question.indicator, **question.where)
    direction = question.better or series.indicator.direction
    rise = float(value) > float(other)
    kind: Kind = "changed" if question.against == "before" else "differs"
    if direction != "neutral":
        kind = "good" if rise == (direction == "higher") else "watch"
    if found.certainty == "chance":
        kind = "chance"
    name = question.name or _name(page, question, series)
    numbers = _numbers(page, question, series, value, other)
    return Finding(
        kind=kind,
        html=_sentence(page, question, name, numbers, found),
        certainty=found.certainty,
        question=question,
        name=name,
        numbers=numbers,
        size=abs(float(value) / float(other) - 1) if float(other) else 1.0,
    )


def _published(page: Page, question: Question) -> tuple[Value, Value, compare.Comparison] | None:
    series = page.series(question.indicator, **question.where)
    recent = [year for year in series.years if year >= page.year - 1]
    if not recent:
        return None
    value = series.at(recent[-1])
    other = _other(page, question, series, recent[-1])
    if other.missing or round(float(value) - float(other), 6) == 0:
        return None
    told = _told(page, question)
    if told is not None and told.now.year == value.year:
        if question.against == "nation":
            return value, other, told.beside()
        return None if told.before.missing else (value, told.before, told.change)
    return value, other, _compare(question, series, value, other)


def _told(page: Page, question: Question) -> Told | None:
    """Open the measure where the edition has it as open figures."""
    rows = own_rows(page, question.indicator)
    if rows.empty:
        return None
    where = {"grade": "", **question.where}
    return Told(page, declared_of(page, question.indicator), where)


def _other(page: Page, question: Question, series: Series, year: int) -> Value:
    if question.against == "nation":
        return page.series(question.indicator, "norge", **question.where).at(year)
    earlier = [known for known in series.years if known < year]
    return series.at(earlier[-1] if earlier else year - 1)


def _compare(question: Question, series: Series, value: Value, other: Value) -> compare.Comparison:
    if question.events:
        return compare.counts(value, other)
    n = series.n(value.year or 0)
    if question.against == "nation" and series.indicator.unit == "percent" and not n.missing:
        count = compare.computed(float(value) * float(n) / 100, value, n, recipe="count")
        return compare.share_with_reference(count, n, other)
    return compare.published(value, other)


def _numbers(page: Page, question: Question, series: Series, value: Value, other: Value) -> str:
    language, rise = page.language, float(value) > float(other)
    unit = _unit(series.indicator, language)
    link = page.pick(nb="i", en="in")
    first = f"{data_element(value, language)}{unit} {link} "
    first += data_element(value.year_value(), language)
    first += _mark(series, value, language)
    second = f"{data_element(other, language)}{unit} "
    if question.against in WHERE:
        than = page.pick(nb="høyere enn", en="higher than") if rise else ""
        than = than or page.pick(nb="lavere enn", en="lower than")
        return f"{first}, {than} {second}{WHERE[question.against][language]}"
    than = page.pick(nb="opp fra", en="up from") if rise else ""
    than = than or page.pick(nb="ned fra", en="down from")
    year = data_element(other.year_value(), language)
    return f"{first}, {than} {second}{link} {year}{_mark(series, other, language)}"


def _mark(series: Series, value: Value, language: str) -> str:
    """Say that the source does not print a number outright."""
    row = series.row(value.year)
    inferred = row is not None and row["mark"] == "inferred"
    return f" ({wording.word('inferred', language)})" if inferred else ""


def _sentence(
    page: Page, question: Question, name: str, numbers: str, found: compare.Comparison
) -> str:
    verdict = found.verdict[page.language]
    tail = f"; {verdict}" if verdict else ""
    link = f'<a href="{question.chapter}.html">{escape(name)}</a>'
    return f"<li>{link}: {numbers}{tail}.</li>"


def _name(page: Page, question: Question, series: Series) -> str:
    return wording.sentence(series.indicator.name[page.language]) + _detail(page, question)


def _detail(page: Page, question: Question) -> str:
    parts = []
    for dimension, code in question.where.items():
        if dimension == "grade":
            parts.append(wording.grade_name(code, page.language))
        elif dimension == "gender":
            parts.append(
                gender_name(page.register.indicators[question.indicator], code, page.language)
            )
        elif dimension in ("subject", "category"):
            parts.append(page.register.category_label(code, page.language))
    return f", {', '.join(parts)}" if parts else ""


def _unit(indicator: Indicator, language: str) -> str:
    """Say the unit after a number, but not one that the measure's name has said."""
    word = wording.unit_word(indicator.unit, language)
    silent = indicator.unit in ("count", "score", "grade_mark", "ratio")
    return "" if silent or word in indicator.name[language].lower() else f" {word}"


def list_findings(page: Page, questions: list[Question], kind: Kind) -> None:
    """Show what the data say of one kind: good news, changes, differences or things to watch.

    Parameters
    ----------
    page : Page
        The page.
    questions : list of Question
        What to ask.
    kind : {"good", "changed", "differs", "watch", "chance"}
        Which answers to show.
    """
    html = findings(page, questions, kind)
    if html:
        exhibits.show_block(html)


def findings(page: Page, questions: list[Question], kind: Kind) -> str:
    """Write the answers of one kind as an HTML list.

    Returns
    -------
    str
        A list; a sentence where there are answers, but none of this kind; empty where the
        edition cannot answer any question.
    """
    answers = [found for question in questions if (found := answer(page, question))]
    items = "".join(found.html for found in answers if found.kind == kind)
    if items:
        return f'<ul class="findings">{items}</ul>'
    none = page.pick(
        nb="Ingen av tallene vi har kunnet sammenligne, hører hjemme her.",
        en="None of the numbers we could compare belong here.",
    )
    return f"<p>{none}</p>" if answers else ""
