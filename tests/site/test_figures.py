"""Touch, walk, mark and quote the figures of the built book, as a reader does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.slow

PAGE, FIGURE = "2020/nb/elevtall.html", "#fig-elevtall-prognose"
SHOWN = "[...document.querySelectorAll('.drawing svg')].filter(s => s.getClientRects().length)"
#: Texts that reach beyond the drawing they stand in.
CUT = (
    f"() => {SHOWN}"
    """.flatMap(svg => {
  const whole = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect();
    return box.left < whole.left - 2 || box.right > whole.right + 2
      || box.top < whole.top - 2 || box.bottom > whole.bottom + 2;
  }).map(text => text.textContent);
})"""
)
#: Texts of one drawing that cover each other.
OVER = (
    f"() => {SHOWN}"
    """.flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
  return texts.flatMap(([one, a], at) => texts.slice(at + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.45 * Math.min(a.height, b.height)
  ).map(([two]) => one.textContent + ' | ' + two.textContent));
})"""
)


@pytest.fixture
def tab(browser) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def figure(tab, site) -> Locator:
    tab.goto((site / PAGE).as_uri())
    found = tab.locator(FIGURE)
    found.scroll_into_view_if_needed()
    return found


def place_of(figure: Locator, number: int) -> tuple[float, float, str]:
    """Find where a mark stands on the screen, and what the table says there."""
    svg = figure.locator(".drawing svg:visible")
    x, y, line, column = map(int, (svg.get_attribute("data-at") or "").split(";")[number].split())
    box = svg.bounding_box()
    assert box is not None
    scale = box["width"] / float((svg.get_attribute("viewBox") or "").split()[2])
    row = figure.locator("tbody tr").nth(line).locator("th, td")
    return box["x"] + x * scale, box["y"] + y * scale, row.nth(column).text_content() or ""


def test_the_value_under_the_pointer_is_that_of_the_table(tab, figure):
    for number in (0, 2, 5):
        x, y, exp = place_of(figure, number)
        tab.mouse.move(x + 3, y - 2)
        assert (figure.locator(".tip").text_content() or "").endswith(f": {exp}")
    tab.keyboard.press("Escape")
    assert not figure.locator(".tip").is_visible()


def test_a_tap_tells_a_value_on_a_phone(browser, site):
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=True)
    tab = context.new_page()
    tab.goto((site / PAGE).as_uri())
    figure = tab.locator(FIGURE)
    figure.locator(".drawing").scroll_into_view_if_needed()
    x, y, exp = place_of(figure, 1)

    tab.touchscreen.tap(x, y)

    tip = figure.locator(".tip")
    assert (tip.text_content() or "").endswith(f": {exp}")
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375
    context.close()


def test_the_keyboard_walks_through_every_value_and_says_it(tab, figure):
    slider = figure.get_by_role("slider")
    slider.focus()
    said = []
    count = int(slider.get_attribute("max") or 0) + 1
    for _ in range(count):
        said.append(slider.get_attribute("aria-valuetext") or "")
        tab.keyboard.press("ArrowRight")

    exp = [place_of(figure, number)[2] for number in range(count)]
    assert [one.rpartition(": ")[2] for one in said] == exp


def test_words_of_a_drawing_are_found_and_selected_as_text(tab, figure):
    found = tab.evaluate("window.find('prognose 5')")

    assert found
    assert "svg" in tab.evaluate("getSelection().anchorNode.parentElement.closest('svg').tagName")


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("family", ["", "DejaVu Sans"])
def test_no_text_of_a_drawing_is_cut_or_covers_another_in_any_font(tab, site, width, family):
    tab.set_viewport_size({"width": width, "height": 900})
    for page in ("elevtall", "nasjonale-prover", "barnehage-struktur", "karakterer"):
        tab.goto((site / f"2020/nb/{page}.html").as_uri())
        if family:  # as a reader's own style would
            tab.evaluate(f"document.body.style.fontFamily = '{family}'")
        assert tab.evaluate(CUT) == [], page
        assert tab.evaluate(OVER) == [], page


def test_link_and_embedding_lead_to_the_figure(tab, figure):
    figure.get_by_role("button", name="Kopier lenke").click()
    assert figure.locator(".given").input_value().endswith(f"elevtall.html{FIGURE}")

    figure.get_by_role("button", name="Bygg inn").click()
    got = figure.locator(".given").input_value()
    assert f"{FIGURE}" in got
    assert ".png" in got
    assert "CC BY 4.0" in got
    assert (figure.locator(".exhibit-source").text_content() or "").strip() in got


def test_a_school_stands_out_and_stays_in_the_address(tab, site):
    pages = [
        path
        for path in sorted(site.glob("eksempel/nb/*.html"))
        if path.read_text(encoding="utf-8").count('class="drawing"')
    ]
    for path in pages:
        tab.goto(path.as_uri())
        if tab.locator(".light select").count():
            break
    else:
        pytest.fail("no figure of many schools in the example book")
    choice = tab.locator(".light select").first
    name = choice.locator("option").nth(3).get_attribute("value") or ""

    choice.select_option(name)

    assert tab.locator(".drawing .lit").count() >= 1
    assert tab.url.partition("vis=")[2]
    tab.goto("about:blank")
    tab.go_back()
    tab.reload()
    assert tab.locator(".light select").first.input_value() == name
    assert tab.locator(".drawing .lit").count() >= 1


def test_figures_read_without_a_script(browser, site):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((site / PAGE).as_uri())

    assert tab.locator(f"{FIGURE} svg:visible").count() == 1
    assert tab.locator(f"{FIGURE} .give, {FIGURE} .light").count() == 0
    context.close()


def test_one_script_more_stands_on_pages_with_figures_alone(pages):
    got = [
        page.name
        for page in pages
        if bool(page.soup.select("script[src*='figure.js']"))
        != bool(page.article.select(".drawing"))
    ]
    assert got == []
