"""Put a finished site in its place with one rename, and lead readers to it."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from tilstand.edition import Listed, listed_editions, year_of
from tilstand.errors import BuildError
from tilstand.pipeline.basis.links import link_or_copy
from tilstand.pipeline.basis.policy import page_policy_meta
from tilstand.pipeline.sphinx.compile import site_address, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tilstand.project import Project

TITLES = {"nb": "Barnehage og skole", "en": "Kindergartens and schools"}
LOST = {
    "nb": ("Adressen leder ikke til noen side. Den kan ha flyttet.", "Gå til forsiden"),
    "en": ("There is no page at this address. It may have moved.", "Go to the front page"),
}
INTRODUCTION = {
    "nb": "Slik står det til: tall, utvikling og usikkerhet, kapittel for kapittel.",
    "en": "The state of things: numbers, trends and uncertainty, chapter by chapter.",
}
#: The heading over books of municipalities that do not exist.
SIMULATED = 'Simulert eksempel <span lang="en">/ Simulated example</span>'
HERE = -100  # AT_FDCWD of <fcntl.h>: paths count from the current folder
EXCHANGE = 2  # RENAME_EXCHANGE of <linux/fs.h>
MOUNTED = (errno.EXDEV, errno.EBUSY)  # what renaming out of or onto a mount of its own gives


def swap_in(finished: Path, target: Path) -> None:
    """Replace a published folder by a finished one.

    Whoever looks, and whenever the power goes, sees the old folder or the new one, whole. Where
    the system cannot exchange two folders in one step there is a moment without any; `restore`
    brings the old one back if that moment was the last.

    Parameters
    ----------
    finished : Path
        The complete folder; gone afterwards.
    target : Path
        ``book/site``.

    References
    ----------
    renameat2(2), Linux manual pages: RENAME_EXCHANGE.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if finished.stat().st_dev != target.parent.stat().st_dev:
        finished = _bring_near(finished, target)
    try:
        _swap(finished, target)
    except OSError as error:
        if error.errno not in MOUNTED:
            raise
        _swap_mounted(_bring_near(finished, target), target)


def _swap_mounted(finished: Path, target: Path) -> None:
    """Replace a published folder that lies on the same disk, but in a mount of its own."""
    try:
        _swap(finished, target)
    except OSError as error:
        shutil.rmtree(finished, ignore_errors=True)
        if error.errno in MOUNTED:
            raise _itself_mounted(target) from None
        raise


def _itself_mounted(target: Path) -> BuildError:
    message = "is mounted by itself, so that a site cannot be put there in one step; mount"
    return BuildError(f"{target}: {message} the folder above it, or make it a link to a folder")


def _bring_near(finished: Path, target: Path) -> Path:
    near = target.with_name(f".{target.name}.new")
    shutil.rmtree(near, ignore_errors=True)
    shutil.copytree(finished, near)
    shutil.rmtree(finished)
    return near


def _swap(finished: Path, target: Path) -> None:
    if not target.exists():
        finished.rename(target)
    elif exchange(finished, target):
        shutil.rmtree(finished)
    else:
        _swap_in_two_steps(finished, target)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step.

    Returns
    -------
    bool
        False where the system or the disk cannot.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    if libc.renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def _swap_in_two_steps(finished: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    try:
        finished.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def restore(target: Path) -> None:
    """Clean up after a build that was killed while it swapped folders, and try the place.

    That a finished site could not be put there is better known before it is built.

    Parameters
    ----------
    target : Path
        ``book/site``. An old one that lost its place gets it back.

    Raises
    ------
    OSError
        When nothing can be written beside it.
    BuildError
        When it is a place that no folder can be exchanged with.
    """
    old, near = (target.with_name(f".{target.name}.{end}") for end in ("old", "new"))
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (old, near):
        if leftover.exists():
            shutil.rmtree(leftover)
    if os.path.ismount(target):
        raise _itself_mounted(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    near.mkdir()
    near.rmdir()


def link_tree(source: Path, target: Path) -> None:
    """Make a second copy of a published folder, without its bytes where the disk can.

    Parameters
    ----------
    source : Path
        A folder that nothing writes into any more.
    target : Path
        Where the copy goes.
    """
    shutil.copytree(source, target, copy_function=link_or_copy)


def published(project: Project) -> dict[str, list[str]]:
    """List the editions on the site with their languages: newest first, invented ones last."""
    known = {one.name: one for one in listed_editions(project)}
    found: dict[str, list[str]] = {}
    for index in project.site.glob("*/*/index.html"):
        name, language = index.parent.parent.name, index.parent.name
        if (name in known or name.isdigit()) and not language.startswith("."):
            found.setdefault(name, []).append(language)

    def newest_first(name: str) -> tuple[bool, int, str]:
        one = known.get(name) or Listed(simulated=False, year=int(name), name=name)
        return one.simulated, -one.year, name

    return {
        name: sorted(found[name], key=["nb", "en"].index)
        for name in sorted(found, key=newest_first)
    }


def called(editions: Iterable[Listed], names: dict[str, str]) -> dict[str, str]:
    """Call editions by their year, and by their municipality where they are of several.

    Parameters
    ----------
    editions : iterable of Listed
        What is listed side by side.
    names : dict
        The municipality of each, by the edition's name.

    Returns
    -------
    dict of str to str
        By the edition's name.

    Examples
    --------
    >>> both = [Listed(False, 2020, "2020"), Listed(False, 2025, "2025-bergen")]
    >>> called(both, {"2020": "Bærum", "2025-bergen": "Bergen"})
    {'2020': 'Bærum 2020', '2025-bergen': 'Bergen 2025'}
    >>> called(both, {"2020": "Bergen", "2025-bergen": "Bergen"})
    {'2020': '2020', '2025-bergen': '2025'}
    """
    listed = list(editions)
    of = {one.name: names.get(one.name, "") for one in listed}
    several = len({of[one.name] for one in listed if not one.simulated} - {""}) > 1
    said = {}
    for one in listed:
        if one.simulated:
            said[one.name] = of[one.name] or one.name
        else:
            said[one.name] = f"{of[one.name]} {one.year}".strip() if several else str(one.year)
    again = Counter(said.values())
    return {name: text if again[text] == 1 else f"{text} ({name})" for name, text in said.items()}


def write_start_pages(project: Project, names: dict[str, str]) -> None:
    """Write the pages that lead to the newest edition, the editions and the languages.

    Parameters
    ----------
    project : Project
        The checkout.
    names : dict
        The municipality of each edition, by the edition's name; that of the newest one of a
        municipality that exists stands on the page.
    """
    editions = published(project)
    if not editions:
        return
    style = (project.book / "_static" / "start.css").read_text(encoding="utf-8")
    _write(project.site / "index.html", _start(project, editions, "", style, names))
    _write(project.site / "404.html", _lost(site_address(project), style))
    for name, languages in editions.items():
        page = _start(project, {name: languages}, "../", style, names)
        _write(project.site / name / "index.html", page)


def _lost(address: str, style: str) -> str:
    """Write what a server shows where there is no page, at whatever depth it was asked for."""
    style = re.sub(r"@font-face \{[^}]*\}\s*", "", style)  # no way to a font is right at any depth
    start = f"{address}index.html" if address else "/"
    lines = "".join(
        f'<p lang="{language}">{said} <a href="{escape(start)}">{link}</a>.</p>\n'
        for language, (said, link) in LOST.items()
    )
    return f"""<!doctype html>
<html lang="nb">
<head>
<meta charset="utf-8">
{page_policy_meta(style)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Siden finnes ikke – Tilstandsboka</title>
<style>{style}</style>
</head>
<body>
<main>
<p class="brand">Tilstandsboka</p>
<h1>Siden finnes ikke</h1>
{lines}</main>
</body>
</html>
"""


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _start(
    project: Project, editions: dict[str, list[str]], up: str, style: str, names: dict[str, str]
) -> str:
    newest = next(iter(editions))
    known = {one.name: one for one in listed_editions(project)}
    invented = {name for name, one in known.items() if one.simulated}
    listed = [
        known.get(edition) or Listed(simulated=False, year=int(edition), name=edition)
        for edition in editions
    ]
    texts = called(listed, names)
    name = names.get(newest, "")
    fonts = f"{up}{newest}/{editions[newest][0]}/_static/fonts"
    style = style.replace("fonts/", fonts + "/")
    leads = "".join(_lead(project, newest, language, up) for language in editions[newest])
    items = {
        edition: f'<li><span class="year">{escape(texts[edition])}</span> '
        f"{_links(project, edition, languages, up, texts[edition])}</li>"
        for edition, languages in editions.items()
    }
    older = "".join(item for edition, item in items.items() if edition not in invented)
    example = "".join(item for edition, item in items.items() if edition in invented)
    lists = [
        f'<h2>{heading}</h2>\n<ul class="editions">{listed}</ul>'
        for heading, listed in (
            ('Utgaver <span lang="en">/ Editions</span>', older),
            (SIMULATED, example),
        )
        if listed
    ]
    small = "simulated_note" if newest in invented else "independent"
    return f"""<!doctype html>
<html lang="nb"{' class="simulated"' if newest in invented else ""}>
<head>
<meta charset="utf-8">
{page_policy_meta(style)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(name)}{" (simulert)" if newest in invented else ""} – Tilstandsboka</title>
<style>{style}</style>
</head>
<body>
<main>
<p class="brand">Tilstandsboka</p>
<h1>{escape(name)}</h1>
{leads}
{chr(10).join(lists)}
<p class="small">{escape(words_of(project, "nb")[small])}
<span lang="en">{escape(words_of(project, "en")[small])}</span></p>
</main>
</body>
</html>
"""


def _lead(project: Project, edition: str, language: str, up: str) -> str:
    words = words_of(project, language)
    title, year = TITLES[language], year_of(project, edition)
    return (
        f'<a class="lead" lang="{language}" hreflang="{language}" href="{up}{edition}/{language}/'
        f'index.html"><span class="title">{escape(title)} {year}</span>'
        f'<span class="intro">{escape(INTRODUCTION[language])}</span>'
        f'<span class="language">{escape(words["language_name"])}</span></a>'
    )


def _links(project: Project, edition: str, languages: list[str], up: str, said: str) -> str:
    return " ".join(
        f'<a lang="{language}" hreflang="{language}" href="{up}{edition}/{language}/index.html">'
        f"{escape(words_of(project, language)['language_name'])}"
        f'<span class="visually-hidden"> {escape(said)}</span></a>'
        for language in languages
    )
