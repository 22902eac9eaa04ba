"""Use the frame as a reader does: languages, editions, search, appearance, paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.slow
A_MOMENT = 300  # ms after which the browser has written down what a page keeps


@pytest.fixture
def tab(browser) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


def open_page(tab: Tab, site, name: str) -> None:
    tab.goto((site / f"{name}.html").as_uri())


def test_every_page_leads_to_itself_in_the_other_language(pages, site):
    got = [
        page.name
        for page in pages
        for link in page.soup.select(".language-switch a")
        if (page.path.parent / link["href"]).resolve().name != page.path.name
    ]
    assert got == []


def test_edition_switch_stays_on_the_page(tab, site):
    open_page(tab, site, "2020/en/elevtall")
    tab.click(".edition-switch a")
    assert tab.url.endswith("2010/en/elevtall.html")


def test_every_page_of_an_old_edition_says_so_and_no_other_does(pages):
    newest = {"2020", "eksempel"}  # of the real municipality, and of the invented one
    got = [
        page.name
        for page in pages
        if bool(page.soup.select(".old-edition")) != (page.edition not in newest)
    ]
    assert got == []


def test_every_page_names_itself_in_every_language(pages):
    got = [
        page.name
        for page in pages
        if [link["hreflang"] for link in page.soup.select("link[rel=alternate]")] != ["nb", "en"]
    ]
    assert got == []


def test_moved_page_leads_on(tab, site):
    open_page(tab, site, "2020/nb/sammendrag")
    tab.wait_for_url("**/2020/nb/index.html")


@pytest.mark.parametrize("word", ["mobbing", "mobbes", "mobbet"])
def test_search_finds_the_forms_of_a_word(tab, site, word):
    open_page(tab, site, "2020/nb/elevtall")
    tab.fill(".search-form input", word)
    tab.press(".search-form input", "Enter")

    # Hits come one by one, the best first.
    for page in ("elevundersokelsen", "ordliste"):
        tab.wait_for_selector(f'#search-results li a[href*="{page}.html"]')


def test_search_puts_the_chapters_on_a_word_before_the_pages_of_schools(tab, site):
    tab.goto((site / "2020/nb/search.html").as_uri() + "?q=skolebidrag")
    tab.wait_for_selector("#search-results li:nth-child(3)")

    hits = tab.locator("#search-results li a")
    first = [str(hits.nth(number).get_attribute("href")) for number in range(3)]

    assert first[0].startswith("skolebidrag")
    assert [name for name in first if name.startswith("skole-")] == []


@pytest.mark.parametrize("language", ["nb", "en"])
def test_search_asks_for_no_file_that_is_not_there(tab, site, language):
    lost: list[str] = []
    tab.on("requestfailed", lambda request: lost.append(request.url))
    tab.goto((site / f"2020/{language}/search.html").as_uri() + "?q=mobbing")
    tab.wait_for_selector("#search-results .search-summary:not(:empty)")

    assert lost == []


def test_search_says_when_it_finds_nothing(tab, site):
    tab.goto((site / "2020/nb/search.html").as_uri() + "?q=xyzzyq")

    tab.wait_for_selector("#search-results .search-summary:not(:empty)")
    assert tab.locator("#search-results li").count() == 0


def test_appearance_is_chosen_kept_and_given_back_to_the_machine(tab, site):
    open_page(tab, site, "2020/nb/elevtall")

    seen = []
    for _ in range(3):
        tab.click(".mode-switch")
        tab.wait_for_timeout(A_MOMENT)
        tab.reload()
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        seen.append((tab.inner_text(".mode-name"), ground))

    white, black = "rgb(255, 255, 255)", "rgb(20, 24, 27)"
    assert seen == [("Lyst", white), ("Mørkt", black), ("Automatisk", white)]


def brightness(tab: Tab) -> int:
    """Look at the corner of the first figure: 0 is black, 255 white."""
    import io

    from PIL import Image

    figure = tab.locator("figure.exhibit .drawing:visible").first
    figure.scroll_into_view_if_needed()
    return Image.open(io.BytesIO(figure.screenshot())).convert("L").getpixel((2, 2))


@pytest.mark.parametrize(("machine", "chosen"), [("dark", ""), ("light", "dark")])
def test_figures_are_dark_where_the_page_is(tab, site, machine, chosen):
    tab.emulate_media(color_scheme=machine)
    open_page(tab, site, "2020/nb/elevtall")
    tab.evaluate(f"document.documentElement.dataset.theme = '{chosen}'")

    assert brightness(tab) < 60


def test_paper_is_light_without_menus_and_the_start_fits_two_sheets(tab, site, tmp_path):
    tab.emulate_media(color_scheme="dark")
    open_page(tab, site, "2020/nb/index")
    pdf = tab.pdf(prefer_css_page_size=True)
    tab.emulate_media(media="print", color_scheme="dark")

    shown = tab.locator(".bd-sidebar-primary, .header-tools, .page-toc").evaluate_all(
        "all => all.filter(e => getComputedStyle(e).display !== 'none').length"
    )
    ink = tab.evaluate("getComputedStyle(document.body).color")
    # Three charts and the key figures stand there since editions choose what they open with: three
    # sides; what is made for one sheet is the summary (test_pdf).
    assert pdf.count(b"/Type /Page\n") <= 3
    assert (shown, ink) == (0, "rgb(0, 0, 0)")


def test_downloads_of_a_page_open(tab, site, tmp_path):
    import csv

    open_page(tab, site, "2020/nb/elevtall")
    link = tab.locator(".exhibit-take a[href$='.csv']").first
    with tab.expect_download() as waited:
        link.click()
    path = tmp_path / "numbers.csv"
    waited.value.save_as(path)

    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1
