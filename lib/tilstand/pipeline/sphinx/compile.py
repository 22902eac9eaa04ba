"""Compile composed pages to HTML with Jupyter Book's own settings, warnings as errors."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tilstand.errors import BuildError, machine_fault, system_fault
from tilstand.pipeline.basis import lock
from tilstand.pipeline.basis.digests import NEVER
from tilstand.pipeline.basis.policy import page_policy
from tilstand.pipeline.basis.settings import read_yaml
from tilstand.pipeline.execute import warm
from tilstand.pipeline.sphinx.here import run_here
from tilstand.pipeline.sphinx.plain_sphinx import write_settings
from tilstand.pipeline.sphinx.subjects import SUBJECTS, write_subjects
from tilstand.pipeline.sphinx.tight import tighten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tilstand.pipeline.basis.contents import Chapter, Contents
    from tilstand.project import Project

# Thebe and comments load from other sites; the rest serve notebooks that are not published.
DROPPED_EXTENSIONS = {
    "tilstand.pipeline.sphinx.by_hand",
    "sphinx_thebe",
    "sphinx_comments",
    "sphinx_copybutton",
    "sphinx_togglebutton",
    "sphinx.ext.intersphinx",
}
# Modules of ours that run inside Sphinx.
INSIDE_SPHINX = (
    "tilstand.pipeline.sphinx.around",
    "tilstand.pipeline.sphinx.chapter_list",
    "tilstand.pipeline.sphinx.pages",
    "tilstand.pipeline.sphinx.search",
)
PASSED_WORDS = (
    "accessibility",
    "all_editions",
    "brand",
    "breadcrumbs",
    "chapters",
    "cite_in",
    "cite_page",
    "comment_page",
    "copyright",
    "figure_copied",
    "figure_embed",
    "figure_light",
    "figure_link",
    "figure_none",
    "figure_walk",
    "home",
    "independent",
    "language_switch",
    "menu",
    "mode",
    "mode_auto",
    "mode_dark",
    "mode_light",
    "neighbours",
    "next",
    "on_this_page",
    "previous",
    "search",
    "search_found",
    "search_needs_script",
    "search_near",
    "search_nothing",
    "search_placeholder",
    "search_results",
    "simulated_mark",
    "simulated_note",
    "skip",
)
# What the theme would draw around a page; the book's layout.html draws its own frame, and the theme
# would make these on every page only to see whether they are empty.
DRAWN_BY_THEME = (
    "navbar_start",
    "navbar_center",
    "navbar_end",
    "navbar_persistent",
    "article_header_start",
    "article_header_end",
    "article_footer_items",
    "content_footer_items",
    "primary_sidebar_end",
    "secondary_sidebar_items",
    "footer_start",
    "footer_center",
    "footer_end",
    "footer_content_items",
)
DOCTREES = "doctrees"


@dataclass(frozen=True)
class Frame:
    """Hold what stands around every page of an edition in a language.

    Parameters
    ----------
    edition : int
        Data year.
    language : {"nb", "en"}
        Language of the pages.
    languages : tuple of str
        Languages that the edition has; the switch leads to them.
    municipality : str
        Name of the municipality.
    date : str
        The edition's date, ISO form; stands for the build's date.
    name : str
        Name of the edition, by which folders and addresses call it.
    simulated : bool
        Whether the municipality is invented: every page says so.
    pupils : bool
        Whether the edition has a pupil file.
    printed : bool
        Whether the edition comes as PDF too; a page links to the files.
    documents : mapping of str to bool
        Codes of documents, and whether the edition has it as its municipality's own.
    exports : int
        How many exports and answers of public statistics the edition has.
    """

    edition: int
    language: str
    languages: tuple[str, ...]
    municipality: str
    date: str
    name: str
    simulated: bool = False
    pupils: bool = False
    printed: bool = False
    documents: Mapping[str, bool] = field(default_factory=dict)
    exports: int = 0


def words_of(project: Project, language: str) -> dict[str, Any]:
    """Read what the book's frame says in a language."""
    return read_yaml(project.book / "locale" / f"{language}.yml")


def title_of(words: dict[str, Any], frame: Frame) -> str:
    """Write the title of a book, which says so where it is about an invented municipality."""
    name = "simulated_title" if frame.simulated else "title"
    return str(words[name].format(municipality=frame.municipality, edition=frame.edition))


def site_address(project: Project) -> str:
    """Read where the site is published, for absolute addresses; empty when that is not said."""
    config = read_yaml(project.root / "_config.yml")
    address = str(config.get("html", {}).get("baseurl") or "")
    return f"{address.rstrip('/')}/" if address else ""


def lay_out(
    project: Project,
    contents: Contents,
    frame: Frame,
    source: Path,
    folded: Mapping[str, str] | None = None,
) -> None:
    """Lay everything but the pages into a source folder for Sphinx.

    Parameters
    ----------
    project : Project
        The checkout.
    contents : Contents
        Chapters and parts; becomes the folder's ``_toc.yml``.
    frame : Frame
        What stands around the pages.
    source : Path
        The folder; holds the composed pages already.
    folded : mapping of str, optional
        Chapters that stand on another page.
    """
    words = words_of(project, frame.language)
    parts = [
        {"caption": words["captions"][caption], "chapters": _entries(chapters)}
        for caption, chapters in contents.parts
    ]
    toc = {"format": "jb-book", "root": contents.root.slug, "parts": parts}
    (source / "_toc.yml").write_text(yaml.safe_dump(toc, allow_unicode=True), encoding="utf-8")
    shutil.copytree(project.book / "_static", source / "_static", dirs_exist_ok=True)
    tighten(source / "_static")
    shutil.copytree(project.book / "_templates", source / "_templates", dirs_exist_ok=True)
    _compile_catalogues(project.book / "locale", source / "locale")
    static = source / "_static"
    write_subjects(project.book / SUBJECTS, contents, frame.language, static, folded)
    settings = _settings(project, frame, words)
    # A list of all pages on each of hundreds of pages is what makes a book slow: a school's page
    # has a short one, of the book's parts, and the others have the chapters without the schools.
    settings["html_context"]["tilstand"]["schools"] = [
        chapter.slug for chapter in contents.chapters if chapter.school
    ]
    settings["html_context"]["tilstand"]["above"] = {
        section["file"]: entry["file"]
        for part in parts
        for entry in part["chapters"]
        for section in entry.get("sections", ())
    }
    settings["html_context"]["tilstand"]["parts"] = [
        part | {"chapters": [entry["file"] for entry in part["chapters"]]} for part in parts
    ]
    write_settings(source / "conf.py", settings)


def _entries(chapters: Sequence[Chapter]) -> list[dict[str, Any]]:
    """List a part's chapters, the schools' pages below the chapter that goes before them."""
    entries: list[dict[str, Any]] = []
    above: dict[str, Any] | None = None
    for chapter in chapters:
        if chapter.school and above:
            above.setdefault("sections", []).append({"file": chapter.slug})
        else:
            entries.append({"file": chapter.slug})
            above = None if chapter.school else entries[-1]
    return entries


def _compile_catalogues(po_folder: Path, target: Path) -> None:
    for path in sorted(po_folder.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=path.parts[-3])
        # Babel would say now: another minute, and all pages would be compiled again for it.
        catalogue.creation_date = catalogue.revision_date = NEVER
        mo = target / path.relative_to(po_folder).with_suffix(".mo")
        mo.parent.mkdir(parents=True, exist_ok=True)
        with mo.open("wb") as stream:
            write_mo(stream, catalogue)


def _settings(project: Project, frame: Frame, words: dict[str, Any]) -> dict[str, Any]:
    from jupyter_book.config import get_final_config

    settings, _ = get_final_config(
        user_yaml=project.root / "_config.yml", cli_config={"latex_individualpages": False}
    )
    settings["extensions"] = [e for e in settings["extensions"] if e not in DROPPED_EXTENSIONS]
    settings["extensions"] += INSIDE_SPHINX
    for name in [key for key in settings if key.startswith(("thebe", "comments", "togglebutton"))]:
        del settings[name]
    title = title_of(words, frame)
    options = dict(settings["html_theme_options"])
    options |= {"search_bar_text": words["search_placeholder"], "toc_title": words["on_this_page"]}
    options.pop("launch_buttons", None)
    options.pop("analytics", None)
    options |= {name: [] for name in DRAWN_BY_THEME}
    settings |= {
        "project": words["short_title"],
        "html_title": title,
        "html_short_title": words["short_title"],
        "html_baseurl": "",  # addresses are made by editions.py, for every edition and language
        "language": words["language"],
        "html_search_language": words["search_language"],
        "html_theme_options": options,
        "html_sidebars": {"**": []},
        "html_static_path": ["_static"],
        "html_extra_path": ["extra"],
        "templates_path": ["_templates"],
        "locale_dirs": ["locale"],
        "html_show_sphinx": False,
        "html_use_index": False,
        "html_context": {
            "default_mode": "auto",
            "tilstand": {
                "words": {key: words[key] for key in PASSED_WORDS},
                "language": frame.language,
                "languages": [
                    {"code": code, "name": words_of(project, code)["language_name"]}
                    for code in frame.languages
                ],
                "municipality": frame.municipality,
                "edition": frame.edition,
                "simulated": frame.simulated,
                "address": site_address(project),
                "policy": page_policy(),
                "comments": settings.pop("comments_address", ""),
            },
        },
    }
    return settings


def compile_html(source: Path, target: Path, date: str) -> None:
    """Run Sphinx over a source folder.

    Parameters
    ----------
    source : Path
        Folder with ``conf.py``, ``_toc.yml`` and pages.
    target : Path
        Where the HTML goes.
    date : str
        ISO date that stands for now.

    Raises
    ------
    BuildError
        When Sphinx warns or fails; a line a warning.
    """
    words = ["-b", "html", "-W", "--keep-going", "-n", "-q"]
    words += ["-d", str(source.parent / DOCTREES), str(source), str(target)]
    surroundings = {"SOURCE_DATE_EPOCH": _epoch(date), "PYTHONHASHSEED": "0"}
    if warm.ready():
        status, said = run_here(words, surroundings)
    else:
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", *words],
            capture_output=True,
            text=True,
            env=os.environ | surroundings,
            check=False,
            pass_fds=lock.inherited(),
        )
        status, said = done.returncode, done.stderr
    if status:
        fault = machine_fault(said, str(target))
        raise BuildError(system_fault(fault) if fault else _warnings(said, source))


def _epoch(date: str) -> str:
    import datetime as dt

    noon = dt.datetime.fromisoformat(f"{date}T12:00:00+00:00")
    return str(int(noon.timestamp()))


def _warnings(stderr: str, source: Path) -> list[str]:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stderr)
    lines = [line for line in plain.splitlines() if re.search(r"WARNING|ERROR|rror:", line)]
    return [line.replace(f"{source}{os.sep}", "") for line in lines] or plain.splitlines()[-3:]
