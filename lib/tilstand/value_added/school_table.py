"""A table of schools from one block of numbers, in the time that its numbers take."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.internals import (  # type: ignore[import-not-found]
    create_dataframe_from_blocks,
)

_SCHOOL, _COUNT = np.array([0]), np.array([1])


def table_of_numbers(
    schools: pd.Index, n: np.ndarray, numbers: np.ndarray, names: pd.Index
) -> pd.DataFrame:
    """Put schools, their pupils and numbers of each side by side.

    Parameters
    ----------
    schools : Index, shape (J,)
        School ids.
    n : ndarray of int, shape (J,)
        Pupils.
    numbers : ndarray, shape (k, J)
        A row a column of the table, which takes the array as it is.
    names : Index, shape (k + 2,)
        The columns' names, those of schools and pupils first.

    Returns
    -------
    DataFrame, J rows
        Rows are numbered from 0.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> names = pd.Index(["school", "n", "estimate"])
    >>> numbers = np.array([[0.5, -0.5]])
    >>> table_of_numbers(pd.Index(["a", "b"]), np.array([7, 9]), numbers, names)
      school  n  estimate
    0      a  7       0.5
    1      b  9      -0.5
    """
    rows = pd.RangeIndex.from_range(range(len(n)))
    if not isinstance(schools.dtype, pd.StringDtype):
        columns = dict(enumerate((schools, n, *numbers)))
        return pd.DataFrame(columns, index=rows, copy=False).set_axis(names, axis=1)
    # The constructor looks at every column as if anything could be in it.
    blocks = [
        (schools.array.copy(), _SCHOOL),
        (n[None], _COUNT),
        (numbers, np.arange(2, len(numbers) + 2)),
    ]
    return create_dataframe_from_blocks(blocks, rows, names)
