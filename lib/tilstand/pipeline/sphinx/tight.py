"""Write style sheets and scripts without what only their authors read, so that pages weigh less."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENTED = re.compile(r"\s*\n\s*")
AROUND = re.compile(r"\s*([{};])\s*")
# What stands in quotes is for readers.
QUOTED = re.compile(r'("[^"]*")')


def tight_css(text: str) -> str:
    r"""Take remarks, line ends and spaces around braces out of a style sheet.

    Examples
    --------
    >>> from tilstand.pipeline.sphinx.tight import tight_css
    >>> tight_css('/* text */\np { color: red; }\nq::after { content: "; "; }')
    'p{color: red}q::after{content: "; "}'
    """
    parts = QUOTED.split(REMARK.sub("", text))
    parts[::2] = [AROUND.sub(r"\1", INDENTED.sub(" ", part)) for part in parts[::2]]
    return "".join(parts).replace(";}", "}").strip()


def tight_js(text: str) -> str:
    """Take remarks and indents out of a script."""
    lines = (line.strip() for line in REMARK.sub("", text).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def tighten(folder: Path) -> None:
    """Rewrite every style sheet and script that lies in a folder itself."""
    for ending, make in ((".css", tight_css), (".js", tight_js)):
        for path in sorted(folder.glob(f"*{ending}")):
            path.write_text(make(path.read_text(encoding="utf-8")), encoding="utf-8")
