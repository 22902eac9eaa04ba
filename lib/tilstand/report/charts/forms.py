"""Know every form of figure by its name, and draw it in each size that the book hands out."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

from tilstand.report.charts import (
    bars,
    caterpillar,
    cloud,
    dots,
    levels,
    lines,
    panels,
    scatter,
    slope,
    span,
    style,
)
from tilstand.report.charts.fonts import FILES
from tilstand.report.charts.letters import learn
from tilstand.report.charts.picture import TEXTS, picture

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.figure import Figure

    from tilstand.report.charts.form import Form

FORMS: dict[str, Form] = {
    "bars": bars.FORM,
    "caterpillar": caterpillar.FORM,
    "cloud": cloud.FORM,
    "dots": dots.FORM,
    "levels": levels.FORM,
    "lines": lines.FORM,
    "panels": panels.FORM,
    "scatter": scatter.FORM,
    "slope": slope.FORM,
    "span": span.FORM,
}

# Empty figures of each size that are made ahead: as many as most chapters have.
AHEAD = 8


def draw(
    form: str,
    data: pd.DataFrame,
    language: str,
    texts: dict[str, str],
    *,
    stamp: str = "",
    cells: list[str] | None = None,
    **options: Any,
) -> dict[str, str]:
    """Draw a figure for wide screens, for phones and as a picture that stands alone.

    Parameters
    ----------
    form : str
        A key of `FORMS`.
    data : pandas.DataFrame
        What the chart draws.
    language : {"nb", "en"}
        Language of numbers and words.
    texts : dict
        ``title``, ``subtitle`` and ``source`` of the figure: the picture carries them, since
        on a slide there is no page around it.
    stamp : str, optional
        Written across every form.
    cells : list of str, optional
        Where each row stands in the table behind the figure; one line after the other if not
        given.
    **options
        Options of the chart.

    Returns
    -------
    dict
        ``wide`` and ``narrow`` as ``svg`` elements of a page, ``png`` in base64.
    """
    data = data.reset_index(drop=True)  # a row's number is where it stands in the table

    def drawn(size: style.Size) -> Any:
        return FORMS[form].draw(data, size, language, **options)

    return images(drawn, texts, stamp, cells)


def images(
    drawn: Callable[[style.Size], Figure],
    texts: dict[str, str],
    stamp: str = "",
    cells: list[str] | None = None,
) -> dict[str, str]:
    """Draw in every form that the book hands out, as `draw` does; ``drawn`` draws one size."""
    wide, pixels = style.as_svg_and_pixels(drawn, style.WIDE, stamp, cells)
    return {
        "wide": wide,
        "narrow": style.as_svg(drawn, style.NARROW, stamp, cells),
        "png": base64.b64encode(picture(pixels, texts)).decode("ascii"),
    }


@cache
def get_ready() -> None:
    """Do once what each fork of this process would do for its first figures: open fonts, and such.

    Examples
    --------
    >>> get_ready()
    """

    def first(size: style.Size) -> Figure:
        with style.canvas(size, 1) as (figure, axes):
            axes.text(0, 0, "0", fontweight=600)
        return figure

    images(first, {"title": "0", "source": "0"})
    drawn = ((file, style.WIDE.text * style.PIXELS_PER_POINT) for file in FILES.values())
    for font in (*drawn, *(font for font, _ in TEXTS.values())):
        learn(font)
    style.make_ahead(AHEAD)
