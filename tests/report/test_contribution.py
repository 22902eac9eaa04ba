import pandas as pd
import pytest

from tilstand import simulation
from tilstand.edition.pupil_file import PupilFile
from tilstand.errors import DataError
from tilstand.pupils.reading import in_roles
from tilstand.report import open_page
from tilstand.report.chapters.contribution import contribution_exhibits as exhibits
from tilstand.report.chapters.contribution import shown as contribution
from tilstand.report.page.tables import Table


@pytest.fixture(scope="module")
def example() -> contribution.Shown:
    return contribution.simulated_example()


def own(frame: pd.DataFrame, **columns) -> contribution.Shown:
    file = PupilFile("elever.csv", "y", "x", "skole", **columns)
    return contribution.Shown(in_roles(frame, file), file, "Bærum", simulated=False)


FRAME = pd.DataFrame(
    {"y": [1.0, 2.0, 3.0], "x": [1.0, 2.0, 3.0], "skole": ["b", "a", None], "navn": "N.N."}
)


def test_example_is_simulated_and_belongs_to_the_fictional_municipality(example):
    assert (example.simulated, example.home) == (True, simulation.HOME)
    assert len(example.schools) == contribution.PLAN.home_schools


def test_every_number_of_the_example_names_the_plan(example):
    value = example.value(1.25, 1)

    assert value.recipe == "simulated"
    assert value.refs[0].startswith("simulated|")
    assert "seed=2026" in value.refs[0]


def test_number_of_an_own_file_names_the_file():
    value = own(FRAME).value(1.0)

    assert (value.recipe, value.refs) == ("pupil-file", ("pupil-file|elever.csv",))


@pytest.mark.parametrize("number", [None, float("nan"), float("inf")])
def test_number_that_is_none_is_missing(example, number):
    assert example.value(number).missing


def test_schools_of_the_example_are_letters_in_the_order_of_their_ids(example):
    got = example.labels(pd.Series(example.schools), "nb").tolist()

    assert got[:2] == ["Skole A", "Skole B"]
    assert got == sorted(got)


def test_own_schools_keep_their_names():
    assert own(FRAME).labels(pd.Series(["b"]), "nb").tolist() == ["b"]


def test_only_named_columns_are_taken_from_an_own_file():
    got = in_roles(FRAME, PupilFile("f", "y", "x", "skole"))

    assert set(got) == {"school", "outcome", "prior", "cohort", "home"}
    assert got["school"].tolist() == ["b", "a"]


def test_column_that_is_not_there_is_named():
    with pytest.raises(DataError, match="z: no such column"):
        in_roles(FRAME, PupilFile("f", "z", "x", "skole"))


def test_latest_cohort_is_shown_and_the_one_before_kept():
    shown = own(FRAME.assign(kull=[2019, 2020, 2020]), cohort="kull")

    assert shown.pupils["school"].tolist() == ["a"]
    assert shown.earlier_cohort["school"].tolist() == ["b"]


def test_without_other_municipalities_zero_is_the_municipality(repo):
    page = open_page(2020, "nb", repo)

    got = own(FRAME).words(page)

    assert (got["alone"], got["wider"]) == ("kommunen Bærum", "")


def test_exhibits_of_the_example_are_marked_and_own_ones_are_not(repo, example):
    page = open_page(2020, "nb", repo)

    assert [example.marks(page)["simulated"], own(FRAME).marks(page)["simulated"]] == [True, False]


def test_own_file_that_was_simulated_stays_marked(project_copy):
    folder = project_copy.root / "data" / "incoming"
    folder.mkdir()
    simulation.simulate_file(400, 10, 1, folder / "elever.csv")
    path = project_copy.editions / "2020.toml"
    table = '[pupils]\nfile = "data/incoming/elever.csv"\noutcome = "reading_9"\n'
    table += 'prior = "reading_8"\nschool = "school"\n'
    path.write_text(path.read_text(encoding="utf-8") + table, encoding="utf-8")

    got = contribution.pupils_to_show(open_page(2020, "nb", project_copy))

    assert got.simulated


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


def test_title_may_name_a_number_that_is_about_no_year(repo, example):
    page = open_page(2020, "nb", repo)

    assert page.title(nb="{n} skoler", en="{n} schools", n=example.value(4, 0)) == "4 skoler"
    assert page.title(nb="{n} skoler", en="{n} schools", n=example.value(None)) == ""
