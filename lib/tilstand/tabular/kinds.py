"""Tell by its first bytes what a file is, and refuse what is no table or too large for one."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.errors import Fault

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
TEXT, EXCEL, PARQUET = "text", "excel", "parquet"
A_TABLE = "an unlocked .xlsx or CSV file"
LOOKED_AT = 4096
_ZIP = b"PK\x03\x04"
# What a file begins with, what that is called, and what would do.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old or locked Excel file", f"{A_TABLE} (save it anew)"),
    (b"PK\x05\x06", "an empty zip archive", A_TABLE),
    (b"%PDF", "a PDF", f"{A_TABLE} (ask for the table behind the PDF)"),
    (b"\x1f\x8b", "a packed file (gzip)", f"{A_TABLE} (unpack it first)"),
    (b"7z\xbc\xaf\x27\x1c", "a packed file (7-Zip)", f"{A_TABLE} (unpack it first)"),
    (b"Rar!", "a packed file (RAR)", f"{A_TABLE} (unpack it first)"),
    (b"{\\rtf", "a text document (RTF)", A_TABLE),
    (b"\x89PNG", "a picture", A_TABLE),
    (b"\xff\xd8\xff", "a picture", A_TABLE),
    (b"SQLite format 3", "a database (SQLite)", f"{A_TABLE} (export the table)"),
    (b"$FL2", "an SPSS file", f"{A_TABLE} (save it from SPSS as CSV)"),
    (b"<stata_dta>", "a Stata file", f"{A_TABLE} (save it from Stata as CSV)"),
)


@dataclass(frozen=True)
class Limits:
    """Say how large a file may be.

    Parameters
    ----------
    size : int or None
        Most bytes; None for no limit.
    cells : int or None
        Most cells, which are held in memory as text; None for no limit.
    way_out : str
        What a user can do about a larger file.
    """

    size: int | None
    cells: int | None
    way_out: str = ""

    def size_fault(self, name: str, size: int) -> list[Fault]:
        """Refuse a file of too many bytes."""
        if self.size is None or size <= self.size:
            return []
        expected = f"at most {self.size // 1_000_000} MB{self.way_out}"
        return [Fault(name, 0, "", f"{size // 1_000_000} MB", expected)]

    def cells_fault(self, name: str, cells: int) -> list[Fault]:
        """Refuse a table of too many cells."""
        if self.cells is None or cells <= self.cells:
            return []
        expected = f"at most {self.cells} cells{self.way_out}"
        return [Fault(name, 0, "", f"more than {self.cells} cells", expected)]


ALLOW_LARGE = "; --allow-large reads it all the same"
#: A file of the book: exports of the whole country have a tenth of it.
BOOK = Limits(50_000_000, 4_000_000)
#: An analyst's own file that is read whole, and one that is streamed.
OWN = Limits(50_000_000, 4_000_000, ALLOW_LARGE)
STREAMED = Limits(150_000_000, None, ALLOW_LARGE)
NO_LIMITS = Limits(None, None)
_MARKUP = re.compile(
    r"\s*<(!doctype|html|head|body|table|\?xml|script|style|meta|svg)", re.IGNORECASE
)
_JSON = re.compile(r'\s*(\{\s*"|\[\s*[\{\[])')


def kind_of(path: Path, name: str, limits: Limits = BOOK) -> tuple[str, list[Fault]]:
    """Tell text, workbook and Parquet apart, whatever the name ends in.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name the file.
    limits : Limits
        How large the file may be.

    Returns
    -------
    kind : str
        ``text``, ``excel`` or ``parquet``; blank where there are faults.
    faults : list of Fault
        One, where the file cannot be read or is something else.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(LOOKED_AT)
    except OSError as error:
        return "", [Fault(name, 0, "", error.strerror or "", "a file that can be read")]
    if faults := limits.size_fault(name, size):
        return "", faults
    for mark, value, expected in _OTHERS:
        if head.startswith(mark):
            return "", [Fault(name, 0, "", value, expected)]
    if head.startswith(_ZIP):
        return _zipped(path, name)
    if head.startswith(b"PAR1"):
        return PARQUET, []
    # In UTF-16 every second byte of such words is a NUL.
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").decode("latin-1")
    if _MARKUP.match(start):
        expected = "a table (open the page in a browser, log in if asked, and download anew)"
        return "", [Fault(name, 0, "", "a web page", expected)]
    if _JSON.match(start):
        return "", [Fault(name, 0, "", "a JSON file", f"{A_TABLE} or Parquet")]
    return TEXT, []


def _zipped(path: Path, name: str) -> tuple[str, list[Fault]]:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = set(archive.namelist())
            kind = archive.read("mimetype")[:60] if "mimetype" in inside else b""
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
        return EXCEL, []  # the workbook's reader says what is wrong
    if "xl/workbook.xml" in inside or not inside or "[Content_Types].xml" in inside:
        binary = any(one.endswith(".bin") and "workbook" in one for one in inside)
        if not binary:
            return EXCEL, []
        return "", [Fault(name, 0, "", "a binary workbook (.xlsb)", f"{A_TABLE} (save it anew)")]
    if b"opendocument" in kind:
        expected = f"{A_TABLE} (in LibreOffice: save as .xlsx or CSV)"
        return "", [Fault(name, 0, "", "a LibreOffice file", expected)]
    expected = f"{A_TABLE} (unpack the archive and name the file in it)"
    return "", [Fault(name, 0, "", "a zip archive", expected)]
