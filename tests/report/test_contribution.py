from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.layered_contributions import NO_CONTRIBUTION
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.edition.pupil_file import PupilFile
from tilstand.errors import DataError
from tilstand.pupils.contribution import Contribution, contribution_of
from tilstand.pupils.reading import in_roles
from tilstand.report import open_page
from tilstand.report.chapters.contribution import contribution_exhibits as exhibits
from tilstand.report.chapters.contribution import shown as contribution
from tilstand.report.chapters.contribution import social
from tilstand.report.page.tables import Table

FILE = PupilFile("elever.csv", "y", "x", "skole", subject="reading", grade="9", cohort="kull")
FRAME = pd.DataFrame(
    {"y": [1.0, 2.0, 3.0], "x": [1.0, 2.0, 3.0], "skole": ["b", "a", None], "navn": "N.N."}
)


def pupils(sizes: dict[str, int]) -> pd.DataFrame:
    """Draw two cohorts of pupils at schools of given sizes."""
    rng = np.random.default_rng(7)
    school = np.repeat(list(sizes), list(sizes.values()))
    rows = pd.DataFrame({"skole": np.tile(school, 2), "kull": np.repeat([2019, 2020], len(school))})
    lift = rows["skole"].map({name: 2.0 * n for n, name in enumerate(sizes)})
    prior = rng.normal(50, 10, len(rows))
    return rows.assign(x=prior, y=0.8 * prior + 10 + lift + rng.normal(0, 5, len(rows)))


@pytest.fixture(scope="module")
def found() -> Contribution:
    sizes = {"a": 40, "b": 35, "c": 25, "d": 22, "e": 12, "f": 11}
    return contribution_of(in_roles(pupils(sizes), FILE), FILE, DisclosureRules(min_n=20))


@pytest.fixture
def page(repo):
    return open_page(2020, "nb", repo)


def test_smallest_school_shown_is_the_editions_own_rule(found):
    assert found.least == 20
    assert set(found.ours["school"]) == {"a", "b", "c", "d"}
    assert found.together["compared"] == 4
    assert found.everyone["too_few"] == 2


def test_no_table_that_leaves_the_room_has_a_row_a_pupil(found):
    for name in ("ours", "naive", "pooled", "treatments", "grid", "ladder", "agreement"):
        table = getattr(found, name)
        assert len(table) <= 8
        assert not {"pupil", "outcome", "prior"} & set(table.columns)


def test_three_schools_with_background_are_compared_and_two_are_not():
    rows = pupils(dict.fromkeys("abc", 40))
    rows = rows.assign(kjonn=np.where(rows.index % 2, "gutt", "jente"))
    file = replace(FILE, background=("kjonn",))

    found = contribution_of(in_roles(rows, file), file, DisclosureRules(min_n=10))

    assert len(found.ours) == 3
    with pytest.raises(NO_CONTRIBUTION):
        contribution_of(in_roles(rows[rows["skole"] != "c"], file), file, DisclosureRules(min_n=10))


def test_number_names_the_pupil_file_of_the_edition(page, found):
    value = contribution.Shown(page, found).value(1.25, 1)

    assert (value.recipe, value.refs) == ("pupil-file", ("pupil-file|2020",))


@pytest.mark.parametrize(
    ("subject", "grade", "prior_grade", "exp"),
    [
        ("reading", "9", "8", ("lesing på 9. trinn", "lesing på 8. trinn")),
        ("", "9", "8", ("prøven på 9. trinn", "den tidligere prøven på 8. trinn")),
        ("reading", "", "", ("lesing på prøven", "lesing på den tidligere prøven")),
        ("", "", "", ("prøven", "den tidligere prøven")),
    ],
)
def test_tests_are_named_by_what_the_edition_says_of_them(
    page, found, subject, grade, prior_grade, exp
):
    said = replace(found, subject=subject, grade=grade, prior_grade=prior_grade)

    words = contribution.Shown(page, said).words()

    assert (words["result"], words["earlier_result"]) == exp


@pytest.mark.parametrize("number", [None, float("nan"), float("inf")])
def test_number_that_is_none_is_missing(page, number):
    assert contribution.Shown(page).value(number).missing


def test_edition_without_pupils_has_no_number_and_no_table(page):
    shown = contribution.open_shown(page)

    assert shown.found is None
    assert shown.said("counts", "flags", decimals=0)["flags"].missing
    assert exhibits.interval_rows(shown, shown.frame("ours")).empty
    assert exhibits.band_rows(page, shown).empty
    assert exhibits.name_steps(page, shown.frame("agreement"), "step").empty


def test_schools_stand_by_the_names_of_the_file(page, found):
    shown = contribution.Shown(page, found)

    got = exhibits.interval_rows(shown, shown.frame("ours"))

    assert got["label"].tolist() == ["a", "b", "c", "d"]


def test_only_named_columns_are_taken_from_an_own_file():
    got = in_roles(FRAME, PupilFile("f", "y", "x", "skole"))

    assert set(got) == {"school", "outcome", "prior", "cohort", "home"}
    assert got["school"].tolist() == ["b", "a"]


def test_column_that_is_not_there_is_named():
    with pytest.raises(DataError, match="z: no such column"):
        in_roles(FRAME, PupilFile("f", "z", "x", "skole"))


def test_without_other_municipalities_zero_is_the_municipality(page, found):
    alone = contribution.Shown(page, found)
    among = contribution.Shown(page, replace(found, wider=True))

    assert [alone.reference, among.reference] == ["kommunen Bærum", "hele filen"]


@pytest.mark.parametrize("simulated", [True, False])
def test_exhibits_are_marked_where_the_edition_is_simulated(page, found, simulated):
    page.edition = replace(page.edition, simulated=simulated)
    shown = contribution.Shown(page, found)

    assert shown.marks["simulated"] is simulated
    assert (shown.role == "simulated") is simulated
    assert "færre enn 20 elever" in shown.marks["source"]


def test_official_indicator_is_labelled_by_both_years(repo):
    got = contribution.official_rows(open_page(2020, "nb", repo))

    assert got["label"].iloc[0] == "2014 og 2015"
    assert got["value"].tolist() == [1.6, 1.3, 1.0, 1.0, 1.3]


def test_official_indicator_is_unknown_to_the_older_edition(repo):
    assert contribution.official_rows(open_page(2010, "nb", repo)).empty


def test_first_step_of_the_ladder_is_compared_with_nothing(repo):
    ladder = pd.DataFrame(
        {"step": ["M0 raw", "M1 prior"], "correlation": [None, 0.5], "changed_band": [None, 2.0]}
    )

    page = open_page(2020, "en", repo)
    got = exhibits.ladder_rows(page, ladder)
    compared = [column for column in exhibits.ladder_columns(page) if column.key in ladder]
    first, second = Table(got, compared, "t").html("en").split("</tr>")[1:3]

    assert got["label"].tolist() == ["raw mean", "+ earlier result"]
    assert ("\N{EN DASH}" in first, "\N{EN DASH}" in second) == (True, False)


def test_title_may_name_a_number_that_is_about_no_year(page, found):
    shown = contribution.Shown(page, found)

    assert page.title(nb="{n} skoler", en="{n} schools", n=shown.value(4, 0)) == "4 skoler"
    assert page.title(nb="{n} skoler", en="{n} schools", n=shown.value(None)) == ""


def answered(*rows):
    return (
        pd.DataFrame(rows, columns=["outcome", "school", "n", "estimate", "ci_low", "ci_high"])
        .astype({"n": int})
        .assign(allowed_for="grade sex")
    )


@pytest.mark.parametrize(
    ("rows", "facts", "apart"),
    [
        ([], set(), (None, None)),
        (
            [("wellbeing", "a", 50, 0.2, 0.01, 0.4), ("wellbeing", "b", 40, -0.2, -0.4, 0.0)],
            {"social", "wellbeing_some"},
            (1, None),
        ),
        (
            [("wellbeing", "a", 50, 0.1, 0.0, 0.2), ("bullied", "a", 50, -3.0, -5.0, -0.1)],
            {"social", "wellbeing_none", "bullied_some"},
            (0, 1),
        ),
    ],
)
def test_answers_are_told_of_by_the_intervals_that_are_printed(page, found, rows, facts, apart):
    shown = contribution.Shown(page, replace(found, social=answered(*rows)))
    assert {name for name, there in social.social_facts(shown).items() if there} == facts
    words = social.social_words(shown, "nb")
    assert (words["wellbeing_apart"].number, words["bullied_apart"].number) == apart
    social.show_social(page, shown)
