"""Find tests that only a part of the pupils have sat."""

from __future__ import annotations

import pandas as pd

from tilstand.sources.coverage import partial_coverage


def made(*rows: tuple[int, str, str, float]) -> pd.DataFrame:
    rows_made = pd.DataFrame(rows, columns=["year", "grade", "subject", "n"])
    fixed = {"level": "municipality", "place": "alvik", "unit": "9801", "gender": ""}
    return rows_made.assign(indicator="np_scale_points", category="", **fixed)


def found(*rows: tuple[int, str, str, float]) -> list[tuple[int, str, str]]:
    got = partial_coverage(made(*rows))
    return list(zip(got["year"], got["grade"], got["subject"], strict=True))


def test_far_fewer_than_the_year_after_is_partial():
    assert found((2022, "5", "reading", 900), (2023, "5", "reading", 1600)) == [
        (2022, "5", "reading")
    ]


def test_far_fewer_than_the_same_pupils_three_years_later_is_partial():
    assert found((2022, "5", "reading", 900), (2025, "8", "reading", 1600)) == [
        (2022, "5", "reading")
    ]


def test_far_fewer_than_in_another_subject_is_partial():
    assert found((2022, "5", "reading", 1600), (2022, "5", "english", 900)) == [
        (2022, "5", "english")
    ]


def test_other_pupils_in_another_grade_are_no_measure():
    assert found((2022, "5", "reading", 900), (2022, "8", "reading", 1600)) == []


def test_a_small_year_group_is_not_partial():
    assert found((2022, "5", "reading", 14), (2023, "5", "reading", 25)) == []


def test_a_little_fewer_is_not_partial():
    assert found((2022, "5", "reading", 1450), (2023, "5", "reading", 1600)) == []


def test_share_and_expected_are_told():
    got = partial_coverage(made((2022, "5", "reading", 800), (2023, "5", "reading", 1600)))

    assert got[["expected", "share"]].values.tolist() == [[1600, 0.5]]
