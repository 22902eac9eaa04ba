"""Let analysts draw what they like, in the house's frame, and answer their slips with a hint."""

from __future__ import annotations

import pandas as pd
import pytest
import seaborn as sns
from matplotlib.figure import Figure

from tilstand.errors import CallError
from tilstand.report import open_page
from tilstand.report.page import exhibits

ALT = "There are more pupils each year."


@pytest.fixture(scope="module")
def page(repo):
    return open_page("2020", "en", repo)


@pytest.fixture
def shown(monkeypatch):
    bundles: list[dict] = []
    monkeypatch.setattr(exhibits, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.fixture
def rows(page):
    return page.rows("pupils")


def drawn() -> Figure:
    figure = Figure(figsize=(6, 4))
    figure.add_subplot().plot([1, 2], [3, 4])
    return figure


@pytest.mark.parametrize(
    "make", [drawn, lambda: drawn().axes[0], lambda: sns.FacetGrid(pd.DataFrame({"x": [1, 2]}))]
)
def test_any_figure_stands_in_the_frame(make, page, rows, shown):
    page.figure(make(), data=rows, source="GSI", alt=ALT)

    (bundle,) = shown
    got = bundle[exhibits.EXHIBIT]
    assert (got["kind"], got["name"]) == ("figure", "there-are-more-pupils-each-year")
    assert (got["alt"], got["source"]) == (ALT, "Source: GSI.")
    assert set(got["images"]) == {"wide", "narrow", "png"}
    assert got["csv"].count("\n") == len(rows) + 1
    assert got["refs"] == tuple(rows["ref"])


def test_a_figure_is_the_same_twice_and_left_as_it_was(page, rows, shown):
    figure = drawn()
    for _ in range(2):
        page.figure(figure, data=rows, source="GSI", alt=ALT)

    first, second = (bundle[exhibits.EXHIBIT] for bundle in shown)
    assert first == second
    assert tuple(figure.get_size_inches()) == (6, 4)


@pytest.mark.parametrize(
    ("fig", "changed", "exp"),
    [
        ("no figure", {}, "a str, expected a figure of matplotlib or seaborn"),
        (None, {"source": " "}, "source: nothing, expected where the numbers come from"),
        (None, {"alt": ""}, "alt: nothing, expected the figure's message"),
        (None, {"alt": "chart"}, "alt: 'chart', expected the figure's message"),
        (None, {"data": pd.DataFrame()}, "data: expected a table"),
        (None, {"data": [1, 2]}, "data: expected a table"),
    ],
)
def test_what_a_reader_would_miss_is_asked_for_in_one_line(fig, changed, exp, page, rows):
    asked = {"data": rows, "source": "GSI", "alt": ALT, **changed}

    with pytest.raises(CallError, match=exp) as caught:
        page.figure(fig or drawn(), **asked)

    assert len(caught.value.lines) == 1


def test_a_figure_that_cannot_be_copied_says_why(page, rows):
    figure = drawn()
    figure.axes[0].xaxis.set_major_formatter(lambda value, _: f"{value}")

    with pytest.raises(CallError, match="format its axes by names"):
        page.figure(figure, data=rows, source="GSI", alt=ALT)


@pytest.mark.parametrize(
    ("call", "exp"),
    [
        (lambda page: page.rows("bullied"), "no measure 'bullied', did you mean bullied_share"),
        (lambda page: page.series("pupil"), "no measure 'pupil', did you mean pupils"),
        (lambda page: page.label("grunskolepoeng"), "did you mean grunnskolepoeng"),
        (lambda page: page.series("pupils", "Askr"), "no place 'Askr', did you mean Asker"),
        (lambda page: page.rows("pupils", by="grades"), "did you mean grade or gender?"),
        (lambda page: page.chart("line", page.rows("pupils"), name="x"), "did you mean lines"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(call, exp, page):
    with pytest.raises(CallError, match=exp.replace("?", r"\?")):
        call(page)


@pytest.mark.parametrize("language", ["no", "NB", None, ""])
def test_a_language_that_is_none_is_told(language, repo):
    with pytest.raises(CallError, match="no language"):
        open_page("2020", language, repo)


@pytest.mark.parametrize("name", ["0", "Norge", "norge", "the country"])
def test_a_place_is_found_by_code_and_name(name, page, repo):
    names = {row["place"]: row["name_en"] for row in page.register.units.to_dict("records")}
    asked = names["norge"] if name == "the country" else name
    if asked == "Norge":
        asked = str(page.register.name("norge", 2020, "nb"))
    got = page.series("np_tests", asked, grade="5").place
    assert got == "norge"


def test_pixels_are_refused_in_words_and_a_heatmap_is_drawn(page, rows, shown):
    figure = drawn()
    page.figure(sns.heatmap([[1, 2], [3, 4]], ax=figure.axes[0]), data=rows, source="S", alt=ALT)
    assert len(shown) == 1

    figure = drawn()
    figure.axes[0].imshow([[1, 2], [3, 4]])
    with pytest.raises(CallError, match="made of pixels"):
        page.figure(figure, data=rows, source="S", alt=ALT)


def test_a_page_says_what_it_is(page):
    assert repr(page).startswith("<page of 2020 in en: Bærum, ")
