"""Write the pupil files of Eksempel kommune, such as a municipality would export its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.safe_text import csv_of
from tilstand.simulation.marks_and_answers import INDEXES
from tilstand.simulation.municipality import example_municipality, municipalities_around
from tilstand.simulation.plan import HOME

if TYPE_CHECKING:
    from pathlib import Path

GENDERS = {"female": "jente", "male": "gutt"}
EDUCATION = ("grunnskole", "videregående", "kort høyere", "lang høyere")
SUBJECTS = {"reading": "lesing", "numeracy": "regning", "english": "engelsk"}
MARKS = {"norwegian_main": "norsk", "mathematics": "matematikk", "english": "engelsk"}
ABOUT = {
    "pupil": "elev",
    "year": "høst",
    "school": "skole",
    "feeder_school": "avgiverskole",
    "gender": "kjønn",
}


def write_example_files(folder: Path, year: int) -> list[Path]:
    """Write the pupil files of the example municipality.

    Parameters
    ----------
    folder : Path
        Where they go; only its owner may read them, as with files of pupils who exist.
    year : int
        Data year of the edition: the last of four.

    Returns
    -------
    list of Path
        ``5-trinn.csv``, ``8-trinn.csv``, ``9-trinn.csv`` (with the pupils of the municipalities
        around), ``10-trinn.csv``, ``elevundersokelsen.csv`` and ``videregaende.csv``; the same
        bytes whenever they are written.
    """
    example = example_municipality(year)
    home = example.tests.assign(municipality=HOME)
    around = municipalities_around(year)
    tables = {
        "5-trinn": _tests(home, 5),
        "8-trinn": _tests(home, 8),
        "9-trinn": _tests(pd.concat([home, around], ignore_index=True), 9),
        "10-trinn": _leaving(example.marks, example.points),
        "elevundersokelsen": _survey(example.answers),
        "videregaende": _completion(example.completion),
    }
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [_write(folder / f"{name}.csv", table) for name, table in tables.items()]


def _write(path: Path, table: pd.DataFrame) -> Path:
    """Write a table that says on every row that it is simulated."""
    draft = path.with_suffix(".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        stream.write(csv_of(table.assign(simulated="true"), sep=";"))
    draft.replace(path)
    return path


def _tests(tests: pd.DataFrame, grade: int) -> pd.DataFrame:
    """Make a file of one grade: a row a pupil, the subjects side by side."""
    rows = tests[tests["grade"] == grade]
    key = ["municipality", "pupil"]
    first = rows.drop_duplicates(key).set_index(key)
    table = pd.DataFrame(index=first.index)
    for name, column in ABOUT.items():
        if name not in key:
            table[column] = first[name]
    table["kjønn"] = first["gender"].map(GENDERS)
    table["utdanning"] = [EDUCATION[level] for level in first["education"]]
    table["innvandrer"] = _truth(first["immigrant"])
    table["flyttet"] = _truth(first["moved"])
    for subject, part in rows.groupby("subject", sort=True):
        name, own = SUBJECTS[str(subject)], part.set_index(key)
        table[f"{name} {grade}"] = own["score"].astype("Int64")
        table[f"fritak {name}"] = _truth(own["exempt"])
        for earlier in (5, 8):
            if own[f"before_{earlier}"].notna().any():
                table[f"{name} {earlier}"] = own[f"before_{earlier}"].astype("Int64")
    named = table.reset_index(names=["kommune", "elev"])
    # Pupils of two municipalities may have the same number in the simulation.
    prefix = named["kommune"].str.replace(r"\D", "", regex=True)
    return named.assign(elev=prefix + named["elev"])


def _leaving(marks: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Make the file of those who leave 10. trinn; its autumn is the one before their spring."""
    table = points.assign(year=points["year"] - 1).rename(columns=ABOUT)
    table["kjønn"] = table["kjønn"].map(GENDERS)
    table = table.rename(columns={"points": "grunnskolepoeng"})
    for subject, part in marks.groupby("subject", sort=False):
        own = part.set_index("pupil").loc[table["elev"]].reset_index()
        name = MARKS[str(subject)]
        table[f"standpunkt {name}"] = own["final"].astype("Int64").to_numpy()
        table[f"eksamen {name}"] = own["exam"].astype("Int64").to_numpy()
    return table


def _survey(answers: pd.DataFrame) -> pd.DataFrame:
    table = answers.rename(columns={**ABOUT, "grade": "trinn"})
    table["kjønn"] = table["kjønn"].map(GENDERS)
    names = {index: index.removeprefix("survey_") for index in INDEXES}
    table = table.rename(columns={**names, "bullied": "mobbet"})
    return table.assign(mobbet=_truth(table["mobbet"]))


def _completion(completion: pd.DataFrame) -> pd.DataFrame:
    """Make the file of those who began vg1; it names them by the autumn of their 10. trinn."""
    table = completion.assign(year=completion["year"] - 1)
    table = table.rename(columns={**ABOUT, "completed": "fullført"})
    table["kjønn"] = table["kjønn"].map(GENDERS)
    return table.assign(fullført=_truth(table["fullført"]))


def _truth(values: pd.Series) -> pd.Series:
    return values.map({True: "ja", False: "nei"})
