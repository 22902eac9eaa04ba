"""Read every number about pupils back from a finished site: tables, text, downloads, drawings.

A number names its cell in an attribute (``data-cell`` in tables, ``data-refs`` in text) as
``protected|population|measure|dimension=category;...``. Beyond these names nothing of the program
that made the site is used.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from .beside import faults_beside
from .printed import read_number
from .sheet import sheet_rows

KIND = "protected|"
# What a sentence prints as it stands; everything else was worked out from what is shown.
AS_IT_STANDS = frozenset({"pupils", "value"})
_DIGITS = re.compile(r"[-\u2212]?\d[\d\u00a0\u202f]*(?:[.,]\d+)?")
_TEXT = re.compile(r"<text\b([^>]*)>([^<]*)")
# In English a comma groups thousands; in Norwegian it goes before decimals.
_GROUPS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# What a title says of pupils or of what they got; how sure an interval is, is no such number.
_CLAIM = re.compile(
    rf"({_DIGITS.pattern})(?:\s*(?:elev|pupil|poeng|point|prosent|per cent|percent|%)|(?<=[.,]\d))"
)
_CERTAIN = re.compile(r"\b9[059]\s*%-?\s*(?:intervall|interval|certain)", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """Hold one printed number or blank.

    Parameters
    ----------
    population : str
        Which pupils.
    measure : str
        ``count``, ``percent:dimension``, ``percent:dimension:group`` or ``mean:name``.
    cell : frozenset of (str, str)
        Dimension and category.
    number : float or None
        None for a blank.
    decimals : int
        Decimals printed.
    where : str
        Page or file.
    of : str
        Empty for the value; ``low``, ``high``, ``sd`` or ``derived`` for what belongs to it.
    """

    population: str
    measure: str
    cell: frozenset[tuple[str, str]]
    number: float | None
    decimals: int
    where: str
    of: str = ""


def read_site(folder: Path) -> tuple[list[Said], list[str]]:
    """Read all pages and downloads of a site, and what lies beside them.

    Parameters
    ----------
    folder : Path
        One edition in one language.

    Returns
    -------
    said : list of Said
        Everything that is printed about pupils.
    faults : list of str
        Numbers that stand among those about pupils and do not say what they are.
    """
    said: list[Said] = []
    faults: list[str] = []
    about_pupils: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if KIND not in text:
            continue
        page = _Page()
        page.feed(text)
        page.close()
        name = path.relative_to(folder).as_posix()
        about_pupils[name] = [
            one.name for one in page.exhibits if any(cell.ref for row in one.rows for cell in row)
        ]
        for refs, recipe, shown in page.data:
            for ref in refs.split():
                if ref.startswith(KIND):
                    of = "" if recipe in AS_IT_STANDS and refs.split() == [ref] else "derived"
                    said += _said(ref, page.plain(shown), name, of)
        for exhibit in page.exhibits:
            if any(cell.ref for row in exhibit.rows for cell in row):
                for row in exhibit.rows:
                    for cell in row:
                        cell.said = page.plain(" ".join(cell.text.split()))
                _read_exhibit(exhibit, path.parent, name, said, faults)
    if about_pupils:
        faults += faults_beside(folder, about_pupils)
    return said, faults


def cell_of_ref(ref: str) -> tuple[str, str, frozenset[tuple[str, str]]]:
    """Read the name of a cell.

    Parameters
    ----------
    ref : str
        ``protected|population|measure|dimension=category;...``.

    Returns
    -------
    tuple
        Population, measure and cell, as in `Said`.

    Examples
    --------
    >>> from tilstand.disclosure.site.numbers import cell_of_ref
    >>> population, measure, cell = cell_of_ref("protected|results|count|school=Berg;year=2020")
    >>> population, measure, sorted(cell)
    ('results', 'count', [('school', 'Berg'), ('year', '2020')])
    """
    _, population, measure, named = ref.split("|")
    cell = frozenset(
        (dimension, category)
        for dimension, _, category in (part.partition("=") for part in named.split(";") if part)
    )
    return population, measure, cell


def _said(ref: str, text: str, where: str, of: str) -> Iterator[Said]:
    parts = ref.split("|")
    if len(parts) != 4:
        yield Said(ref, "unknown", frozenset(), None, 0, where, of)
        return
    population, measure, cell = cell_of_ref(ref)
    number = read_number(text)
    value, decimals = (None, 0) if number is None else number
    yield Said(population, measure, cell, value, decimals, where, of)


def _read_exhibit(
    exhibit: _Exhibit, folder: Path, page: str, said: list[Said], faults: list[str]
) -> None:
    printed: set[str] = set()
    for row in exhibit.rows:
        for cell in row:
            text = " ".join(cell.text.split())
            printed |= _numbers(text)
            if cell.ref:
                said.extend(_said(cell.ref, cell.said, page, cell.of))
            elif not cell.header and read_number(text) is not None and not _is_year(text):
                faults.append(
                    f"{page}: '{text}' in {exhibit.name}, expected a number with its cell"
                )
    faults.extend(
        f"{page}: '{number}' in the title of {exhibit.name}, expected a number of its table"
        for number in sorted(_claims(exhibit.caption) - printed)
    )
    printed |= _numbers(exhibit.caption)
    texts = [("alt text", exhibit.alt)]
    texts += [(f"the drawing of {exhibit.name}", word) for word in exhibit.drawn]
    for source in exhibit.downloads:
        if source.endswith(".svg") and (folder / source).is_file():
            words = _words((folder / source).read_text(encoding="utf-8"))
            texts += [(source, word) for word in words]
    for place, text in texts:
        stray = sorted(n for n in _numbers(text) - printed if not _is_year(n))
        faults.extend(
            f"{page}: '{number}' in {place}, expected a number of the table behind the figure"
            for number in stray
        )
    for source in exhibit.downloads:
        _read_download(exhibit, folder / source, source, said, faults)


def _read_download(
    exhibit: _Exhibit, path: Path, source: str, said: list[Said], faults: list[str]
) -> None:
    """Read a download beside the table that it repeats, row by row and column by column."""
    lines = _lines(path)
    if lines is None:
        return
    rows = [row for row in exhibit.rows if any(not cell.head for cell in row)]
    if len(lines) != len(rows):
        faults.append(f"{source}: '{len(lines)} rows', expected {len(rows)} as in the table")
        return
    for line, row in zip(lines, rows, strict=True):
        extra = len(line) - len(row)  # the column that says "simulated"
        for text, cell in zip(line[max(extra, 0) :], row, strict=False):
            if cell.ref:
                said.extend(_said(cell.ref, text, source, cell.of))
        if extra not in (0, 1):
            faults.append(f"{source}: '{len(line)} columns', expected {len(row)} as in the table")
            return


def _lines(path: Path) -> list[list[str]] | None:
    """Read a download's rows below its header; None where it is no table, or not there."""
    if not path.is_file():
        return None
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))[1:]
    return sheet_rows(path)[1:] if path.suffix == ".xlsx" else None


def _numbers(text: str) -> set[str]:
    """Find the numbers in a text, as they are printed but for spaces and signs."""
    found = (re.sub(r"[\s\u00a0\u202f]", "", number) for number in _DIGITS.findall(text))
    return {number.lstrip("-\u2212") for number in found}


def _claims(caption: str) -> set[str]:
    """Find the numbers of a title that say something of pupils or of results."""
    found = (match.group(1) for match in _CLAIM.finditer(_CERTAIN.sub("", caption)))
    return {number for text in found for number in _numbers(text)}


def _words(svg: str) -> list[str]:
    """Find the words of a drawing that stand elsewhere than at its axes or around it."""
    return [word for looks, word in _TEXT.findall(svg) if 'class="t"' not in looks]


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d", text.strip()))


@dataclass
class _Cell:
    ref: str = ""
    of: str = ""
    header: bool = False
    head: bool = False
    text: str = ""
    said: str = ""  # the text with its number as Norwegian writes it


@dataclass
class _Exhibit:
    name: str = ""
    caption: str = ""
    alt: str = ""
    rows: list[list[_Cell]] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)  # words of its drawings, but at their axes
    downloads: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """Collect the exhibits of a page and the numbers of its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.exhibits: list[_Exhibit] = []
        self.data: list[tuple[str, str, str]] = []
        self._exhibit: _Exhibit | None = None
        self._cell: _Cell | None = None
        self._data: list[str] | None = None
        self._head = False
        self._caption = False
        self._word = False
        self._english = False

    def plain(self, text: str) -> str:
        """Drop what groups a number's digits in the page's language."""
        return _GROUPS.sub("", text) if self._english else text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "html":
            self._english = said.get("lang", "") == "en"
        if tag == "data":
            self._data = [said.get("data-refs", ""), said.get("data-recipe", ""), ""]
        if tag == "figure":
            self._exhibit = _Exhibit(said.get("id", ""))
            self.exhibits.append(self._exhibit)
        if self._exhibit is None:
            if tag == "table":  # a table that stands by itself is read like any other
                self._exhibit = _Exhibit("a table")
                self.exhibits.append(self._exhibit)
            else:
                return
        if tag in ("caption", "figcaption"):
            self._caption = True
        elif tag == "thead":
            self._head = True
        elif tag == "tr":
            self._exhibit.rows.append([])
        elif tag in ("td", "th") and self._exhibit.rows:
            ref = said.get("data-cell", "")
            self._cell = _Cell(ref, said.get("data-of", ""), tag == "th", self._head)
            self._exhibit.rows[-1].append(self._cell)
        elif said.get("role") == "img":
            self._exhibit.alt += " " + said.get("aria-label", "")
        elif tag == "text" and "t" not in said.get("class", "").split():
            self._exhibit.drawn.append("")
            self._word = True
        elif tag == "a" and "download" in said:
            self._exhibit.downloads.append(said.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self._data is not None:
            self.data.append((self._data[0], self._data[1], self._data[2]))
            self._data = None
        elif tag in ("td", "th"):
            self._cell = None
        elif tag == "thead":
            self._head = False
        elif tag in ("caption", "figcaption"):
            self._caption = False
        elif tag == "text":
            self._word = False
        elif tag == "figure" or (
            tag == "table" and self._exhibit is not None and self._exhibit.name == "a table"
        ):
            self._exhibit = None

    def handle_data(self, data: str) -> None:
        if self._data is not None:
            self._data[2] += data
        if self._cell is not None:
            self._cell.text += data
        elif self._word and self._exhibit is not None:
            self._exhibit.drawn[-1] += data
        elif self._caption and self._exhibit is not None:
            self._exhibit.caption += data
