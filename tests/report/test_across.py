"""Tests of tables with one column for each year or place."""

from types import SimpleNamespace

import pandas as pd

from tilstand.report.page import across

PAGE = SimpleNamespace(
    language="nb", register=SimpleNamespace(source_title=lambda source, language: source.upper())
)


def rows(source, section):
    return pd.DataFrame({"source": [source], "section": [section], "mark": [""], "n": [None]})


def test_sources_of_all_frames_are_named():
    got = across.source_of(PAGE, rows("a", "3.2"), rows("b", "2.3"))
    assert got == "Kilder: A, kapittel 3.2; B, kapittel 2.3."


def test_no_rows_have_no_source():
    assert across.source_of(PAGE, rows("a", "3.2").iloc[:0]) == ""
