"""Take an analyst's own matplotlib figure into the house's forms: widths, letters and layout."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.layout_engine import TightLayoutEngine
from matplotlib.text import Text

from tilstand.errors import CallError
from tilstand.report.charts.style import FONT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.report.charts.style import Size

#: On a phone a drawing may be so much higher, for its width, than on a screen.
HIGHER = 1.4


def own_form(given: object) -> Callable[[Size], Figure]:
    """Return a function that gives a copy of a figure in a size of the house.

    Parameters
    ----------
    given : matplotlib.figure.Figure
        Or anything that has one as its ``figure``, such as axes and the grids of seaborn.

    Raises
    ------
    CallError
        When it is no figure, or one that cannot be copied.
    """
    figure = given if isinstance(given, Figure) else getattr(given, "figure", None)
    if not isinstance(figure, Figure):
        kind = type(given).__name__
        raise CallError(f"page.figure: a {kind}, expected a figure of matplotlib or seaborn")
    try:
        stored = pickle.dumps(figure)
    except (AttributeError, TypeError, pickle.PicklingError) as error:
        raise CallError(
            f"page.figure: the figure cannot be copied ({error}); format its axes by names and "
            "not by functions of your own"
        ) from None

    def drawn(size: Size) -> Figure:
        made: Figure = pickle.loads(stored)  # noqa: S301 (the line above wrote it)
        width, height = made.get_size_inches()
        higher = HIGHER if size.is_narrow else 1.0
        made.set_size_inches(size.width, higher * height * size.width / width)
        made.set_layout_engine(TightLayoutEngine(pad=0.3))
        for text in made.findobj(Text):
            text.set_fontfamily(FONT)
        return made

    return drawn
