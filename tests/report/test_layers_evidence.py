import pytest

from tilstand.report import open_page
from tilstand.report.chapters.contribution import layers_evidence


@pytest.fixture(scope="module")
def page(repo):
    return open_page(2020, "nb", repo)


@pytest.fixture(scope="module")
def known(page) -> layers_evidence.LayersEvidence:
    return layers_evidence.load_layers(page)


def test_intervals_hold_as_promised_from_ten_schools_upwards(known):
    grid = known.coverage[known.coverage["part"] == "grid"]
    rows = grid[(grid["schools"] >= 10) & grid["target"].isin(["mean_observed", "newest"])]

    assert rows["coverage"].between(0.935, 0.97).all()
    assert (grid["coverage"] > 0.93).all()


def test_flags_that_are_wrong_are_as_many_as_expected(known):
    rows = known.coverage[known.coverage["flags"] > 1]
    gap = (rows["wrong"] - rows["expected_wrong"]).abs() / rows["flags"]
    stays = rows["target"] == "stable"

    assert len(rows[~stays]) > 50
    assert gap[~stays].max() < 0.01


def test_flags_on_what_stays_fall_short_only_with_two_cohorts_that_hardly_correlate(known):
    rows = known.coverage[(known.coverage["flags"] > 1) & (known.coverage["target"] == "stable")]
    more = (rows["wrong"] - rows["expected_wrong"]) / rows["flags"]
    hard = (rows["cohorts"] == 2) & (rows["correlation"] < 0.5)

    assert len(rows[~hard]) > 20
    assert more[~hard].abs().max() < 0.01
    assert 0.01 < more[hard].max() < 0.02


def test_municipalities_are_covered_whatever_lies_between_them(known):
    rows = known.coverage[known.coverage["target"] == "municipality"]

    assert sorted(rows["between"]) == [0.0, 0.1, 0.2, 0.3]
    assert rows["coverage"].between(0.935, 0.97).all()


def test_the_test_of_change_keeps_its_word_with_the_class_allowance(known):
    assert 0 < float(known.turned(0.12)) <= 7
    assert float(known.turned(0.1)) > 7


def test_every_case_has_a_row_with_words(page, known):
    got = layers_evidence.violation_rows(page, known)

    assert len(got) == len(known.violations.groupby(["assumption", "told"]))
    assert not got["label"].eq("").any()
    assert got[["mean_observed", "newest", "stable", "change"]].notna().all(axis=None)


def test_what_is_broken_shows(known):
    assert float(known.violated("none", "mean_observed")) == pytest.approx(95, abs=1.5)
    for assumption in ("ceiling", "classes", "movers"):
        assert float(known.violated(assumption, "mean_observed")) < 93.5
    assert float(known.violated("classes", "mean_observed", "class ids")) > 93.5


def test_table_of_coverage_has_a_row_a_design(known):
    got = layers_evidence.coverage_rows(known)

    assert len(got) == 16
    assert (got["mean_observed_lowest"] <= got["mean_observed_highest"]).all()


def test_with_few_schools_fewer_flags_are_wrong_than_expected_and_from_some_on_as_many(known):
    assert known.even_from("mean_observed").number == known.even_from("newest").number == 10
    for target in ("mean_observed", "newest"):
        assert float(known.flag_gap(target, too_many=True)) < 1
        assert float(known.flag_gap(target, too_many=False)) < 2


def test_a_target_that_misses_with_the_most_schools_too_is_even_from_nowhere(known):
    assert known.even_from("stable").number is None
