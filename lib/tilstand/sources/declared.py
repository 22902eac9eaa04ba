"""Know which measures each chapter shows, and in which breakdown it prefers them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.register import read_text_table
from tilstand.store import held

if TYPE_CHECKING:
    from pathlib import Path

SHOWN_COLUMNS = ("chapter", "indicator", "form", "grades", "schools", "class", "origin")
FORMS = ("chart", "line", "own")
ALL, EACH = "all", "each"
SINGLE = re.compile(r"[0-9]+")
#: The dimensions beside the grade; a row has at most one of them, or it is a crossed one.
PARTS = ("gender", "subject", "category")
WHOLE, CROSSED = "whole", "crossed"


@dataclass(frozen=True)
class Declared:
    """Say how one chapter shows one measure.

    Parameters
    ----------
    chapter : str
        The chapter's file name.
    indicator : str
        Code of the catalogue.
    form : {"chart", "line", "own"}
        A section of its own, a line in the chapter's table of more figures, or cells that the
        chapter has of its own.
    grades : tuple of tuple of str
        Breakdowns by grade, the preferred one first; a blank grade is all of them together, and
        ``each`` stands for each single grade there is.
    schools : bool
        Whether the measure is shown school by school.
    importance : {"must", "usual", "rare", ""}
        How a yearly report has it; blank where it is no key figure.
    origin : str
        Where it comes from: a kind of export, ``ssb`` or ``udir`` with a table, or ``own``.
    crossed : tuple of frozenset of str
        Dimensions of `PARTS` that cells of the chapter's own show across each other; written
        after the form, ``own subject+category gender+subject``.
    beside : tuple of str
        Levels of the only places that such cells show beside the municipality, written there too:
        ``own nation``; empty where they show all comparators.
    """

    chapter: str
    indicator: str
    form: str
    grades: tuple[tuple[str, ...], ...]
    schools: bool
    importance: str
    origin: str
    crossed: tuple[frozenset[str], ...] = ()
    beside: tuple[str, ...] = ()

    def preferred(self, rows: pd.DataFrame) -> list[str]:
        """Choose the first breakdown by grade that rows have.

        Parameters
        ----------
        rows : pandas.DataFrame
            Rows of the measure with a value, of the municipality.

        Returns
        -------
        list of str
            Grades; those of the breakdown that are there. Empty where there are no rows; where
            none of the preferred breakdowns is there, every grade that is.

        Examples
        --------
        >>> import pandas as pd
        >>> one = Declared("c", "i", "chart", (("5-10",), ("7", "10"), (EACH,)), False, "", "own")
        >>> one.preferred(pd.DataFrame({"grade": ["10", "7", "8"]}))
        ['7', '10']
        """
        there = sorted(set(rows["grade"]), key=grade_order)
        for option in self.grades:
            if option == (EACH,):
                found = [grade for grade in there if SINGLE.fullmatch(grade)]
            else:
                found = [grade for grade in option if grade in there]
            if found:
                return found
        return there


@held
def read_declared(folder: Path) -> list[Declared]:
    """Read what every chapter shows, from ``shown.csv`` of the register."""
    return [
        Declared(
            chapter=row["chapter"],
            indicator=row["indicator"],
            form=row["form"].split()[0],
            grades=tuple(
                tuple("" if grade == ALL else grade for grade in option.split(";"))
                for option in row["grades"].split("|")
            ),
            schools=row["schools"] == "yes",
            importance=row["class"],
            origin=row["origin"],
            crossed=tuple(frozenset(x.split("+")) for x in row["form"].split()[1:] if "+" in x),
            beside=tuple(x for x in row["form"].split()[1:] if "+" not in x),
        )
        for row in read_text_table(folder / "shown.csv", SHOWN_COLUMNS).to_dict("records")
    ]


def grade_order(grade: str) -> tuple[int, int, str]:
    """Return the key that sorts grades as schools do: 1, 2, ..., 10, vg1; spans after singles."""
    first = SINGLE.match(grade)
    return (2, 0, grade) if first is None else (int("-" in grade), int(first.group()), grade)


def pairs_of_sexes(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows are of one sex in one subject or one category: shown girls beside boys.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"gender": ["male", "", "male"], "subject": ["english"] * 3}
    >>> pairs_of_sexes(pd.DataFrame({**rows, "category": ["", "", "level_1"]})).tolist()
    [True, False, False]
    """
    others = (rows[["subject", "category"]] != "").sum(axis=1)
    return (rows["gender"] != "") & (others == 1)


def part_of(rows: pd.DataFrame) -> pd.Series:
    """Tell for each row which part of the measure it is.

    Parameters
    ----------
    rows : pandas.DataFrame
        Figures with ``gender``, ``subject`` and ``category``.

    Returns
    -------
    pandas.Series
        ``whole``, one of `PARTS`, or ``crossed`` where more than one is given.
    """
    found = []
    for cells in zip(*(rows[part] for part in PARTS), strict=True):
        named = [part for part, cell in zip(PARTS, cells, strict=True) if cell]
        first, *others = named or [WHOLE]
        found.append(CROSSED if others else first)
    return pd.Series(found, index=rows.index, dtype=object)
