"""Tests of the account of an edition's documents."""

import nbformat
import pandas as pd

from tilstand.report.page import documents

SOURCES = pd.DataFrame(
    {
        "source": ["old", "new"],
        "data_year": ["2010", "2020"],
        "published": ["2011", ""],
        "title_nb": ["Gammel", "Ny"],
        "publisher": "Kommunen",
    }
)


def known_ids(year, *cells):
    rows = pd.DataFrame({"source": cells, "id": range(len(cells))})
    return list(documents.known(rows, SOURCES, year)["id"])


def test_an_edition_knows_its_own_and_earlier_documents():
    assert known_ids(2020, "old", "new") == [0, 1]


def test_a_later_document_is_unknown():
    assert known_ids(2010, "old", "new") == [0]


def test_a_row_on_two_documents_needs_both():
    assert known_ids(2010, "old;new", "old") == [1]


def test_known_keeps_nothing_before_the_first_document():
    assert known_ids(2000, "old", "new") == []


def test_no_rows_keep_their_columns():
    assert "source" in documents.known(pd.DataFrame({"source": []}), SOURCES, 2020)


def test_documents_are_counted_the_richest_first():
    got = documents.documents(SOURCES, pd.DataFrame({"source": ["new", "new", "old"]}), "nb")
    assert list(zip(got["title"], got["figures"], strict=True)) == [("Ny", 2), ("Gammel", 1)]


def test_a_document_without_figures_counts_none():
    got = documents.documents(SOURCES, pd.DataFrame({"source": ["old"]}), "nb")
    assert list(got["figures"]) == [1, 0]


def test_an_unknown_year_of_publication_is_said():
    got = documents.documents(SOURCES, pd.DataFrame({"source": ["new"]}), "nb")
    assert got.loc[0, "published"] == "ikke oppgitt"


def test_marks_add_up(tiny, figures):
    rows = figures(
        {"year": "2016"},
        {"year": "2017", "mark": "inferred"},
        {"year": "2018", "mark": "contested"},
        {"year": "2018", "mark": "contested_other", "section": "2"},
        {"year": "2019", "status": "missing", "value": ""},
    )
    got = documents.marks(rows.assign(source="report"), tiny.register(), "en").iloc[0]
    exp = {"printed": 1, "inferred": 1, "approximate": 0, "contested": 2, "without_value": 1}
    assert {name: got[name] for name in exp} == exp
    assert got["total"] == 5


def test_marks_name_the_document(tiny, figures):
    assert list(documents.marks(figures({}), tiny.register(), "en")["label"]) == ["Report"]


def test_marks_of_no_figures_are_empty(tiny, figures):
    assert documents.marks(figures({}).iloc[:0], tiny.register(), "nb").empty


def test_a_numbered_section_is_called_so(tiny):
    assert documents.place_in("report", "3.2; 3.4", tiny.register(), "en") == (
        "report, section 3.2; 3.4"
    )


def test_a_named_section_stands_alone(tiny):
    assert (
        documents.place_in("report", "Innledning", tiny.register(), "nb") == "rapport, Innledning"
    )


def test_two_documents_are_joined(tiny):
    got = documents.place_in("old-report;report", "", tiny.register(), "nb")
    assert got == "gammel rapport og rapport"


def test_gaps_are_counted_by_chapter():
    statements = pd.DataFrame({"chapter": ["a", "b", "b"]})
    got = documents.gaps(statements, {"a": "Første", "b": "Andre"})
    assert list(zip(got["label"], got["gaps"], strict=True)) == [("Andre", 2), ("Første", 1)]


def test_no_gaps_make_no_rows():
    assert documents.gaps(pd.DataFrame({"chapter": []}), {}).empty


def test_titles_come_from_the_notebooks(tmp_path):
    cells = [
        nbformat.v4.new_markdown_cell(f"# {title}", metadata={"tags": [f"lang-{language}"]})
        for title, language in (("Elevtall", "nb"), ("Pupils", "en"))
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "elevtall.ipynb")
    assert documents.chapter_titles(tmp_path, "en")["elevtall"] == "Pupils"


def test_the_summary_has_a_title_of_its_own(tmp_path):
    assert documents.chapter_titles(tmp_path, "nb") == {"sammendrag": "Sammendrag"}


def test_a_count_of_none_is_missing():
    assert documents.counted(0).missing


def test_one_is_not_several():
    assert documents.several(1).missing
    assert float(documents.several(2)) == 2


def test_a_share_of_nothing_is_missing():
    assert documents.share(0, 0).missing
    assert float(documents.share(1, 4)) == 25
