"""Read the open contribution out of a simulated nation's exports, as an edition has them."""

import numpy as np
import pytest
from corpus.nation import OWN, nation, settle

from tilstand.report import open_page
from tilstand.report.chapters.national_tests import wanted_files
from tilstand.report.chapters.open_contribution.reading import OpenContribution
from tilstand.report.chapters.open_contribution.spoken import facts, spoken

PLAN = {"schools": 240, "contribution_sd": 1.6, "cohort_sd": 0.3}


@pytest.fixture(scope="module")
def country():
    return nation(**PLAN)


@pytest.fixture
def opened(project_copy, country):
    def settled(language="nb", **options):
        edition = settle(project_copy, country, **options)
        return OpenContribution(open_page(edition, language, project_copy))

    return settled


def test_grade_9_and_both_genders_are_read_as_they_were_published(opened, country):
    shown = opened()
    key = ["unit", "grade", "gender", "subject", "year"]
    got = shown.tests[shown.tests["level"] == "school"].set_index(key)["value"].dropna()
    exp = country.figures.set_index(key)["value"].dropna()

    assert len(got) == len(exp)
    assert (got.sort_index() == exp.sort_index()).all()


def test_schools_with_a_number_stand_by_name_and_hold_the_truth(opened, country):
    shown = opened()
    rows = shown.shown.merge(country.truth, on="unit")
    everyone = shown.fit.schools.merge(country.truth, on="unit")
    truth = everyone["stable"] - everyone["stable"].mean()

    assert shown.gate.open
    assert rows["label"].tolist() == sorted(rows["label"])
    assert set(rows["town"]) == {OWN}
    assert ((everyone["low"] <= truth) & (truth <= everyone["high"])).mean() > 0.88


def test_no_unshrunk_number_leaves_the_reading(opened):
    assert "plain" not in opened().schools


def test_the_prose_has_the_municipality_first_and_counts_its_schools(opened):
    shown = opened()
    got = spoken(shown)

    assert not got["town"].size.missing
    assert float(got["shown"]) == len(shown.shown)
    assert float(got["told"]) + float(got["unclear"]) == len(shown.shown)
    assert facts(shown)["open"]
    assert not facts(shown)["needs_files"]


def test_two_cohorts_keep_every_school_back_but_not_the_municipality(opened):
    shown = opened(keep=lambda name: not name.startswith("2022"))
    got = spoken(shown)

    assert shown.gate.closed == "few_pairs"
    assert shown.shown.empty
    assert facts(shown)["closed_pairs"]
    assert not got["town"].size.missing


def test_without_grade_9_the_chapter_says_which_files_it_needs(opened):
    shown = opened("en", keep=lambda name: "8-trinn" in name)
    got = facts(shown)

    lacking = wanted_files.lacking(shown.page, shown.wanted)

    assert got["needs_files"]
    assert not got["there"]
    assert {(file.grade, file.year) for file in lacking} == {("9", y) for y in range(2023, 2026)}


def test_a_municipality_alone_is_told_to_bring_the_country(project_copy):
    edition = settle(project_copy, nation(schools=20, contribution_sd=1.0))
    shown = OpenContribution(open_page(edition, "nb", project_copy))

    assert facts(shown)["needs_country"]


def test_an_edition_before_the_scale_asks_for_nothing(repo):
    shown = OpenContribution(open_page(2020, "nb", repo))
    got = spoken(shown)

    assert float(got["first_possible"]) == 2023
    assert not any(facts(shown).values())
    assert wanted_files.lacking(shown.page, shown.wanted) == []
    assert np.isnan(shown.gate.low)
