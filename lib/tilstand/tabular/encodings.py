"""Turn the bytes of a user's text file into text, and say so when they can't be."""

from __future__ import annotations

import codecs
import re

from tilstand.errors import Fault

SAVE_AS = "text in UTF-8 (in Excel: save as CSV UTF-8)"
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LOOKED_AT = 4096
# The letters æøåÆØÅé written in UTF-8 and read as Windows-1252.
GARBLED = re.compile(
    "\N{LATIN CAPITAL LETTER A WITH TILDE}[\xa6\xb8\xa5\u2020\u02dc\u2026\xa9\x85\x86\x98]"
)
# The same letters as they stand in UTF-8; in Windows-1252 nobody writes A with tilde before a sign.
MULTIBYTE = re.compile(rb"\xc3[\xa6\xb8\xa5\x86\x98\x85\xa9]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def decode(content: bytes, name: str) -> tuple[str, list[Fault]]:
    """Decode a text file: UTF-8, UTF-16 or Windows-1252, with or without a byte order mark.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        How faults name the file.

    Returns
    -------
    text : str
        The text without byte order mark; empty when there are faults.
    faults : list of Fault
        The place of the first byte that fits no encoding; its row counts lines, because nothing
        finer is known yet.

    Notes
    -----
    UTF-16 without a mark is known by its NUL bytes: in Norwegian text nearly every second byte is
    one. Latin-1 is read as Windows-1252, which holds the same letters and Excel's dashes and
    quotes too. Text that holds whole UTF-8 letters and stray bytes is two encodings pasted
    together: read as Windows-1252 it would turn æ into Ã¦, so it is refused.
    """
    encoding, start = _encoding(content)
    body = content[start:]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or start or MULTIBYTE.search(content):
            return "", [_bad_byte(body, error.start, encoding, name)]
        try:
            text = body.decode("cp1252")
        except UnicodeDecodeError as undefined:
            return "", [_bad_byte(body, undefined.start, "cp1252", name)]
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        return "", [Fault(name, row, "", "a NUL character", SAVE_AS)]
    return text, []


def _encoding(content: bytes) -> tuple[str, int]:
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return encoding, len(mark)
    head = content[:LOOKED_AT]
    nul_even, nul_odd = head[0::2].count(0), head[1::2].count(0)
    if nul_odd > len(head) // 4 and nul_odd > 10 * nul_even:
        return "utf-16-le", 0
    if nul_even > len(head) // 4 and nul_even > 10 * nul_odd:
        return "utf-16-be", 0
    return "utf-8", 0


def _bad_byte(body: bytes, at: int, encoding: str, name: str) -> Fault:
    lines = body[:at].count("\n".encode(encoding))
    hidden = body[:8].lower().startswith("sep=".encode(encoding))
    return Fault(name, max(lines + 1 - hidden, 1), "", f"byte {body[at]:#04x}", SAVE_AS)


def garbled(text: str) -> bool:
    """Tell whether text shows letters that an earlier program decoded wrongly."""
    return REPLACEMENT in text or bool(GARBLED.search(text))
