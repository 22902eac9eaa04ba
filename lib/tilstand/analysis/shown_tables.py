"""Say what analysis asks of the tables that pupils' protection has left to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


class ShownLayout(Protocol):
    """Tell what one view is about: the table it is of, and its dimensions."""

    @property
    def table(self) -> str:
        """Name of the table it is a view of."""

    @property
    def view(self) -> tuple[str, ...]:
        """Dimensions as pages know them."""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions as the view's own frame knows them, in the same order."""


class ShownTables(Protocol):
    """Open tables of counts and means whose blanks protect pupils."""

    @property
    def layouts(self) -> Mapping[str, ShownLayout]:
        """Layout by the view's name."""

    @property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """Cells by the view's name."""

    def counts(self, table: str, *view: str) -> pd.DataFrame:
        """Open a view of counts: dimensions, ``count``, ``status`` and ``ref``."""

    def shares(self, table: str, *view: str) -> pd.DataFrame:
        """Open a view of shares in percent, with the references of both counts."""

    def means(self, table: str, *view: str) -> pd.DataFrame:
        """Open a view of means: ``value`` with ``low, high`` and ``n``."""
