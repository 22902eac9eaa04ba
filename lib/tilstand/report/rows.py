"""Pick rows of the figures table and name them as a figure or a table needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report import wording
from tilstand.report.series import row_ref, settle

if TYPE_CHECKING:
    from tilstand.register import Register

DIMENSIONS = ("grade", "gender", "subject", "category")
ROLE_ORDER = {"own": 0, "nation": 1, "county": 2, "other": 3}
ADULTS = {"staff"}  # words in the codes of measures that are of grown-ups
Choice = str | list[str]


def select(
    figures: pd.DataFrame, indicator: str, by: str, where: dict[str, Choice]
) -> pd.DataFrame:
    """Keep the settled rows of an indicator that match.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    indicator : str
        Code of the catalogue.
    by : str
        Dimension that varies: every value it has is kept; empty, ``place`` or ``year`` for none.
    where : dict
        Value, or list of values, of the other dimensions. One that is not named is blank.

    Returns
    -------
    pandas.DataFrame
        Rows of the table.
    """
    unknown = set(where) - set(DIMENSIONS)
    if unknown:
        message = f"no dimension {', '.join(sorted(unknown))}; there are {', '.join(DIMENSIONS)}"
        raise TypeError(message)
    rows = figures[figures["indicator"] == indicator]
    for dimension in DIMENSIONS:
        chosen = where.get(dimension)
        if chosen is not None:
            rows = rows[rows[dimension].isin([chosen] if isinstance(chosen, str) else chosen)]
        elif dimension == by:
            rows = rows[rows[dimension] != ""]
        else:
            rows = rows[rows[dimension] == ""]
    return settle(rows)


def role_of(row: pd.Series, own: str) -> str:
    """Tell what a row's place is to the municipality: own, nation, county or other."""
    if row["place"] == own:
        return "own"
    return str(row["level"]) if row["level"] in ("nation", "county") else "other"


def label_rows(
    rows: pd.DataFrame, by: str, register: Register, language: str, own: str
) -> pd.DataFrame:
    """Add ``label``, ``role`` and ``ref`` to rows.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `select` returns them.
    by : str
        Dimension that tells the rows apart, or ``place``.
    register : Register
        Names places as they were named in the row's year.
    language : {"nb", "en"}
        Language of the labels.
    own : str
        Place of the edition's municipality.

    Returns
    -------
    pandas.DataFrame
        The rows with three columns more, the municipality first where places vary.
    """
    if rows.empty:
        return rows.assign(label="", role="", ref="")
    labelled = rows.assign(
        label=[_label(row, by, register, language) for _, row in rows.iterrows()],
        role=[_role(row, by, own) for _, row in rows.iterrows()],
        ref=[row_ref(row) for _, row in rows.iterrows()],
    )
    if by == "place":
        order = labelled["role"].map(ROLE_ORDER)
        return (
            labelled.assign(_order=order)
            .sort_values(["_order", "label", "year"])
            .drop(columns="_order")
        )
    return labelled


def _role(row: pd.Series, by: str, own: str) -> str:
    return str(row["gender"]) if by == "gender" else role_of(row, own)


def _label(row: pd.Series, by: str, register: Register, language: str) -> str:
    if by == "place":
        return register.name(str(row["place"]), int(row["year"]), language)
    if by == "grade":
        return wording.grade_name(str(row["grade"]), language)
    if by == "gender":
        return _gender(str(row["indicator"]), str(row["gender"]), language)
    if by == "year":
        return str(row["year"])
    if by in ("category", "subject"):
        return register.category_label(str(row[by]), language)
    return register.name(str(row["place"]), int(row["year"]), language)


def label_of_measure(row: dict, register: Register, language: str) -> str:
    """Name a measure with all that it is of: "Lesing, 8. trinn, jenter" after its own name."""
    parts = [wording.sentence(register.indicators[row["indicator"]].name[language])]
    parts += [
        register.category_label(row[at], language) for at in ("subject", "category") if row[at]
    ]
    if row["grade"]:
        parts.append(wording.grade_name(row["grade"], language))
    if row["gender"]:
        parts.append(_gender(row["indicator"], row["gender"], language))
    return ", ".join(parts)


def _gender(indicator: str, gender: str, language: str) -> str:
    """Name a gender of those the measure is of: staff are women and men, not girls and boys."""
    grown = bool(ADULTS & set(indicator.split("_")))
    words = {"female": "women", "male": "men"} if grown else {"female": "girls", "male": "boys"}
    return wording.word(words[gender], language)
