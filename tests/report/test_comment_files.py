import pytest

from tilstand.report.chapters.schools.comment_files import MOST, check_comments, comments_state

PUPILS = """
[pupils]
file = "data/private/2020/elever.csv"
school = "skole"
outcome = "y"
prior = "x"
"""
PLACE = "data/editions/2020/comments"


@pytest.fixture
def lines(tiny):
    """Write a comment and give what is wrong with it, a line a fault."""
    tiny.write("data/private/2020/elever.csv", "skole;y;x\nAlvelia skole;50;51\n")
    text = tiny.edition_file.read_text(encoding="utf-8")
    tiny.edition_file.write_text(text + PUPILS, encoding="utf-8")

    def told(text, name="alvelia-skole.md", year=2020):
        path = tiny.project.editions / str(year) / "comments" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return [str(fault) for fault in check_comments(tiny.project)]

    return told


@pytest.mark.parametrize(
    "text",
    [
        "Vi kjenner oss igjen i tallene.\n\nKullet er lite.\n",
        "1. trinn har 5 < 7 elever – og det går bra.\n5. trinn også.",
        "\ufeffFra Notisblokk på Windows.\r\n\r\nNeste avsnitt.\r\n",
    ],
)
def test_plain_text_is_fine(lines, text):
    assert lines(text) == []


@pytest.mark.parametrize(
    ("text", "exp"),
    [
        ("Fint.\n<b>Bra</b>", ":2: '<b>', expected plain text: HTML is not read"),
        ("<script>alert(1)</script>", ":1: '<script>', expected plain text: HTML is not read"),
        (
            "# Om tallene\nFint.",
            ":1: '# Om tallene', expected plain text: a comment has no headings",
        ),
        ("Om tallene\n=====", ":2: '=====', expected plain text: a comment has no headings"),
        (
            "Les på https://berg.no nå.",
            ":1: 'https://berg.no', expected plain text: a comment has no links or addresses",
        ),
        (
            "Se [siden](om.md).",
            ":1: '](om.md)', expected plain text: a comment has no links or addresses",
        ),
        (
            "Skriv til rektor@berg.skole.no",
            ":1: 'rektor@berg.skole.no', expected plain text: a comment has no links or addresses",
        ),
        ("- lesing\n- regning", ":1: '- lesing', expected plain text: lists and bold type"),
        ("\n  \n", ": '', expected a comment, or no file"),
        ("a" * (MOST + 1), ": '1501 characters', expected at most 1500 characters"),
        (
            "Tjæreåsen".encode("latin-1"),
            ": 'alvelia-skole.md', expected a text file saved as UTF-8",
        ),
    ],
    ids=[
        *("html", "script", "heading", "underlined", "link", "md-link", "mail", "list", "empty"),
        *("long", "latin-1"),
    ],
)
def test_what_a_page_cannot_show_is_one_line(lines, text, exp):
    (got,) = lines(text)

    assert got.startswith(f"{PLACE}/alvelia-skole.md{exp}")


@pytest.mark.parametrize(
    ("name", "exp"),
    [
        ("alvela-skole.md", "expected a school as in its page’s address, such as alvelia-skole.md"),
        ("alvelia-skole.txt", "expected a text file <school>.md, or <school>.en.md"),
        ("alvelia-skole.de.md", "expected a text file <school>.md, or <school>.en.md"),
    ],
)
def test_a_file_that_no_page_would_show_is_one_line(lines, name, exp):
    (got,) = lines("Fint.", name)

    assert got.startswith(f"{PLACE}/{name}: '{name}', {exp}")


def test_a_year_without_an_edition_is_held_to_form_and_not_to_names(lines):
    assert lines("Fint.", "stengt-skole.md", 2019) == []
    assert len(lines("<b>", "stengt-skole.md", 2019)) == 1


def test_an_edition_without_schools_has_no_names_to_hold_to(tiny):
    path = tiny.project.editions / "2020" / "comments" / "berg-skole.md"
    path.parent.mkdir(parents=True)
    path.write_text("Fint.", encoding="utf-8")

    assert check_comments(tiny.project) == []


def test_somebody_is_asked_to_read_them(lines, tiny):
    lines("Fint.")

    (got,) = comments_state(tiny.project)

    assert got.startswith(f"{PLACE}: files: 1; read them for names")


def test_the_examples_of_the_repository_are_as_they_should_be(repo):
    assert check_comments(repo) == []
    assert comments_state(repo)
