"""Let a drawing stand alone: its colours inside it, its title above and its source below.

References
----------
W3C, Media Queries Level 5, ``prefers-color-scheme``: an image follows the page it stands in.
"""

from __future__ import annotations

import re
import textwrap
from html import escape

from tilstand.report.charts.dark import DARK, light_of

OPENING = re.compile(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>')
PAINTED = re.compile(r'class="([fs]) (c\d+)( t)?"')
FAMILY = "'Source Sans 3','Segoe UI',system-ui,sans-serif"
MARGIN = 12.0
LICENCE = "Tilstandsboka, CC BY 4.0."
# Texts around a drawing: size, weight, colour, and about how many points a letter takes of one.
TEXTS = {
    "title": (15.0, 600, "#1d2429", 0.5),
    "subtitle": (11.0, 400, "#5b6670", 0.48),
    "source": (8.6, 400, "#5b6670", 0.48),
}


def alone(svg: str, texts: dict[str, str], address: str = "") -> str:
    """Write a drawing of a page as a file of its own.

    Parameters
    ----------
    svg : str
        As `tilstand.report.charts.svg.written` gives it.
    texts : dict
        ``title``, ``subtitle`` and ``source``; empty ones take no room.
    address : str, optional
        Where the figure stands, if that is known.

    Returns
    -------
    str
        An ``svg`` element for light and dark. Programs that know no style sheets show the light.
    """
    opening = OPENING.match(svg)
    assert opening is not None  # `written` begins so
    width, height = float(opening[1]), float(opening[2])
    lights = light_of()

    def painted(found: re.Match[str]) -> str:
        colour = lights[found[2]]
        looks = f'fill="{colour}"' if found[1] == "f" else f'fill="none" stroke="{colour}"'
        return f'class="t" {looks}' if found[3] else looks

    drawn = PAINTED.sub(painted, svg[opening.end() : -len("</svg>")])
    said, top = [], MARGIN
    for kind in ("title", "subtitle"):
        lines, top = _lines(kind, texts.get(kind, ""), width, top)
        said += lines
    said.append(f'<g transform="translate({MARGIN:g} {top + 4:g})">{drawn}</g>')
    lines, end = _lines("source", texts.get("source", ""), width, top + height + 10)
    more, end = _lines("source", f"{LICENCE} {address}".strip(), width, end)
    body = "".join(said + lines + more)
    whole = (width + 2 * MARGIN, end + MARGIN)
    colours = {light: dark for light, dark in DARK.items() if f'"{light}"' in body}
    rules = "".join(
        f'[{kind}="{light}"]{{{kind}:{dark}}}'
        for light, dark in (colours | {"#ffffff": DARK["#ffffff"]}).items()
        for kind in ("fill", "stroke")
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole[0]:g} {whole[1]:g}" '
        f'width="{whole[0] * 4 / 3:.0f}" height="{whole[1] * 4 / 3:.0f}" '
        f'font-family="{FAMILY}"><title>{escape(texts.get("title", ""), quote=False)}</title>'
        f"<style>@media screen and (prefers-color-scheme:dark){{{rules}}}</style>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>'
    )


def _lines(kind: str, text: str, width: float, top: float) -> tuple[list[str], float]:
    size, weight, colour, letter = TEXTS[kind]
    lines = []
    for line in textwrap.wrap(text, int(width / (size * letter))):
        top += size * 1.3
        lines.append(
            f'<text class="t" x="{MARGIN:g}" y="{top - size * 0.3:.1f}" font-size="{size:g}" '
            f'font-weight="{weight}" fill="{colour}">{escape(line, quote=False)}</text>'
        )
    return lines, top
