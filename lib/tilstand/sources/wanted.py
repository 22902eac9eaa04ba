"""Know which files an edition wants, where they are downloaded and what they may be called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.contracts import LANGUAGES
from tilstand.register import read_text_table

if TYPE_CHECKING:
    from tilstand.project import Project
    from tilstand.register import Register

WANTED_COLUMNS = (
    "form",
    "grade",
    "since",
    "required",
    "official_name",
    "name",
    "where",
    "title_nb",
    "title_en",
)


@dataclass(frozen=True)
class Wanted:
    """Describe one file that an edition wants.

    Parameters
    ----------
    form, grade : str
        Kind of export and the grade that it has to hold (blank: any).
    school_year : str
        Such as ``2025-26``.
    year : int
        The year that the figures carry.
    required : bool
        False for files that only fill more chapters.
    title : dict
        What it is, by language.
    where : str
        Address of the page it is downloaded from.
    official_name : str
        Pattern of the rest of the name that Udir gives it, after the school year; blank where
        it is not known.
    name : str
        A name without ending that suits as well. Any name does: the header tells what a file is.
    """

    form: str
    grade: str
    school_year: str
    year: int
    required: bool
    title: dict[str, str]
    where: str
    official_name: str
    name: str

    def line(self, language: str = "en") -> str:
        """Write what it is and the names that suit, in one line for a person."""
        names = [f"{self.school_year}{self.official_name}", f"{self.name}.csv"]
        accepted = " or ".join(names if self.official_name else names[1:])
        return f"{self.title[language]} {self.school_year}: {accepted}"


def wanted_files(project: Project, register: Register, year: int) -> list[Wanted]:
    """List the files that an edition wants, required ones first, newest year first.

    Parameters
    ----------
    project : Project
        The checkout; the list lies in ``data/register/exports/wanted.csv``.
    register : Register
        Tells which indicators are named by the spring.
    year : int
        Data year of the edition.

    Returns
    -------
    list of Wanted
        One a kind of file and school year, back to the first year that can be compared.
    """
    table = read_text_table(project.register / "exports" / "wanted.csv", WANTED_COLUMNS)
    springs = spring_forms(project, register)
    wanted = []
    for row in table.to_dict("records"):
        later = row["form"] in springs
        for first in range(year - later, int(row["since"]) - 1, -1):
            school_year = f"{first}-{(first + 1) % 100:02d}"
            wanted.append(
                Wanted(
                    form=row["form"],
                    grade=row["grade"],
                    school_year=school_year,
                    year=first + later,
                    required=row["required"] == "yes",
                    title={language: row[f"title_{language}"] for language in LANGUAGES},
                    where=row["where"],
                    official_name=row["official_name"],
                    name=row["name"].format(school_year=school_year),
                )
            )
    return sorted(wanted, key=lambda wish: (not wish.required, -wish.year))


def spring_forms(project: Project, register: Register) -> set[str]:
    """Name the kinds of export whose figures are named by the spring of the school year."""
    columns = ("form", "indicator")
    measures = read_text_table(project.register / "exports" / "measures.csv", columns)
    return {
        row["form"]
        for row in measures.to_dict("records")
        if row["indicator"] in register.indicators
        and register.indicators[row["indicator"]].year_kind == "spring"
    }
