"""Find the right page: by the words of parents, politicians and journalists, and by the frame."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.slow

SEARCHES = Path(__file__).with_name("searches.csv")
LEAST_FIRST = 55 / 60


def asked(language: str) -> list[dict[str, str]]:
    with SEARCHES.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["language"] == language]


def found(tab, site, language: str, query: str) -> list[str]:
    tab.goto(f"{(site / f'2020/{language}/search.html').as_uri()}?q={query.replace(' ', '+')}")
    tab.wait_for_selector(".search-summary:not(:empty)")
    links = (
        "[...document.querySelectorAll('#search-results li a')].map(a => a.getAttribute('href'))"
    )
    return [link.partition(".html")[0] for link in tab.evaluate(links)]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_readers_words_lead_to_the_right_page(browser, site, language, tell):
    tab = browser.new_page()
    first, third = [], []
    rows = asked(language)
    for row in rows:
        pages, hits = row["page"].split("|"), found(tab, site, language, row["query"])
        first += [] if hits[:1] and hits[0] in pages else [f"{row['query']}: {hits[:3]}"]
        third += [] if set(hits[:3]) & set(pages) else [f"{row['query']}: {hits[:5]}"]
    tab.close()
    tell(f"search {language}: {len(rows)} asked, {len(rows) - len(first)} first")

    assert third == []
    assert len(rows) - len(first) >= LEAST_FIRST * len(rows), first


def test_sixty_searches_and_more_are_tried():
    assert len(asked("nb")) + len(asked("en")) >= 60


@pytest.mark.parametrize(("language", "exp"), [("nb", "Ingen treff"), ("en", "No hits")])
def test_a_search_in_vain_says_so(browser, site, language, exp):
    tab = browser.new_page()
    assert found(tab, site, language, "qqxyzzy") == []
    assert exp in tab.locator(".search-summary").inner_text()
    tab.close()


@pytest.mark.parametrize("width", [1280, 1000, 800, 375, 320])
def test_search_is_in_sight_at_every_width(browser, site, width):
    context = browser.new_context(viewport={"width": width, "height": 700})
    tab = context.new_page()
    tab.goto((site / "2020/nb/elevtall.html").as_uri())
    box = tab.locator("header input[type=search]").bounding_box()

    assert box is not None
    assert box["y"] + box["height"] < 200
    assert box["x"] + box["width"] <= width
    tab.locator("header input[type=search]").fill("matte")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=matte")
    context.close()


def test_a_long_page_has_its_places_folded_at_its_top_on_a_phone(browser, site):
    context = browser.new_context(viewport={"width": 375, "height": 800})
    tab = context.new_page()
    short, folded = [], []
    for path in sorted(site.glob("2020/nb/*.html")):
        if '<nav class="page-toc"' not in path.read_text(encoding="utf-8"):
            continue
        tab.goto(path.as_uri())
        high = tab.evaluate("document.querySelector('.bd-article').scrollHeight")
        has = tab.locator(".contents-fold").count() == 1
        folded += [path.name] if has else []
        short += [path.name] if not has and high > 3.2 * 800 else []
    context.close()

    assert short == []
    assert len(folded) > 10


def test_no_way_leads_through_every_school(pages):
    schools = {page.path.stem for page in pages if page.path.stem.startswith("skole-")}
    assert len(schools) > 30
    got = [
        f"{page.name}: {link['href']}"
        for page in pages
        for link in page.soup.select(".prev-next-area a")
        if link["href"].removesuffix(".html") in schools
    ]
    assert got == []


def test_every_chapter_says_where_it_stands(pages):
    got = [
        page.name
        for page in pages
        if page.path.stem != "index" and len(page.soup.select(".crumbs a")) < 1
    ]
    assert got == []


def test_every_page_is_described_by_what_it_says(pages):
    said: dict[tuple[str, str], list[str]] = {}
    for page in pages:
        found = page.soup.select_one("meta[name=description]")
        assert found, page.name
        said.setdefault((page.edition, page.language), []).append(found["content"])
        assert page.soup.select_one("meta[property='og:title']")["content"]
        assert page.soup.select_one("link[rel=icon]")
    assert [text for texts in said.values() for text in texts if not 20 <= len(text) <= 200] == []


def test_a_school_is_found_as_its_name_is_typed(browser, site):
    tab = browser.new_page()
    tab.goto((site / "eksempel/nb/skolene.html").as_uri())
    field = tab.get_by_label("Skriv navnet på skolen")
    every = tab.locator(".school-list li:visible").count()

    field.press_sequentially("ønske")
    left = tab.locator(".school-list li:visible")
    assert left.count() == 1
    assert "Ønskebrønnen" in left.inner_text()
    field.fill("finnes ikke")
    assert left.count() == 0
    field.fill("")
    assert left.count() == every > 30
    tab.close()


def test_an_address_without_a_page_leads_to_the_front_page(site):
    lost = BeautifulSoup((site / "404.html").read_text(encoding="utf-8"), "html.parser")

    assert [part["lang"] for part in lost.select("main p[lang]")] == ["nb", "en"]
    assert not lost.select("link, script, img")  # nothing that a wrong depth would miss
    assert json.dumps(lost.style.string).count("url(") == 0
