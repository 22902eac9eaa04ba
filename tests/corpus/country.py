"""Make exports of a whole invented country whose growth and spread are known."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from corpus.exports import TOTAL, UDIR, UNIT_HEADER, Sheet, organisation

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project

PUPIL_SD = 8.93
MARGIN = 17.5
UDIR_SUBJECTS = {"english": "Engelsk", "reading": "Lesing", "numeracy": "Regning"}
OLD_COUNTY, NEW_COUNTY = "98", "97"
SLOPE, GROWTH_SD, PRIOR_SD = 0.85, 1.0, 2.0
#: How much chance in a municipality's two means has in common: they are the same pupils.
SAME_PUPILS = 0.7


@dataclass(frozen=True)
class Country:
    """Hold the truth of an invented country of municipalities that got new numbers in 2024.

    Parameters
    ----------
    towns : int
        Municipalities ``9801`` and up to 2023, ``9701`` and up from 2024; the first is ours.
    partial : bool
        Only half of our pupils sat the tests of 2022.
    """

    towns: int = 60
    partial: bool = False
    seed: int = 41
    prior: np.ndarray = field(init=False)
    growth: np.ndarray = field(init=False)
    pupils: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        object.__setattr__(self, "prior", rng.normal(50, PRIOR_SD, self.towns))
        growth = rng.normal(0, GROWTH_SD, self.towns)
        growth[0] = 4.0
        object.__setattr__(self, "growth", growth)
        pupils = np.exp(rng.normal(5.5, 0.8, self.towns)).clip(8, 3000).round()
        pupils[0] = 900
        object.__setattr__(self, "pupils", pupils)

    def code(self, number: int, year: int) -> str:
        """Give a municipality's code in a year."""
        return f"{NEW_COUNTY if year >= 2024 else OLD_COUNTY}{number + 1:02d}"

    def truth(self, number: int, grade: str) -> float:
        """Give a municipality's true mean."""
        if grade == "5":
            return float(self.prior[number])
        return float(50 + SLOPE * (self.prior[number] - 50) + self.growth[number])

    def sheet(self, year: int, grade: str) -> Sheet:
        """Make the export of one autumn and grade."""
        rng = np.random.default_rng([self.seed, year, int(grade)])
        span, county = f"{year}-{(year + 1) % 100}", self.code(0, year)[:2]
        measures = ("Skalapoeng", "Usikkerhet", "Antall elever deltatt")
        header = [
            f"{span}.{subject}.{grade}. årstrinn.{TOTAL}.{measure}"
            for subject in UDIR_SUBJECTS.values()
            for measure in measures
        ]
        nation = ["1", "I", "00", "0000", "I", "Hele landet", "Alle fylker", "Alle kommuner"]
        rows = [[*nation, "Alle skoler", *_cells(rng, 50, 50_000)]]
        name = f"Prøvefylke {county}"
        unit = ["2", "I", county, "0000", county, "Hele landet", name, "Alle kommuner"]
        rows.append([*unit, "Alle skoler", *_cells(rng, 50.4, 9_000)])
        for number in range(self.towns):
            code, town = self.code(number, year), f"Prøveby {number + 1:02d}"
            n = self.pupils[number]
            n = n / 2 if self.partial and number == 0 and grade == "5" else n
            unit = ["3", "I", county, code, code, "Hele landet", name, town, "Alle skoler"]
            same = np.random.default_rng([self.seed, number]).standard_normal(len(UDIR_SUBJECTS))
            rows.append([*unit, *_cells(rng, self.truth(number, grade), n, same)])
        code = self.code(0, year)
        # Schools opened alphabetically backwards, so that a chapter has to sort them.
        for serial, school in enumerate(("Ås skole", "Øvre skole", "Zion skole", "Alm skole"), 1):
            unit = ["4", "I", county, code, organisation(serial), "Hele landet", name]
            mean = self.truth(0, grade) + (-6 if serial == 1 else 2)
            rows.append([*unit, "Prøveby 01", school, *_cells(rng, mean, 44 * serial)])
        unit = ["4", "I", county, code, organisation(9), "Hele landet", name, "Prøveby 01"]
        rows.append([*unit, "Bitteliten skole", *["*"] * 9])
        return Sheet(UNIT_HEADER + header, rows)

    def settle(self, project: Project, edition: int, files: list[tuple[int, str]]) -> None:
        """Put the country into a project: its units, the edition's file and its exports."""
        units = [("ny-prove", "97", "county", "Prøvefylke 97", "Prøvefylke 97", "", "2024", "")]
        units.append(
            ("prove", "98", "county", "Prøvefylke 98", "Prøvefylke 98", "", "2020", "2023")
        )
        changes = []
        for number in range(self.towns):
            name, old, new = f"Prøveby {number + 1:02d}", self.code(number, 2022), ""
            new = self.code(number, 2025)
            told = (f"proveby-{number + 1}", "municipality", name, name)
            place, level = told[:2]
            units.append((place, old, level, name, name, "98", "2020", "2023"))
            units.append((place, new, level, name, name, "97", "2024", ""))
            changes.append(("2024", old, new, "renumbered", "ssb-klass-131"))
        _append(project.register / "units.csv", units)
        _append(project.register / "changes.csv", changes)
        text = (
            f'year = {edition}\nmunicipality = "{self.code(0, edition)}"\n'
            'comparators = ["county", "nation"]\nlanguages = ["nb", "en"]\n'
        )
        (project.editions / f"{edition}.toml").write_text(text, encoding="utf-8")
        folder = project.open / str(edition)
        folder.mkdir(parents=True, exist_ok=True)
        for year, grade in files:
            made = UDIR.write(self.sheet(year, grade), folder)
            made.rename(folder / f"{year}-{grade}.csv")


def _cells(
    rng: np.random.Generator, mean: float, n: float, same: np.ndarray | None = None
) -> list[str]:
    cells = []
    for place in range(len(UDIR_SUBJECTS)):
        if n < 10:
            cells += ["*", "*", "*"]
            continue
        chance = rng.standard_normal()
        if same is not None:
            chance = np.sqrt(SAME_PUPILS) * same[place] + np.sqrt(1 - SAME_PUPILS) * chance
        value = round(mean + PUPIL_SD / np.sqrt(n) * chance)
        margin = f"{MARGIN / np.sqrt(n):.1f}".replace(".", ",")
        cells += [str(value), margin, f"{round(n):,}".replace(",", " ")]
    return cells


def _append(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
