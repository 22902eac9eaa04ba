from types import SimpleNamespace

import jinja2
import pytest
from bs4 import BeautifulSoup

from tilstand.pipeline.sphinx import chapter_list

PARTS = [
    {"caption": "Skole & barnehage", "chapters": ["elevtall", "sprak"]},
    {"caption": "Om boka", "chapters": ["om"]},
]


@pytest.fixture
def listed(repo):
    """Draw the list of chapters for a page as the book's template has it."""
    folder = jinja2.FileSystemLoader(repo.book / "_templates")
    template = jinja2.Environment(loader=folder).get_template("sbt-sidebar-nav.html")
    words = {"chapters": "Kapitler", "home": "Hjem"}

    def draw(page):
        html = template.render(
            tilstand={"words": words, "parts": PARTS},
            pagename=page,
            root_doc="index",
            pathto=lambda name: "#" if name == page else f"{name}.html",
            chapter_title=str.title,
        )
        return BeautifulSoup(html, "html.parser")

    return draw


def test_every_chapter_is_listed_in_its_part(listed):
    page = listed("index")

    assert [caption.text for caption in page.select("p.caption")] == [
        "Skole & barnehage",
        "Om boka",
    ]
    got = [[link["href"] for link in part("a")] for part in page.select("ul.bd-sidenav")]
    assert got == [["elevtall.html", "sprak.html"], ["om.html"]]


def test_the_page_itself_and_its_part_are_marked(listed):
    page = listed("sprak")

    assert [link.text for link in page.select("li.current > a.current")] == ["Sprak"]
    assert len(page.select("ul.current")) == 1


def test_a_title_is_rendered_once_however_many_pages_show_it():
    rendered, handlers = [], []

    def render_partial(node):
        rendered.append(node)
        return {"title": f"<em>{node}</em>"}

    app = SimpleNamespace(
        builder=SimpleNamespace(render_partial=render_partial),
        env=SimpleNamespace(titles={"om": "Om boka"}),
        connect=lambda event, handler: handlers.append((event, handler)),
    )
    chapter_list.setup(app)
    ((event, handler),) = handlers
    said = []
    for page in ("index", "om", "skole-1"):
        context = {}
        handler(app, page, "page.html", context, None)
        said.append(context["chapter_title"]("om"))

    assert event == "html-page-context"
    assert said == ["<em>Om boka</em>"] * 3
    assert rendered == ["Om boka"]
