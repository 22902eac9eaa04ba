"""Hold what leaves of contributions: no digit that no page prints, no school that is hidden."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.school_contributions import COLUMNS
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.edition.pupil_file import PupilFile
from tilstand.pupils.contribution import contribution_of
from tilstand.pupils.kept_contributions import keep_contributions, kept_contributions
from tilstand.pupils.protection.allowed import Allowed, allowed_schools, contributions_to_show
from tilstand.pupils.protection.protected import Layout, Protected
from tilstand.pupils.reading import in_roles
from tilstand.pupils.rounded import DIGITS, as_printed

FILE = PupilFile(
    "f.csv", "y", "x", "skole", subject="reading", grade="9", cohort="kull", reliability=0.85
)
SIZES = {"a": 40, "b": 35, "c": 25, "d": 22, "e": 21, "f": 11}
SCHOOLS = ("ours", "naive", "pooled", "cohorts")


@pytest.fixture(scope="module")
def pupils():
    rng = np.random.default_rng(7)
    school = np.repeat(list(SIZES), list(SIZES.values()))
    rows = pd.DataFrame({"skole": np.tile(school, 2), "kull": np.repeat([2019, 2020], len(school))})
    lift = rows["skole"].map({name: 2.0 * n for n, name in enumerate(SIZES)})
    prior = rng.normal(50, 10, len(rows))
    rows = rows.assign(x=prior, y=0.8 * prior + 10 + lift + rng.normal(0, 5, len(rows)))
    return in_roles(rows, FILE)


@pytest.fixture(scope="module")
def open_to_all(pupils):
    return contribution_of(pupils, FILE, DisclosureRules(min_n=10))


@pytest.fixture(scope="module")
def with_hidden(pupils):
    """School b may be shown of all cohorts together, and c with its correction only."""
    but = frozenset(SIZES) - {"b"}
    allowed = Allowed(frozenset(SIZES), but - {"c"}, but)
    return contribution_of(pupils, FILE, DisclosureRules(min_n=10), allowed)


def numbers(made):
    for field in fields(made):
        part = getattr(made, field.name)
        if isinstance(part, pd.DataFrame):
            part = {name: part[name].dropna() for name in part.select_dtypes("number")}
        if isinstance(part, dict):
            for name, said in part.items():
                for number in np.atleast_1d(said):
                    if np.isfinite(number):
                        yield field.name, name, float(number)


def test_estimates_of_schools_leave_with_one_decimal(open_to_all):
    for part in SCHOOLS:
        table = getattr(open_to_all, part)
        for name in {"estimate", "unshrunk", "ci_low", "ci_high", "se", "naive"} & set(table):
            assert (table[name] == table[name].round(1)).all(), (part, name)


def test_no_number_has_more_digits_than_a_page_prints(open_to_all):
    """The decimals of the finest column of any page are three, but for comparing likelihoods."""
    for part, name, number in numbers(open_to_all):
        most = 9 if part == "agreement" else 3
        assert number == round(number, most), (part, name, number)


def test_what_is_said_of_the_model_has_three_significant_digits(open_to_all):
    for part, name, number in numbers(open_to_all):
        if part in ("fit", "treatments", "grid", "ladder", "agreement") and name != "schools":
            assert number == float(f"{number:.{DIGITS}g}"), (part, name, number)


def test_steps_of_the_ladder_are_told_apart_by_what_they_change_of_aic(open_to_all):
    aic = open_to_all.ladder["aic"]
    assert aic.iloc[0] == 0
    assert aic.iloc[1] < -100
    few = open_to_all.ladder.assign(aic=[0, -46.4, -7.3, 2.8])
    whole = as_printed(replace(open_to_all, ladder=few)).ladder["aic"]
    assert list(whole) == [0, -46, -7, 3]  # as the page prints it: without decimals


def test_school_that_would_tell_of_few_is_left_out_of_what_would_tell(open_to_all, with_hidden):
    one_by_one = {part: {"b"} for part in ("cohorts", "turned", "intake")}
    for part, exp in {"ours": set(), "naive": {"b", "c"}, "pooled": set(), **one_by_one}.items():
        before, after = getattr(open_to_all, part), getattr(with_hidden, part)
        assert set(before["school"]) - set(after["school"]) == exp, part
    assert with_hidden.counts == open_to_all.counts
    assert with_hidden.counts["schools"] == len(SIZES)


def test_newest_cohort_is_blank_beside_the_average_of_a_school_left_out(with_hidden):
    beside = with_hidden.ours.set_index("school")
    alone = ["unshrunk", "newest", "newest_low", "newest_high"]
    assert beside.loc["b", alone].isna().all()
    assert beside.drop(index="b")[alone].notna().all(axis=None)
    assert beside["estimate"].notna().all()


def test_school_left_out_cohort_by_cohort_is_told_by_one_mean_of_its_cohorts():
    """What stays is a multiple of the average; unshrunk, or drifting, would be a second mean."""
    rng = np.random.default_rng(3)
    school, year = (part.ravel() for part in np.meshgrid(list(SIZES), [2018, 2019, 2020]))
    sizes = np.array([SIZES[name] + 3 * (at - 2018) for name, at in zip(school, year, strict=True)])
    rows = pd.DataFrame({"skole": np.repeat(school, sizes), "kull": np.repeat(year, sizes)})
    rows = rows.assign(x=rng.normal(50, 10, len(rows)))
    rows = rows.assign(y=0.8 * rows["x"] + 10 + rng.normal(0, 5, len(rows)))
    every, but = frozenset(SIZES), frozenset(SIZES) - {"b"}
    rules = DisclosureRules(min_n=10)
    got = contribution_of(in_roles(rows, FILE), FILE, rules, Allowed(every, every, but))
    drifting = got.pooled.set_index("school")["drifting"]
    assert pd.isna(drifting["b"])
    assert drifting.drop("b").notna().all()
    assert set(got.naive) == {"school", "n", "estimate", "ci_low", "ci_high", "naive"}


def test_school_whose_average_would_tell_is_shown_nowhere(pupils, open_to_all):
    but = frozenset(SIZES) - {"b"}
    got = contribution_of(pupils, FILE, DisclosureRules(min_n=10), Allowed(but, but, but))
    for part in ("ours", "naive", "pooled", "cohorts", "turned", "intake"):
        before, after = getattr(open_to_all, part), getattr(got, part)
        assert set(before["school"]) - set(after["school"]) == {"b"}, part
    assert got.counts["too_few"] == open_to_all.counts["too_few"] + 1
    assert got.together["compared"] == open_to_all.together["compared"] - 1


def test_mean_results_beside_contributions_are_told_to_the_whole_point(open_to_all):
    both = open_to_all.intake[["intake", "outcome"]]
    assert (both == both.round()).all(axis=None)


def test_hidden_school_stays_in_the_model(open_to_all, with_hidden):
    assert with_hidden.fit == pytest.approx(open_to_all.fit, nan_ok=True)


def view(line, rows, school="school"):
    layout = Layout(
        "adjusted",
        ("year", "school"),
        {"grade": "9", "subject": "reading", "line": line},
        "results/9/reading",
        ("year", school),
        None,
        f"adjusted/{line}",
    )
    frame = pd.DataFrame(rows, columns=["year", school, "value", "sd", "n", "status"])
    return layout, frame.astype({"n": "Int64"})


def protected(school="school", **lines):
    made = {line: view(line, rows, school) for line, rows in lines.items()}
    return Protected(
        {name: layout for name, (layout, _) in made.items()},
        {name: frame for name, (_, frame) in made.items()},
        DisclosureRules(),
    )


OK, HIDDEN = (50.0, 9.0, 20, "ok"), (np.nan, np.nan, 20, "suppressed")
NO_NUMBER, EMPTY = (50.0, 9.0, None, "ok"), (np.nan, np.nan, 0, "empty")


def rows(year="", cell=OK):
    every = [(y, s) for y in ("2020", "Total") for s in ("a", "b", "Total")]
    return [(y, s, *(cell if (y, s) == (year, "b") else OK)) for y, s in every]


@pytest.mark.parametrize("cell", [HIDDEN, NO_NUMBER, EMPTY], ids=["mean", "number", "nobody"])
def test_hidden_sum_or_number_of_a_year_hides_that_years_contribution(cell):
    got = allowed_schools(protected(plain=rows("2020", cell)), "9", "reading")
    assert got == Allowed(frozenset("ab"), frozenset("ab"), frozenset("a"))


def test_hidden_sum_of_all_years_hides_the_pooled_contribution():
    got = allowed_schools(protected(plain=rows("Total", HIDDEN)), "9", "reading")
    assert got == Allowed(*(frozenset("a"),) * 3)


def test_hidden_plain_line_leaves_the_corrected_contribution():
    both = protected(plain=rows("Total", HIDDEN), corrected=rows())
    got = allowed_schools(both, "9", "reading")
    assert got == Allowed(frozenset("ab"), frozenset("a"), frozenset("ab"))


def test_hidden_corrected_line_hides_both():
    both = protected(plain=rows(), corrected=rows("Total", HIDDEN))
    got = allowed_schools(both, "9", "reading")
    assert got == Allowed(*(frozenset("a"),) * 3)


def test_hidden_sum_of_an_earlier_year_hides_the_cohorts_one_by_one():
    earlier = [("2019", s, *(HIDDEN if s == "b" else OK)) for s in ("a", "b", "Total")]
    got = allowed_schools(protected(plain=[*earlier, *rows()]), "9", "reading")
    assert got == Allowed(frozenset("ab"), frozenset("ab"), frozenset("a"))


def test_year_without_pupils_of_a_school_hides_nothing_of_it():
    earlier = [("2019", s, *(EMPTY if s == "b" else OK)) for s in ("a", "b", "Total")]
    got = allowed_schools(protected(plain=[*earlier, *rows()]), "9", "reading")
    assert got.each == frozenset("ab")


@pytest.mark.parametrize(("grade", "subject"), [("8", "reading"), ("9", "numeracy")])
def test_sums_of_another_test_allow_nothing(grade, subject):
    assert allowed_schools(protected(plain=rows()), grade, subject) == Allowed()


def test_results_owed_to_schools_that_pupils_came_from_allow_nothing():
    owed = protected("feeder_school", plain=rows())
    assert allowed_schools(owed, "9", "reading") == Allowed()


def test_tables_without_tests_allow_nothing():
    assert allowed_schools(protected(), "9", "reading") == Allowed()


def test_what_was_kept_before_there_was_a_social_side_opens(open_to_all, tmp_path):
    schools = pd.DataFrame({"school": ["a"], "estimate": [1.5]})
    path = keep_contributions(tmp_path, open_to_all, schools)
    said = json.loads(path.read_text(encoding="utf-8"))
    del said["chapters"]["social"]
    path.write_text(json.dumps(said), encoding="utf-8")
    chapters, kept = kept_contributions(tmp_path)
    assert chapters.social.empty
    pd.testing.assert_frame_equal(chapters.ours, open_to_all.ours)
    pd.testing.assert_frame_equal(kept, schools)


def test_no_contribution_to_show_is_a_table_without_rows():
    """Two schools have none, and their pages ask for its columns."""
    got = contributions_to_show(pd.DataFrame(columns=list(COLUMNS)), protected(plain=rows()))

    assert got.empty
    assert list(got.columns) == list(COLUMNS)
