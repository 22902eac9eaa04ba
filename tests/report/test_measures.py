"""The measures that a municipality planned for a school year."""

import pytest

from tilstand.report import open_page
from tilstand.report.chapters.sources import measures


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_measure_has_words_in_every_column(language):
    page = open_page(2020, language)
    got = measures.planned(page)
    keys = [column.key for column in measures.columns(page)]
    assert len(got) > 0
    assert (got[keys] != "").all(axis=None)


def test_sections_split_the_measures():
    page = open_page(2020, "nb")
    everything = measures.planned(page)
    parts = [measures.planned(page, section) for section in everything["section"].unique()]
    assert sum(len(part) for part in parts) == len(everything)


def test_another_edition_has_none():
    assert measures.planned(open_page(2010, "nb")).empty


def test_english_has_no_norwegian_names_of_the_school_department():
    got = measures.planned(open_page(2020, "en"))
    assert not got["organiser"].str.contains("Oppvekst").any()
