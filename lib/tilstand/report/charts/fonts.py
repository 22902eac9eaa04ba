"""Know the house font, which the library brings, by one name in two weights."""

from __future__ import annotations

from pathlib import Path

from matplotlib import font_manager

FONT = "Source Sans 3"
FONTS = Path(__file__).parents[1] / "fonts"


def _register() -> None:
    # Entered by hand: the semibold file names itself a family of its own.
    for path in sorted(FONTS.glob("*.ttf")):
        weight = int(path.stem.rsplit("-", 1)[1])
        entry = font_manager.FontEntry(fname=str(path), name=FONT, weight=weight)
        font_manager.fontManager.ttflist.append(entry)


_register()
