"""Pack an edition so that somebody else can build it again and see that it is the same.

In the archive lie the code, the lock, the public data, the finished book with its record, and one
script that builds the book anew and compares. The book in it is built from the archive's own
contents: nothing that is left out can show in it.

What goes along is listed (`public_files`): what git tracks, the edition's own file and words, and
of ``data/open/`` the exports that the library knows as Udir's and the snapshots of open
interfaces. A pupil file never goes along, wherever it lies and whatever it is called, and neither
does the edition's table ``[pupils]``: the chapters then stand as in an edition without pupils.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.edition import edition_path, load_edition
from tilstand.edition.names import unknown_edition
from tilstand.edition.own_words import GOALS
from tilstand.edition.pupil_file import pupil_paths
from tilstand.errors import CallError
from tilstand.pipeline.basis.digests import file_digest, files_in, tree_digests
from tilstand.pipeline.basis.environment import LIBRARY
from tilstand.pipeline.reproduce.package_texts import readme
from tilstand.pipeline.reproduce.workcopy import copy_project, run_build, scratch
from tilstand.report.chapters.schools.comment_files import FOLDER
from tilstand.sources.incoming import incoming_files, read_incoming
from tilstand.sources.open_sources import SERVICES
from tilstand.sources.snapshots import INDEX, Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.project import Project
    from tilstand.register import Register

# Zip cannot say "no time"; this is the earliest it can say.
EPOCH = (1980, 1, 1, 0, 0, 0)
CODE = (
    "pyproject.toml",
    "requirements.lock",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "LICENSE-TEXT.md",
    "CITATION.cff",
)
# Where pupil files lie or lay, and what is allowed file by file.
NEVER = ("data/private/", "data/incoming/", "data/open/", ".build/")
OTHER = re.compile(r"data/editions/[^/]+\.toml")
# What a project consists of, for one that is no checkout of git's, such as an unpacked archive.
PLACES = (
    *("_config.yml", "_toc.yml", "requirements.lock", "notebooks/*.ipynb"),
    *("data/*.json", "data/*.md", "data/*/*.csv", "data/register/*/*.csv"),
    *("data/editions/*/*.csv", "data/editions/*/*/*.md"),
    *("book/*.*", "book/_static/**/*.*", "book/_templates/*.html", "book/locale/**/*.*"),
    *("book/nb/*.md", "book/en/*.md"),
)
SUMS = "SHA256SUMS"
SCRIPT = Path(__file__).with_name("replicate.py")


def package(
    project: Project,
    register: Register,
    edition: str,
    output: Path | None,
    progress: Callable[[str], None],
) -> Path:
    """Write the replication archive of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Reads the edition's own exports.
    edition : str
        The edition's name.
    output : Path or None
        The zip file; ``tilstandsboka-<edition>.zip`` in the current folder if None.
    progress : callable
        Takes one line of text for each step.

    Returns
    -------
    Path
        The archive. The same project gives the same bytes.

    Raises
    ------
    CallError
        When there is no such edition, or the library was not installed from a checkout.
    BuildError
        When the book cannot be built from what is public.
    """
    if not edition_path(project, edition).is_file():
        raise unknown_edition(project, edition)
    name = f"tilstandsboka-{edition}"
    target = (output or Path(f"{name}.zip")).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    _draft(target).touch()  # that it cannot be written is better known before the book is built
    _draft(target).unlink()
    with scratch(project, "package") as folder:
        root = folder / name
        copy, left_out = public_copy(project, register, edition, root / "project")
        for line in left_out:
            progress(f"left out: {line}")
        _add_code(project, copy)
        progress("building from what goes into the archive")
        built = folder / "built"
        shutil.copytree(copy.root, built)
        run_build(type(project)(built), ["--edition", edition, "--no-pdf"])
        shutil.copytree(built / "book" / "site" / edition, root / "published" / edition)
        shutil.copy(SCRIPT, root / SCRIPT.name)
        (root / "README.md").write_text(readme(edition, left_out), encoding="utf-8")
        sums = tree_digests(root)
        lines = "".join(f"{digest}  {path}\n" for path, digest in sums.items())
        (root / SUMS).write_text(lines, encoding="utf-8")
        write_zip(root, target)
    return target


def public_copy(
    project: Project, register: Register, edition: str, target: Path
) -> tuple[Project, list[str]]:
    """Copy what is public of a project, for one edition.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Reads the edition's own exports.
    edition : str
        The edition's name.
    target : Path
        Folder to make.

    Returns
    -------
    copy : Project
        The copy.
    left_out : list of str
        What did not go along; a pupil file without its name.
    """
    allowed = public_files(project, register, edition)
    copy = copy_project(project, target, public=allowed)
    left_out = [
        f"{project.relative(path)}: not known to be public"
        for path in files_in(project.open / edition)
        if project.relative(path) not in allowed
    ]
    if load_edition(project, register, edition).simulated:
        return _stripped(copy), left_out  # its pupils are made anew wherever it is built
    pupils = pupil_paths(project, edition)
    file = edition_path(copy, edition)
    text = file.read_text(encoding="utf-8")
    if pupils or "[pupils]" in text:
        file.write_text(without_pupils(text), encoding="utf-8")
        for folder in copy.editions.glob(f"*/{FOLDER}"):  # they belong to pages of those pupils
            shutil.rmtree(folder)
        names = {path.name for path in pupils}
        left_out = [line for line in left_out if not any(name in line for name in names)]
        left_out.append("the pupil file, and the table [pupils] of the edition")
    secret = {file_digest(path) for path in pupils if path.is_file()}
    for path in files_in(copy.root) if secret else ():
        if file_digest(path) in secret:  # under another name, or in another folder
            path.unlink()
    return _stripped(copy), left_out


def public_files(project: Project, register: Register, edition: str) -> set[str]:
    """List the files of a project that may go into an edition's archive.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Reads the edition's own exports.
    edition : str
        The edition's name.

    Returns
    -------
    set of str
        Paths from the project's folder: what git tracks, or, where the project is no checkout of
        git's, the places and kinds of file that a project consists of; the edition's own file,
        words and comments; exports and answers that are known to be public. Nothing else, so that
        a file that somebody put somewhere stays at home.
    """
    own = {project.relative(edition_path(project, edition))}
    for word in ("*.md", GOALS):
        own |= {project.relative(one) for one in (project.editions / edition).rglob(word)}
    listed = {
        name
        for name in _tracked(project) or _in_their_places(project)
        if not name.startswith(NEVER) and not OTHER.fullmatch(name)
    }
    return listed | own | _public_exports(project, register, edition)


def _tracked(project: Project) -> set[str]:
    """List what git tracks of the project; nothing where it is no checkout."""
    command = ["git", "-C", str(project.root), "ls-files", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return set()
    names = {name for name in os.fsdecode(done.stdout).split("\0") if name}
    return names if done.returncode == 0 and "_config.yml" in names else set()


def _in_their_places(project: Project) -> set[str]:
    return {project.relative(path) for place in PLACES for path in project.root.glob(place)}


def _stripped(copy: Project) -> Project:
    """Take the outputs out of the copy's chapters: somebody may have left them there."""
    for notebook in copy.notebooks.glob("*.ipynb"):
        _strip(notebook)
    return copy


def without_pupils(text: str) -> str:
    """Take the table ``[pupils]``, and all that hangs below it, out of an edition's file."""
    return re.sub(r"(?ms)^\[+pupils[^\]]*\].*?(?=^\[+(?!\[|pupils)|\Z)", "", text)


def _public_exports(project: Project, register: Register, edition: str) -> set[str]:
    """Name the files of ``data/open/<edition>`` that are public, as relative paths."""
    found: set[str] = set()
    if incoming_files(project, edition):
        incoming = read_incoming(project, register, edition)
        known = [path for path, export in incoming.exports.items() if not export.faults]
        found = {project.relative(path) for path in known}
    folder = project.open / edition
    for index in folder.rglob(INDEX):
        beside = index.parent / SERVICES
        found |= {project.relative(path) for path in (index, beside) if path.is_file()}
        for one in Snapshots(index.parent).listed().values():
            kept = index.parent / one.file
            if kept.is_file() and file_digest(kept) == one.sha256:
                found.add(project.relative(kept))
    return found


def _strip(notebook: Path) -> None:
    """Remove outputs that somebody left in a chapter: they can hold anything."""
    said = json.loads(notebook.read_text(encoding="utf-8"))
    code = [cell for cell in said["cells"] if cell["cell_type"] == "code"]
    if any(cell.get("outputs") for cell in code):
        for cell in code:
            cell["outputs"], cell["execution_count"] = [], None
        text = json.dumps(said, ensure_ascii=False, indent=1)
        notebook.write_text(f"{text}\n", encoding="utf-8")


def _add_code(project: Project, copy: Project) -> None:
    checkout = LIBRARY.parents[1]
    if not (checkout / "pyproject.toml").is_file():
        message = f"{LIBRARY}: not in a checkout; install with 'pip install -e .[book]' to package"
        raise CallError(message)
    for name in CODE:
        here = project.root / name if (project.root / name).is_file() else checkout / name
        if here.is_file():
            shutil.copy(here, copy.root / name)


def write_zip(folder: Path, target: Path) -> None:
    """Write a folder as a zip archive whose bytes depend on nothing but the files.

    Parameters
    ----------
    folder : Path
        The folder; its name is the first part of every path in the archive.
    target : Path
        The archive; an older one is replaced when the new one is whole.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(target)
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files_in(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    draft.replace(target)


def _draft(target: Path) -> Path:
    return target.with_name(f".{target.name}.draft")
