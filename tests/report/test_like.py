"""Hold a municipality against those most like it, from the exports to a chapter's rows."""

import pytest
from corpus.nation import nation, settle

from tilstand.report import open_page
from tilstand.report.chapters.sources.like import lacking, like_towns, like_words
from tilstand.sources.like_towns import LIKE, MANY

PLAN = {"schools": 240, "contribution_sd": 1.0}
WHERE = {"grade": "8", "subject": "reading"}


@pytest.fixture
def opened(project_copy):
    def settled(comparators, made=None, language="nb"):
        edition = settle(project_copy, made or nation(**PLAN), comparators=comparators)
        return open_page(edition, language, project_copy)

    return settled


def test_one_word_of_the_edition_puts_them_beside_ours_everywhere(opened):
    page = opened('["nation", "like"]')
    rows = page.rows("np_scale_points", by="place", **WHERE)
    towns = like_towns(page)
    said = like_words(page, towns)
    group = rows[rows["unit"] == LIKE]

    assert set(rows["level"]) == {"nation", "municipality", "group"}
    assert len(group) == rows["year"].nunique()
    assert (group["n"] > 0).all()
    assert group["label"].unique().tolist() == ["de ti kommunene som ligner mest"]
    assert float(said["like_towns"]) == len(towns) == MANY
    assert float(said["like_grade"]) == 8
    assert not lacking(page, towns)
    assert towns["label"].str.startswith("Prøveby ").all()


def test_an_edition_that_does_not_ask_has_none(opened):
    page = opened('["nation"]')
    towns = like_towns(page)

    assert LIKE not in set(page.figures["unit"])
    assert towns.empty
    assert all(number.missing for number in like_words(page, towns).values())
    assert not lacking(page, towns)


def test_files_that_are_not_of_the_whole_country_choose_nobody_and_say_so(opened):
    page = opened('["nation", "like"]', nation(schools=40, contribution_sd=1.0), "en")
    towns = like_towns(page)

    assert towns.empty
    assert lacking(page, towns)
