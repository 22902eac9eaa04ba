"""Say in words what a figure shows, from its own numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report import wording
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd

MANY = 12
FORMS = {
    "lines": {"nb": "Linjediagram", "en": "Line chart"},
    "slope": {"nb": "Stigningsdiagram", "en": "Slope chart"},
    "dots": {"nb": "Punktdiagram", "en": "Dot chart"},
    "bars": {"nb": "Søylediagram", "en": "Bar chart"},
    "levels": {"nb": "Stablede søyler", "en": "Stacked bars"},
    "span": {"nb": "Spenndiagram", "en": "Range chart"},
    "cloud": {"nb": "Punktsky", "en": "Dot cloud"},
    "caterpillar": {"nb": "Intervalldiagram", "en": "Interval chart"},
}


def describe(form: str, data: pd.DataFrame, language: str, decimals: int) -> str:
    """Write the alternative text of a figure.

    Parameters
    ----------
    form : str
        Name of the chart's function.
    data : pandas.DataFrame
        What the chart draws.
    language : {"nb", "en"}
        Language of the text.
    decimals : int
        Decimals of the numbers.

    Returns
    -------
    str
        The form and each series' message: where it starts and ends, or each row's value. An
        interval has a decimal even where the axis needs none: whether it holds zero turns on it.
    """
    opening = FORMS[form][language]
    decimals = max(decimals, 1) if form == "caterpillar" else decimals
    if form in ("lines", "slope"):
        parts = [
            _course(str(label), rows.sort_values("year"), language, decimals)
            for label, rows in data.groupby("label", sort=False)
        ]
    elif form == "cloud":
        parts = _cloud(data, language, decimals)
    elif form == "levels":
        parts = [_ends(rows, language) for _, rows in data.groupby(["group", "label"], sort=False)]
    elif form == "span":
        parts = [_range(row, language, decimals) for row in data.to_dict("records")]
    else:
        parts = [_point(row, language, decimals) for row in data.to_dict("records")]
    return f"{opening}. {'. '.join(wording.sentence(part) for part in parts)}."


def _number(value: float, language: str, decimals: int) -> str:
    return write_number(value, decimals, language)


def _course(label: str, rows: pd.DataFrame, language: str, decimals: int) -> str:
    first, last = rows.iloc[0], rows.iloc[-1]
    start = _number(first["value"], language, decimals)
    end = _number(last["value"], language, decimals)
    if len(rows) == 1:
        in_year = {"nb": "i", "en": "in"}[language]
        return f"{label}: {end} {in_year} {last['year']}"
    if language == "nb":
        text = f"{label}: fra {start} i {first['year']} til {end} i {last['year']}"
    else:
        text = f"{label}: from {start} in {first['year']} to {end} in {last['year']}"
    values = rows["value"]
    low, high = rows.iloc[int(values.argmin())], rows.iloc[int(values.argmax())]
    ends = {first["year"], last["year"]}
    for row, words in (
        (low, {"nb": "lavest", "en": "lowest"}),
        (high, {"nb": "høyest", "en": "highest"}),
    ):
        if row["year"] not in ends:
            in_year = {"nb": "i", "en": "in"}[language]
            value = _number(row["value"], language, decimals)
            text += f", {words[language]} {value} {in_year} {row['year']}"
    return text


def _point(row: dict, language: str, decimals: int) -> str:
    group = f"{row['group']}, " if row.get("group") else ""
    series = f", {row['series']}" if row.get("series") else ""
    text = f"{group}{row['label']}{series}: {_number(row['value'], language, decimals)}"
    low, high = row.get("low"), row.get("high")
    if low is not None and high is not None and low == low:
        between = {"nb": "intervall fra {} til {}", "en": "interval from {} to {}"}[language]
        places = int(row.get("ends", decimals))  # as many as the table behind the figure has
        ends = (_number(low, language, places), _number(high, language, places))
        text += f" ({between.format(*ends)})"
    other = row.get("other")
    if other is not None and other == other:
        mark = {"nb": "åpent merke ved {}", "en": "open mark at {}"}[language]
        text += f", {mark.format(_number(other, language, decimals))}"
    return text


def _cloud(data: pd.DataFrame, language: str, decimals: int) -> list[str]:
    """Name what is marked and count the rest: hundreds of rows are in the table."""
    own = [
        _point(row, language, decimals) for row in data[data["role"] == "own"].to_dict("records")
    ]
    rest = data[data["role"] != "own"]
    counts = [int((rest["low"] > 0).sum()), int((rest["high"] < 0).sum())]
    counts.append(len(rest) - sum(counts))
    words = {
        "nb": "av {} andre har {} hele intervallet over null, {} under null og {} har null i seg",
        "en": "of {} others {} have the whole interval above zero, {} below it and {} contain zero",
    }[language]
    return [*own, words.format(*(_number(count, language, 0) for count in (len(rest), *counts)))]


def _ends(rows: pd.DataFrame, language: str) -> str:
    ordered = rows.sort_values("number")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    words = {
        "nb": "{} prosent på laveste nivå og {} på høyeste",
        "en": "{} per cent on the lowest level and {} on the highest",
    }[language]
    ends = (_number(low["value"], language, 0), _number(high["value"], language, 0))
    return f"{low['group']}, {low['label']}: {words.format(*ends)}"


def _range(row: dict, language: str, decimals: int) -> str:
    words = {"nb": "fra {} til {}", "en": "from {} to {}"}[language]
    ends = (_number(row["low"], language, decimals), _number(row["high"], language, decimals))
    text = f"{row['label']}: {words.format(*ends)}"
    single = row.get("single")
    if single is not None and single == single:
        apart = {"nb": "én skole for seg på {}", "en": "one school apart at {}"}[language]
        text += f", {apart.format(_number(single, language, decimals))}"
    return text
