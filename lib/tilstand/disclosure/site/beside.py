"""Read the files that lie beside a site's pages: they say nothing that the pages do not.

The search index, the record, the data package and the table of all results are made from what
pages show. A number in one of them that stands on no page has come from somewhere else.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from .paper import faults_on_paper
from .printed import numbers_in

#: Numbers that a file of JSON may hold: years, sizes of files, places of cells in notebooks.
PLAIN_KEYS = frozenset({"year", "years", "edition", "decimals", "bytes", "cell"})
#: How many rows of a file an exhibit rests on may stand beside the path of a public file.
ROWS, PUBLIC = "rows", ("data/published/", "data/open/")
#: Texts of it that are written for people.
TOLD_KEYS = frozenset({"title", "label", "description"})
_TAGS = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL)
_RUN = re.compile(r"\d+")
_APOSTROPHE = "x27"
_INDEX = "Search.setIndex("
#: More decimals than any page prints.
MOST_DECIMALS = 4


def faults_beside(folder: Path, about_pupils: Mapping[str, Iterable[str]]) -> list[str]:
    """Find numbers that stand beside the pages of a site and on none of them.

    Parameters
    ----------
    folder : Path
        One edition in one language.
    about_pupils : mapping of str to iterable of str
        Pages that show numbers about pupils, and the names of their exhibits that do.

    Returns
    -------
    list of str
        One line a fault: file, number and what was expected.
    """
    texts = {
        path.relative_to(folder).as_posix(): _text(path) for path in sorted(folder.rglob("*.html"))
    }
    found: list[str] = []
    for path in sorted(folder.rglob("*.js")):
        if path.name == "searchindex.js":
            found += _search(path, texts, set(about_pupils))
    everywhere = numbers_in(" ".join(texts.values()))
    for path in sorted(folder.rglob("*.json")):
        found += _said_in(path.relative_to(folder).as_posix(), path, everywhere)
    found += faults_on_paper(folder, list(texts.values()))
    for path in sorted(folder.rglob("results.csv")):
        found += _results(path, texts, about_pupils)
    return found


def printed_numbers(page: Path) -> set[float]:
    """List the numbers that stand on a page, without their signs.

    Parameters
    ----------
    page : Path
        HTML.

    Returns
    -------
    set of float
        Of its words, and of what is said for those who do not see.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     page = Path(folder) / "page.html"
    ...     _ = page.write_text("<p>I 2020 var det 12,3 prosent.</p>", encoding="utf-8")
    ...     sorted(printed_numbers(page))
    [12.3, 2020.0]
    """
    return numbers_in(_text(page))


def is_printed(number: float, printed: set[float], *, exactly: bool = False) -> bool:
    """Tell whether a number stands on a page, as it is or rounded.

    Parameters
    ----------
    number : float
        The number.
    printed : set of float
        From `printed_numbers`.
    exactly : bool
        Whether it has to stand with all its digits.

    Returns
    -------
    bool
        Whether it does.

    Examples
    --------
    >>> is_printed(12.34, {12.3}), is_printed(12.34, {12.3}, exactly=True)
    (True, False)
    """
    told = [] if exactly else [round(number, d) for d in range(MOST_DECIMALS + 1)]
    return any(abs(one) in printed for one in (number, *told))


def _text(path: Path) -> str:
    """Return a page's words as a search index sees them and as a reader does."""
    html = path.read_text(encoding="utf-8")
    alts = " ".join(re.findall(r'\b(?:alt|value|title|content)="([^"]*)"', html))
    # An index runs the words of neighbouring cells together; a reader keeps them apart.
    return unescape(f"{_TAGS.sub('', html)} {alts} {_TAGS.sub(' ', html)}")


def _search(path: Path, texts: Mapping[str, str], pages: set[str]) -> Iterator[str]:
    index = json.loads(path.read_text(encoding="utf-8").strip().removeprefix(_INDEX).rstrip(";)"))
    names = [f"{name}.html" for name in index["docnames"]]
    for kind in ("terms", "titleterms"):
        for term, where in index[kind].items():
            runs = _RUN.findall(term)
            for at in (where if isinstance(where, list) else [where]) if runs else ():
                page = names[at]
                # An index takes an apostrophe that is written as &#x27; for a word.
                if (
                    page in pages
                    and term != _APOSTROPHE
                    and any(run not in texts.get(page, "") for run in runs)
                ):
                    yield f"{path.name}: '{term}' of {page}, expected words of that page"


def _said_in(name: str, path: Path, printed: set[float]) -> Iterator[str]:
    for key, value in _leaves(json.loads(path.read_text(encoding="utf-8"))):
        if isinstance(value, int | float) and not isinstance(value, bool):
            if key not in PLAIN_KEYS:
                yield f"{name}: '{value}' under '{key}', expected no numbers but of files and years"
        elif isinstance(value, str) and key in TOLD_KEYS:
            stray = sorted(numbers_in(value) - printed)
            if stray:
                yield f"{name}: '{stray[0]:g}' in '{key}', expected a number that a page shows"


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        public = str(value.get("path", "")).startswith(PUBLIC)
        for name, part in value.items():
            if not (public and name == ROWS):
                yield from _leaves(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part, key)
    else:
        yield key, value


def _results(
    path: Path, texts: Mapping[str, str], about_pupils: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    printed: dict[str, set[float]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            page = f"{row['page']}.html"
            if page not in about_pupils:
                continue
            if page not in printed:
                printed[page] = numbers_in(texts.get(page, ""))
            number = float(row["value"])
            # What is about pupils is kept as it is printed; what others published may be finer.
            finest = row["exhibit"] and any(
                name.endswith(f"-{row['exhibit']}") for name in about_pupils[page]
            )
            if not is_printed(number, printed[page], exactly=bool(finest)):
                yield (
                    f"{path.name}: '{row['value']}' of {row['page']} {row['exhibit']}, expected a "
                    "number that the page prints"
                )
