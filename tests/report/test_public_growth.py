"""Read growth out of exports: an invented country's with known truth, and Udir's own."""

from pathlib import Path
from shutil import copy

import numpy as np
import pytest
from corpus.country import SLOPE, Country

from tilstand.register import Register
from tilstand.report import open_page
from tilstand.report.chapters.national_tests import growth_exhibits
from tilstand.report.chapters.national_tests.public_growth import PublicGrowth
from tilstand.sources.new_edition import new_edition

FILES = [(2022, "5"), (2025, "8")]
REAL = Path(__file__).resolve().parents[2].parent / "shared" / "udir-exports"


@pytest.fixture(scope="module")
def country():
    return Country(towns=90)


@pytest.fixture
def growth(project_copy, country):
    country.settle(project_copy, 2025, FILES)
    return PublicGrowth(open_page(2025, "nb", project_copy))


def test_cohort_is_found_through_the_new_codes(growth):
    assert growth.last_year == 2025
    assert set(growth.towns.pairs["kind"]) == {"renumbered"}


def test_slope_is_freed_of_attenuation(growth):
    fit = growth.fits["reading"]

    assert not fit.slope_interval.excludes(SLOPE)


def test_contributions_cover_the_truth(growth, country):
    rows = growth.results
    truth = country.growth[rows["unit"].str[2:].astype(int) - 1]

    got = np.mean((rows["low"] <= truth) & (truth <= rows["high"]))

    assert got > 0.9


def test_own_contribution_is_clear_where_it_is_large(growth):
    got = growth.contribution("reading")

    assert (got.certainty, got.direction["nb"]) == ("clear", "høyere")


def test_municipalities_stand_by_name(growth):
    got = growth.of("reading")["label"].tolist()

    assert got == sorted(got)


def test_hidden_municipalities_are_counted(growth, country):
    left = growth.left_out("reading")

    got = sum(float(number) for number in left.values()) + len(growth.of("reading"))

    assert got == country.towns


def test_partial_coverage_marks_the_own_row(project_copy):
    Country(partial=True).settle(project_copy, 2025, FILES)
    growth = PublicGrowth(open_page(2025, "nb", project_copy))

    got = growth.numbers("reading")

    assert (float(got["partial_n"]), float(got["whole_n"])) == (450, 900)


def test_partial_coverage_gives_no_contribution_and_says_why(project_copy):
    Country(partial=True).settle(project_copy, 2025, FILES)
    growth = PublicGrowth(open_page(2025, "nb", project_copy))

    assert growth.own("reading") is None
    assert float(growth.numbers("reading")["coverage"]) == 50
    assert "ikke de samme elevene" in growth.why_not("reading")


def test_other_assumptions_about_the_test_move_the_slope(growth):
    rows = growth.sensitivity("reading").set_index(["assumption", "setting"])["slope"]

    assert rows["test", 3.0] < rows["base", 0.65] < rows["test", 4.5]


def test_tests_on_two_scales_are_never_paired(project_copy):
    Country().settle(project_copy, 2024, [(2021, "5"), (2024, "8")])
    growth = PublicGrowth(open_page(2024, "nb", project_copy))

    assert growth.last_year == 0
    assert float(growth_exhibits.setting(growth)["first_possible"]) == 2025


def test_edition_without_the_files_says_which_it_needs(project_copy):
    Country().settle(project_copy, 2025, [(2025, "8")])
    growth = PublicGrowth(open_page(2025, "en", project_copy))

    assert growth_exhibits.facts(growth)["needs_files"]
    assert growth_exhibits.setting(growth)["first_possible"].missing
    assert growth.wanted == [("8", 2025), ("5", 2022)]


@pytest.fixture
def real(project_copy):
    files = sorted(REAL.glob("*Nasjonale_proever*.csv"))
    if len(files) < 2:
        pytest.skip(f"Udir's own exports are not there: {REAL}")
    new_edition(project_copy, Register.load(project_copy.register), 2025, "3201")
    for path in files:
        copy(path, project_copy.open / "2025")
    return PublicGrowth(open_page(2025, "nb", project_copy))


def test_real_municipalities_are_paired_through_the_counties_new_codes(real):
    pairs = real.towns.pairs

    assert len(pairs[pairs["subject"] == "reading"]) > 290
    assert set(real.towns.left_out["reason"]) >= {"prior_hidden", "outcome_hidden", "split"}


def test_real_slope_is_steeper_than_ordinary_regression_says_and_no_plain_difference(real):
    assert all(fit.naive_slope + 0.05 < fit.slope < 0.85 for fit in real.fits.values())


def test_real_municipalities_come_out_as_the_trial_found_them(real):
    exp = {
        ("0301", "reading"): 2.44,
        ("0301", "numeracy"): 2.62,
        ("4601", "reading"): 1.11,
        ("4601", "numeracy"): 1.24,
        ("1103", "reading"): 1.11,
    }
    rows = real.results.set_index(["unit", "subject"])

    got = rows.loc[list(exp)]

    # The trial took whole numbers; schools' rows say the means within half a point of them.
    assert got["contribution"].to_dict() == pytest.approx(exp, abs=0.5)
    assert set(got["certainty"]) == {"clear"}


def test_real_municipality_is_refused_for_its_coverage_with_the_figure(real):
    got = {
        subject: round(real.refused(subject)["coverage"], 2) for subject in ("reading", "numeracy")
    }

    assert got == {"reading": 0.71, "numeracy": 0.48}
    assert real.own("reading") is None
    assert real.own("numeracy") is None
