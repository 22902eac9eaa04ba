"""Say in single lines why a table cannot be protected or published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class DisclosureError(Exception):
    """Stop with one or more lines that say what to do.

    Parameters
    ----------
    lines : str or sequence of str
        One line a fault, of the form ``file:row:column: 'value', expected ...``.
    """

    exit_code = 1

    def __init__(self, lines: str | Sequence[str]) -> None:
        self.lines = [lines] if isinstance(lines, str) else list(lines)
        super().__init__("\n".join(self.lines))


class DisclosureCallError(DisclosureError):
    """Report a call that cannot be carried out as it stands."""

    exit_code = 2


class UnprotectableError(DisclosureError):
    """Report counts that what is public already gives away.

    Parameters
    ----------
    cells : numpy.ndarray of bool
        The counts.
    """

    def __init__(self, cells: np.ndarray) -> None:
        self.cells = np.flatnonzero(cells)
        super().__init__(
            f"{len(self.cells)} counts cannot be protected: what is public already gives them "
            "away; merge the categories of a dimension"
        )
