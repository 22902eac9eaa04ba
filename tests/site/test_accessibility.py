"""Try every built page as WCAG 2.1 AA asks: with axe-core, and with what axe-core cannot see."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from visits import ENLARGED, STATES, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.slow


@pytest.fixture
def tab(browser) -> Iterator[Tab]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_axe_finds_no_violation_on_any_page(visits, tell):
    faults = [fault for visit in visits for fault in visit.violations]
    states = sum(visit.states for visit in visits)
    tell(f"axe-core: {len(visits)} pages, {states} states, {len(faults)} violations")
    assert min(visit.states for visit in visits) >= 1
    assert faults == []


def test_one_page_of_every_chapter_is_tried_in_all_four_states(visits):
    tried: dict[str, int] = {}
    for visit in visits:
        tried[form_of(visit.name)] = max(visit.states, tried.get(form_of(visit.name), 0))
    assert {form for form, states in tried.items() if states < len(STATES)} == set()


def test_first_stop_of_the_keyboard_skips_to_the_content(tab, site):
    tab.goto((site / "2020/nb/elevtall.html").as_uri())

    tab.keyboard.press("Tab")
    seen = tab.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    tab.keyboard.press("Enter")

    assert seen
    assert tab.evaluate("document.activeElement.id") == "main-content"


@pytest.mark.parametrize("width", [1280, 375])
def test_keyboard_walks_the_page_in_the_order_it_is_read(tab, site, width):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto((site / "2020/nb/elevtall.html").as_uri())

    got = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        # the place in the document of what has the focus
        got.append(
            tab.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )

    assert got == sorted(got)
    assert len(set(got)) == len(got)


def test_focus_can_be_seen(tab, site):
    tab.goto((site / "2020/nb/elevtall.html").as_uri())

    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")

    outline = tab.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2


def test_pages_can_be_enlarged_to_double_without_scrolling_sideways(visits):
    # 200 % on a screen of 1280 leaves 640 of the page's own pixels (WCAG 1.4.4 and 1.4.10)
    chapters = [visit for visit in visits if visit.name.count("/") == 2]
    faults = [f"{v.name}: {v.wide[str(ENLARGED)]}" for v in chapters if v.wide[str(ENLARGED)] > 640]
    assert faults == []


def test_text_can_be_enlarged_to_double_by_itself(tab, site):
    tab.set_viewport_size({"width": 1280, "height": 900})
    faults = []
    for name in ("index", "elevtall", "nasjonale-prover", "kilder"):
        tab.goto((site / f"2020/nb/{name}.html").as_uri())
        # As a reader's own style would: the page's policy is for what comes with it.
        tab.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = tab.evaluate("document.scrollingElement.scrollWidth")
        if wide > 1280:
            faults.append(f"{name}: {wide}")
    assert faults == []


def test_alternative_texts_carry_the_message_and_are_each_their_own(pages):
    faults = []
    for folder in sorted({page.path.parent for page in pages}):
        images = [
            (page.name, image["aria-label"])
            for page in pages
            if page.path.parent == folder
            for image in page.article.select(".drawing")
        ]
        faults += [f"{name}: {alt[:60]}" for name, alt in images if not any(map(str.isdigit, alt))]
        # The start page may show a chapter's figure again, with the same words.
        twice = Counter(alt for name, alt in images if Path(name).stem != "index")
        faults += [f"{folder.name}: twice: {alt[:60]}" for alt, times in twice.items() if times > 1]
    assert faults == []


def test_site_works_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    tab = context.new_page()
    tab.goto((site / "2010/nb/utgaver.html").as_uri())

    tab.click(".edition-links a[hreflang=en] >> nth=0")
    assert tab.url.endswith("/2020/en/index.html")
    assert tab.locator(".bd-links a").first.is_visible()
    assert not tab.locator(".mode-switch").is_visible()
    context.close()
