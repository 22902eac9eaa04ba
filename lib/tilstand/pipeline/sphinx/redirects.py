"""Keep old addresses alive: a page that moved leaves a page behind that leads on."""

from __future__ import annotations

import csv
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tilstand.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

COLUMNS = ["from", "to"]
WORDS = {
    "nb": ("Siden er flyttet", "Gå til siden"),
    "en": ("The page has moved", "Go to the page"),
}


def write_redirects(table: Path, pages: Collection[str], language: str, folder: Path) -> list[Path]:
    """Write a page that leads on for every address in a table.

    Parameters
    ----------
    table : Path
        CSV with the columns ``from`` and ``to``: names of pages without their ending. Nothing is
        written when there is no such file.
    pages : collection of str
        Names of the edition's pages.
    language : {"nb", "en"}
        Language of the words on the page, for browsers that do not follow by themselves.
    folder : Path
        Where the pages go.

    Returns
    -------
    list of Path
        The pages, in the table's order.

    Raises
    ------
    BuildError
        When an old address is still a page, stands twice, or leads to a page that is not there.
    """
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        if rows.fieldnames != COLUMNS:
            raise BuildError(f"{table.name}:1: expected the columns {', '.join(COLUMNS)}")
        moves = [(rows.line_num, row["from"], row["to"]) for row in rows]
    faults: list[str] = []
    written: dict[str, Path] = {}
    for line, old, new in moves:
        if old in pages:
            faults.append(f"{table.name}:{line}:from: '{old}' is a page, expected one that moved")
        elif old in written:
            faults.append(f"{table.name}:{line}:from: '{old}' stands twice")
        elif new not in pages:
            faults.append(f"{table.name}:{line}:to: no page '{new}' in the table of contents")
        else:
            written[old] = folder / f"{old}.html"
            written[old].parent.mkdir(parents=True, exist_ok=True)
            way = "../" * (len(PurePosixPath(old).parts) - 1)
            written[old].write_text(_page(f"{way}{new}.html", language), encoding="utf-8")
    if faults:
        raise BuildError(faults)
    return list(written.values())


def _page(href: str, language: str) -> str:
    title, link = WORDS[language]
    to = escape(href)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0; url={to}">\n'
        '<meta name="robots" content="noindex">\n'
        f'<link rel="canonical" href="{to}">\n<title>{title}</title>\n</head>\n'
        f'<body>\n<main><h1>{title}</h1><p><a href="{to}">{link}</a></p></main>\n</body>\n</html>\n'
    )
