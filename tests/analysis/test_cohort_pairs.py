"""Follow cohorts through mergers, splits, new codes and hidden cells, on tiny made tables."""

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.cohort_pairs import cohort_pairs, follow_codes

CHANGES = pd.DataFrame(
    [
        ("2024", "3024", "3201", "renumbered"),
        ("2024", "1507", "1508", "split"),
        ("2024", "1507", "1580", "split"),
        ("2023", "0101", "0103", "merged"),
        ("2023", "0102", "0103", "merged"),
        ("2020", "0219", "3024", "renumbered"),
    ],
    columns=["year", "from", "to", "kind"],
)


def figure(unit, year, grade, value, n, status="ok", level="municipality", place=""):
    known = status == "ok"
    return {
        "indicator": "np_scale_points",
        "level": level,
        "unit": unit,
        "place": place or unit,
        "year": year,
        "grade": grade,
        "gender": "",
        "subject": "reading",
        "category": "",
        "value": float(value) if known else np.nan,
        "n": float(n) if known else np.nan,
        "margin": 17.5 / np.sqrt(n) if known else np.nan,
        "status": status,
    }


def cohort(*rows, **options):
    return cohort_pairs(pd.DataFrame(rows), CHANGES, 2025, **options)


def test_new_code_is_the_same_municipality():
    got = cohort(figure("3024", 2022, "5", 53, 1600), figure("3201", 2025, "8", 52, 1700)).pairs

    assert got[["unit", "kind", "prior", "outcome"]].to_numpy().tolist() == [
        ["3201", "renumbered", 53.0, 52.0]
    ]


def test_merged_municipality_gets_the_weighted_mean():
    got = cohort(
        figure("0101", 2022, "5", 48, 100),
        figure("0102", 2022, "5", 52, 300),
        figure("0103", 2025, "8", 50, 400),
    ).pairs

    assert got[["kind", "prior", "prior_n"]].to_numpy().tolist() == [["merged", 51.0, 400.0]]


def test_merged_variance_is_that_of_all_the_pupils_together():
    merged = cohort(
        figure("0101", 2022, "5", 48, 100),
        figure("0102", 2022, "5", 52, 300),
        figure("0103", 2025, "8", 50, 400),
    ).pairs
    one = cohort(figure("0104", 2022, "5", 51, 400), figure("0104", 2025, "8", 50, 400)).pairs

    got = merged["prior_variance"].iloc[0]

    assert got == pytest.approx(one["prior_variance"].iloc[0])


def test_merged_municipality_with_a_hidden_part_is_left_out():
    got = cohort(
        figure("0101", 2022, "5", 0, 0, status="suppressed"),
        figure("0102", 2022, "5", 52, 300),
        figure("0103", 2025, "8", 50, 400),
    ).left_out

    assert got["reason"].tolist() == ["prior_hidden"]


def test_split_municipality_is_left_out_on_both_sides():
    got = cohort(
        figure("1507", 2022, "5", 50, 700),
        figure("1508", 2025, "8", 50, 600),
        figure("1580", 2025, "8", 50, 100),
    ).left_out

    assert dict(zip(got["unit"], got["reason"], strict=True)) == {"1508": "split", "1580": "split"}


@pytest.mark.parametrize(
    ("before", "after", "exp"),
    [("suppressed", "ok", "prior_hidden"), ("ok", "suppressed", "outcome_hidden")],
)
def test_hidden_cells_leave_a_reason(before, after, exp):
    got = cohort(
        figure("0301", 2022, "5", 50, 100, before), figure("0301", 2025, "8", 50, 100, after)
    )

    assert (len(got.pairs), got.left_out["reason"].tolist()) == (0, [exp])


def test_unit_without_an_earlier_row_is_left_out():
    got = cohort(figure("0301", 2022, "5", 50, 99), figure("5601", 2025, "8", 50, 99)).left_out

    assert got["reason"].tolist() == ["no_prior"]


@pytest.mark.parametrize(("pupils", "exp"), [(816, True), (1600, False)])
def test_partial_coverage_is_marked(pupils, exp):
    got = cohort(figure("3024", 2022, "5", 53, pupils), figure("3201", 2025, "8", 52, 1693)).pairs

    assert got["partial"].tolist() == [exp]


@pytest.mark.parametrize(
    ("pupils", "exp"), [(1300, ["coverage"]), (1360, []), (2100, []), (2200, ["coverage"])]
)
def test_a_cohort_of_other_pupils_is_left_out_on_both_sides(pupils, exp):
    got = cohort(figure("3024", 2022, "5", 53, pupils), figure("3201", 2025, "8", 52, 1693))

    assert got.left_out["reason"].tolist() == exp


def test_municipality_gets_its_decimals_from_its_schools():
    owners = {"971": "3201", "972": "3201"}
    got = cohort(
        figure("3024", 2022, "5", 51, 100, place="3201"),
        figure("971", 2022, "5", 50, 40, level="school"),
        figure("972", 2022, "5", 51, 60, level="school"),
        figure("3201", 2025, "8", 52, 100),
        owners=owners,
    ).pairs

    assert got[["prior", "outcome"]].to_numpy().tolist() == [[50.6, 52.0]]
    assert got["prior_rounding"].iloc[0] == pytest.approx((0.4**2 + 0.6**2) / 12)
    assert got["outcome_rounding"].iloc[0] == pytest.approx(1 / 12)


@pytest.mark.parametrize(
    ("value", "pupils"),
    [(46, 60), (51, 10), (51, 61)],
    ids=["farther than rounding", "many hidden", "more pupils than the whole"],
)
def test_schools_that_do_not_make_up_the_municipality_leave_its_number(value, pupils):
    got = cohort(
        figure("3024", 2022, "5", 51, 100, place="3201"),
        figure("971", 2022, "5", 50, 40, level="school"),
        figure("972", 2022, "5", value, pupils, level="school"),
        figure("3201", 2025, "8", 52, 100),
        owners={"971": "3201", "972": "3201"},
    ).pairs

    assert got[["prior", "prior_rounding"]].to_numpy().tolist() == [[51.0, 1 / 12]]


def test_school_is_followed_by_its_place():
    got = cohort(
        figure("921", 2022, "5", 50, 40, level="school", place="school-974"),
        figure("974", 2025, "8", 51, 44, level="school", place="school-974"),
        level="school",
    ).pairs

    assert got[["unit", "kind", "prior"]].to_numpy().tolist() == [["974", "renumbered", 50.0]]


def test_chain_of_changes_is_followed_to_its_end():
    got = follow_codes(CHANGES, ["0219"], 2019, 2025)

    assert got.to_numpy().tolist() == [["0219", "3201", "renumbered"]]


def test_changes_outside_the_years_do_not_count():
    got = follow_codes(CHANGES, ["3024", "1507"], 2020, 2022)

    assert set(got["kind"]) == {"same"}
