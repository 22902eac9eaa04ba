"""Tests of how disagreements between the sources are shown."""

import pandas as pd
import pytest

from tilstand import contracts
from tilstand.report.chapters.sources import disagreements

SHARE = {"indicator": "wellbeing_share"}


@pytest.fixture
def disputed(tiny, figures):
    def show(*rows, language="nb"):
        return disagreements.contested(figures(*rows), tiny.register(), language)

    return show


def test_both_values_are_shown_and_the_used_one_first(disputed):
    got = disputed(
        {"value": "5614", "mark": "contested_other", "section": "3.2.6"},
        {"value": "5129", "mark": "contested", "section": "3.2.1"},
    )
    assert list(got["number"]) == [5129, 5614]
    assert list(got["used"]) == ["ja", "nei"]


def test_a_value_worked_out_is_used_before_disputed_ones(disputed):
    got = disputed(
        SHARE | {"value": "87.4", "mark": "contested_other", "section": "1"},
        SHARE | {"value": "79.9", "mark": "inferred", "section": "2"},
    )
    assert list(zip(got["number"], got["used"], strict=True)) == [
        (79.9, "ja, utledet"),
        (87.4, "nei"),
    ]


def test_values_keep_their_decimals_and_unit(disputed):
    got = disputed(
        SHARE | {"value": "90", "mark": "contested_other", "section": "1"},
        SHARE | {"value": "79.0", "mark": "contested", "section": "2"},
    )
    assert list(got["value"]) == ["79,0 prosent", "90 prosent"]


def test_each_value_has_its_section(disputed):
    got = disputed(
        {"value": "2", "mark": "contested", "section": "3.1"},
        {"value": "1", "mark": "contested_other", "section": "3.2"},
        language="en",
    )
    assert list(got["where"]) == ["report, section 3.1", "report, section 3.2"]


def test_the_label_tells_the_dimensions_and_the_year(disputed):
    row = {"grade": "5", "subject": "reading", "indicator": "mastery_share", "category": "level_1"}
    got = disputed(row | {"mark": "contested"}, row | {"mark": "contested_other", "section": "2"})
    assert set(got["label"]) == {"Mestringsnivå, 5. trinn, lesing, nivå 1, 2020"}


def test_undisputed_figures_are_left_out(disputed):
    got = disputed(
        {"year": "2019", "unit": "9101"},
        {"value": "2", "mark": "contested"},
        {"value": "3", "mark": "contested_other", "section": "2"},
    )
    assert set(got["label"]) == {"Elever, 2020"}


def test_nothing_disputed_makes_an_empty_table(disputed):
    got = disputed({})
    assert got.empty
    assert "used" in got


def explain(tiny, *changes):
    usual = {
        "id": "x",
        "indicator": "pupils",
        "year": "2020",
        "kind": "unclear",
        "explanation_nb": "Teksten & tallet spriker.",
        "explanation_en": "They differ.",
        "source": "report",
        "section": "2",
    }
    rows = pd.DataFrame(
        [usual | change for change in changes], columns=list(contracts.CONTRADICTION_COLUMNS)
    )
    return disagreements.explanations(rows, tiny.register(), "nb")


def test_an_explanation_names_measure_year_and_place(tiny):
    got = explain(tiny, {})
    assert "<dt>Elever, 2020</dt>" in got
    assert "(rapport, kapittel 2)" in got


def test_explanations_are_escaped(tiny):
    assert "Teksten &amp; tallet" in explain(tiny, {})


def test_each_kind_has_a_fold_with_its_count(tiny):
    got = explain(tiny, {}, {}, {"kind": "label"})
    assert got.count("<details") == 2
    assert ">2</data>)</summary>" in got


def test_latest_documents_come_first(tiny):
    got = explain(tiny, {"source": "old-report", "section": "1"}, {"section": "9"})
    assert got.index("kapittel 9") < got.index("kapittel 1)")


def test_an_explanation_without_a_measure_says_so(tiny):
    assert "Gjelder ikke et tall" in explain(tiny, {"indicator": ""})


def test_nothing_to_explain_is_empty(tiny):
    assert explain(tiny) == ""
