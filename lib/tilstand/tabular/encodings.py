"""Decide how a text file is encoded by all of its bytes, and say so when it can't be read."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass, field
from typing import BinaryIO, TextIO

from tilstand.errors import Fault

SAVE_AS = "text in UTF-8 (in Excel: save as CSV UTF-8)"
BLOCK = 1 << 20
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BOMS_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
LOOKED_AT = 4096
# The letters æøåÆØÅé written in UTF-8 and read as Windows-1252.
GARBLED = re.compile(
    "\N{LATIN CAPITAL LETTER A WITH TILDE}[\xa6\xb8\xa5\u2020\u02dc\u2026\xa9\x85\x86\x98]"
)
# The same letters as they stand in UTF-8; in Windows-1252 nobody writes A with tilde before a sign.
MULTIBYTE = re.compile(rb"\xc3[\xa6\xb8\xa5\x86\x98\x85\xa9]")
# The letters æøåÆØÅ of Windows-1252, and what old Macintosh and DOS programs wrote for them.
WINDOWS = re.compile(rb"[\xe6\xf8\xe5\xc6\xd8\xc5]")
OLD_MACHINES = re.compile(rb"[A-Za-z][\xbe\xbf\x8c\x91\x9b\x86][a-z]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Encoding:
    """Name an encoding.

    Parameters
    ----------
    name : str
        As Python's codecs call it; none of them looks for a byte order mark.
    start : int
        Bytes of the byte order mark before the text.
    """

    name: str
    start: int = 0


@dataclass
class _Trial:
    """Decode block by block, and keep where an encoding fails and where a NUL stands.

    The decoder keeps the first bytes of a letter that a block cuts until the next block comes.
    """

    encoding: str
    lines: int = 0
    wrong: tuple[int, str] | None = None
    nul: int | None = None
    decoder: codecs.IncrementalDecoder = field(init=False)

    def __post_init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder(self.encoding)()

    def feed(self, block: bytes, *, final: bool = False) -> None:
        if self.wrong is not None:
            return
        try:
            text = self.decoder.decode(block, final)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(self.encoding, "ignore").count("\n")
            self.wrong = (self.lines + before, f"byte {error.object[error.start]:#04x}")
            return
        if self.nul is None and "\0" in text:
            self.nul = self.lines + text[: text.index("\0")].count("\n")
        self.lines += text.count("\n")


def decide(stream: BinaryIO, name: str) -> tuple[Encoding, list[Fault]]:
    """Decide on UTF-8, UTF-16 or Windows-1252, with or without a byte order mark.

    Parameters
    ----------
    stream : binary stream
        The whole file, read once from its start to its end in blocks.
    name : str
        How faults name the file.

    Returns
    -------
    encoding : Encoding
        How to read the text.
    faults : list of Fault
        The place of the first byte that fits no encoding, or of a NUL; its row counts lines,
        because nothing finer is known yet.

    Notes
    -----
    UTF-16 without a mark is known by its NUL bytes: in Norwegian text nearly every second byte is
    one. Latin-1 is read as Windows-1252, which holds the same letters and Excel's dashes and
    quotes too. Text that holds whole UTF-8 letters and stray bytes is two encodings pasted
    together: read as Windows-1252 it would turn æ into Ã¦, so it is refused. So are the letters
    of old Macintosh and DOS programs, which Windows-1252 would turn into signs.
    """
    block = stream.read(BLOCK)
    if block.startswith(BOMS_32):
        return Encoding("utf-8"), [Fault(name, 1, "", "text in UTF-32", SAVE_AS)]
    encoding = _stated(block)
    block = block[encoding.start :]
    hidden = block[:8].lower().startswith("sep=".encode(encoding.name))
    first, other = _Trial(encoding.name), _Trial("cp1252")
    open_choice = encoding == Encoding("utf-8")
    multibyte = windows = old = False
    tail = b""
    while block:
        first.feed(block)
        if open_choice:
            other.feed(block)
            seen = tail + block
            multibyte = multibyte or bool(MULTIBYTE.search(seen))
            windows = windows or bool(WINDOWS.search(seen))
            old = old or bool(OLD_MACHINES.search(seen))
            tail = block[-2:]
        block = stream.read(BLOCK)
    first.feed(b"", final=True)
    chosen = first
    if first.wrong and open_choice and not multibyte:
        chosen, encoding = other, Encoding("cp1252")
        if old and not windows and not other.wrong:
            value = "letters of an old Macintosh or DOS program"
            return encoding, [Fault(name, 0, "", value, SAVE_AS)]
    if chosen.wrong:
        lines, value = chosen.wrong
        return encoding, [Fault(name, max(lines + 1 - hidden, 1), "", value, SAVE_AS)]
    if chosen.nul is not None:
        return encoding, [Fault(name, chosen.nul + 1, "", "a NUL character", SAVE_AS)]
    return encoding, []


def opened(stream: BinaryIO, encoding: Encoding) -> TextIO:
    """Read a stream as text, in blocks that never cut a letter in two.

    Parameters
    ----------
    stream : binary stream
        One that can be set to a place.
    encoding : Encoding
        What `decide` found.

    Returns
    -------
    text stream
        From behind the byte order mark; line ends as they stand.
    """
    stream.seek(encoding.start)
    return io.TextIOWrapper(stream, encoding.name, newline="")


def decode(content: bytes, name: str) -> tuple[str, list[Fault]]:
    """Decode a text file that is in memory.

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
        As `decide` finds them.
    """
    encoding, faults = decide(io.BytesIO(content), name)
    return "" if faults else content[encoding.start :].decode(encoding.name), faults


def _stated(head: bytes) -> Encoding:
    for mark, encoding in BOMS:
        if head.startswith(mark):
            start = len(mark)
            while head.startswith(mark, start):  # a program has put a second mark before the first
                start += len(mark)
            return Encoding(encoding, start)
    head = head[:LOOKED_AT]
    nul_even, nul_odd = head[0::2].count(0), head[1::2].count(0)
    if nul_odd > len(head) // 4 and nul_odd > 10 * nul_even:
        return Encoding("utf-16-le")
    if nul_even > len(head) // 4 and nul_even > 10 * nul_odd:
        return Encoding("utf-16-be")
    return Encoding("utf-8")


def garbled(text: str) -> bool:
    """Tell whether text shows letters that an earlier program decoded wrongly."""
    return REPLACEMENT in text or bool(GARBLED.search(text))
