"""Sort long tables with the keyboard, and never rank schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.slow

SORTABLE = "2020/nb/kilder.html"


def column(table: Locator, place: int) -> list[str]:
    return table.locator(f"tbody tr > :nth-child({place + 1})").all_text_contents()


@pytest.fixture
def table(browser: Browser, site) -> Iterator[Locator]:
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto((site / SORTABLE).as_uri())
    yield tab.locator("table[data-sort]").first
    tab.close()


def test_numbers_sort_as_numbers_by_the_keyboard_and_the_header_says_so(table):
    header = table.locator("thead th").last
    place = table.locator("thead th").count() - 1
    before = column(table, place)

    header.locator("button").focus()
    header.page.keyboard.press("Enter")
    up, said_up = column(table, place), header.get_attribute("aria-sort")
    header.page.keyboard.press("Space")
    down, said_down = column(table, place), header.get_attribute("aria-sort")

    numbers = [int(text.replace("\N{NO-BREAK SPACE}", "")) for text in up]
    assert numbers == sorted(numbers) != [int(t.replace("\N{NO-BREAK SPACE}", "")) for t in before]
    assert down == up[::-1]
    assert (said_up, said_down) == ("ascending", "descending")


def test_words_sort_by_the_alphabet_and_only_one_header_says_how(table):
    first, last = table.locator("thead th button").first, table.locator("thead th button").last
    last.click()
    first.click()

    names = column(table, 0)
    exp = first.evaluate("(_, names) => names.toSorted(new Intl.Collator('nb').compare)", names)
    assert names == exp
    assert table.locator("[aria-sort]").count() == 1


def test_rows_keep_together(table):
    rows = {tuple(row.split("\t")) for row in table.locator("tbody tr").all_inner_texts()}
    table.locator("thead th button").last.click()

    assert {tuple(row.split("\t")) for row in table.locator("tbody tr").all_inner_texts()} == rows


def test_tables_of_schools_cannot_be_sorted(pages):
    of_schools = [
        page
        for page in pages
        if page.path.stem.startswith(("skole-", "skolene", "skolebidrag-resultat", "spredning"))
        or page.path.stem in ("nasjonale-prover-skoler", "elevmiljo", "elevnivaer")
    ]

    assert len(of_schools) > 2 * 34  # a page for each, in two languages
    assert [p for p in of_schools if "data-sort" in p.path.read_text(encoding="utf-8")] == []
