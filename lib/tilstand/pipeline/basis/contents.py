"""Read the table of contents: which chapters there are, in which parts and order."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from tilstand.errors import BuildError
from tilstand.pipeline.basis.settings import read_yaml
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from tilstand.project import Project
    from tilstand.pupils.roster import School

ROOT_SLUG = "index"
ONE_A_SCHOOL = "school"  # a chapter with this parameter is run once for each school
SILENT = "Uten innhold"  # the caption of chapters that have nothing to say in the edition
LANGUAGES = {"nb": "Norwegian", "en": "English"}
ONE_AN_OPEN_SCHOOL = "open_school"  # likewise, for schools that only open statistics tell of
NEEDS_OPEN = "needs_open"  # a chapter with this one has nothing to say without open figures
NEEDS_SCHOOLS = "needs_schools"  # or without schools that open statistics tell of
NEEDS_PUPILS = "needs_pupils"  # a chapter with this one has nothing to say without schools
NEEDS_CONTRIBUTIONS = "needs_contributions"  # or without schools that can be compared
NEEDS_EARLIER = "needs_earlier"  # or in the first edition of a municipality
NEEDS_DOCUMENTS = "needs_documents"  # or without documents that the municipality has put out


class Named(Protocol):
    """Stand for anything that has a key and an address."""

    @property
    def key(self) -> str:
        """Key of what it is."""

    @property
    def slug(self) -> str:
        """Its name in letters a-z, digits and hyphens."""


@dataclass(frozen=True)
class Chapter:
    """Name one chapter.

    Parameters
    ----------
    slug : str
        File name of the page, without ending; the same in both languages.
    file : str
        What ``_toc.yml`` says, such as ``notebooks/elevtall`` or ``book/om``.
    school : str
        Key of the school that the page is about; blank on every other page.
    takes : str
        The parameter that the template takes the school by.
    """

    slug: str
    file: str
    school: str = ""
    takes: str = ONE_A_SCHOOL

    @property
    def is_notebook(self) -> bool:
        """Whether the chapter is a notebook; otherwise it is a static page a language."""
        return self.file.startswith("notebooks/")

    def path(self, project: Project, language: str) -> Path:
        """Find the chapter's template or static page."""
        name = PurePosixPath(self.file).name
        if self.is_notebook:
            return project.notebooks / f"{name}.ipynb"
        return project.book / language / f"{name}.md"

    def name(self, project: Project, language: str) -> str:
        """Name the chapter in messages: its file, and the page where one file makes many."""
        file = project.relative(self.path(project, language))
        return f"{file} ({self.slug})" if self.school else file


@dataclass(frozen=True)
class Contents:
    """Hold the root chapter and the parts, each a caption with its chapters."""

    root: Chapter
    parts: tuple[tuple[str, tuple[Chapter, ...]], ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters in reading order."""
        return (self.root, *(chapter for _, chapters in self.parts for chapter in chapters))


def read_contents(project: Project) -> Contents:
    """Read ``_toc.yml``.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    Contents
        The root page becomes ``index``; every other page is named after its file.

    Raises
    ------
    BuildError
        When a chapter's file is missing, or a caption has no name in one of the languages.
    """
    toc = read_yaml(project.root / "_toc.yml")
    parts = tuple(
        (part["caption"], tuple(_chapter(entry["file"]) for entry in part["chapters"]))
        for part in toc["parts"]
    )
    contents = Contents(Chapter(ROOT_SLUG, toc["root"]), parts)
    lacking = [
        project.relative(path)
        for chapter in contents.chapters
        for path in {chapter.path(project, language) for language in ("nb", "en")}
        if not path.is_file()
    ]
    lines = [f"_toc.yml: '{path}' is not there" for path in sorted(lacking)]
    lines += _nameless(project, [caption for caption, _ in parts])
    if lines:
        raise BuildError(lines)
    return contents


def _nameless(project: Project, captions: Iterable[str]) -> list[str]:
    """Say which captions the book's frame has no name for, and where to write it."""
    lines = []
    for language, adjective in LANGUAGES.items():
        path = project.book / "locale" / f"{language}.yml"
        known = read_yaml(path)["captions"]
        lines += [
            f"_toc.yml: caption '{caption}' has no {adjective} name; add it to captions in "
            f"{project.relative(path)}"
            for caption in captions
            if caption not in known
        ]
    return lines


def for_schools(project: Project, contents: Contents, schools: Iterable[School]) -> Contents:
    """Put a chapter for each school in the place of a chapter that takes the parameter `school`.

    Parameters
    ----------
    project : Project
        The checkout.
    contents : Contents
        As ``_toc.yml`` has it, where such a chapter is one line.
    schools : iterable of School
        The edition's schools in order.

    Returns
    -------
    Contents
        Pages ``<chapter>-<school>`` in the order of the schools. Without schools, chapters with
        the parameter `needs_pupils` are left out; so is a part that is left without a chapter.
    """
    schools = list(schools)

    def pages(chapter: Chapter) -> list[Chapter]:
        template = chapter.path(project, "nb")
        names = parameter_names(template) if chapter.is_notebook else set()
        if NEEDS_PUPILS in names and not schools:
            return []
        if ONE_A_SCHOOL not in names:
            return [chapter]
        return [
            replace(chapter, slug=f"{chapter.slug}-{school.slug}", school=school.key)
            for school in schools
        ]

    return _with_pages(contents, pages)


def for_open_figures(
    project: Project,
    contents: Contents,
    schools: Iterable[Named],
    *,
    lacking: Collection[str],
) -> Contents:
    """Put in a chapter for each school of open statistics, and leave out what has no figures.

    Parameters
    ----------
    project : Project
        The checkout.
    contents : Contents
        As `for_schools` returns it.
    schools : iterable
        Schools with a ``key`` and a ``slug``, in order.
    lacking : collection of str
        What the edition has not: names of parameters such as `needs_open`.

    Returns
    -------
    Contents
        Chapters that take `open_school` become pages ``<chapter>-<school>``; without schools they
        are left out, and so is every chapter that needs what the edition lacks.
    """
    schools = list(schools)

    def pages(chapter: Chapter) -> list[Chapter]:
        if not chapter.is_notebook or chapter.school:
            return [chapter]
        names = parameter_names(chapter.path(project, "nb"))
        if not names.isdisjoint(lacking):
            return []
        if ONE_AN_OPEN_SCHOOL not in names:
            return [chapter]
        return [
            replace(
                chapter,
                slug=f"{chapter.slug}-{school.slug}",
                school=school.key,
                takes=ONE_AN_OPEN_SCHOOL,
            )
            for school in schools
        ]

    return _with_pages(contents, pages)


def _with_pages(contents: Contents, pages: Callable[[Chapter], list[Chapter]]) -> Contents:
    parts = (
        (caption, tuple(page for chapter in chapters for page in pages(chapter)))
        for caption, chapters in contents.parts
    )
    return replace(contents, parts=tuple(part for part in parts if part[1]))


def without(contents: Contents, slugs: Iterable[str]) -> Contents:
    """Leave chapters out.

    Parameters
    ----------
    contents : Contents
        As ``_toc.yml`` has it, or made from it.
    slugs : iterable of str
        Pages to leave out.

    Returns
    -------
    Contents
        A part that is left without a chapter goes too.
    """
    gone = set(slugs)
    return _with_pages(contents, lambda chapter: [] if chapter.slug in gone else [chapter])


def set_aside(contents: Contents, slugs: set[str]) -> Contents:
    """Move chapters without content to a part of their own at the end.

    Parameters
    ----------
    contents : Contents
        The edition's chapters.
    slugs : set of str
        Pages that have nothing to say in the edition.

    Returns
    -------
    Contents
        A part that is left without a chapter goes; the pages themselves stay where they are.
        Static pages stay in their parts.
    """
    chapters = contents.chapters[1:]
    aside = tuple(one for one in chapters if one.slug in slugs and one.is_notebook)
    kept = (
        (caption, tuple(chapter for chapter in chapters if chapter not in aside))
        for caption, chapters in contents.parts
    )
    parts = [(caption, chapters) for caption, chapters in kept if chapters]
    return replace(contents, parts=(*parts, *([(SILENT, aside)] if aside else [])))


def parameter_names(template: Path) -> set[str]:
    """List the parameters of a template: what its cell tagged ``parameters`` assigns.

    Parameters
    ----------
    template : Path
        The notebook as stored.

    Raises
    ------
    BuildError
        When the file is no notebook.
    """
    cells = _cells(template)
    try:
        tagged = [c for c in cells if "parameters" in c["metadata"].get("tags", [])]
        body = [node for cell in tagged for node in ast.parse("".join(cell["source"])).body]
    except (KeyError, TypeError, AttributeError, SyntaxError):
        raise _unreadable(template) from None
    plain = {name.id for node in body if isinstance(node, ast.Assign) for name in _names(node)}
    typed = {
        node.target.id
        for node in body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    return plain | typed


def code_cells(template: Path) -> list[str]:
    """List the code of a template, cell by cell.

    Parameters
    ----------
    template : Path
        The notebook as stored.

    Raises
    ------
    BuildError
        When the file is no notebook.
    """
    try:
        return ["".join(c["source"]) for c in _cells(template) if c["cell_type"] == "code"]
    except (KeyError, TypeError):
        raise _unreadable(template) from None


def _cells(template: Path) -> list[dict[str, Any]]:
    try:
        text = template.read_text(encoding="utf-8")
        return once((__name__, text), lambda: list(json.loads(text)["cells"]))
    except (ValueError, KeyError, TypeError):
        raise _unreadable(template) from None


def _unreadable(template: Path) -> BuildError:
    return BuildError(f"{template.parent.name}/{template.name}: no notebook that can be read")


def _names(node: ast.Assign) -> list[ast.Name]:
    return [target for target in node.targets if isinstance(target, ast.Name)]


def _chapter(file: str) -> Chapter:
    return Chapter(PurePosixPath(file).name, file)
