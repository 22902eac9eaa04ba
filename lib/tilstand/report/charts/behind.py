"""Lay out the numbers behind a figure: years down and series across, or one line a row."""

from __future__ import annotations

from typing import TypeAlias

import pandas as pd

from tilstand.report import wording
from tilstand.report.columns import Column

Behind: TypeAlias = "tuple[pd.DataFrame, list[Column]]"

# Headers of the rows behind a figure, by the dimension that tells them apart.
NAMED_BY = {
    "place": "head_place",
    "grade": "head_grade",
    "gender": "head_gender",
    "subject": "head_subject",
    "category": "head_group",
}


def numbers(data: pd.DataFrame, language: str, decimals: int, *, within: str = "") -> Behind:
    """Lay out the table that stands behind a figure.

    Parameters
    ----------
    data : pandas.DataFrame
        What the figure draws: ``label``, ``year`` and ``value``, and other columns it uses.
    language : {"nb", "en"}
        Language of the headers.
    decimals : int
        Decimals of the numbers.
    within : str, optional
        Column that tells rows of one label apart, such as the series of paired bars.

    Returns
    -------
    frame : pandas.DataFrame
        One line a row of the figure, or years down and labels across when there are both.
    columns : list of Column
        The first is the row header.
    """
    if _is_one_value_a_year(data):
        return _years_down(data, language, decimals)
    frame, columns = _rows_down(data, language, within)
    columns.append(Column("value", wording.word("value", language), decimals))
    if "low" in data and data["low"].notna().any():
        interval = wording.word("interval_95", language)
        places = "ends" if "ends" in frame else decimals
        columns += [
            Column(key, f"{interval}, {end}", places) for key, end in _ends(language).items()
        ]
    return frame, columns


def cells(data: pd.DataFrame) -> list[str]:
    """Name where each row of a figure stands in the table that `numbers` lays out.

    Parameters
    ----------
    data : pandas.DataFrame
        What the figure draws.

    Returns
    -------
    list of str
        The number of the line, and of the column where the line holds more than one row.
    """
    if not _is_one_value_a_year(data):
        return [str(line) for line in range(len(data))]
    years, labels = sorted(data["year"].unique()), list(dict.fromkeys(data["label"]))
    return [
        f"{years.index(year)} {labels.index(label) + 1}"
        for year, label in zip(data["year"], data["label"], strict=True)
    ]


def ends(data: pd.DataFrame, language: str, decimals: int) -> Behind:
    """Lay out rows that have two ends and no value, as `numbers` does those with one."""
    frame, columns = _rows_down(data, language, "")
    headers = {key: wording.sentence(end) for key, end in _ends(language).items()}
    if "single" in data and data["single"].notna().any():
        headers["single"] = wording.word("one_apart", language)
    return frame, columns + [Column(key, header, decimals) for key, header in headers.items()]


def _is_one_value_a_year(data: pd.DataFrame) -> bool:
    if "group" in data or "low" in data:
        return False
    rows = set(zip(data["year"], data["label"], strict=True))
    return len(rows) == len(data) and len({year for year, _ in rows}) > 1


def _years_down(data: pd.DataFrame, language: str, decimals: int) -> Behind:
    labels = list(dict.fromkeys(data["label"]))
    cells = zip(data["year"], data["label"], data["value"], strict=True)
    values = {(year, label): value for year, label, value in cells if value == value}
    years = sorted({year for year, _ in values})
    wide = pd.DataFrame(
        {"year": [str(year) for year in years]}
        | {label: [values.get((year, label), float("nan")) for year in years] for label in labels}
    )
    value = wording.word("value", language)
    return wide, [
        Column("year", wording.word("year", language)),
        *(Column(label, label if len(labels) > 1 else value, decimals) for label in labels),
    ]


def _rows_down(data: pd.DataFrame, language: str, within: str) -> Behind:
    frame = data.copy()
    columns = [Column("label", wording.word(_named_by(data), language))]
    if "group" in data:
        frame["label"] = frame["group"] + ": " + frame["label"]
    if within in data:
        frame["label"] = frame["label"] + ", " + frame[within]
    if data["year"].nunique() > 1:
        frame["year"] = frame["year"].astype(str)
        columns.append(Column("year", wording.word("year", language)))
    return frame, columns


def _ends(language: str) -> dict[str, str]:
    return {"nb": {"low": "fra", "high": "til"}, "en": {"low": "from", "high": "to"}}[language]


def _named_by(data: pd.DataFrame) -> str:
    """Find the word for what tells a figure's rows apart: places, grades or groups of any kind."""
    apart = [key for key in NAMED_BY if key in data and data[key].nunique() > 1]
    if not apart:
        return "unit"
    return NAMED_BY[apart[0]] if len(apart) == 1 and "group" not in data else "head_group"
