"""Look into a workbook's archive before anything parses it."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from tilstand.errors import Fault

#: Bytes of all parts, unpacked; some two million cells.
LARGEST_UNPACKED = 120_000_000
MOST_PARTS = 2_000
BLOCK = 1 << 20
NOT_READABLE = "an Excel workbook (.xlsx) or a CSV file"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"<(\w+:)?f[ />]")


@dataclass(frozen=True)
class Contents:
    """Say what a workbook's parts hold.

    Parameters
    ----------
    formulas : bool
        Whether a cell is computed.
    """

    formulas: bool


def look_into(stream: BinaryIO, name: str) -> tuple[Contents, list[Fault]]:
    """Measure a workbook's parts and refuse what could do harm when parsed.

    Parameters
    ----------
    stream : binary stream
        The workbook.
    name : str
        How faults name the file.

    Returns
    -------
    contents : Contents
        What was seen on the way.
    faults : list of Fault
        One, where the archive is broken, locked or larger than `LARGEST_UNPACKED`, by what it
        says of itself or by what comes out, or declares entities, which no spreadsheet does.
    """
    nothing = Contents(formulas=False)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            said = sum(part.file_size for part in parts)
            if said > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
                return nothing, [_too_large(name, said)]
            if any(part.flag_bits & 1 for part in parts):
                expected = "a workbook without a password"
                return nothing, [Fault(name, 0, "", "a locked workbook", expected)]
            return _read_through(archive, parts, name)
    except BROKEN:
        return nothing, [Fault(name, 0, "", "not readable", NOT_READABLE)]


def _read_through(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str
) -> tuple[Contents, list[Fault]]:
    unpacked, formulas = 0, False
    for part in parts:
        tail = b""
        with archive.open(part) as opened:
            while block := opened.read(BLOCK):
                unpacked += len(block)
                if unpacked > LARGEST_UNPACKED:
                    return Contents(formulas), [_too_large(name, unpacked)]
                if not part.filename.lower().endswith((".xml", ".rels")):
                    continue
                seen = tail + block.replace(b"\0", b"")  # the same words in UTF-16
                if _DECLARATION.search(seen):
                    expected = "a workbook as Excel saves it (open it in Excel and save it anew)"
                    value = "declarations that a workbook has no use for"
                    return Contents(formulas), [Fault(name, 0, "", value, expected)]
                formulas = formulas or ("sheet" in part.filename and bool(_FORMULA.search(seen)))
                tail = seen[-12:]
    return Contents(formulas), []


def _too_large(name: str, size: int) -> Fault:
    value = f"a workbook of {size // 1_000_000} MB when unpacked"
    most = LARGEST_UNPACKED // 1_000_000
    return Fault(name, 0, "", value, f"at most {most} MB (save a large table as CSV or Parquet)")
