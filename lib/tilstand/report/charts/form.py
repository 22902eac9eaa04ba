"""Describe what a form of figure is: a drawing, words that stand for it, and a table behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.report import wording

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.figure import Figure

    from tilstand.report.charts.behind import Behind


@dataclass(frozen=True)
class Form:
    """Hold one form of figure.

    Parameters
    ----------
    names : dict
        What the form is called in both languages; opens the alternative text.
    draw : callable
        Draws rows in a size and a language; takes the form's own options.
    tell : callable
        Says each series' message from rows, language and decimals, a phrase each.
    columns : callable
        Lays out the table behind the figure from rows, language and decimals.
    """

    names: dict[str, str]
    draw: Callable[..., Figure]
    tell: Callable[[pd.DataFrame, str, int], list[str]]
    columns: Callable[[pd.DataFrame, str, int], Behind]

    def alt(self, data: pd.DataFrame, language: str, decimals: int) -> str:
        """Write the alternative text of a figure.

        Parameters
        ----------
        data : pandas.DataFrame
            What the figure draws.
        language : {"nb", "en"}
            Language of the text.
        decimals : int
            Decimals of the numbers.

        Returns
        -------
        str
            The form and each series' message: where it starts and ends, or each row's value.
        """
        phrases = ". ".join(wording.sentence(one) for one in self.tell(data, language, decimals))
        return f"{self.names[language]}. {phrases}."
