"""Read an edition's pupil file: every fault told, the roles named, no id left."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from tilstand import simulation
from tilstand.edition.pupil_file import PupilFile
from tilstand.edition.pupil_schema import load_schema
from tilstand.errors import DataError
from tilstand.pupils.frames import frames_of
from tilstand.pupils.reading import pupil_quality, read_edition_pupils
from tilstand.pupils.spellings import school_spellings
from tilstand.simulation.marks_and_answers import INDEXES

FILE = PupilFile(
    "data/private/elever.csv",
    outcome="Les 9",
    prior="Les 8",
    school="Skole",
    cohort="År",
    exempt="Fritatt",
    background=("Utdanning", "Sone"),
    columns={"pupil": "Fnr", "gender": "Kjønn"},
)
HEADER = "Fnr;År;Skole;Kjønn;Fritatt;Les 8;Les 9;Utdanning;Sone;Notat"
ROWS = (
    "01010112345;2020;0101;J;nei;48,5;52;1;01;hemmelig",
    "02020212345;2020;Bekkestua;Gutt;ja;;;;02;hemmelig",
)


@pytest.fixture
def read(project_copy):
    def read_rows(*rows: str, header: str = HEADER, file: PupilFile = FILE) -> pd.DataFrame:
        path = project_copy.root / "data" / "private" / "elever.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([header, *rows]), encoding="utf-8")
        return read_edition_pupils(project_copy, file)

    return read_rows


def test_roles_and_named_fields_are_read_and_nothing_else(read):
    got = set(read(*ROWS))

    exp = {"school", "outcome", "prior", "cohort", "home", "exempt"}
    assert got == exp | {"background_1", "background_2", "pupil", "gender"}


def test_cells_get_their_types_and_school_ids_stay_text(read):
    got = read(*ROWS).iloc[0]

    assert (got["school"], got["prior"], got["exempt"], got["gender"]) == (
        "0101",
        48.5,
        False,
        "female",
    )


def test_background_is_numbers_unless_it_is_codes(read):
    got = read(*ROWS)

    assert got["background_1"].tolist()[0] == 1
    assert got["background_1"].isna().tolist() == [False, True]
    assert got["background_2"].tolist() == ["01", "02"]


def test_pupils_keys_cannot_be_joined_over_two_readings(read):
    one, other = read(*ROWS), read(*ROWS)

    assert not set(one["pupil"]) & (set(other["pupil"]) | {"01010112345"})


@pytest.mark.parametrize(
    ("old", "new", "exp"),
    [
        (";52;", ";152;", "elever.csv:2:Les 9: '152', expected a number from 1 to 100"),
        (";0101;", ";;", "elever.csv:2:Skole: '', expected a value"),
        (";2020;", ";i fjor;", "elever.csv:2:År: 'i fjor', expected a number"),
        (";nei;", ";kanskje;", "elever.csv:2:Fritatt: 'kanskje', expected one of true, false"),
        (";J;", ";ukjent;", "elever.csv:2:Kjønn: 'ukjent', expected one of female, male"),
        ("01010112345", "02020212345", "elever.csv:3:Fnr: '(not shown)', expected each pupil once"),
    ],
)
def test_fault_is_one_line_with_row_and_column(old, new, exp, read):
    with pytest.raises(DataError) as caught:
        read(ROWS[0].replace(old, new, 1), ROWS[1])

    (got,) = caught.value.lines
    assert got.startswith(f"data/private/{exp}")


def test_one_cause_in_many_rows_is_one_line_that_counts_them(read):
    rows = [ROWS[0].replace("0101011", f"{n:07}").replace(";52;", ";0;") for n in range(50)]

    with pytest.raises(DataError) as caught:
        read(*rows)

    (got,) = caught.value.lines
    assert got.startswith("data/private/elever.csv:2:Les 9: '0', expected a number from 1 to 100")
    assert got.endswith("(50 such cells in 50 rows: 2, 3, 4 ...)")


def test_column_that_is_not_there_is_told(read):
    with pytest.raises(DataError, match="expected a column for 'prior'"):
        read("1;2020", header="Fnr;År", file=PupilFile(FILE.file, "År", "Les 8", "Fnr"))


def test_field_that_the_schema_lacks_is_told(read):
    with pytest.raises(DataError, match="'shoe', expected a field that"):
        read(*ROWS, file=PupilFile(FILE.file, "Les 9", "Les 8", "Skole", columns={"shoe": "x"}))


def test_another_scale_is_the_editions_to_say(read):
    file = PupilFile(FILE.file, "Les 9", "Les 8", "Skole", scale=(0, 200))

    assert read(ROWS[0].replace(";52;", ";152;"), ROWS[1], file=file)["outcome"].iloc[0] == 152


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_simulated_file_is_read_in_every_format_by_an_edition_that_says_so(project_copy, ending):
    folder = project_copy.root / "data" / "private"
    folder.mkdir()
    simulation.simulate_file(200, 6, 1, folder / f"elever.{ending}")
    file = PupilFile(
        f"data/private/elever.{ending}",
        "reading_9",
        "reading_8",
        "school",
        cohort="cohort",
        municipality="municipality",
        own=simulation.HOME,
        background=("gender",),
        columns={"pupil": "pupil", "gender": "gender"},
    )

    got = read_edition_pupils(project_copy, file, simulated=True)

    assert got["home"].sum() > 0
    assert set(got["gender"]) == {"female", "male"}


def test_simulated_pupils_are_refused_under_a_name_that_exists(project_copy):
    folder = project_copy.root / "data" / "private"
    folder.mkdir()
    simulation.simulate_file(200, 6, 1, folder / "elever.csv")
    file = PupilFile("data/private/elever.csv", "reading_9", "reading_8", "school")

    with pytest.raises(DataError) as caught:
        read_edition_pupils(project_copy, file)

    (got,) = caught.value.lines
    assert got.startswith("data/private/elever.csv:simulated: 'true', expected pupils who exist")


def cell_of(field: dict) -> str:
    rules = field.get("constraints", {})
    if "enum" in rules:
        return rules["enum"][0]
    return {"school": "100000016", "feeder_school": "100000024"}.get(
        field["name"], str(rules.get("minimum", "x"))
    )


def test_every_field_of_the_schema_is_read_and_reaches_a_frame(repo, project_copy):
    fields = load_schema(repo.root / "data" / "pupils.schema.json")
    row = {field["name"]: cell_of(field) for field in fields} | {"cohort": "2024", "grade": "9"}
    row |= {"birth_year": "2010", "prior_year": "2023"}
    path = project_copy.root / "data" / "private" / "elever.csv"
    path.parent.mkdir()
    path.write_text(";".join(row) + "\n" + ";".join(row.values()) + "\n", encoding="utf-8")
    roles = ("outcome", "prior", "school", "cohort", "exempt", "moved", "earlier")
    others = {name: name for name in row if name not in roles}
    file = PupilFile("data/private/elever.csv", **{r: r for r in roles}, columns=others)

    read = read_edition_pupils(project_copy, file)
    got = frames_of(read, file, 2025)

    assert set(row) <= set(read)
    assert {one.name: len(getattr(got, one.name)) for one in dataclasses.fields(got)} == {
        **dict.fromkeys(("tests", "pairs", "marks", "points", "bullying", "completion"), 1),
        "answers": sum(name.startswith("survey_") for name in row),
    }


def test_survey_fields_are_the_indexes_that_the_register_names(repo, repo_register):
    fields = load_schema(repo.root / "data" / "pupils.schema.json")
    got = [field["name"] for field in fields if field["name"].startswith("survey_")]

    assert set(got) == set(INDEXES)
    assert all(repo_register.knows_category(name) for name in got)


def test_a_school_has_one_spelling_in_all_files_of_an_edition(read, project_copy):
    names = ["Åsen skole", "A\u030asen skole", "åsen  skole ", "Åsen skole"]
    first = [
        ROWS[0].replace("0101;", f"{name};").replace("0101011", f"{n:07}")
        for n, name in enumerate(names)
    ]
    more = dataclasses.replace(FILE, file="data/private/flere.csv")
    both = dataclasses.replace(FILE, more=(more,))
    rows = [HEADER, first[2].replace("åsen", "ÅSEN")]
    read(*first)
    (project_copy.root / more.file).write_text("\n".join(rows), encoding="utf-8")

    spellings = school_spellings(project_copy, both.all)
    got = read(*first, file=both)["school"]
    other = read_edition_pupils(project_copy, more, spellings=spellings)["school"]

    assert set(got) | set(other) == {"Åsen skole"}


def test_names_that_are_nearly_equal_stay_two_and_are_asked_about(read, project_copy):
    rows = [ROWS[0].replace("0101;", "Kampen skole;"), ROWS[1].replace("Bekkestua", "Kampn skole")]
    read(*rows)

    _, schools, _, doubts = pupil_quality(project_copy, FILE)

    assert schools == 2
    (got,) = doubts
    assert got.startswith("data/private/elever.csv:Skole: 'Kampen skole' and 'Kampn skole'")
