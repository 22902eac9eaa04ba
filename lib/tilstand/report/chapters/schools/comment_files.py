"""Read what schools say of their numbers, and hold it to what a page can show."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tilstand.contracts import LANGUAGES
from tilstand.edition import Called, edition_name, edition_names, load_edition, year_before
from tilstand.errors import CallError, DataError, Fault
from tilstand.pupils.roster import schools_of
from tilstand.register import Register

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from tilstand.project import Project

FOLDER = "comments"
#: Characters of a comment: what one screen of a phone and a half holds.
MOST = 1500
SHOWN = 40
#: What plain text does not have, and what stands there instead.
NOT_PLAIN = (
    (re.compile(r"</?[a-zA-Z!][^>]*>"), "plain text: HTML is not read"),
    (
        re.compile(r"(?:https?://|www\.)\S+|\]\([^)]*\)|\S+@\S+\.\w+"),
        "plain text: a comment has no links or addresses",
    ),
    (
        re.compile(r"^\s{0,3}#{1,6}\s.*|^\s*(?:=|-){3,}\s*$"),
        "plain text: a comment has no headings",
    ),
    (re.compile(r"\*\*|__|^\s*[*+-]\s.*"), "plain text: lists and bold type are not read"),
)


def comment(project: Project, edition: Called, slug: str, language: str) -> tuple[str, str]:
    """Read a school's comment to an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str or int
        The edition's name, or what it was called a year before.
    slug : str
        The school's slug: ``data/editions/<edition>/comments/<slug>.md``.
    language : {"nb", "en"}
        ``<slug>.en.md`` goes before it on English pages, where it is there.

    Returns
    -------
    text : str
        Empty where there is no file.
    written : str
        The language that it is written in.
    """
    folder = project.editions / edition_name(edition) / FOLDER
    for name, written in ((f"{slug}.{language}.md", language), (f"{slug}.md", "nb")):
        path = folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8-sig").strip(), written
    return "", language


def comment_folders(project: Project, edition: Called) -> list[Path]:
    """Name the folders of last year's and this year's comments to an edition."""
    names = (year_before(project, edition), edition_name(edition))
    return [project.editions / name / FOLDER for name in names]


def check_comments(project: Project, editions: Collection[str] = ()) -> list[Fault | str]:
    """Check every comment of every edition: its file's name, its form and its length.

    Parameters
    ----------
    project : Project
        The checkout.
    editions : collection of str, optional
        Names of the editions whose comments are checked; all if not given.

    Returns
    -------
    list of Fault or str
        One entry a fault. A folder without an edition, which only serves as last year's,
        is not held to names: a school may have closed since.

    Notes
    -----
    Whether a comment names a person is for people to see: no program can tell.
    """
    faults: list[Fault | str] = []
    for folder in sorted(project.editions.glob(f"*/{FOLDER}")):
        if editions and folder.parent.name not in editions:
            continue
        slugs = _slugs(project, folder.parent.name)
        for path in sorted(folder.iterdir()):
            if path.name.startswith("."):
                continue
            name = project.relative(path)
            found = _name_faults(path, name, slugs)
            faults += found or _text_faults(path, name)
    return faults


def comments_state(project: Project) -> list[str]:
    """Tell how many comments each year has, and what a person has to look for in them."""
    lines = []
    for folder in sorted(project.editions.glob(f"*/{FOLDER}")):
        count = len(list(folder.glob("*.md")))
        if count:
            lines.append(
                f"{project.relative(folder)}: files: {count}; read them for names and what points "
                "at one pupil, which no program can see"
            )
    return lines


def _slugs(project: Project, edition: str) -> set[str]:
    """Name the schools of an edition; none where there are none to hold a name to."""
    if edition not in edition_names(project):
        return set()
    try:
        known = load_edition(project, Register.load(project.register), edition)
        return {school.slug for school in schools_of(project, known)}
    except (DataError, CallError):
        return set()  # the edition's own fault is told elsewhere


def _name_faults(path: Path, name: str, slugs: set[str]) -> list[Fault | str]:
    stem, _, language = path.name.removesuffix(".md").partition(".")
    if path.suffix != ".md" or not path.is_file() or (language and language not in LANGUAGES):
        expected = "a text file <school>.md, or <school>.en.md for the English page"
        return [Fault(name, 0, "", path.name, expected)]
    if not slugs or stem in slugs:
        return []
    near = get_close_matches(stem, sorted(slugs), 1, cutoff=0.0)
    expected = f"a school as in its page’s address, such as {near[0]}.md"
    return [Fault(name, 0, "", path.name, expected)]


def _text_faults(path: Path, name: str) -> list[Fault | str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return [Fault(name, 0, "", path.name, "a text file saved as UTF-8")]
    if not text.strip():
        return [Fault(name, 0, "", "", "a comment, or no file where the school has none")]
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, expected in NOT_PLAIN:
            found = pattern.search(line)
            if found:
                return [Fault(name, number, "", found.group().strip()[:SHOWN], expected)]
    if len(text.strip()) > MOST:
        expected = f"at most {MOST} characters: what readers get to the end of"
        return [Fault(name, 0, "", f"{len(text.strip())} characters", expected)]
    return []
