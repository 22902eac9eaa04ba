"""Read an edition's file, and name the slips that people make in it."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from tilstand.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = r"\s*(?P<key>[\w.\"-]+)\s*=\s*"
# What stands in a line, and what to write there instead.
_SLIPS = (
    (re.compile(_KEY + r'.*"[^"]*\\'), "a path with / between folders, such as data/elever.csv"),
    (re.compile(_KEY + r"\[?\s*0\d+"), 'a code between quotes, such as {key} = "0301"'),
    (re.compile(_KEY + r"\d+,\d+\s*(#.*)?$"), "a decimal point, such as {key} = 0.85"),
    (re.compile(_KEY + ".*[“”„«»’]"), 'straight quotes, such as {key} = "text"'),
    (re.compile(_KEY + r"[^\W\d][^\"']*$"), 'text between quotes, such as {key} = "text"'),
    (re.compile(r"\s*[\w-]+\s*:"), "an equals sign between a key and its value"),
)


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """Read a TOML file, with or without a byte order mark.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How faults name it.

    Returns
    -------
    dict
        What it says.

    Raises
    ------
    DataError
        One line with the row and what to write there.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise DataError(f"{name}:{row}: not text in UTF-8: save it anew as UTF-8") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(_slip(text, name, str(error))) from None


def _slip(text: str, name: str, why: str) -> str:
    place = _LINE.search(why)
    if place is None:
        return f"{name}: not readable as TOML: {why}"
    row = int(place[1])
    line = text.splitlines()[row - 1] if row <= len(text.splitlines()) else ""
    for slip, expected in _SLIPS:
        if found := slip.match(line):
            key = found.groupdict().get("key", "")
            return f"{name}:{row}: '{line.strip()}', expected {expected.format(key=key)}"
    return f"{name}:{row}: '{line.strip()}', not readable as TOML: {_LINE.sub('', why).strip()}"
