"""Word and trace what may be shown of an edition's pupils, on a chapter's page."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.pupils.door import Shown, open_door
from tilstand.report import wording
from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

HIDDEN = "\N{EN DASH}"
#: What columns of numbers that belong to a protected one say: ``ref`` and ``of`` of `Column`.
LOW, HIGH, DERIVED = ("ref", "low"), ("ref", "high"), ("ref", "derived")


@dataclass(frozen=True)
class PupilBook(Shown):
    """Hold what the door for pupils has handed out, in the words of a page.

    Parameters
    ----------
    page : Page
        Gives the language and the register.
    """

    page: Page = field(kw_only=True)

    @property
    def count(self) -> Value:
        """Number of schools, which is no number about pupils."""
        return Value(len(self.schools), recipe="count of rows")

    def value(
        self, row: pd.Series | dict[str, Any], column: str = "value", decimals: int = 1
    ) -> Value:
        """Make a value of one number of a protected row; missing where it is hidden.

        Parameters
        ----------
        row : Series or dict
            A row of a protected table, with ``ref`` and, where the number is an n, ``n_ref``.
        column : str
            Which number of it.
        decimals : int
            Decimals to print.
        """
        number = row[column]
        ref = str(row.get("n_ref") or row["ref"]) if column == "n" else str(row["ref"])
        clean = None if pd.isna(number) else float(number)
        return Value(clean, decimals=decimals, refs=(ref,), recipe="pupils")

    def computed(self, number: float | None, rows: pd.DataFrame, decimals: int = 1) -> Value:
        """Make a value of a number that an analysis computed from protected rows.

        Rows that are hidden hold no number, so it rests on the others and names them alone.
        """
        clean = None if number is None or pd.isna(number) else float(number)
        shown = rows[rows["status"] == "ok"] if "status" in rows else rows
        refs = tuple(dict.fromkeys(shown["ref"])) if "ref" in rows else ()
        return Value(clean, decimals=decimals, refs=refs, recipe="pupils computed")

    def named(self, number: float | None, ref: str, recipe: str) -> Value:
        """Make a whole number that was computed from the pupils themselves, not from a table."""
        return Value(number, refs=(ref,), recipe=recipe)

    def year(self, year: str, rows: pd.DataFrame) -> Value:
        """Make a year that prose can name without typing it."""
        refs = tuple(dict.fromkeys(rows["ref"]))[:1]
        return Value(float(year), year=int(year), refs=refs, recipe="year")

    @property
    def role(self) -> str:
        """How charts mark the municipality's own numbers."""
        return own_role(self.page)

    @property
    def marks(self) -> dict[str, Any]:
        """Source line and mark of every exhibit."""
        source = self.page.pick(
            nb=f"Kilde: utgavens elevfil, egne beregninger. {HIDDEN} betyr skjult av hensyn til "
            "elevene.",
            en=f"Source: the edition's pupil file, our computations. {HIDDEN} means hidden to "
            "protect the pupils.",
        )
        return {"source": source, "simulated": self.page.edition.simulated}

    def grade(self, grade: str) -> str:
        """Name a grade: "5. trinn"."""
        return wording.grade_name(grade, self.page.language)

    def subject(self, subject: str) -> str:
        """Name a subject; a file that does not say it has "the test"."""
        if self.page.register.knows_category(subject):
            return self.page.register.category_label(subject, self.page.language)
        return self.page.pick(nb="prøven", en="the test")

    def test(self, row: dict[str, Any] | pd.Series) -> str:
        """Name a test: "lesing på 5. trinn"."""
        between = self.page.pick(nb="på", en="in")
        return f"{self.subject(str(row['subject']))} {between} {self.grade(str(row['grade']))}"


def own_role(page: Page) -> str:
    """Tell how charts mark numbers of the edition's own pupils."""
    return "simulated" if page.edition.simulated else "own"


def open_pupils(page: Page) -> PupilBook | None:
    """Open what may be shown of an edition's pupils.

    Parameters
    ----------
    page : Page
        A chapter's page.

    Returns
    -------
    PupilBook or None
        None where the edition has no pupil file.
    """
    shown = open_door(page.project, page.edition.name)
    if shown is None:
        return None
    return PupilBook(**{one.name: getattr(shown, one.name) for one in fields(Shown)}, page=page)
