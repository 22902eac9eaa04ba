"""Report the differences between editions of an invented municipality."""

import csv
import io

import pandas as pd
import pytest
from corpus.country import Country
from corpus.exports import UDIR

from tilstand.report import open_page
from tilstand.report.chapters.editions.changes import Changes, _titles


@pytest.fixture
def changed(project_copy):
    """Make editions 2024 and 2025 of a municipality that got a new code in 2024."""
    country = Country(towns=3)
    country.settle(project_copy, 2025, [(2022, "5"), (2025, "5")])
    file = project_copy.editions / "2023.toml"
    text = (project_copy.editions / "2025.toml").read_text(encoding="utf-8")
    file.write_text(text.replace("2025", "2023").replace("9701", "9801"), encoding="utf-8")
    return project_copy


def put(project, edition, country, year):
    """Put an export of grade 5 into an edition's folder."""
    folder = project.open / str(edition)
    folder.mkdir(parents=True, exist_ok=True)
    UDIR.write(country.sheet(year, "5"), folder).rename(folder / f"{year}.csv")


def test_predecessor_is_the_same_municipality_under_its_old_code(changed):
    got = Changes(open_page(2025, "nb", changed)).predecessor

    assert (got.year, got.municipality) == (2023, "9801")


def test_another_municipalitys_edition_is_no_predecessor(changed):
    assert Changes(open_page(2023, "nb", changed)).predecessor is None


def test_first_edition_says_so_and_shows_no_table(changed, shown):
    put(changed, 2023, Country(towns=3), 2022)
    changes = Changes(open_page(2023, "nb", changed))
    changes.show_new()

    assert shown == []
    assert changes.facts() == {"unrevised": False}
    assert changes.words()["previous"].missing


def test_newer_test_results_are_set_against_the_earlier_with_certainty(changed, shown):
    put(changed, 2023, Country(towns=3), 2022)
    changes = Changes(open_page(2025, "nb", changed))
    changes.show_continued()

    (exhibit,) = [next(iter(bundle.values())) for bundle in shown]
    rows = exhibit["csv"].splitlines()[1:]

    assert len(rows) == 3
    assert all(row.split(",")[1].endswith("2022") or "2022" in row for row in rows)
    sure = ("tydelig", "tegn til", "kan ikke skilles fra tilfeldigheter")
    assert all(row.endswith(sure) for row in rows)


def test_revised_numbers_are_those_of_the_same_year_that_differ(changed):
    put(changed, 2023, Country(towns=3, seed=99), 2022)
    changes = Changes(open_page(2025, "nb", changed))

    got = changes.found.revised

    assert set(got["year"]) == {2022}
    assert float(changes.words()["revised"]) == len(got) > 0


def test_unchanged_numbers_are_not_called_revised(changed):
    put(changed, 2023, Country(towns=3), 2022)

    changes = Changes(open_page(2025, "nb", changed))

    assert changes.words()["revised"].missing
    assert changes.facts() == {"unrevised": True}


def test_change_over_a_break_is_not_computed(repo, shown):
    about = {"indicator": "np_scale_points", "grade": "5", "gender": "", "subject": "reading"}
    values = {"year": 2022, "value": 50.0, "year_before": 2019, "value_before": 47.0}
    rest = {"category": "", "change": 3.0, "source": "s", "margin": 1.0, "margin_before": 1.0}
    changes = Changes(open_page(2020, "en", repo))
    changes._show(
        changes._named(pd.DataFrame([about | values | rest])),
        "x",
        *_titles(changes.page, "continued"),
        folded=False,
    )

    (exhibit,) = [next(iter(bundle.values())) for bundle in shown]
    (row,) = csv.DictReader(io.StringIO(exhibit["csv"]))

    assert "break in the series" in exhibit["table"]
    assert (row["Change"], row["How sure"]) == ("", "not comparable")


def test_real_editions_2010_and_2020_are_compared(repo, shown):
    changes = Changes(open_page(2020, "nb", repo))
    changes.show_new()
    changes.show_ended()

    new, ended = (next(iter(bundle.values())) for bundle in shown)

    assert len(new["csv"].splitlines()) == float(changes.words()["new"]) + 1
    assert "details" in ended["table"]
