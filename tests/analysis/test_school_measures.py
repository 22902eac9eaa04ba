import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.analysis.school_contributions import all_contributions
from tilstand.analysis.school_measures import every_measure, has_table, years_of
from tilstand.pupils.protection import protect


@pytest.fixture(scope="module")
def protected():
    rng = np.random.default_rng(2)
    sizes = {"A": 60, "B": 60, "C": 60, "D": 6, "E": 60}
    gain = {"A": 8.0}
    answers = pd.concat(
        pd.DataFrame(
            {
                "year": year,
                "grade": 7,
                "school": school,
                "gender": "female",
                "index": "survey_wellbeing",
                "value": 3 + gain.get(school, 0) / 8 + 0.5 * rng.standard_normal(n),
            }
        )
        for school, n in sizes.items()
        for year in (2019, 2020)
    )
    return protect(tables_of(PupilData(answers=answers.reset_index(drop=True))))


def measure_of(protected, school):
    rows = every_measure(protected)
    return rows[rows["school"] == school].iloc[0]


def test_school_far_above_is_over(protected):
    assert measure_of(protected, "A")["verdict"] == "over"


def test_small_school_has_neither_number_nor_verdict(protected):
    got = measure_of(protected, "D")

    assert pd.isna(got["value"])
    assert got["verdict"] == ""


def test_means_are_of_the_last_year(protected):
    assert measure_of(protected, "A")["period"] == "2020"


def test_every_number_names_its_cell(protected):
    got = measure_of(protected, "A")

    assert "school=A" in got["ref"]
    assert "school" not in got["whole_ref"]


def test_tables_and_years_are_those_of_the_pupils(protected):
    assert years_of(protected, "survey") == ["2019", "2020"]
    assert has_table(protected, "survey")
    assert not has_table(protected, "scores")


def test_contributions_of_small_schools_are_left_out_and_never_one_alone():
    rng = np.random.default_rng(8)
    school = np.repeat(["A", "B", "C", "D", "E"], [40, 40, 40, 40, 6])
    prior = 50 + 9 * rng.standard_normal(len(school))
    pairs = pd.DataFrame({"school": school, "prior": prior, "year": 2020, "grade": 9})
    pairs = pairs.assign(outcome=prior + 4 * rng.standard_normal(len(school)), subject="reading")

    got = all_contributions(pairs, None, 10)

    assert len(got) == 3
    assert "E" not in set(got["school"])
    assert (got["low"] < got["estimate"]).all()


def test_two_schools_are_too_few_for_contributions():
    pairs = pd.DataFrame(
        {"school": list("AABB"), "prior": 1.0, "outcome": 2.0, "grade": 9, "subject": "reading"}
    )

    assert all_contributions(pairs.assign(year=2020), None, 10).empty


@pytest.mark.parametrize("seed", range(4))
def test_a_number_of_pupils_is_blank_only_where_the_protection_hides_it(seed):
    rng = np.random.default_rng(seed)
    school = np.repeat(["A", "B", "C"], [60, 40, 25])
    tests = pd.DataFrame(
        {
            "year": np.where(np.arange(len(school)) % 2, 2020, 2019),
            "grade": 9,
            "subject": "reading",
            "school": school,
            "gender": rng.choice(["female", "male"], len(school)),
            "score": rng.normal(50, 10, len(school)).round(),
            "level": rng.choice([1, 2, 3, 4, 5], len(school), p=[0.1, 0.2, 0.4, 0.25, 0.05]),
            "exempt": False,
        }
    )
    protected = protect(tables_of(PupilData(tests=tests)))
    counts = protected.counts("results", "school", "result")
    took = counts[counts["result"] == "took"].set_index("ref")["count"]
    rows = every_measure(protected)
    rows = rows[rows["n_ref"].isin(took.index)]

    assert rows["value"].isna().any()
    assert [pd.isna(n) for n in rows["n"]] == [pd.isna(took[ref]) for ref in rows["n_ref"]]
    assert rows.loc[rows["value"].isna(), "n"].notna().any()


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA])
def test_share_below_30_counts_those_with_points_on_both_sides(blank):
    """Twenty of each school's hundred have no points; they are in no share."""
    few = {"A": 40, "B": 20, "C": 20}
    points = pd.concat(
        pd.DataFrame(
            {
                "year": 2020,
                "school": school,
                "gender": "female",
                "points": pd.Series([25.0] * n + [42.0] * (80 - n) + [blank] * 20, dtype=object),
            }
        )
        for school, n in few.items()
    )

    rows = every_measure(protect(tables_of(PupilData(points=points.reset_index(drop=True)))))

    got = rows[rows["kind"] == "few_points"].set_index("school")
    assert got["value"].to_dict() == pytest.approx({s: 100 * n / 80 for s, n in few.items()})
    assert got["n"].astype(int).unique().tolist() == [80]
    assert got["whole"].to_numpy() == pytest.approx(100 * 80 / 240)


def test_school_where_nobody_has_points_builds_without_a_share():
    points = pd.DataFrame({"year": 2020, "school": "A", "gender": "male", "points": [None] * 30})

    rows = every_measure(protect(tables_of(PupilData(points=points))))

    assert rows[rows["kind"] == "few_points"].empty
