"""Open every built page in a real browser, at a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow


def visit(browser: Browser, pages, width: int) -> list[str]:
    """List what is wrong with any page at a width."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    current = ""
    tab.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:", "blob:"))
            else faults.append(f"{current}: asks for {request.url}")
        ),
    )
    tab.on(
        "console",
        lambda message: (
            faults.append(f"{current}: {message.text}") if message.type == "error" else None
        ),
    )
    tab.on("pageerror", lambda error: faults.append(f"{current}: {error}"))
    for page in pages:
        current = page.name
        tab.goto(page.path.as_uri(), wait_until="load")
        wide = tab.evaluate("document.scrollingElement.scrollWidth")
        if wide > width:
            faults.append(f"{current}: {wide} px wide on a screen of {width}")
        cut = tab.evaluate(
            "[...document.querySelectorAll('.prev-next-area p')]"
            ".filter(p => p.getBoundingClientRect().right > innerWidth + 1).map(p => p.innerText)"
        )
        faults += [f"{current}: '{text}' runs off the screen" for text in cut]
        hidden = tab.evaluate(
            "[...document.querySelectorAll('article img')].filter(i => i.complete"
            " && i.naturalWidth === 0 && i.loading !== 'lazy').map(i => i.src)"
        )
        faults += [f"{current}: {source} does not show" for source in hidden]
    context.close()
    return faults


@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_opens_without_outside_requests_errors_or_overflow(browser, pages, width):
    assert visit(browser, pages, width) == []


def test_text_in_figures_is_nine_pixels_or_more_on_a_phone(pages):
    from tilstand.report.charts import style

    drawn = style.NARROW.text * 4 / 3
    narrowest = 375 - 2 * 17
    assert drawn * narrowest / (style.NARROW.width * 96) >= 9


def test_search_finds_norwegian_words(browser, site):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((site / "2020/nb/search.html").as_uri() + "?q=mobbing")
    tab.wait_for_selector("#search-results li", timeout=10_000)
    assert tab.locator("#search-results li").count() >= 1
    context.close()


@pytest.mark.parametrize(
    ("asked", "near", "first"),
    [
        ("sykefravær", "fravær", "Arbeidet for et trygt læringsmiljø"),
        ("grunskolepoeng", "poeng", "Karakterer og grunnskolepoeng"),
    ],
)
def test_a_search_with_no_hit_is_tried_with_the_nearest_words(browser, site, asked, near, first):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((site / "2020/nb/search.html").as_uri() + f"?q={asked}")
    tab.wait_for_selector("#search-results li", timeout=10_000)
    assert near in tab.locator("#search-results > p").first.inner_text()
    assert tab.locator("#search-results li a").first.inner_text() == first
    context.close()


def test_a_school_is_found_by_its_name(browser, site):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((site / "2020/nb/search.html").as_uri() + "?q=Alvelia")
    tab.wait_for_selector("#search-results li", timeout=10_000)
    assert tab.locator("#search-results li a").first.inner_text() == "Alvelia skole"
    context.close()


def test_the_language_switch_stays_on_the_page(browser, site):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((site / "2020/nb/elevtall.html").as_uri())
    tab.click(".language-switch a[hreflang=en]")
    assert tab.url.endswith("2020/en/elevtall.html")
    context.close()


def test_the_menu_opens_on_a_phone(browser, site):
    context = browser.new_context(viewport={"width": 375, "height": 800})
    tab = context.new_page()
    tab.goto((site / "2020/nb/elevtall.html").as_uri())
    tab.click("button.primary-toggle")
    link = tab.locator(".bd-sidebar-primary a, #pst-primary-sidebar-modal a").filter(has_text="SFO")
    link.first.wait_for(state="visible", timeout=5_000)
    context.close()
