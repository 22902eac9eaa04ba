"""Open every built page in a real browser, at a desk and on a phone."""

from __future__ import annotations

import pytest

from visits import DESK, PHONE

pytestmark = pytest.mark.slow


def test_every_page_opens_without_outside_requests_or_errors(visits):
    got = [f"{v.name}: {fault}" for v in visits for fault in (*v.outside, *v.faults)]
    assert got == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_page_is_wider_than_the_screen(visits, width):
    got = [f"{v.name}: {v.wide[str(width)]} px" for v in visits if v.wide[str(width)] > width]
    assert got == []


def test_text_in_figures_is_nine_pixels_or_more_on_a_phone():
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
    ("asked", "first"),
    [
        ("elevundersøgelsen", "Elevundersøkelsen"),
        ("grunskolepoeng", "Karakterer og grunnskolepoeng"),
        ("spesialundervisnig", "Spesialundervisning"),
        ("sykefravær", "Bemanning"),
    ],
)
def test_a_search_with_no_hit_is_tried_with_the_nearest_words(browser, site, asked, first):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((site / "2020/nb/search.html").as_uri() + f"?q={asked}")
    tab.wait_for_selector("#search-results li", timeout=10_000)
    assert tab.locator("#search-results li a").first.inner_text() == first
    context.close()


def test_a_school_is_found_by_its_name(browser, site):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((site / "eksempel/nb/search.html").as_uri() + "?q=Alvelia")
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
