"""Print an edition, and its summary on one sheet, as PDF with the machine's own Chromium."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from tilstand.errors import BuildError
from tilstand.pipeline.outputs.print_pages import article_of, gather, page
from tilstand.pipeline.sphinx.compile import title_of, words_of
from tilstand.report.charts import dark

if TYPE_CHECKING:
    from tilstand.pipeline.basis.contents import Contents
    from tilstand.pipeline.sphinx.compile import Frame
    from tilstand.project import Project

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 300
NODE = re.compile(rb"node\d{8}")
OUTWARD = re.compile(r'(<a\b[^>]*?)\shref="(?!#|https?:|mailto:)[^"]*"')
# The summary is one sheet, printed on both sides; how small it may be set to be that.
SIDES = 2
SCALES = (0.9, 0.8, 0.7, 0.6, 0.5)


def find_browser() -> str | None:
    """Find a Chromium on this machine; None when there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def names_of(frame: Frame) -> dict[str, str]:
    """Name the two files of an edition in a language: ``book`` and ``summary``."""
    words = {"nb": ("tilstandsboka", "sammendrag"), "en": ("tilstandsboka", "summary")}
    book, summary = words[frame.language]
    ending = f"{frame.name}-{frame.language}.pdf"
    return {"book": f"{book}-{ending}", "summary": f"{summary}-{ending}"}


def pdf_links(frame: Frame) -> str:
    """Link to the two files, or say that this build has none."""
    words = {
        "nb": ("Hele boka", "Sammendraget på ett ark", "Denne utgaven er ikke laget som PDF."),
        "en": (
            "The whole book",
            "The summary on one sheet",
            "This edition is not made as a PDF.",
        ),
    }
    book, summary, none = words[frame.language]
    if not frame.printed:
        return f"<p>{none}</p>"
    files = names_of(frame)
    return (
        f'<ul class="take-along"><li><a href="{files["book"]}" download>{book} (PDF)</a></li>'
        f'<li><a href="{files["summary"]}" download>{summary} (PDF)</a></li></ul>'
    )


def print_edition(
    project: Project, contents: Contents, frame: Frame, html: Path, browser: str
) -> None:
    """Print an edition and its summary beside its pages.

    Parameters
    ----------
    project : Project
        The checkout; ``book/print.css`` is the style sheet.
    contents : Contents
        Chapters in reading order; the first is the summary.
    frame : Frame
        The edition and its language.
    html : Path
        Folder of the compiled pages; gets the two files that `names_of` names.
    browser : str
        Chromium's path.

    Raises
    ------
    BuildError
        When Chromium fails.
    """
    words = words_of(project, frame.language)
    title = title_of(words, frame)
    foot = f"{words['short_title']} · {title}".replace('"', "")
    style = (project.book / "print.css").read_text(encoding="utf-8").replace("FOOT", foot)
    style += dark.sheet_light()
    parts = [("", [contents.root.slug])]
    parts += [
        (words["captions"][caption], [chapter.slug for chapter in chapters])
        for caption, chapters in contents.parts
    ]
    date = format_date(dt.date.fromisoformat(frame.date), "long", words["locale"])
    said = {
        "lang": frame.language,
        "title": title,
        "subtitle": words["short_title"],
        "small": [
            words["simulated_note" if frame.simulated else "independent"],
            words["copyright"],
            date,
        ],
        "contents": words["contents"],
    }
    files = names_of(frame)
    first = _print(html, gather(html, parts, said, {}, style), browser)
    pages = _pages_of(first, [slug for _, slugs in parts for slug in slugs])
    book = _print(html, gather(html, parts, said, pages, style), browser)
    (html / files["book"]).write_bytes(_dated(book, frame.date))
    (html / files["summary"]).write_bytes(
        _dated(_summary(html, contents.root.slug, said, style, browser), frame.date)
    )


def _summary(html: Path, slug: str, words: dict[str, Any], style: str, browser: str) -> bytes:
    """Print the summary on the two sides of one sheet, as large as it can be set there."""
    body = f'<div class="summary">{article_of(html / f"{slug}.html")}</div>'
    printed = b""
    for scale in SCALES:
        sized = f"{style}\nbody {{ zoom: {scale}; }}"
        printed = _print(html, page(words["lang"], words["title"], sized, body), browser)
        if len(_reader(printed).pages) <= SIDES:
            break
    return printed


def _print(folder: Path, text: str, browser: str) -> bytes:
    """Print a page that lies in a folder only while it is printed."""
    draft = folder / "print.html"
    # A link to a page beside this one would print the path of this machine.
    text = OUTWARD.sub(r"\1", text)
    draft.write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as home:
        made = Path(home) / "made.pdf"
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--disable-background-networking", "--disable-component-update"]
        command += [f"--user-data-dir={home}/profile", "--no-pdf-header-footer"]
        command += ["--generate-pdf-document-outline", f"--print-to-pdf={made}", draft.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        except subprocess.TimeoutExpired:
            said = [f"no answer within {SECONDS} seconds"]
        finally:
            draft.unlink()
        if not made.is_file():
            reason = said[0] if said else "it said nothing"
            raise BuildError(
                f"the PDF could not be printed by {browser}: {reason}; --no-pdf leaves it out"
            )
        return made.read_bytes()


def _reader(content: bytes) -> Any:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(content))


def _pages_of(content: bytes, slugs: list[str]) -> dict[str, int]:
    reader = _reader(content)
    places = reader.named_destinations
    found = {slug: places.get(slug) or places.get(f"/{slug}") for slug in slugs}
    return {
        slug: (reader.get_destination_page_number(place) or 0) + 1
        for slug, place in found.items()
        if place is not None
    }


def _dated(content: bytes, date: str) -> bytes:
    """Set the edition's day where Chromium wrote the time of printing, and number its nodes anew.

    Chromium numbers the nodes of a page from where it left off, which differs between runs.
    """
    day = date.replace("-", "").encode()
    names = sorted(set(NODE.findall(content)))  # their order stays: readers search by it
    numbers = {name: b"node%08d" % number for number, name in enumerate(names, start=1)}
    content = NODE.sub(lambda match: numbers[match.group()], content)
    return re.sub(rb"D:\d{14}", lambda _: b"D:" + day + b"120000", content)
