"""Say in words what several forms of figures share: courses over years, and single rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    import pandas as pd


def courses(data: pd.DataFrame, language: str, decimals: int) -> list[str]:
    """Tell the course of every line, by its label."""
    return [
        course(str(label), rows.sort_values("year"), language, decimals)
        for label, rows in data.groupby("label", sort=False)
    ]


def points(data: pd.DataFrame, language: str, decimals: int) -> list[str]:
    """Tell every row."""
    return [point(row, language, decimals) for row in data.to_dict("records")]


def course(label: str, rows: pd.DataFrame, language: str, decimals: int) -> str:
    """Tell where a line starts and ends, and its lowest and highest year between."""
    first, last = rows.iloc[0], rows.iloc[-1]
    start = write_number(first["value"], decimals, language)
    end = write_number(last["value"], decimals, language)
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
            value = write_number(row["value"], decimals, language)
            text += f", {words[language]} {value} {in_year} {row['year']}"
    return text


def point(row: dict, language: str, decimals: int) -> str:
    """Tell one row: its heading, name and value, with interval and second mark if any."""
    group = f"{row['group']}, " if row.get("group") else ""
    series = f", {row['series']}" if row.get("series") else ""
    text = f"{group}{row['label']}{series}: {write_number(row['value'], decimals, language)}"
    low, high = row.get("low"), row.get("high")
    if low is not None and high is not None and low == low:
        between = {"nb": "intervall fra {} til {}", "en": "interval from {} to {}"}[language]
        places = int(row.get("ends", decimals))  # as many as the table behind the figure has
        ends = (write_number(low, places, language), write_number(high, places, language))
        text += f" ({between.format(*ends)})"
    other = row.get("other")
    if other is not None and other == other:
        mark = {"nb": "rute ved {}", "en": "diamond at {}"}[language]
        text += f", {mark.format(write_number(other, decimals, language))}"
    return text
