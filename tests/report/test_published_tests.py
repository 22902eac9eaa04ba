"""Read an invented country's exports as the chapter on schools does."""

import pytest
from corpus.country import Country

from tilstand.alphabet import by_name
from tilstand.report import open_page
from tilstand.report.chapters.national_tests import published_exhibits, wanted_files
from tilstand.report.chapters.national_tests.published_tests import PublishedTests

FILES = [(2022, "5"), (2023, "5"), (2025, "5"), (2025, "8")]


@pytest.fixture
def page(project_copy):
    Country().settle(project_copy, 2025, FILES)
    return open_page(2025, "nb", project_copy)


@pytest.fixture
def shown(monkeypatch):
    """Collect what a page hands to the notebook."""
    bundles: list[dict] = []
    monkeypatch.setattr(
        "tilstand.report.page.exhibits.display", lambda bundle, raw: bundles.append(bundle)
    )
    return bundles


def test_newest_year_is_shown_and_an_older_one_is_named(page):
    got = [
        (float(PublishedTests(page, g).year), PublishedTests(page, g).older.number) for g in "58"
    ]

    assert got == [(2025, None), (2025, None)]


def test_municipality_is_compared_with_the_country_under_its_own_code(page):
    tests = PublishedTests(page, "8")

    got = tests.against("reading")

    assert got.certainty == "clear"
    assert float(got.size) == abs(float(tests.value("reading")) - 50)


def test_county_is_that_of_the_year_of_the_test(project_copy):
    Country().settle(project_copy, 2025, [(2022, "5")])
    page = open_page(2025, "nb", project_copy)

    assert PublishedTests(page, "5").county_name == "Prøvefylke 98"


def test_municipality_without_a_school_in_the_files_has_nothing_to_show(project_copy):
    Country().settle(project_copy, 2025, FILES)
    path = project_copy.editions / "2025.toml"
    said = path.read_text(encoding="utf-8")
    path.write_text(said.replace('municipality = "9701"', 'municipality = "3201"'), "utf-8")
    tests = PublishedTests(open_page(2025, "nb", project_copy), "8")

    assert said != path.read_text(encoding="utf-8")
    assert (tests.own.empty, tests.years, tests.year.number) == (True, [], None)


def test_schools_stand_by_name_and_hidden_ones_are_counted(page):
    tests = PublishedTests(page, "8")

    got = tests.schools("reading")["label"].tolist()

    assert got == ["Alm skole", "Zion skole", "Øvre skole", "Ås skole"]
    assert float(tests.spread("reading")["hidden"]) == 1


def test_school_far_below_is_told_from_the_municipality(page):
    got = PublishedTests(page, "8").spread("reading")

    assert float(got["apart"]) >= 1
    assert float(got["sd_low"]) < float(got["sd"]) < float(got["sd_high"])


def test_same_schools_are_followed_through_the_years_by_name(page):
    frame, years = PublishedTests(page, "5").history("reading")

    assert years == ["2022", "2023", "2025"]
    assert frame["label"].tolist() == ["Alm skole", "Zion skole", "Øvre skole", "Ås skole"]
    assert (frame["change"] != "").all()


def test_partial_coverage_is_told(project_copy):
    Country(partial=True).settle(project_copy, 2025, [(2022, "5"), (2025, "8")])
    page = open_page(2025, "nb", project_copy)

    got = PublishedTests(page, "5").partial()

    assert (float(got["n"]), float(got["expected"])) == (450, 900)


def test_figure_over_years_says_which_of_them_are_partial(project_copy, shown):
    Country(partial=True).settle(project_copy, 2025, [(2022, "5"), (2023, "5"), (2025, "8")])
    page = open_page(2025, "nb", project_copy)

    published_exhibits.show_years(PublishedTests(page, "5"), "reading")

    source = next(iter(shown[0].values()))["source"]
    assert "tok langt færre enn årskullet i Prøveby 01 prøven" in source
    assert "2022" in source.partition("tok langt")[0]


def test_whole_coverage_is_not_told(page):
    assert PublishedTests(page, "5").partial()["n"].missing


def test_years_before_the_scale_are_never_among_them(project_copy):
    Country().settle(project_copy, 2025, [(2021, "5"), (2022, "5")])
    page = open_page(2025, "nb", project_copy)

    assert PublishedTests(page, "5").years == [2022]


def test_no_table_or_chart_is_sorted_by_result(page, shown):
    tests = PublishedTests(page, "5")
    published_exhibits.show_schools(tests, "reading")
    published_exhibits.show_years(tests, "reading")

    got = [bundle for bundle in shown if bundle]
    exhibits = [next(iter(bundle.values())) for bundle in got]
    tables = [e["csv"].splitlines()[1:] for e in exhibits if "skoler-" in e["name"]]
    names = [[line.split(",")[0] for line in rows] for rows in tables if "skole" in rows[0]]

    assert names
    assert all(rows == sorted(rows, key=by_name) for rows in names)


def test_finding_says_when_there_is_nothing(project_copy):
    page = open_page(2020, "nb", project_copy)
    grades = [PublishedTests(page, grade) for grade in "85"]

    got = published_exhibits.there_is(*grades)

    assert got == {"results": False, "nothing": True, "hidden": False}
    assert published_exhibits.lead(*grades)["lead"].certainty == "missing"


def test_finding_says_when_all_is_hidden(page):
    own = page.near["place"] == page.place
    hidden = {"status": "suppressed", "value": None, "n": None, "margin": None}
    page.near = page.near[page.near["level"] != "school"].copy()
    page.near.loc[own[own].index, list(hidden)] = list(hidden.values())

    got = published_exhibits.there_is(*(PublishedTests(page, grade) for grade in "85"))

    assert got == {"results": False, "nothing": True, "hidden": True}


def test_nothing_is_hidden_where_there_is_something(page):
    got = published_exhibits.there_is(PublishedTests(page, "8"))

    assert got == {"results": True, "nothing": False, "hidden": False}


def test_missing_files_are_those_the_edition_wants_and_lacks(page):
    got = {(wish.grade, wish.year) for wish in wanted_files.lacking(page)}

    eighth, ninth = range(2022, 2025), range(2022, 2026)
    assert got == {("5", 2024), *(("8", year) for year in eighth), *(("9", y) for y in ninth)}


@pytest.mark.parametrize(
    ("names", "exp"),
    [(["Ås", "Ø", "Z", "Ærø"], ["Z", "Ærø", "Ø", "Ås"]), (["Aas", "Zz"], ["Zz", "Aas"])],
)
def test_names_sort_as_in_a_norwegian_directory(names, exp):
    assert sorted(names, key=by_name) == exp
