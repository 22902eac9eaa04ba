"""School ids: numbered for the sums, kept in their own type and order for everything shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionDtype

_NAME = "school"
# The constructor looks at text as if anything could be in it, as long as a hundred schools take.
_index_of: Any = getattr(pd.Index, "_simple_new", lambda values, name: pd.Index(values, name=name))


def school_codes(ids: Any, *, sort: bool = True) -> tuple[np.ndarray, pd.Index]:
    """Assign each school of a column of ids a number.

    Parameters
    ----------
    ids : Series or array, shape (n,)
        School ids: text, whole numbers or categories.
    sort : bool
        Order the schools; otherwise text comes in order of appearance.

    Returns
    -------
    codes : ndarray of int, shape (n,)
        Each pupil's school as a position in `schools`, -1 where the id is missing.
    schools : Index, shape (J,)
        The ids. Whole numbers stay numbers in numerical order (also where a missing id has made
        floats of them), text stays text with its leading zeros, categories keep their order
        (a `CategoricalIndex`); a mixture of types becomes text.

    Examples
    --------
    >>> import pandas as pd
    >>> codes, schools = school_codes(pd.Series([10, 9, 10]))
    >>> codes.tolist(), schools.tolist()
    ([1, 0, 1], [9, 10])
    """
    held = getattr(ids, "array", ids)
    if isinstance(held, pd.Categorical):
        return _category_codes(held)
    codes, found = pd.factorize(held) if isinstance(held, np.ndarray) else held.factorize()
    if isinstance(held.dtype, pd.StringDtype) and not sort:
        return codes, _index_of(found, _NAME)
    schools = _canonical(pd.Index(found, name=_NAME))
    position, labels = pd.factorize(schools, sort=sort)
    # Ids that come in order and once each, as from a sorted file, keep their numbers.
    if not np.array_equal(position, np.arange(len(schools))):
        codes = np.where(codes < 0, -1, position[codes])
    return codes, pd.Index(labels, name=_NAME)


def _category_codes(ids: pd.Categorical) -> tuple[np.ndarray, pd.Index]:
    categories = ids.categories
    codes = ids.codes.astype(np.intp)
    if categories.empty:
        return codes, pd.Index([], dtype="str", name=_NAME)
    present = np.zeros(len(categories), dtype=bool)
    present[codes[codes >= 0]] = True
    place = np.cumsum(present) - 1
    kind = pd.CategoricalDtype(categories, ordered=False)
    schools = pd.CategoricalIndex(categories[present], dtype=kind, name=_NAME)
    return np.where(codes < 0, -1, place[codes]), schools


def _canonical(schools: pd.Index) -> pd.Index:
    kind: Any = schools.dtype
    if isinstance(kind, pd.StringDtype):
        return schools.astype("str")
    if pd.api.types.is_integer_dtype(kind):
        return schools.astype("uint64" if schools.max() > np.iinfo(np.int64).max else "int64")
    if pd.api.types.is_float_dtype(kind):
        values = schools.to_numpy(dtype=float)
        # A whole-number id becomes a float when another row of the file lacks it.
        whole = (values == np.round(values)).all() and (np.abs(values) < 2**53).all()
        return pd.Index(values.astype(np.int64) if whole else values, name=_NAME)
    if pd.api.types.is_object_dtype(kind):
        inner = pd.api.types.infer_dtype(schools, skipna=True)
        if inner == "integer":
            return pd.Index(schools.astype("int64"), name=_NAME)
        return as_text(schools)
    return schools


def as_text(schools: pd.Index) -> pd.Index:
    """Write ids as text, whole numbers without decimals.

    Parameters
    ----------
    schools : Index, shape (J,)
        Ids of any type.

    Returns
    -------
    Index of str, shape (J,)
        The same in the same order.

    Examples
    --------
    >>> import pandas as pd
    >>> as_text(pd.Index([7.0, 10.0])).tolist()
    ['7', '10']
    """
    return pd.Index([_text(value) for value in schools], dtype="str", name=_NAME)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def common_kind(first: pd.Index, second: pd.Index) -> tuple[pd.Index, pd.Index]:
    """Bring two sets of ids to one type, text where they differ.

    Parameters
    ----------
    first, second : Index
        Ids as `school_codes` returns them.

    Returns
    -------
    tuple of two Index
        The same ids; ``7`` of a file of numbers is ``"7"`` of a file of text.

    Examples
    --------
    >>> import pandas as pd
    >>> one, other = common_kind(pd.Index([7]), pd.Index(["7"]))
    >>> one.equals(other)
    True
    """
    if _kind(first) == _kind(second):
        return first, second
    return as_text(first), as_text(second)


def _kind(schools: pd.Index) -> str:
    of: Any = schools.categories if isinstance(schools, pd.CategoricalIndex) else schools
    return "text" if isinstance(of.dtype, pd.StringDtype) or of.dtype == object else of.dtype.kind


def school_labels(ids: pd.Series) -> pd.Series:
    """Return school ids as they stand in results.

    Parameters
    ----------
    ids : Series, shape (n,)
        School ids: text, whole numbers or categories.

    Returns
    -------
    Series, shape (n,)
        In the type of `school_codes`, missing where the id is.

    Examples
    --------
    >>> import pandas as pd
    >>> school_labels(pd.Series([7.0, None])).iloc[0]
    7
    """
    codes, schools = school_codes(ids)
    labels = pd.Index(np.asarray(schools), dtype=plain(schools).dtype).take(np.maximum(codes, 0))
    labels_series = pd.Series(labels.astype(object) if (codes < 0).any() else labels)
    labels_series.index = ids.index
    return labels_series.where(codes >= 0, None) if (codes < 0).any() else labels_series


def plain(schools: pd.Index) -> pd.Index:
    """Return ids as an index of values instead of categories.

    Parameters
    ----------
    schools : Index, shape (J,)
        Ids as `school_codes` returns them.

    Returns
    -------
    Index, shape (J,)
        The same ids in the same order.

    Examples
    --------
    >>> import pandas as pd
    >>> plain(pd.CategoricalIndex(["b", "a"])).tolist()
    ['b', 'a']
    """
    if not isinstance(schools, pd.CategoricalIndex):
        return schools if schools.name == _NAME else schools.rename(_NAME)
    return pd.Index(schools.categories[schools.codes], name=_NAME)


def positions_in(schools: pd.Index, ids: pd.Series) -> np.ndarray:
    """Find pupils' schools among those of a fit, whatever type the ids have.

    Parameters
    ----------
    schools : Index, shape (J,)
        The fit's schools.
    ids : Series, shape (n,)
        School ids.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions in `schools`, -1 for a missing or an unknown school.

    Examples
    --------
    >>> import pandas as pd
    >>> positions_in(pd.Index([7, 10]), pd.Series(["10", "8"])).tolist()
    [1, -1]
    """
    codes, found = school_codes(ids)
    known, asked = common_kind(plain(schools), plain(found))
    at = np.append(known.get_indexer(asked), -1)
    return np.asarray(at[codes])


class SchoolOrder:
    """Collect school ids from several frames, each with a number of its own.

    Parameters
    ----------
    schools : Index, optional
        Ids to begin with.

    Examples
    --------
    >>> import pandas as pd
    >>> order = SchoolOrder(pd.Index([10, 9]))
    >>> order.positions(pd.Index([9, 11])).tolist()
    [1, 2]
    >>> order.sorted().tolist()
    [9, 10, 11]
    """

    def __init__(self, schools: pd.Index | None = None) -> None:
        self._categories: pd.Index | None = None
        self._schools: pd.Index | None = None
        if schools is not None:
            self.positions(schools)

    def __len__(self) -> int:
        """Count the schools."""
        return 0 if self._schools is None else len(self._schools)

    def positions(self, schools: pd.Index) -> np.ndarray:
        """Assign schools their numbers, new ones after those already known.

        Parameters
        ----------
        schools : Index, shape (j,)
            Ids as `school_codes` returns them.

        Returns
        -------
        ndarray of int, shape (j,)
            Their numbers.
        """
        if isinstance(schools, pd.CategoricalIndex):
            known = self._categories
            more = schools.categories
            if known is None:
                self._categories = more
            elif not known.equals(more):
                self._categories = known.append(more[~more.isin(known)])
        found = plain(schools)
        if self._schools is None:
            self._schools = found
            return np.arange(len(found))
        self._schools, found = common_kind(self._schools, found)
        at = self._schools.get_indexer(found)
        fresh = at < 0
        if fresh.any():
            at[fresh] = len(self._schools) + np.arange(int(fresh.sum()))
            self._schools = self._schools.append(found[fresh]).rename(_NAME)
        return np.asarray(at)

    def ordering(self) -> np.ndarray:
        """Return the schools' numbers in order: of their categories if they have them, else type.

        Returns
        -------
        ndarray of int, shape (J,)
            The number of the first school first.
        """
        assert self._schools is not None
        schools = self._schools
        if self._categories is not None:
            categories, values = common_kind(self._categories, schools)
            place = categories.get_indexer(values)
            if (place >= 0).all():
                return np.argsort(place, kind="stable")
        return np.asarray(schools.array.argsort())

    def sorted(self, order: np.ndarray | None = None) -> pd.Index:
        """Return the schools in order.

        Parameters
        ----------
        order : ndarray of int, shape (J,), optional
            That of `ordering`, where it is known.

        Returns
        -------
        Index, shape (J,)
            The ids.
        """
        assert self._schools is not None
        schools, at = self._schools, self.ordering() if order is None else order
        if type(schools) is pd.Index and isinstance(schools.dtype, ExtensionDtype):
            return _index_of(schools.array.take(at), _NAME)
        return schools.take(at)
