"""Know the places in a page that belong to the site around it, not to its edition.

They stand between ``<!-- til:name -->`` and ``<!-- /til:name -->``. `editions` fills them anew
after every build; whoever compares or fingerprints pages empties them first.
"""

from __future__ import annotations

import re

PLACE = re.compile(r"<!-- til:(\w+) -->.*?<!-- /til:\1 -->", re.DOTALL)


def place(name: str, filling: str = "") -> str:
    """Write a place with its filling."""
    return f"<!-- til:{name} -->{filling}<!-- /til:{name} -->"


def emptied(page: str) -> str:
    """Empty every place of a page: what is left is the edition's own."""
    return PLACE.sub(lambda match: place(match.group(1)), page)
