"""Print one edition and read it back."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tilstand.edition import load_edition
from tilstand.pipeline.basis.contents import without
from tilstand.pipeline.outputs.pdf import find_browser, names_of, print_edition
from tilstand.pipeline.sphinx.compile import Frame
from tilstand.pipeline.steps.edition_contents import edition_contents
from tilstand.register import Register

pytestmark = pytest.mark.slow

BROWSER = find_browser()
FOOT = 60  # points: the page number and the book's name stand below


def print_book(site, repo, folder, tmp_path, *, whole: bool):
    """Print a built book, or its summary alone; give the files, the contents and the frame."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    name, language = folder.parent.name, folder.name
    edition = load_edition(repo, Register.load(repo.register), name)
    languages = edition.languages
    frame = Frame(
        edition.year,
        language,
        languages,
        "Bærum",
        "2021-06-01",
        name,
        edition.simulated,
        printed=True,
    )
    # A thin chapter is a part of its neighbour, and its page leads there.
    led = [p.stem for p in folder.glob("*.html") if 'http-equiv="refresh"' in p.read_text("utf-8")]
    contents = without(edition_contents(repo, edition), led)
    if not whole:
        contents = replace(contents, parts=())
    html = tmp_path / "html"
    shutil.copytree(folder, html)
    print_edition(repo, contents, frame, html, BROWSER)
    return {name: PdfReader(html / file) for name, file in names_of(frame).items()}, contents, frame


@pytest.fixture(scope="module")
def printed(site, repo, tmp_path_factory):
    """The shortest of the Norwegian books: all are printed by the same code."""
    shortest = min(site.glob("*/nb"), key=lambda folder: len(list(folder.glob("*.html"))))
    return print_book(site, repo, shortest, tmp_path_factory.mktemp("print"), whole=True)


@pytest.fixture(scope="module")
def read(printed):
    """Every sheet of the book, read once: its text, and how high its words stand."""
    found = []
    for sheet in printed[0]["book"].pages:
        heights: list[float] = []

        def note(text, at, within, _font, _size, heights=heights):
            height = within[5] * at[3] + at[5]
            if text.strip() and height > FOOT:
                heights.append(height)

        found.append((sheet.extract_text(visitor_text=note), heights))
    return found


@pytest.fixture(scope="module")
def sheets(read):
    return [text for text, _ in read]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_summary_of_every_edition_is_one_sheet(site, repo, tmp_path, language):
    folders = sorted(site.glob(f"*/{language}"))
    assert folders
    for folder in folders:
        made, _, _ = print_book(site, repo, folder, tmp_path / folder.parent.name, whole=False)
        assert len(made["summary"].pages) <= 2, folder  # the two sides of a sheet


def places_of(book: PdfReader) -> dict[str, int]:
    """Give the sheet that each chapter's own anchor lies on."""
    found = book.named_destinations.items()
    pages = {name[1:]: book.get_destination_page_number(place) + 1 for name, place in found}
    return {name: page for name, page in pages.items() if "--" not in name}


def test_contents_lead_to_the_sheet_that_each_chapter_begins_on(printed, sheets):
    book, contents = printed[0]["book"], printed[1]
    places = places_of(book)
    slugs = [contents.root.slug, *(c.slug for _, part in contents.parts for c in part)]
    lines = [
        line
        for sheet in sheets[1 : places[contents.root.slug] - 1]  # behind the cover
        for line in re.findall(r"(?m)^(.+) (\d+)$", sheet)
        if "Tilstandsboka" not in line[0]  # what stands at the foot
    ]

    assert [int(number) for _, number in lines] == [places[slug] for slug in slugs]
    for title, number in lines:
        assert title.strip() in " ".join(sheets[int(number) - 1].split())


def test_every_sheet_but_the_cover_has_its_number_at_the_foot(sheets):
    got = [re.match(r"\d*", sheet) for sheet in sheets]

    assert [found[0] for found in got] == ["", *map(str, range(2, len(got) + 1))]


def test_no_sheet_is_left_half_empty(printed, read):
    pages = printed[0]["book"].pages
    half = [FOOT + (float(page.mediabox.height) - FOOT) / 2 for page in pages]
    lowest = [min(heights) for _, heights in read[:-1]]
    got = [n for n, (low, middle) in enumerate(zip(lowest, half, strict=False), 1) if low > middle]

    # The cover, and the end of the list of contents, which the first chapter does not share.
    assert len([number for number in got if number > 1]) <= 1, got


def test_paper_has_none_of_the_ways_of_a_screen(sheets):
    text = "\n".join(sheets)

    assert [
        words for words in ("Last ned:", "Tallene bak figuren", "page.say") if words in text
    ] == []


def test_the_file_says_its_title_and_the_editions_day(printed):
    about = printed[0]["book"].metadata

    assert (about.title, about["/CreationDate"][:10]) == (
        f"Bærum: barnehage og skole {printed[2].edition}",
        "D:20210601",
    )
