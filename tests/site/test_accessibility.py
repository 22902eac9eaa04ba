"""Try every built page as WCAG 2.1 AA asks: with axe-core, and with what axe-core cannot see."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.slow

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
ASK = f"axe.run(document, {{resultTypes: ['violations'], runOnly: {RULES}}})"
# Each page in one of the four states in a quick run, turn by turn; in CI each page in all.
STATES = [(mode, width) for mode in ("light", "dark") for width in (1280, 375)]
EVERY_STATE = bool(os.environ.get("CI") or os.environ.get("TILSTAND_AXE") == "all")
# The page answers a new width when it is next drawn: the second frame begins after that.
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
ALWAYS_ALL = ("index", "elevtall", "nasjonale-prover", "skolebidrag-resultat", "search")


@pytest.fixture
def tab(browser) -> Iterator[Tab]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def every_file(site: Path) -> list[Path]:
    """Every page that a reader can meet: chapters, search, and the pages that lead to them."""
    found = sorted(site.glob("**/*.html"))
    return [path for path in found if 'http-equiv="refresh"' not in path.read_text("utf-8")]


def states_of(path: Path, number: int) -> list[tuple[str, int]]:
    if EVERY_STATE or path.stem in ALWAYS_ALL:
        return STATES
    return [STATES[number % len(STATES)]]


def violations(tab: Tab, mode: str, width: int) -> list[dict[str, Any]]:
    tab.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
    tab.set_viewport_size({"width": width, "height": 900})
    tab.evaluate(DRAWN)
    return tab.evaluate(ASK)["violations"]


def test_axe_finds_no_violation_on_any_page(tab, site, tell):
    axe = AXE.read_text(encoding="utf-8")
    counts: Counter[str] = Counter()
    faults = []
    for number, path in enumerate(every_file(site)):
        tab.goto(path.as_uri())
        tab.evaluate(axe)
        counts["pages"] += 1
        for mode, width in states_of(path, number):
            counts["states"] += 1
            for found in violations(tab, mode, width):
                where = found["nodes"][0]["html"][:120]
                name = path.relative_to(site).as_posix()
                faults.append(f"{name} ({mode}, {width}): {found['id']}: {where}")
    tell(f"axe-core: {counts['pages']} pages, {counts['states']} states, {len(faults)} violations")
    assert faults == []


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


def test_pages_can_be_enlarged_to_double_without_scrolling_sideways(tab, pages):
    # 200 % on a screen of 1280 leaves 640 of the page's own pixels (WCAG 1.4.4 and 1.4.10)
    tab.set_viewport_size({"width": 640, "height": 450})
    faults = []
    for page in pages:
        tab.goto(page.path.as_uri())
        wide = tab.evaluate("document.scrollingElement.scrollWidth")
        if wide > 640:
            faults.append(f"{page.name}: {wide}")
    assert faults == []


def test_text_can_be_enlarged_to_double_by_itself(tab, site):
    tab.set_viewport_size({"width": 1280, "height": 900})
    faults = []
    for name in ("index", "elevtall", "nasjonale-prover", "kilder"):
        tab.goto((site / f"2020/nb/{name}.html").as_uri())
        tab.add_style_tag(content="html { font-size: 200% }")
        wide = tab.evaluate("document.scrollingElement.scrollWidth")
        if wide > 1280:
            faults.append(f"{name}: {wide}")
    assert faults == []


def test_alternative_texts_carry_the_message_and_are_each_their_own(pages):
    faults = []
    for folder in sorted({page.path.parent for page in pages}):
        images = [
            (page.name, image["alt"])
            for page in pages
            if page.path.parent == folder
            for image in page.article.find_all("img")
        ]
        faults += [f"{name}: {alt[:60]}" for name, alt in images if not any(map(str.isdigit, alt))]
        twice = Counter(alt for _, alt in images)
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
