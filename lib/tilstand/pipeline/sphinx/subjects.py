"""Hand the search the words that readers use, which the pages about them need not hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tilstand.errors import DataError
from tilstand.register import read_text_table

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
    DataError
        When the file is no table with these columns, or a page stands twice.
    """
    if not path.is_file():
        return {}
    found: dict[str, list[str]] = {}
    table = read_text_table(path, ("page", language))
    for number, row in enumerate(table.to_dict("records"), start=2):
        if row["page"] in found:
            raise DataError(f"{path}:{number}:page: '{row['page']}' stands twice")
        phrases = [" ".join(phrase.split()) for phrase in row[language].split(";")]
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
