import json

import pandas as pd
import pytest

from tilstand.pupils.simulated import NOTE, write_simulated
from tilstand.simulation.example_files import write_example_files
from tilstand.simulation.municipality import example_municipality, municipalities_around
from tilstand.simulation.schools import NEW_SCHOOL, TINY_SCHOOL


@pytest.fixture(scope="module")
def example():
    return example_municipality(2020)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated") / "eksempel"
    return {path.stem: path for path in write_example_files(folder, 2020)}


def read(path):
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)


def test_the_same_year_gives_the_same_pupils(example):
    pd.testing.assert_frame_equal(example_municipality(2020).tests, example.tests)


def test_another_edition_has_other_years():
    assert set(example_municipality(2031).tests["year"]) == {2028, 2029, 2030, 2031}


def test_three_cohorts_can_be_followed_from_eighth_to_ninth_grade(example):
    ninth = example.tests[example.tests["grade"] == 9]

    assert set(ninth.loc[ninth["before_8"].notna(), "year"]) == {2018, 2019, 2020}


def test_the_tiny_school_has_nine_pupils_in_the_grade_at_most(example):
    at_tiny = example.tests["school"] == TINY_SCHOOL

    assert example.tests[at_tiny].groupby(["year", "subject"]).size().max() == 9


def test_the_new_school_has_no_test_before_it_opened(example):
    at_new = example.tests["school"] == NEW_SCHOOL

    assert example.tests.loc[at_new, "year"].min() == 2019


def test_every_pupil_belongs_to_a_school_of_the_list(example):
    names = {school.name for school in example.schools}

    for rows in (example.tests, example.points, example.answers):
        assert set(rows["school"]) <= names


def test_no_pupil_sits_a_test_twice(example):
    assert not example.tests.duplicated(["pupil", "grade", "subject"]).any()


def test_who_is_exempt_has_no_score(example):
    assert example.tests.loc[example.tests["exempt"], "score"].isna().all()


def test_country_around_has_other_schools_and_starts_lower(example):
    around = municipalities_around(2020)
    eighth = around["grade"] == 8

    assert not set(around["school"]) & set(example.tests["school"])
    ours = example.tests.loc[example.tests["grade"] == 8, "score"].mean()
    assert around.loc[eighth, "score"].mean() < ours


def test_every_row_of_every_file_says_that_it_is_simulated(written):
    assert len(written) == 6
    for path in written.values():
        assert set(read(path)["simulated"]) == {"true"}


def test_files_are_for_their_owner_alone(written):
    for path in written.values():
        assert path.stat().st_mode & 0o077 == 0


def test_answers_carry_no_pupil(written):
    assert "elev" not in read(written["elevundersokelsen"]).columns


def test_only_the_file_of_contributions_holds_other_municipalities(written):
    wide = {
        name
        for name, path in written.items()
        if read(path).get("kommune", pd.Series()).nunique() > 1
    }

    assert wide == {"9-trinn"}


def test_files_are_written_anew_where_one_is_damaged_and_stay_where_none_is(project_copy):
    write_simulated(project_copy)
    folder = project_copy.work / "simulated" / "eksempel"
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    times = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.csv")}
    write_simulated(project_copy)
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("*.csv")} == times

    damaged = folder / "8-trinn.csv"
    damaged.write_bytes(before["8-trinn.csv"][:1000])
    write_simulated(project_copy)

    assert damaged.read_bytes() == before["8-trinn.csv"]


def test_files_of_an_older_program_are_written_anew(project_copy):
    write_simulated(project_copy)
    note = project_copy.work / "simulated" / "eksempel" / NOTE
    said = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps(said | {"program": "older"}), encoding="utf-8")

    write_simulated(project_copy)

    assert json.loads(note.read_text(encoding="utf-8")) == said
