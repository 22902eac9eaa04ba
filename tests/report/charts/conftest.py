"""Draw charts for the tests of each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.text import Text

from tilstand.report.charts import style

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure


@pytest.fixture(params=style.SIZES, ids=lambda size: size.name)
def size(request: pytest.FixtureRequest) -> style.Size:
    return request.param


def shown(figure: Figure) -> list[Text]:
    """List the texts that a reader sees: an axis keeps labels for ticks beyond its ends too."""
    figure.draw_without_rendering()
    hidden = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        for label in (tick.label1, tick.label2)
        if not axis.get_visible()
        or not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    texts: list[Any] = figure.findobj(Text)
    return [t for t in texts if t.get_visible() and t.get_text() and id(t) not in hidden]


@pytest.fixture
def words() -> Callable[[Figure], set[str]]:
    """List the words and numbers that a figure shows."""
    return lambda figure: {text.get_text() for text in shown(figure)}


@pytest.fixture
def inside() -> Callable[[Figure], list[str]]:
    """List the texts of a figure that reach beyond its edges."""

    def cut(figure: Figure) -> list[str]:
        texts = shown(figure)
        whole = figure.bbox.padded(1)
        return [
            text.get_text()
            for text in texts
            if not all(whole.contains(*corner) for corner in text.get_window_extent().corners())
        ]

    return cut
