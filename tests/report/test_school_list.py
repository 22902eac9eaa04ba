import re
from types import SimpleNamespace

import pytest

from tilstand.pupils.roster import School
from tilstand.report.chapters.schools import comments, school_list
from tilstand.report.chapters.schools.comment_files import comment
from tilstand.report.page import exhibits


class PageOf:
    def __init__(self, project, year=2020, language="nb"):
        self.project, self.year, self.language = project, year, language
        self.edition = SimpleNamespace(name=str(year), simulated=False)

    def pick(self, nb, en):
        return {"nb": nb, "en": en}[self.language]


SCHOOLS = [
    School("a", "alvelia-skole", "Alvelia skole", "5-7"),
    School("b", "andromedalia-ungdomsskole", "Andromedalia ungdomsskole", "8-10"),
    School("c", "drageasen-skole", "Drageåsen skole", ""),
]


@pytest.fixture
def shown(monkeypatch):
    blocks = []
    monkeypatch.setattr(exhibits, "show_block", blocks.append)
    return blocks


def write(tiny, year, text, name="alvelia-skole.md"):
    folder = tiny.project.editions / str(year) / "comments"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_every_school_is_a_link_in_the_order_given(tiny, shown):
    school_list.show_schools(PageOf(tiny.project), SCHOOLS)

    got = re.findall(r'<a href="skole-([a-z0-9-]+)\.html">', shown[0])
    assert got == [school.slug for school in SCHOOLS]


def test_every_letter_leads_to_its_names(tiny, shown):
    school_list.show_schools(PageOf(tiny.project), SCHOOLS)

    jumps = re.findall(r'href="#(letter-\d+)"', shown[0])
    assert jumps
    assert jumps == re.findall(r'id="(letter-\d+)"', shown[0])


def test_this_years_comment_stands_beside_last_years(tiny, shown):
    write(tiny, 2020, "Nytt.")
    write(tiny, 2019, "Gammelt.")
    comments.show_comments(PageOf(tiny.project), SCHOOLS[0])

    assert shown[0].index("Nytt.") < shown[0].index("Gammelt.")


def test_without_a_comment_the_page_says_so(tiny, shown):
    comments.show_comments(PageOf(tiny.project), SCHOOLS[0])

    assert "ikke skrevet" in shown[0]
    assert "I fjor" not in shown[0]


def test_a_comment_cannot_change_the_page(tiny, shown):
    write(tiny, 2020, "<script>alert(1)</script>")
    comments.show_comments(PageOf(tiny.project), SCHOOLS[0])

    assert "<script>" not in shown[0]


def test_english_pages_take_the_english_comment_where_there_is_one(tiny):
    write(tiny, 2020, "Norsk.")
    write(tiny, 2020, "English.", "alvelia-skole.en.md")

    got = [comment(tiny.project, 2020, "alvelia-skole", code) for code in ("nb", "en")]

    assert got == [("Norsk.", "nb"), ("English.", "en")]


def test_a_comment_in_another_language_than_the_page_says_which(tiny, shown):
    write(tiny, 2020, "Norsk.")
    comments.show_comments(PageOf(tiny.project, language="en"), SCHOOLS[0])

    assert '<div lang="nb"><p>Norsk.</p></div>' in shown[0]
