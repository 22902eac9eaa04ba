"""Tests of the catalogue of measures and the breaks in their series."""

import pandas as pd
import pytest

from tilstand.alphabet import by_name
from tilstand.report.chapters.sources import catalogue

ORIGINS = pd.DataFrame({"origin": ["GSI"], "name_nb": ["GSI"], "name_en": ["the GSI register"]})


@pytest.fixture
def listed(tiny, figures):
    def show(*rows, language="nb"):
        return catalogue.measures(figures(*rows), tiny.register(), ORIGINS, language)

    return show


def test_a_measure_is_listed_with_its_definition_and_unit(listed):
    got = listed({}).iloc[0]
    assert (got["label"], got["unit"], got["definition"]) == ("Elever", "antall", "elever.")


def test_only_measures_with_figures_are_listed(listed):
    assert list(listed({}, {"indicator": "wellbeing_share"})["indicator"]) == [
        "pupils",
        "wellbeing_share",
    ]


def test_years_are_those_with_a_value(listed):
    got = listed(
        {"year": "2018", "unit": "9101"},
        {"year": "2019", "unit": "9101"},
        {"year": "2020", "status": "missing", "value": ""},
    )
    assert got.loc[0, "years"] == "2018\N{EN DASH}2019"


def test_a_measure_without_any_value_has_no_years(listed):
    assert listed({"status": "suppressed", "value": ""}).loc[0, "years"] == ""


def test_the_origin_is_named_in_the_language(listed):
    assert listed({}, language="en").loc[0, "origin"] == "the GSI register"


def test_an_unnamed_origin_stands_as_it_is(tiny, figures):
    none = ORIGINS.iloc[:0]
    assert catalogue.measures(figures({}), tiny.register(), none, "nb").loc[0, "origin"] == "GSI"


def test_no_figures_make_an_empty_catalogue(tiny, figures):
    assert catalogue.measures(figures({}).iloc[:0], tiny.register(), ORIGINS, "nb").empty


def test_labels_follow_the_norwegian_alphabet():
    labels = pd.Series(["årsverk", "øving", "barn", "ærend"])
    assert list(labels.sort_values(key=lambda names: names.map(by_name))) == [
        "barn",
        "ærend",
        "øving",
        "årsverk",
    ]


@pytest.mark.parametrize(
    ("years", "exp"),
    [
        (set(), ""),
        ({2020}, "2020"),
        ({2019, 2020}, "2019-2020"),
        ({2020, 2002, 2018, 2019}, "2002, 2018-2020"),
    ],
)
def test_unbroken_years_are_drawn_together(years, exp):
    assert catalogue.year_spans(years) == exp.replace("-", "\N{EN DASH}")


def catalogue_of(*origins):
    rows = [
        {"label": f"Mål {n}", "unit": "antall", "years": "2020", "definition": "<x>", "origin": o}
        for n, o in enumerate(origins)
    ]
    columns = ["label", "unit", "years", "definition", "origin"]
    frame = pd.DataFrame(rows, columns=columns)
    return catalogue.measures_exhibit(frame, "katalog", "Mål", "Kilde.", "nb")


def test_the_largest_origin_comes_first():
    got = catalogue_of("a", "a", "a", "b", "b", "b", "b").table
    assert got.index(">B (") < got.index(">A (")


def test_small_origins_share_the_last_fold():
    got = catalogue_of("a", "a", "a", "b", "c").table
    assert got.count("<details") == 2
    assert got.index(">A (") < got.index(">Andre opphav (")


def test_the_shared_fold_tells_the_origin():
    assert "antall · 2020 · b" in catalogue_of("b", "c").table


def test_a_small_origin_without_others_keeps_its_name():
    got = catalogue_of("a", "a", "a", "b").table
    assert got.index(">A (") < got.index(">B (")
    assert "Andre opphav" not in got


def test_definitions_are_escaped():
    assert "&lt;x&gt;" in catalogue_of("a").table


def test_the_download_holds_every_measure():
    got = catalogue_of("a", "b").csv.splitlines()
    assert got[0] == "Mål,Enhet,År med tall,Hva det teller,Opphav"
    assert len(got) == 3


def test_breaks_are_those_of_measures_in_use(tiny, figures):
    got = catalogue.breaks(figures({"indicator": "wellbeing_share"}), tiny.register(), "en")
    assert list(got["name"]) == ["new questions"]
    assert list(got["measures"]) == ["wellbeing"]


def test_a_measure_without_breaks_lists_none(tiny, figures):
    assert catalogue.breaks(figures({}), tiny.register(), "nb").empty


def test_a_break_is_written_with_its_years_and_reason():
    rows = {"name": "avlyst", "first": "2020", "last": "2022", "reason": "Sykdom.", "measures": "a"}
    got = catalogue.break_list(pd.DataFrame([rows]), "nb")
    assert "<dt>2020\N{EN DASH}2022: avlyst</dt>" in got
    assert "Sykdom. <span" in got


def test_no_breaks_make_no_list():
    assert catalogue.break_list(pd.DataFrame(columns=["name"]), "nb") == ""


def test_nothing_is_shown_for_an_empty_block(monkeypatch):
    shown = []
    monkeypatch.setattr(catalogue.exhibits, "show_block", shown.append)
    monkeypatch.setattr(catalogue.exhibits, "show", shown.append)
    catalogue.show("")
    catalogue.show(catalogue_of())
    assert shown == []


def test_a_block_is_shown(monkeypatch):
    shown = []
    monkeypatch.setattr(catalogue.exhibits, "show_block", shown.append)
    catalogue.show("<p>x</p>")
    assert shown == ["<p>x</p>"]


def test_every_origin_has_a_name_in_both_languages(repo, repo_register):
    named = catalogue.load_origins(repo)
    assert set(repo_register.indicator_table["origin"]) <= set(named["origin"])
    assert (named[["name_nb", "name_en"]] != "").all().all()
