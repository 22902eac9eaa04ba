"""Know the house font, which the library brings, by one name in two weights."""

from __future__ import annotations

from pathlib import Path

from matplotlib import font_manager

FONT = "Source Sans 3"
FONTS = Path(__file__).parents[1] / "fonts"
FILES = {int(path.stem.rsplit("-", 1)[1]): str(path) for path in sorted(FONTS.glob("*.ttf"))}


def _register() -> None:
    # Entered by hand: the semibold file names itself a family of its own.
    for weight, file in FILES.items():
        entry = font_manager.FontEntry(fname=file, name=FONT, weight=weight)
        font_manager.fontManager.ttflist.append(entry)


_register()
