"""Hand the search the words that readers use, which the pages about them need not hold."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

from tilstand.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tilstand.pipeline.basis.contents import Contents

SUBJECTS = "subjects.csv"


def read_subjects(path: Path, language: str) -> dict[str, list[str]]:
    """Read by what readers ask for each page.

    Parameters
    ----------
    path : Path
        A CSV file: ``page`` (its name without ending), and phrases in a column for each
        language, parted by semicolons.
    language : {"nb", "en"}
        Which to read.

    Returns
    -------
    dict of list of str
        Phrases by page; empty when there is no such file.

    Raises
    ------
    BuildError
        When a column is missing, or a page stands twice.
    """
    if not path.is_file():
        return {}
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        if not {"page", language} <= set(rows.fieldnames or ()):
            raise BuildError(f"{path.name}:1: expected the columns page and {language}")
        for row in rows:
            if row["page"] in found:
                raise BuildError(f"{path.name}:{rows.line_num}:page: '{row['page']}' stands twice")
            phrases = [" ".join(phrase.split()) for phrase in (row[language] or "").split(";")]
            found[row["page"]] = [phrase for phrase in phrases if phrase]
    return found


def write_subjects(
    path: Path,
    contents: Contents,
    language: str,
    folder: Path,
    folded: Mapping[str, str] | None = None,
) -> None:
    """Write for the reader's browser by what words a book's pages are found.

    Parameters
    ----------
    path : Path
        As for `read_subjects`.
    contents : Contents
        Chapters of the book; what stands in the file about others is left out.
    language : {"nb", "en"}
        The book's language.
    folder : Path
        Gets ``subjects.js``.
    folded : mapping of str, optional
        Chapters that stand on another page: it is found by their words too.
    """
    pages = {chapter.slug for chapter in contents.chapters}
    subjects = read_subjects(path, language)
    held = {page: list(phrases) for page, phrases in subjects.items() if page in pages}
    for page, host in (folded or {}).items():
        held.setdefault(host, []).extend(subjects.get(page, []))
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    (folder / "subjects.js").write_text(f"var SUBJECTS = {text};\n", encoding="utf-8")
