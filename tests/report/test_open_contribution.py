"""Read the open contribution out of a simulated nation's exports, as an edition has them."""

import dataclasses

import numpy as np
import pytest
from corpus.nation import OWN, nation, settle

from books import copy_project
from tilstand.analysis.open_contribution import fit as fitting
from tilstand.analysis.open_contribution.flags import MASTERY, TAKING_PART
from tilstand.analysis.open_contribution.pairs import INDICATOR
from tilstand.analysis.open_contribution.settings import Settings
from tilstand.check.contribution_exports import CHAPTER
from tilstand.check.wants import wants_lines
from tilstand.register import Register
from tilstand.report import open_page
from tilstand.report.chapters.national_tests import wanted_files
from tilstand.report.chapters.open_contribution.reading import OpenContribution
from tilstand.report.chapters.open_contribution.spoken import facts, spoken
from tilstand.store import VARIABLE

PLAN = {"schools": 240, "contribution_sd": 1.6, "cohort_sd": 0.3, "views": True}


@pytest.fixture(scope="module")
def country():
    return nation(**PLAN)


@pytest.fixture(scope="module")
def shown(country, tmp_path_factory):
    """What an edition with all files shows, read once; no test changes it."""
    project = copy_project(tmp_path_factory.mktemp("country"))
    return OpenContribution(open_page(settle(project, country), "nb", project))


@pytest.fixture
def opened(project_copy, country):
    def settled(language="nb", made=country, **options):
        edition = settle(project_copy, made, **options)
        return OpenContribution(open_page(edition, language, project_copy))

    return settled


def test_grade_9_and_both_genders_are_read_as_they_were_published(shown, country):
    key = ["unit", "grade", "gender", "subject", "year"]
    got = shown.tests[shown.tests["level"] == "school"].set_index(key)["value"].dropna()
    points = country.figures[country.figures["indicator"] == INDICATOR]
    exp = points.set_index(key)["value"].dropna()

    assert len(got) == len(exp)
    assert (got.sort_index() == exp.sort_index()).all()


def test_mastery_levels_and_taking_part_are_read_as_they_were_published(shown, country):
    key = ["indicator", "unit", "grade", "category", "subject", "year"]
    got = shown.views.set_index(key)["value"].dropna()
    there = country.figures["indicator"].isin([MASTERY, TAKING_PART])
    exp = country.figures[there].set_index(key)["value"].dropna()

    assert len(got) == len(exp)
    assert (got.sort_index() == exp.sort_index()).all()


def test_every_setting_is_printed_and_used(shown):
    names = {field.name for field in dataclasses.fields(Settings)}

    assert set(shown.setting_rows["setting"]) == names


def test_levels_and_absence_are_counted_over_the_schools_of_the_fit(shown):
    got = spoken(shown)

    assert float(got["top_known"]) == len(shown.fit.schools)
    assert 0 <= float(got["top_schools"]) < float(got["top_known"])
    assert float(got["absence_known"]) == len(shown.fit.schools)
    assert not facts(shown)["no_levels"]
    assert not facts(shown)["no_absence"]
    assert facts(shown)["no_official"]


def test_files_without_levels_and_absence_are_said_to_lack_them(opened, country):
    figures = country.figures[country.figures["indicator"] == INDICATOR]
    shown = opened(made=dataclasses.replace(country, figures=figures))
    got = spoken(shown)

    assert got["top_schools"].missing
    assert facts(shown)["no_levels"]
    assert facts(shown)["no_absence"]


def test_one_national_fit_serves_every_municipality(project_copy, country, monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "store"))
    made = []
    weigh = fitting.weigh
    monkeypatch.setattr(fitting, "weigh", lambda data: made.append(data) or weigh(data))
    tables, fits = [], []
    for town, language in ((0, "nb"), (1, "nb"), (1, "en")):
        edition = settle(project_copy, country, town=town)
        shown = OpenContribution(open_page(edition, language, project_copy))
        fits.append((shown.fit, shown.gate, len(made)))
        tables.append(set(shown.schools["unit"]))

    assert [count for *_, count in fits] == [2, 2, 2]  # the fit and its placebo, once
    assert fits[0][0].schools.equals(fits[1][0].schools)
    assert fits[0][1] == fits[2][1]
    assert tables[0].isdisjoint(tables[1])
    assert tables[1] == tables[2]


def test_schools_with_a_number_stand_by_name_and_hold_the_truth(shown, country):
    rows = shown.shown.merge(country.truth, on="unit")
    everyone = shown.fit.schools.merge(country.truth, on="unit")
    truth = everyone["stable"] - everyone["stable"].mean()

    assert shown.gate.open
    assert rows["label"].tolist() == sorted(rows["label"])
    assert set(rows["town"]) == {OWN}
    assert ((everyone["low"] <= truth) & (truth <= everyone["high"])).mean() > 0.88


def test_no_unshrunk_number_leaves_the_reading(shown):
    assert "plain" not in shown.schools


def test_the_prose_has_the_municipality_first_and_counts_its_schools(shown):
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


def chapter_of(project, edition):
    lines = wants_lines(project, Register.load(project.register), str(edition))
    start = lines.index(CHAPTER) + 1
    return [line.strip() for line in lines[start : start + 7]]


def test_wants_names_the_seven_files_and_how_they_should_be(project_copy):
    made = nation(schools=80, contribution_sd=1.0)  # enough to be a country: see the next test
    edition = settle(project_copy, made, keep=lambda name: "2025-26-9" not in name)
    got = chapter_of(project_copy, edition)
    words = [line.partition(":")[0] for line in got]

    assert sorted(words) == ["missing", *["there"] * 6]
    assert sum("grade 8" in line for line in got) == 4
    (missing,) = [line for line in got if line.startswith("missing")]
    assert "grade 9 2025-26" in missing
    assert "whole country with schools, gender ticked" in missing
    assert all("boys and girls too" in line for line in got if line.startswith("there"))


def test_wants_tells_of_files_without_sexes_and_of_one_municipality_alone(project_copy):
    edition = settle(project_copy, nation(schools=20, contribution_sd=1.0), gender=False)
    assert all(line.startswith("too few") for line in chapter_of(project_copy, edition))

    settle(project_copy, nation(schools=80, contribution_sd=1.0), gender=False)
    assert all("tick gender" in line for line in chapter_of(project_copy, edition))


def test_wants_of_a_year_before_the_scale_asks_for_no_contribution(repo):
    assert CHAPTER not in wants_lines(repo, Register.load(repo.register), "2020")


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
