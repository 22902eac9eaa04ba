"""Fits that can be saved and copied, and never hold a pupil's row when they are."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, Self

from tilstand.value_added.errors import FormulaError

# What of the pupils themselves may have been computed, and never goes into a pickle.
_OF_PUPILS = ("fittedvalues", "resid", "_observations")


class Kept:
    """Save and load a fit.

    Examples
    --------
    >>> import io
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept, RandomInterceptResults
    >>> rng = np.random.default_rng(1)
    >>> pupils = pd.DataFrame({"y": rng.normal(size=80), "school": list("abcdefgh") * 10})
    >>> pupils["y"] += pupils["school"].map(ord) / 2
    >>> results, file = RandomIntercept.from_formula("y ~ 1", pupils, "school").fit(), io.BytesIO()
    >>> results.save(file)
    >>> RandomInterceptResults.load(io.BytesIO(file.getvalue())).llf == results.llf
    True
    """

    def __getstate__(self) -> dict[str, Any]:
        """Leave the pupils' own values out of pickles."""
        return {name: one for name, one in self.__dict__.items() if name not in _OF_PUPILS}

    def save(self, path: Any) -> None:
        """Save the fit in a file, without any pupil's row.

        Parameters
        ----------
        path : str, Path or file object
            Where the pickle goes. It holds the ids of schools and their sums.
        """
        if hasattr(path, "write"):
            pickle.dump(self, path)
        else:
            Path(path).write_bytes(pickle.dumps(self))

    @classmethod
    def load(cls, path: Any) -> Self:
        """Load a saved fit.

        Parameters
        ----------
        path : str, Path or file object
            A file written by `save`. As with every pickle: only files of one's own.

        Returns
        -------
        RandomInterceptResults or LayeredResults
            Without the pupils: `resid`, `fittedvalues` and `certify` need a new fit.

        Raises
        ------
        FormulaError
            If the file holds something else.
        """
        raw = path.read() if hasattr(path, "read") else Path(path).read_bytes()
        loaded = pickle.loads(raw)  # noqa: S301
        if not isinstance(loaded, cls):
            raise FormulaError(f"{path}: holds no {cls.__name__}")
        return loaded
