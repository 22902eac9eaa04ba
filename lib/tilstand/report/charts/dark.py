"""Draw every figure for the dark as well: each colour of the house style has one for dark ground.

A drawing is one file for both. It carries its own ground, and a style sheet inside it that takes
over where the page, or the machine it is opened on, is dark. Programs that know no style sheets
show the light form.

References
----------
W3C, WCAG 2.1, 1.4.3 and 1.4.11: contrast of 4.5:1 for text and 3:1 for lines.
W3C, Media Queries Level 5, ``prefers-color-scheme``: an image follows the page it stands in.
"""

from __future__ import annotations

# Light to dark. Turned round as a whole, so that what is written on a bar stays readable.
DARK = {
    "#ffffff": "#14181b",  # paper
    "#1d2429": "#e8ecef",  # ink
    "#5b6670": "#aeb8c0",  # soft
    "#dfe4e8": "#333c43",  # grid
    "#00607a": "#6cc3d9",  # accent
    "#2f363c": "#dfe4e8",  # nation
    "#6b757d": "#9aa5ad",  # county
    "#8b959c": "#7f8a92",  # other
    "#d55e00": "#f0894a",  # female
    "#b34f00": "#f5a36b",  # female, as text
    "#0072b2": "#58b4f0",  # male
    "#b86a00": "#e0a458",  # second
    "#945500": "#e9b978",  # second, as text
    "#6a3d9a": "#bf9be3",  # simulated
    "#a6541c": "#f0a878",  # lowest of three levels
    "#e6dfd3": "#454038",  # middle level
    "#8a3d0c": "#f2ab7c",  # lowest of five levels
    "#d29463": "#8f5a33",
    "#6aa3b3": "#2c6b7d",
}


def with_dark_form(svg: str) -> str:
    """Add the style sheet for dark ground to a drawing.

    Parameters
    ----------
    svg : str
        An ``svg`` element whose colours stand in ``style`` attributes, or as attributes of
        their own in the ground of a hatch, as matplotlib writes it.

    Returns
    -------
    str
        The same element; rules only for the colours that it uses.
    """
    rules = [
        f"[{where}]{{{kind}:{dark}!important}}"
        for light, dark in DARK.items()
        for kind in ("fill", "stroke")
        for where, found in (
            (f'style*="{kind}: {light}"', f"{kind}: {light}"),
            (f'{kind}="{light}"', f'{kind}="{light}"'),  # so it stands in a hatched ground
        )
        if found in svg
    ]
    if not rules:
        return svg
    sheet = f"<style>@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"
    end = svg.index(">", svg.index("<svg")) + 1
    return svg[:end] + sheet + svg[end:]
