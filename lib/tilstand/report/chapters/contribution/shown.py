"""Give the chapters on school contribution the pupils to show: the edition's own, or simulated."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand import simulation
from tilstand.analysis.contributions import MIN_PUPILS
from tilstand.edition.pupil_file import PupilFile
from tilstand.pupils.reading import in_roles, read_edition_pupils
from tilstand.report import wording
from tilstand.report.numbers import Value
from tilstand.store import remembered

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

#: The simulated country: two cohorts of about 75 pupils to each lower secondary school.
PLAN = simulation.Plan(pupils=60_000, schools=400, cohorts=(1, 2))
SEED = 2026
OFFICIAL = "official_school_contribution"
EXAMPLE = PupilFile(
    file="",
    outcome="reading_9",
    prior="reading_8",
    school="school",
    subject="reading",
    grade="9",
    prior_grade="8",
    cohort="cohort",
    municipality="municipality",
    own=simulation.HOME,
    exempt="exempt_9",
    moved="moved",
    earlier="reading_5",
    other_priors=("numeracy_8",),
    background=("gender", "parents_education", "immigration_background"),
    reliability=PLAN.reliability,
)


@dataclass(frozen=True)
class Shown:
    """Hold the pupils that the chapters show, under column names of their own.

    Parameters
    ----------
    cohorts : DataFrame, one row a pupil
        As `tilstand.pupils.reading.in_roles` describes it.
    file : PupilFile
        What the columns were and what the tests are called.
    home : str
        Name of the municipality; the fictional one where the pupils are simulated.
    simulated : bool
        Whether the pupils exist.
    truth : Series or None
        True contributions of the latest cohort by school, where they are known.
    """

    cohorts: pd.DataFrame
    file: PupilFile
    home: str
    simulated: bool
    truth: pd.Series | None = field(default=None)

    @property
    def pupils(self) -> pd.DataFrame:
        """Pupils of the latest cohort."""
        return self.cohorts[self.cohorts["cohort"] == self.cohorts["cohort"].max()]

    @property
    def earlier_cohort(self) -> pd.DataFrame:
        """Pupils of the cohort before it; no rows where there is none."""
        before = self.cohorts[self.cohorts["cohort"] < self.cohorts["cohort"].max()]
        return before[before["cohort"] == before["cohort"].max()]

    @property
    def schools(self) -> list[str]:
        """Ids of our schools, in order."""
        return sorted(set(self.pupils.loc[self.pupils["home"], "school"]))

    @property
    def wider(self) -> bool:
        """Whether the pupils stand for more than our own municipality."""
        return not bool(self.cohorts["home"].all())

    @property
    def others(self) -> tuple[str, ...]:
        """Other earlier results."""
        return tuple(name for name in map(str, self.cohorts) if name.startswith("other_"))

    @property
    def background(self) -> tuple[str, ...]:
        """Columns of background."""
        return tuple(name for name in map(str, self.cohorts) if name.startswith("background_"))

    @property
    def origin(self) -> str:
        """Name where the numbers come from, for tracing."""
        if not self.simulated:
            return f"pupil-file|{self.file.file}"
        return f"simulated|pupils={PLAN.pupils}|schools={PLAN.schools}|seed={SEED}"

    def value(self, number: float | None, decimals: int = 1) -> Value:
        """Make a value that names these pupils as its origin; missing where not finite."""
        clean = None if number is None or not math.isfinite(float(number)) else float(number)
        recipe = "simulated" if self.simulated else "pupil-file"
        return Value(clean, decimals=decimals, refs=(self.origin,), recipe=recipe)

    def values(self, numbers: dict[str, float], decimals: int = 1) -> dict[str, Value]:
        """Make values of several numbers with the same decimals, by name."""
        return {name: self.value(number, decimals) for name, number in numbers.items()}

    def labels(self, schools: pd.Series, language: str) -> pd.Series:
        """Name schools: invented ones by letter, an analyst's own as the file has them."""
        if not self.simulated or len(self.schools) > len(ascii_uppercase):
            return schools.astype(str)
        word = {"nb": "Skole", "en": "School"}[language]
        names = zip(self.schools, ascii_uppercase, strict=False)
        return schools.map({school: f"{word} {letter}" for school, letter in names})

    def marks(self, page: Page) -> dict[str, Any]:
        """Give every exhibit its source line and, where it is due, the mark of simulated data."""
        if self.simulated:
            source = page.pick(
                nb=f"Kilde: simulerte elever (frø {SEED}), egne beregninger.",
                en=f"Source: simulated pupils (seed {SEED}), our computations.",
            )
        else:
            few = f"{MIN_PUPILS}"
            source = page.pick(
                nb=f"Kilde: utgavens elevfil, egne beregninger. Skoler med færre enn {few} elever "
                "er utelatt, og alltid minst to når noen er det.",
                en=f"Source: the edition's pupil file, our computations. Schools with fewer than "
                f"{few} pupils are left out, and at least two whenever any are.",
            )
        return {"source": source, "simulated": self.simulated}

    def words(self, page: Page) -> dict[str, Any]:
        """Give prose the names of things; those that do not hold of these pupils are blank.

        Returns
        -------
        dict
            ``simulated_home`` and ``own_home``, one of them blank, ``home``, ``subject``,
            ``outcome_grade`` and ``prior_grade``, ``corrected`` (with or without the correction for
            test error), ``wider`` and ``alone``, one of them blank.
        """
        subject = page.register.category_label(self.file.subject, page.language)
        population = page.pick(
            nb="det simulerte landet" if self.simulated else "alle elevene i filen",
            en="the simulated country" if self.simulated else "all pupils in the file",
        )
        alone = page.pick(nb=f"kommunen {self.home}", en=f"the municipality {self.home}")
        return {
            "simulated_home": self.home if self.simulated else "",
            "own_home": "" if self.simulated else self.home,
            "home": self.home,
            "subject": subject or page.pick(nb="prøven", en="the test"),
            "outcome_grade": wording.grade_name(self.file.grade, page.language),
            "prior_grade": wording.grade_name(self.file.prior_grade, page.language),
            "corrected": page.pick(nb="med", en="with")
            if self.file.reliability
            else page.pick(nb="uten", en="without"),
            "reference": population if self.wider else alone,
            "wider": population if self.wider else "",
            "alone": "" if self.wider else alone,
        }


def year_before(value: Value) -> Value:
    """Give the year before a value's own, where two years are pooled."""
    number = None if value.missing or value.year is None else value.year - 1
    return replace(value, number=number, recipe="year", decimals=0, approximate=False)


def official_rows(page: Page) -> pd.DataFrame:
    """Give the official indicator for grades 1-4, labelled by the two years that are pooled."""
    rows = page.rows(OFFICIAL, grade="1-4").sort_values("year")
    between = page.pick(nb="og", en="and")
    return rows.assign(label=[f"{year - 1} {between} {year}" for year in rows["year"]])


def pupils_to_show(page: Page) -> Shown:
    """Give the edition's own pupils where it has a file of them, else the simulated example.

    Parameters
    ----------
    page : Page
        The chapter's page; its edition may have a table ``[pupils]``.

    Returns
    -------
    Shown
        The pupils. A file that was made by ``tilstand simulate`` stays marked as simulated.
    """
    file = page.edition.pupils
    if file is None:
        return simulated_example()
    pupils = read_edition_pupils(page.project, file)
    simulated = bool(pupils["simulated"].any())
    home = file.own if simulated and file.own else page.name
    return Shown(pupils, file, home, simulated)


@remembered
def simulated_example() -> Shown:
    """Simulate the country that the chapters show when there is no pupil file."""
    country = simulation.simulate(PLAN, np.random.default_rng(SEED))
    truth = country.truth(int(EXAMPLE.grade), EXAMPLE.subject, PLAN.cohorts[-1])
    cohorts = in_roles(country.pupils, EXAMPLE)
    return Shown(cohorts, EXAMPLE, simulation.HOME, simulated=True, truth=truth)
