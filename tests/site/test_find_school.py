"""Find a school and its main message from the start page, on a phone and by the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

PHONE = {"width": 375, "height": 667}
#: The last of the list by name, in every language; its page's file.
SCHOOL, FILE = "Ønskebrønnen", "skole-onskebronnen-skole.html"
START = ["eksempel/nb/index.html", "eksempel/en/index.html"]


def in_first_screen(tab: Page, selector: str) -> bool:
    box = tab.locator(selector).first.bounding_box()
    return box is not None and box["y"] + box["height"] <= PHONE["height"]


@pytest.mark.parametrize("start", START)
def test_a_school_and_its_message_are_two_taps_away(browser: Browser, site, start):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    tab = context.new_page()
    tab.goto((site / start).as_uri())
    finder = tab.locator("main a[href*='skolene']").first
    assert finder.is_visible()

    finder.tap()
    tab.wait_for_url("**/skolene.html")
    tab.locator(".school-list").get_by_role("link", name=SCHOOL).tap()
    tab.wait_for_url(f"**/{FILE}")

    assert in_first_screen(tab, ".finding")
    context.close()


@pytest.mark.parametrize("start", START)
def test_the_keyboard_alone_finds_a_school_by_its_letter(browser: Browser, site, start):
    context = browser.new_context(viewport=PHONE)
    tab = context.new_page()
    tab.goto((site / start).as_uri())

    def reach(what: str, most: int) -> None:
        for _ in range(most):
            tab.keyboard.press("Tab")
            if tab.evaluate(f"document.activeElement.matches({what!r})"):
                break
        shown = "getComputedStyle(document.activeElement).outlineStyle"
        assert tab.evaluate(f"document.activeElement.matches({what!r})")
        assert tab.evaluate(shown) != "none"
        tab.keyboard.press("Enter")

    reach("main a[href*='skolene']", 30)
    tab.wait_for_url("**/skolene.html")
    reach(f".school-letters a[href='#letter-{ord(SCHOOL[0])}']", 60)
    reach(f".school-list a[href='{FILE}']", 3)
    tab.wait_for_url(f"**/{FILE}")

    assert in_first_screen(tab, ".finding")
    context.close()
