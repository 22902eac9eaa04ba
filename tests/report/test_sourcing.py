import pandas as pd
import pytest

from tilstand.report.page.sourcing import marks_line, source_line


def rows(*places: tuple[str, str], **columns) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["source", "section"]).assign(**columns)


@pytest.mark.parametrize(
    ("language", "exp"),
    [("nb", "Kilde: rapport, kapittel 2.2.5."), ("en", "Source: report, section 2.2.5.")],
)
def test_document_and_section_are_named(tiny, language, exp):
    assert source_line(rows(("report", "2.2.5")), tiny.register(), language) == exp


def test_section_is_named_once(tiny):
    got = source_line(rows(("report", "1"), ("report", "1")), tiny.register(), "nb")

    assert got == "Kilde: rapport, kapittel 1."


def test_sections_of_a_document_are_listed(tiny):
    got = source_line(rows(("report", "1"), ("report", "2")), tiny.register(), "nb")

    assert got == "Kilde: rapport, kapittel 1 og 2."


def test_section_with_a_title_is_not_called_a_chapter(tiny):
    got = source_line(rows(("report", "Resultater")), tiny.register(), "nb")

    assert got == "Kilde: rapport, Resultater."


def test_column_of_an_export_is_not_named(tiny):
    column = "2025-26.Lesing.8. årstrinn.Alle eierformer.Alle kjønn.Skalapoeng"

    assert source_line(rows(("report", column)), tiny.register(), "nb") == "Kilde: rapport."


def test_several_documents_are_sources(tiny):
    got = source_line(rows(("report", "1"), ("old-report", "2")), tiny.register(), "en")

    assert got == "Sources: report, section 1; old report, section 2."


def test_n_is_told_when_every_row_has_it(tiny):
    got = source_line(rows(("report", "1"), n=[7533.0]), tiny.register(), "en")

    assert got.endswith(" n = 7,533.")


def test_n_is_told_as_a_span_when_it_varies(tiny):
    data = rows(("report", "1"), ("report", "1"), n=[5870.0, 6526.0])

    assert source_line(data, tiny.register(), "en").endswith(" n = 5,870\N{EN DASH}6,526.")


def test_n_is_not_told_when_a_row_lacks_it(tiny):
    data = rows(("report", "1"), ("report", "1"), n=[5870.0, None])

    assert "n =" not in source_line(data, tiny.register(), "en")


@pytest.mark.parametrize(
    ("mark", "exp"),
    [
        ("inferred", "inferred: the source does not print them outright"),
        ("approximate", "approximate in the source"),
        ("fraction", "a fraction in words"),
        ("contested", "also give another value"),
    ],
)
def test_mark_is_explained(mark, exp):
    assert exp in marks_line(rows(("report", "1"), mark=[mark]), "en")


@pytest.mark.parametrize("data", [rows(("report", "1")), rows(("report", "1"), mark=[""])])
def test_rows_without_marks_need_no_explanation(data):
    assert marks_line(data, "nb") == ""
