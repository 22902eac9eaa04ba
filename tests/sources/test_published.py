import math

import pytest

from tilstand import contracts
from tilstand.sources.published import load_statements, statement_files


def test_year_is_a_number(figures):
    assert figures({"year": "2020"})["year"].tolist() == [2020]


def test_code_keeps_its_text(figures):
    assert figures({"unit": "0"})["unit"].tolist() == ["0"]


def test_printed_form_is_kept_beside_the_number(figures):
    got = figures({"indicator": "wellbeing_share", "value": "40.0"})

    assert (got["printed"].item(), got["value"].item()) == ("40.0", 40.0)


@pytest.mark.parametrize("column", ["n", "margin"])
def test_blank_number_is_missing_and_not_zero(figures, column):
    assert math.isnan(figures({column: ""})[column].item())


def test_zero_is_zero(figures):
    assert figures({"value": "0"})["value"].item() == 0


def test_suppressed_value_keeps_its_status(figures):
    got = figures({"value": "", "status": "suppressed"})

    assert (got["status"].item(), math.isnan(got["value"].item())) == ("suppressed", True)


def test_both_codes_of_a_place_lead_to_the_place(figures):
    got = figures({"year": "2019", "unit": "9101"}, {"unit": "9201"})

    assert got["place"].tolist() == ["eksempel", "eksempel"]


def test_document_about_a_later_year_is_unknown_to_an_earlier_edition(tiny):
    tiny.write_figures(
        {"year": "2018", "unit": "9101", "source": "old-report", "value": "1"},
        {"year": "2018", "unit": "9101", "source": "report", "value": "2", "section": "2"},
    )

    assert tiny.load(2018)["value"].tolist() == [1.0]


def test_figures_of_several_files_come_together(tiny):
    tiny.write_figures({"value": "1"}, name="a.csv")
    tiny.write_figures({"value": "2", "gender": "male"}, name="figures.csv")

    assert sorted(tiny.load()["value"]) == [1.0, 2.0]


def test_figures_come_sorted_by_year_within_a_measure(figures):
    got = figures(
        {"year": "2020"}, {"year": "2018", "unit": "9101"}, {"year": "2019", "unit": "9101"}
    )

    assert got["year"].tolist() == [2018, 2019, 2020]


def test_project_without_figures_gives_an_empty_table_with_the_columns(tiny):
    tiny.figures_file.unlink()

    got = tiny.load()

    assert set(contracts.FIGURE_COLUMNS) <= set(got.columns)


def test_statement_files_are_told_apart_by_their_names(tiny):
    for name in ("contradictions-a.csv", "measures-2019.csv"):
        tiny.write(f"data/statements/{name}", "id\n")

    got = {
        kind: [path.name for path in statement_files(tiny.project, kind)]
        for kind in ("", "contradictions", "measures")
    }

    assert got == {
        "": ["skole.csv"],
        "contradictions": ["contradictions-a.csv"],
        "measures": ["measures-2019.csv"],
    }


def test_statements_are_read_as_text(tiny):
    got = load_statements(tiny.project, "", contracts.STATEMENT_COLUMNS)

    assert got["edition"].tolist() == ["2020"]


def test_kind_without_files_gives_an_empty_table_with_the_columns(tiny):
    got = load_statements(tiny.project, "measures", contracts.MEASURE_COLUMNS)

    assert list(got.columns) == list(contracts.MEASURE_COLUMNS)
