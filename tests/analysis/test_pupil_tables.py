import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import count_cells, tables_of
from tilstand.analysis.table_forms import BELOW_30, FROM_30, NO_POINTS, TOTAL


def frame_of(*rows):
    names = ["pupil", "year", "grade", "subject", "school", "gender", "exempt", "score", "level"]
    frame = pd.DataFrame(rows, columns=names).assign(feeder_school="")
    return frame.assign(score=frame["score"].astype(float), level=frame["level"].astype("Int64"))


@pytest.fixture
def data():
    tests = frame_of(
        ("a", 2020, 8, "reading", "U1", "female", False, 40, 2),
        ("b", 2020, 8, "reading", "U1", "male", False, 50, 3),
        ("c", 2020, 8, "reading", "U2", "male", True, np.nan, None),
        ("d", 2020, 8, "reading", "U2", "", False, np.nan, None),
        ("a", 2021, 9, "reading", "U2", "female", False, 47, 3),
        ("b", 2022, 9, "reading", "U1", "male", False, 60, 4),
    )
    points = pd.DataFrame(
        {
            "pupil": ["a", "b", "c"],
            "year": 2022,
            "school": "U1",
            "gender": "female",
            "points": [29.9, 30.0, np.nan],
        }
    )
    return PupilData(tests=tests, points=points)


def counted(table, **where):
    rows = table.counts
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return int(rows["count"].sum())


def test_every_pupil_entered_for_a_test_is_counted_once(data):
    got = tables_of(data).counts["results"]

    assert counted(got, grade="8") == 4


def test_exempt_and_absent_are_told_apart(data):
    got = tables_of(data).counts["results"]

    assert counted(got, school="U2", result="exempt") == 1
    assert counted(got, school="U2", result="absent") == 1


def test_unknown_gender_is_a_category_and_no_lost_pupil(data):
    got = tables_of(data).counts["results"]

    assert counted(got, gender="unknown") == 1


def test_points_of_thirty_are_not_few_and_missing_points_are_neither(data):
    got = tables_of(data).counts["grade_points"].counts

    assert set(got["band"]) == {BELOW_30, FROM_30, NO_POINTS}


def test_means_have_every_margin_of_a_view_once(data):
    got = tables_of(data).means["scores"].rows

    whole = got[(got["grade"] == "8") & (got[["year", "school", "gender"]] == TOTAL).all(axis=1)]
    assert len(whole) == 1
    assert (whole.iloc[0]["value"], whole.iloc[0]["n"]) == (45.0, 2)
    assert not got.duplicated(["grade", "subject", "year", "school", "gender"]).any()


def test_tables_without_pupils_are_not_there():
    got = tables_of(PupilData())

    assert (got.counts, got.means) == ({}, {})


def test_cells_hold_text_and_whole_counts(data):
    got = count_cells(data.tests, ("year", "school"))

    assert list(got["year"].map(type).unique()) == [str]
    assert got["count"].dtype.kind == "i"
