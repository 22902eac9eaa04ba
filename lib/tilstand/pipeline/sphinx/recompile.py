"""Compile only the pages that changed, to the very bytes that compiling all of them gives."""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path

from sphinx.search import js_index

from tilstand.pipeline.basis.links import link_or_copy
from tilstand.pipeline.basis.state import reason, remember
from tilstand.pipeline.sphinx.compile import DOCTREES, compile_html
from tilstand.pipeline.sphinx.pages import LOADED, STATIC
from tilstand.store.digests import file_digest, files_in, joint_digest, named_files

EXTRA = "extra"
# What Sphinx keeps for itself or for other projects: not for readers.
UNPUBLISHED = {"objects.inv", ".buildinfo", "_sources"}


def recompile(fresh: Path, work: Path, date: str, programs: dict[str, str]) -> Path:
    """Bring a compiled book up to date with freshly composed pages.

    Sphinx compiles again what changed in the pages themselves. It does not see that a new title
    stands in the lists of chapters of all other pages, nor a changed template or setting; then
    everything is compiled anew, as it is after a build that was killed or failed, and when what
    Sphinx had left is no longer what it was.

    Parameters
    ----------
    fresh : Path
        Pages and all that stands around them, as `compile_html` takes them.
    work : Path
        Where this book's pages, Sphinx's memory and its HTML are kept from build to build.
    date : str
        ISO date that stands for now.
    programs : dict
        Digests of the programs; another Sphinx compiles everything anew.

    Returns
    -------
    Path
        The folder of HTML.

    Raises
    ------
    BuildError
        When Sphinx warns or fails; a line a warning.
    """
    source, html, note = work / "source", work / "html", work / "compiled.json"
    around = _around(fresh, programs)
    if reason(note, around, _compiled(work)):
        for folder in (source, html, work / DOCTREES):
            shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)  # back only when all went well
    for name in bring_over(fresh, source):
        # Sphinx goes by times, and no clock is sure to go on: it reads what it does not remember.
        (work / DOCTREES / name.with_suffix(".doctree")).unlink(missing_ok=True)
    (source / EXTRA).mkdir(exist_ok=True)  # a book without a figure has one too
    compile_html(source, html, date)
    _drop_extra(source / EXTRA, html)
    remember(note, around, _compiled(work))
    return html


def _compiled(work: Path) -> str:
    """Compute a digest of what Sphinx has left and would take on trust."""
    left = {folder: work / folder for folder in ("html", DOCTREES)}
    return joint_digest(
        {
            f"{folder}/{name}": file_digest(path)
            for folder, where in left.items()
            for name, path in named_files(where).items()
        }
    )


def publishable(html: Path, target: Path) -> None:
    """Copy compiled pages without what is not for readers."""

    def unwanted(folder: str, names: list[str]) -> set[str]:
        if Path(folder) == html / STATIC:
            return set(names) - LOADED
        return UNPUBLISHED & set(names) if Path(folder) == html else set()

    def lay(one: str, other: str) -> None:
        # Sphinx writes into a page that is there, and into no figure: `pages` puts new ones.
        taken = Path(one).parent in (html / "figures", html / "data")
        (link_or_copy if taken else shutil.copy2)(one, other)

    shutil.copytree(html, target, ignore=unwanted, copy_function=lay)
    _forget_words(target / "searchindex.js")


def _forget_words(path: Path) -> None:
    """Take out of the search index the words that no page has any more: Sphinx keeps them empty."""
    index = js_index.loads(path.read_text(encoding="utf-8"))
    for kind in ("terms", "titleterms"):
        index[kind] = {word: pages for word, pages in index[kind].items() if pages != []}
    path.write_text(js_index.dumps(index), encoding="utf-8")


def bring_over(fresh: Path, kept: Path) -> list[Path]:
    """Make one folder like another, touching only the files that differ.

    Parameters
    ----------
    fresh : Path
        How it should be; what differs is moved from here.
    kept : Path
        How it is; files that are the same keep their times, by which Sphinx goes.

    Returns
    -------
    list of Path
        The files that are new or have changed, relative to the folder.
    """
    changed = []
    wanted = {path.relative_to(fresh) for path in files_in(fresh)}
    for path in files_in(kept):
        if path.relative_to(kept) not in wanted:
            path.unlink()
    for name in sorted(wanted):
        target = kept / name
        if not (target.is_file() and filecmp.cmp(fresh / name, target, shallow=False)):
            target.parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).replace(target)
            os.utime(target)
            changed.append(name)
    return changed


def _around(fresh: Path, programs: dict[str, str]) -> dict[str, str]:
    """List what all pages share, with digests: settings, templates, titles and programs."""
    shared = dict(programs)
    for path in files_in(fresh):
        name = path.relative_to(fresh).as_posix()
        if name.startswith(f"{EXTRA}/"):
            continue
        shared[name] = _title(path) if name.endswith(".md") else file_digest(path)
    return shared


def _title(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if line.startswith("# ")), "")


def _drop_extra(extra: Path, html: Path) -> None:
    """Delete figures and downloads that the book no longer has: Sphinx only adds to them."""
    for folder in sorted(path.name for path in extra.iterdir() if path.is_dir()):
        for path in files_in(html / folder):
            if not (extra / path.relative_to(html)).is_file():
                path.unlink()
