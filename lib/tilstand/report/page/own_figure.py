"""Put an analyst's own figure into the house's frame: title, source, words, numbers, downloads."""

from __future__ import annotations

import re

import pandas as pd
from pandas.api.types import is_numeric_dtype

from tilstand.errors import CallError
from tilstand.report.page.exhibits import Exhibit
from tilstand.report.page.tables import Column, Table, as_printed

#: Of rows that `page.rows` gives, these are what a reader wants to see.
SHOWN = ("label", "year", "value", "n")
HEADS = {
    "label": {"nb": "Gruppe", "en": "Group"},
    "year": {"nb": "År", "en": "Year"},
    "value": {"nb": "Verdi", "en": "Value"},
    "n": {"nb": "n", "en": "n"},
}
SOURCE = {"nb": "Kilde: ", "en": "Source: "}
ALT = "the figure's message in a sentence, such as 'There are more pupils each year'"
LEAST_WORDS, MOST_DECIMALS = 3, 3


def own_exhibit(
    language: str, fig: object, data: object, texts: tuple[str, str, str, str, str]
) -> Exhibit:
    """Make an exhibit of a figure that the house did not draw.

    Parameters
    ----------
    language : {"nb", "en"}
        Language of the page.
    fig : object
        As for `own_form`.
    data : pandas.DataFrame
        The numbers behind the figure.
    texts : tuple of str
        Name, title, subtitle, source and alt text.

    Returns
    -------
    Exhibit
        With drawings for screens, phones and slides.

    Raises
    ------
    CallError
        When something that a reader needs is lacking.
    """
    from tilstand.report.charts.dark import nearest_colours
    from tilstand.report.charts.forms import images
    from tilstand.report.charts.own import own_form

    name, title, subtitle, source, alt = texts
    drawn = own_form(fig)
    if not isinstance(data, pd.DataFrame) or data.empty:
        raise CallError("page.figure: data: expected a table (DataFrame) of the numbers behind it")
    for key, text, expected in (
        ("source", source, "where the numbers come from"),
        ("alt", alt, ALT),
    ):
        if not str(text).strip():
            raise CallError(f"page.figure: {key}: nothing, expected {expected}")
    if len(alt.split()) < LEAST_WORDS:
        raise CallError(f"page.figure: alt: '{alt}', expected {ALT}")
    title = title or alt.rstrip(".")
    line = source if source.startswith(tuple(SOURCE.values())) else f"{SOURCE[language]}{source}."
    columns = _columns(data, language)
    table = Table(as_printed(data.reset_index(drop=True), columns), columns, subtitle or title)
    said = {"title": title, "subtitle": subtitle, "source": line}
    try:
        with nearest_colours():
            pictures = images(drawn, said)
    except NotImplementedError:
        expected = "shapes that can be drawn (pcolormesh or a heatmap for imshow)"
        raise CallError(f"page.figure: a picture made of pixels, expected {expected}") from None
    return Exhibit(
        kind="figure",
        name=name or _slug(title),
        title=title,
        subtitle=subtitle,
        source=line,
        table=table.html(language),
        csv=table.csv(),
        fields=table.fields(),
        alt=alt,
        images=pictures,
        refs=tuple(data["ref"]) if "ref" in data else (),
    )


def _columns(data: pd.DataFrame, language: str) -> list[Column]:
    ours = [name for name in SHOWN if name in data and data[name].notna().any()]
    names = ours if {"label", "value"} <= set(ours) else [str(name) for name in data.columns]
    heads = {name: HEADS[name][language] for name in ours}
    return [Column(name, heads.get(name, name), _decimals(name, data[name])) for name in names]


def _decimals(name: str, cells: pd.Series) -> int | None:
    """Count the decimals of a column of numbers; None of words and years."""
    if not is_numeric_dtype(cells) or name == "year":
        return None
    written = cells.dropna().map(lambda number: f"{number:.{MOST_DECIMALS}f}".rstrip("0"))
    return max((len(text.partition(".")[2]) for text in written), default=0)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60]
