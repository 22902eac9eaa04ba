"""Name a class for each colour of the house style, and one for dark ground beside the light one.

A drawing on a page names its colours by class; the page's style sheet says what they are, light
and dark. A drawing that is taken along says so itself (`tilstand.report.charts.alone`).

References
----------
W3C, WCAG 2.1, 1.4.3 and 1.4.11: contrast of 4.5:1 for text and 3:1 for lines.
W3C, CSS Color Module Level 5, ``light-dark()``.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    "#b9c1c7": "#59646c",  # the many of a cloud
}
_CLASSES = {light: f"c{number}" for number, light in enumerate(DARK)}
_NEAREST: ContextVar[bool] = ContextVar("nearest", default=False)


@contextmanager
def nearest_colours() -> Iterator[None]:
    """Paint what an analyst drew in the house's colours: each by the one it is most like."""
    token = _NEAREST.set(True)
    try:
        yield
    finally:
        _NEAREST.reset(token)


def _apart(one: str, two: str) -> int:
    parts = ((int(one[at : at + 2], 16), int(two[at : at + 2], 16)) for at in (1, 3, 5))
    return sum((a - b) ** 2 for a, b in parts)


def class_of(colour: str) -> str:
    """Name the class of a colour of the house style.

    Parameters
    ----------
    colour : str
        Six hexadecimal digits after ``#``.

    Returns
    -------
    str
        ``c0``, ``c1``, ...

    Raises
    ------
    KeyError
        When the house style has no such colour, so that nobody has said what it is in the dark.
    """
    if colour not in _CLASSES and _NEAREST.get():
        colour = min(_CLASSES, key=lambda light: _apart(light, colour))
    return _CLASSES[colour]


def sheet() -> str:
    """Write the rules of all classes; `book/_static/tilstand.css` holds these very lines."""
    return "\n".join(
        f".{name} {{ color: {light}; color: light-dark({light}, {DARK[light]}); }}"
        for light, name in _CLASSES.items()
    )


def sheet_light() -> str:
    """Write the same rules for paper."""
    return "\n".join(f".{name} {{ color: {light}; }}" for light, name in _CLASSES.items())


def light_of() -> dict[str, str]:
    """List the light colour of every class."""
    return {name: light for light, name in _CLASSES.items()}
