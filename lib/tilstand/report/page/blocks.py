"""Write the page's other blocks: tables behind figures, lists of statements, key figures."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from tilstand.report import wording
from tilstand.report.charts.sparkline import sparkline
from tilstand.report.numbers import half_up
from tilstand.report.page.rows import OLD_YEARS

if TYPE_CHECKING:
    from collections.abc import Container

    import pandas as pd

    from tilstand.register import Register
    from tilstand.report.numbers import Value
    from tilstand.report.page.words import Words
    from tilstand.report.series import Series


@dataclass(frozen=True)
class Card:
    """Describe one key figure.

    Parameters
    ----------
    label : str
        What it is, in a few words.
    value : Value
        The number.
    unit : str
        What follows the number: "prosent", "elever".
    note : str
        One line of comparison, as HTML.
    href : str
        Chapter that tells more, such as ``elevtall.html``.
    trend : str
        A small line of the years, as `sparkline` draws it; empty if there is none.
    old : bool
        Whether the number is an old one for the edition.
    """

    label: str
    value: Value
    unit: str
    note: str
    href: str
    trend: str = ""
    old: bool = False

    @classmethod
    def of(
        cls,
        page: Words,
        value: Value,
        other: Value | None = None,
        *,
        chapter: str,
        nb: str,
        en: str,
        unit: str = "",
        against: str = "before",
        trend: Series | None = None,
    ) -> Card:
        """Make a card that compares a number with the year before or with the country.

        Parameters
        ----------
        page : Words
            The page; gives the language.
        value : Value
            The number; a missing one leaves the card out.
        other : Value, optional
            What it is compared with; no comparison when missing.
        chapter : str
            Chapter that tells more.
        nb, en : str
            What the number is.
        unit : str, optional
            Unit of the catalogue, such as ``percent``.
        against : {"before", "nation"}
            What ``other`` is.
        trend : Series, optional
            The years before, for a small line. Where it has fewer than three and there is no
            other number either, the card says that nothing can be compared.

        Returns
        -------
        Card
            The card in the page's language.
        """
        language = page.language
        note = ""
        if other is not None and not other.missing:
            number = data_element(other, language)
            if against == "nation":
                note = f"{page.pick(nb='landet', en='Norway')}: {number}"
            else:
                year = data_element(other.year_value(), language)
                than = _moved(page, value, other)
                note = f"{than} {number} {page.pick(nb='i', en='in')} {year}"
        elif trend is not None:
            note = wording.word("nothing_before", language)
        word = wording.unit_word(unit, language) if unit else ""
        breaks = page.break_years(trend.indicator.code) if trend else ()
        line = sparkline(trend, language, breaks=breaks) if trend else ""
        if trend and line:
            since = max([year for year in breaks if year <= trend.year], default=0)
            first = trend.at(next(year for year in trend.years if year >= since))
            years = [data_element(one.year_value(), language) for one in (first, trend.latest)]
            line += f'<span class="spark-years">{"–".join(years)}</span>'
        old = value.year is not None and page.year - value.year > OLD_YEARS
        if old:
            shown = data_element(value.year_value(), language)
            badge = wording.word("old_numbers", language).format(shown)
            note = f'<span class="year-badge">{badge}</span> {note}'.rstrip()
        return cls(page.pick(nb=nb, en=en), value, word, note, f"{chapter}.html", line, old)


def _moved(page: Words, value: Value, other: Value) -> str:
    """Say which way a number has moved from another."""
    if float(value) == float(other):
        return page.pick(nb="uendret fra", en="unchanged from")
    if float(value) > float(other):
        return page.pick(nb="opp fra", en="up from")
    return page.pick(nb="ned fra", en="down from")


def statement_anchor(name: str) -> str:
    """Name the place of a statement on the page that prints it.

    Examples
    --------
    >>> statement_anchor("ar-grunnskolepoeng")
    'u-ar-grunnskolepoeng'
    """
    return f"u-{name}"


def statement_list(
    found: pd.DataFrame, register: Register, language: str, listed: Container[str] = ()
) -> str:
    """Write statements as a description list: a title, what it says, and its source.

    Documents and their sections go by Norwegian names, but for the documents that have another.
    A statement that the page has ``listed`` already keeps its one anchor there.
    """
    items = []
    for row in found.to_dict("records"):
        names = {of: register.source_title(row["source"], of) for of in ("nb", language)}
        parts = [_norwegian(names[language], language, only=names["nb"] == names[language])]
        parts += [_norwegian(row["section"], language)] if row["section"] else []
        items.append(
            f"<dt{_anchored(row['id'], listed)}>{escape(row[f'title_{language}'])}</dt>"
            f"<dd>{escape(row[f'text_{language}'])} "
            f'<span class="where">({", ".join(parts)})</span></dd>'
        )
    return f'<dl class="statements">{"".join(items)}</dl>'


def _anchored(name: str, listed: Container[str]) -> str:
    return "" if name in listed else f' id="{statement_anchor(name)}"'


def fold(title: str, count: int, html: str) -> str:
    """Fold a part of a page under a line that says what is in it and how much.

    Examples
    --------
    >>> fold("Mål", 2, "<p>...</p>").startswith('<details class="fold"><summary>Mål (')
    True
    """
    number = number_html(str(count), count, 0, "count of rows", [])
    return f'<details class="fold"><summary>{escape(title)} ({number})</summary>{html}</details>'


def _norwegian(text: str, language: str, *, only: bool = True) -> str:
    """Mark a Norwegian name as such on a page in another language."""
    foreign = only and language != "nb"
    return f'<span lang="nb">{escape(text)}</span>' if foreign else escape(text)


def card_list(cards: list[Card], language: str) -> str:
    """Write key figures as a list of linked cards."""
    items = "".join(_card(card, language) for card in cards)
    return f'<ul class="cards">{items}</ul>'


def _card(card: Card, language: str) -> str:
    kind = ' class="old"' if card.old else ""
    return (
        f'<li{kind}><a href="{card.href}"><span class="card-label">{escape(card.label)}</span>'
        f'<span class="card-value">{data_element(card.value, language)} '
        f"<small>{escape(card.unit)}</small></span>"
        f'<span class="card-trend">{card.trend}</span>'
        f'<span class="card-note">{card.note}</span></a></li>'
    )


def data_element(value: Value, language: str) -> str:
    """Write a number with its machine-readable value and the rows it comes from.

    Examples
    --------
    >>> from tilstand.report.numbers import Value
    >>> from tilstand.report.page.blocks import data_element
    >>> data_element(Value(1650, 0), "en")
    '<data value="1650" data-recipe="value" data-refs="">1,650</data>'
    """
    return number_html(
        value.text(language), float(value), value.decimals, value.recipe, list(value.refs)
    )


def number_html(text: str, number: float, decimals: int, recipe: str, refs: list[str]) -> str:
    """Write a printed number as an HTML ``data`` element that can be traced.

    Examples
    --------
    >>> from tilstand.report.page.blocks import number_html
    >>> number_html("1 650", 1650, 0, "value", ["report 2.1"])
    '<data value="1650" data-recipe="value" data-refs="report_2.1">1 650</data>'
    """
    machine = half_up(number, 0 if recipe == "year" else max(decimals, 0))
    return (
        f'<data value="{machine}" data-recipe="{escape(recipe)}" '
        f'data-refs="{escape(" ".join(ref.replace(" ", "_") for ref in refs))}">'
        f"{escape(text)}</data>"
    )
