"""Read every built page as a reader's browser would get it, and look for what must not be there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

LOADING = (
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("source", "srcset"),
    ("iframe", "src"),
)
EDITIONS = ("2010", "2020", "eksempel")
HARMLESS_LINKS = {"canonical", "alternate", "license"}
ENGLISH = re.compile(
    r"\b(Search|Contents|Next|Previous|Toggle|Skip to|On this page|Copyright|Light|Dark|Figure|"
    r"Table|Source|Download|Menu|Note|Warning|Link to this|Permalink|Back to top|Main|Click to|"
    r"Index|Home|Edition|Language|not reported)\b"
)
# An English sentence may begin with "None of".
BROKEN = re.compile(r"\bnan\b|\bNaN\b|\bnp\.|\bNone\b(?! of )|Traceback|\{\{|\}\}|<NA>|undefined")


def visible_text(tag: Tag) -> str:
    return " ".join(_seen(tag))


def _seen(tag: Tag) -> Iterator[str]:
    for one in tag.children:
        if isinstance(one, Tag):
            if one.name not in ("script", "style", "template", "noscript", "pre"):
                yield from _seen(one)
        elif type(one) is NavigableString:  # no comment
            yield str(one)


def test_every_edition_and_language_has_its_start_page(site):
    got = {str(path.relative_to(site)) for path in site.glob("*/*/index.html")}
    exp = {f"{edition}/{lang}/index.html" for edition in EDITIONS for lang in ("nb", "en")}
    assert got == exp


def test_start_page_leads_to_the_newest_edition_in_both_languages(site):
    soup = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    got = [link["href"] for link in soup.select("a.lead")]
    assert got == ["2020/nb/index.html", "2020/en/index.html"]


def test_no_page_loads_anything_from_outside(pages):
    got = [
        f"{page.name}: {element[attribute]}"
        for page in pages
        for tag, attribute in LOADING
        for element in page.soup.find_all(tag, attrs={attribute: True})
        if re.match(r"(https?:)?//", element[attribute])
        and not HARMLESS_LINKS & set(element.get("rel", []))
    ]
    assert got == []


def test_no_style_sheet_loads_anything_from_outside(site):
    got = [
        str(path.relative_to(site))
        for path in site.rglob("*.css")
        if re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", path.read_text(encoding="utf-8"))
    ]
    assert got == []


def test_no_page_shows_a_broken_value(pages):
    got = [
        f"{page.name}: {found.group(0)}"
        for page in pages
        if (found := BROKEN.search(visible_text(page.soup)))
    ]
    assert got == []


def test_every_image_says_in_words_what_it_shows(pages):
    got = [
        f"{page.name}: {image.get('aria-label')}"
        for page in pages
        for image in page.soup.select("[role=img], img")
        if len(image.get("aria-label", "")) < 30
    ]
    assert got == []


def test_every_table_has_a_caption_and_scoped_headers(pages):
    got = [
        f"{page.name}: {table.get_text(' ')[:40]}"
        for page in pages
        for table in page.article.find_all("table")
        if table.caption is None or any(not head.get("scope") for head in table.find_all("th"))
    ]
    assert got == []


def test_every_internal_link_leads_somewhere(pages, site):
    parsed = {page.path.resolve(): page for page in pages}
    anchors: dict[Path, set[str]] = {}

    def known(path: Path) -> set[str]:
        if path not in anchors:
            soup = (
                parsed[path].soup
                if path in parsed
                else BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            )
            anchors[path] = {element["id"] for element in soup.find_all(id=True)}
        return anchors[path]

    got = []
    for page in pages:
        for link in page.soup.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc:
                continue
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            is_page = target.suffix == ".html"
            if not target.is_file() or not target.is_relative_to(site.resolve()):
                got.append(f"{page.name}: {link['href']}")
            elif parts.fragment and is_page and parts.fragment not in known(target):
                got.append(f"{page.name}: {link['href']} (no such place)")
    assert got == []


def test_every_download_is_there(pages):
    got = [
        f"{page.name}: {name}"
        for page in pages
        for name in [link["href"] for link in page.article.select("a[download]")]
        if not (page.path.parent / name).is_file()
    ]
    assert got == []


def test_the_language_of_every_page_is_declared(pages):
    exp = {"nb": "nb-NO", "en": "en"}
    got = [page.name for page in pages if page.soup.html.get("lang") != exp[page.language]]
    assert got == []


def test_norwegian_pages_have_no_english_interface_word(pages):
    got = []
    for page in pages:
        if page.language != "nb":
            continue
        foreign = "[lang=en], cite, ul.references, dl.statements .where"
        soup = page.without(foreign, whole=True)
        words = [visible_text(soup)]
        for attribute in ("aria-label", "title", "placeholder", "alt"):
            words += [element[attribute] for element in soup.find_all(attrs={attribute: True})]
        found = ENGLISH.search(" | ".join(words))
        if found:
            got.append(f"{page.name}: {found.group(0)}")
    assert got == []


def test_english_pages_have_no_norwegian_interface_word(pages):
    norwegian = re.compile(
        r"\b(Søk|Figur \d|Tabell \d|Kilde:|Meny|Last ned|ikke rapportert|Usikkerhet)"
    )
    got = [
        f"{page.name}: {found.group(0)}"
        for page in pages
        if page.language == "en"
        and (found := norwegian.search(visible_text(page.article).replace("\n", " ")))
    ]
    assert got == []


def test_no_notebook_or_page_source_is_published(site):
    got = [
        str(path.relative_to(site))
        for path in site.rglob("*")
        if path.suffix in (".ipynb", ".md", ".py", ".inv", ".pickle") or path.name == "_sources"
    ]
    assert got == []


def test_every_page_has_one_main_heading_and_a_title(pages):
    got = [
        page.name
        for page in pages
        if len(page.article.find_all("h1")) != 1 or not page.soup.title.get_text(strip=True)
    ]
    assert got == []


def test_figures_are_numbered_through_each_book(pages, site):
    for folder in sorted({page.path.parent for page in pages}):
        numbers = sorted(
            int(label.get_text().split()[-1])
            for page in pages
            if page.path.parent == folder
            for label in page.article.select("figure.exhibit-figure .exhibit-number")
        )
        assert numbers == list(range(1, len(numbers) + 1)), folder.relative_to(site)


def test_every_figure_has_title_source_numbers_and_download(pages):
    got = [
        f"{page.name}: {figure['id']}"
        for page in pages
        for figure in page.article.select("figure.exhibit")
        if not (
            figure.select_one(".exhibit-title")
            and figure.select_one(".exhibit-source").get_text(strip=True)
            and figure.find("table")
            and figure.select_one(".exhibit-take a[download]")
        )
    ]
    assert got == []


def test_every_page_says_how_to_cite_it_by_its_own_title(pages):
    got = [
        page.name
        for page in pages
        if page.name.rpartition("/")[2] not in ("search", "search.html")
        and page.article.h1.get_text().rstrip("#").strip()
        not in page.soup.select_one(".cite-page p").get_text()
    ]
    assert got == []


def test_no_page_asks_for_comments_as_long_as_no_address_is_set(pages):
    assert [page.name for page in pages if page.soup.select(".comment-page")] == []


def test_every_page_links_its_tables_in_every_form(pages):
    got = [
        f"{page.name}: {figure['id']}"
        for page in pages
        for figure in page.article.select("figure.exhibit")
        if {link.get_text().partition(":")[0] for link in figure.select(".exhibit-take a")}
        != {"CSV", "Excel", *(("SVG", "PNG") if "exhibit-figure" in figure["class"] else ())}
    ]
    assert got == []
