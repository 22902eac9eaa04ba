"""Read the printed books of a site: they say nothing that its pages do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .printed import numbers_in

#: Sheets at the front that may number the others.
CONTENTS = 6
_HARD_SPACE = re.compile("[\u00a0\u202f]")
#: Operators that draw lines and fill shapes: no text is in them, and most of a book is.
_DRAWING = re.compile(rb"^[-\d. ]+ (?:c|l|m|re|v|y)\n|^(?:h|f|S|n)\n", re.MULTILINE)


def printed_sheets(path: Path) -> list[str]:
    """Read the text of each sheet of a PDF.

    Parameters
    ----------
    path : Path
        A PDF.

    Returns
    -------
    list of str
        One text a sheet.

    Raises
    ------
    ValueError
        When the file is no PDF that can be read.
    """
    from pypdf import PdfReader  # here: books are printed where pages are made
    from pypdf.errors import PyPdfError
    from pypdf.generic import DecodedStreamObject, NameObject

    try:
        sheets = []
        for sheet in PdfReader(path).pages:
            contents = sheet.get_contents()
            if contents is not None:
                plain = DecodedStreamObject()
                plain.set_data(_DRAWING.sub(b"", contents.get_data()))
                sheet[NameObject("/Contents")] = plain
            sheets.append(sheet.extract_text())
    except (PyPdfError, OSError) as error:
        raise ValueError(f"{path.name}: {error}") from None
    return sheets


def faults_on_paper(folder: Path, texts: list[str]) -> Iterator[str]:
    """Find numbers that are printed in a book for paper and stand on no page of the site.

    Parameters
    ----------
    folder : Path
        One edition in one language.
    texts : list of str
        Text of all its pages.

    Yields
    ------
    str
        One line a fault: file, sheet, number and what was expected.
    """
    papers = sorted(folder.rglob("*.pdf"))
    if not papers:
        return
    whole = " ".join(texts)
    # Paper sets a plain space between thousands, so that a number may be read in two parts.
    known = numbers_in(whole) | numbers_in(_HARD_SPACE.sub(" | ", whole))
    for path in papers:
        try:
            sheets = printed_sheets(path)
        except ValueError as error:
            yield f"{error}, expected a PDF that can be read back"
            continue
        for place, text in enumerate(sheets, start=1):
            own = set(range(1, len(sheets) + 1)) if place <= CONTENTS else {place}
            for number in sorted(numbers_in(text) - known - own):
                yield (
                    f"{path.name}: '{number:g}' on sheet {place}, expected a number that a page "
                    "of the site shows"
                )
