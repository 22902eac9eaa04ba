"""Find the municipalities most like ours, and average them as one."""

import numpy as np
import pandas as pd
import pytest

from tilstand.register import Register
from tilstand.sources.like_towns import ENOUGH, LIKE, MANY, like_rows, most_like

OWN = "t000"


def towns_of(count=60, grade="5", seed=3, **same):
    draw = np.random.default_rng(seed)
    n = np.exp(draw.normal(5, 1, count)).round()
    points = draw.normal(50, 1.5, count).round()
    rows = [
        {
            "indicator": "np_scale_points",
            "level": "municipality",
            "place": f"t{town:03d}",
            "unit": f"{9000 + town}",
            "grade": grade,
            "gender": "",
            "category": "",
            "subject": subject,
            "year": year,
            "value": points[town],
            "n": n[town],
            "margin": 17.5 / np.sqrt(n[town]),
            "status": "ok",
            "source": "udir",
            "section": f"{year}.{subject}",
            "mark": "",
            **same,
        }
        for town in range(count)
        for subject in ("reading", "numeracy")
        for year in (2024, 2025)
    ]
    return pd.DataFrame(rows)


def test_nearest_in_both_numbers_come_first_and_ours_is_not_among_them():
    tests = towns_of()
    got = most_like(tests, OWN)

    towns = tests.groupby("place")[["n", "value"]].mean()
    size = np.log(towns["n"])
    own = towns.loc[OWN]
    by_hand = np.hypot(
        (size - np.log(own["n"])) / size.std(),
        (towns["value"] - own["value"]) / towns["value"].std(),
    )
    exp = by_hand.drop(OWN).nsmallest(MANY)

    assert sorted(got["place"]) == sorted(exp.index)
    assert got["distance"].tolist() == pytest.approx(sorted(exp))


@pytest.mark.parametrize("change", ["one hidden", "sexes too", "schools too", "order"])
def test_what_is_not_about_the_rule_changes_nothing(change):
    tests = towns_of()
    exp = most_like(tests, OWN)["place"].tolist()
    if change == "one hidden":
        more = tests.head(1).assign(place="t999", status="suppressed", value=np.nan, n=np.nan)
    elif change == "sexes too":
        more = tests.assign(gender="female", value=tests["value"] + 9)
    elif change == "schools too":
        more = tests.assign(level="school", value=20.0)
    else:
        more, tests = tests.iloc[:0], tests.sample(frac=1, random_state=1)

    got = most_like(pd.concat([tests, more]), OWN)

    assert got["place"].tolist() == exp


def test_without_grade_5_it_is_grade_8():
    assert set(most_like(towns_of(grade="8"), OWN)["grade"]) == {"8"}
    assert set(most_like(pd.concat([towns_of(grade="8"), towns_of()]), OWN)["grade"]) == {"5"}


@pytest.mark.parametrize("missing", ["country", "ours"])
def test_without_a_country_or_without_ours_there_is_none(missing):
    tests = towns_of(12) if missing == "country" else towns_of()

    assert most_like(tests, OWN if missing == "country" else "elsewhere").empty


def test_all_towns_alike_in_one_number_are_told_by_the_other():
    got = most_like(towns_of(value=50.0), OWN)

    assert np.isfinite(got["distance"]).all()
    assert len(got) == MANY


@pytest.fixture(scope="module")
def register(repo):
    return Register.load(repo.register)


def test_average_is_weighted_by_pupils_where_all_give_their_number(register):
    tests = towns_of()
    ten = most_like(tests, OWN)["place"].tolist()
    part = tests[tests["place"].isin(ten) & (tests["year"] == 2025)]
    part = part[part["subject"] == "reading"]

    made = like_rows(tests.reindex(columns=[*tests.columns, "printed", "file"]), register, ten)
    row = made[(made["year"] == 2025) & (made["subject"] == "reading")].iloc[0]

    assert len(made) == 4
    assert row["value"] == pytest.approx(np.average(part["value"], weights=part["n"]), abs=0.006)
    assert row["n"] == part["n"].sum()
    assert row["margin"] == pytest.approx(
        np.sqrt(((part["n"] * part["margin"]) ** 2).sum()) / part["n"].sum()
    )
    assert (row["unit"], row["level"], row["mark"]) == (LIKE, "group", "inferred")


def test_average_without_all_numbers_of_pupils_is_plain(register):
    tests = towns_of()
    ten = most_like(tests, OWN)["place"].tolist()
    tests.loc[tests["place"] == ten[3], "n"] = np.nan
    part = tests[tests["place"].isin(ten)]

    row = like_rows(tests, register, ten).iloc[0]

    assert row["value"] == pytest.approx(part["value"].mean(), abs=0.006)
    assert np.isnan(row["n"])


def test_too_few_numbers_give_no_average_and_counts_are_never_averaged(register):
    tests = towns_of()
    ten = most_like(tests, OWN)["place"].tolist()
    hidden = tests["place"].isin(ten[: MANY - ENOUGH + 1]) & (tests["year"] == 2025)
    tests.loc[hidden, ["status", "value"]] = ["suppressed", np.nan]

    assert set(like_rows(tests, register, ten)["year"]) == {2024}
    assert like_rows(tests.assign(indicator="gsi_pupils"), register, ten).empty
