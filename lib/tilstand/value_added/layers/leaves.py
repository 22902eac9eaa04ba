"""Pupils in one or more frames to sufficient statistics by leaf, whatever the ids are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tilstand.value_added.checks import check_columns, missing_by_column
from tilstand.value_added.design import Design, RowCount, reduce_pupils
from tilstand.value_added.doubts import FirstFrame
from tilstand.value_added.errors import NoPupilsError
from tilstand.value_added.layers.tree import JOINT
from tilstand.value_added.school_ids import school_codes
from tilstand.value_added.sufficient import SufficientStatistics


@dataclass
class LeafIds:
    """Name the leaf of every pupil and remember what ids looked like.

    Parameters
    ----------
    columns : mapping of str to str
        Role to column of ids, outermost first.
    """

    columns: Mapping[str, str]
    values: dict[str, dict[str, object]] = field(default_factory=dict)
    orders: dict[str, list[str]] = field(default_factory=dict)

    def number(self, frame: pd.DataFrame) -> tuple[np.ndarray, pd.Index]:
        """Assign each pupil of a frame the number of a leaf.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils.

        Returns
        -------
        codes : ndarray of int, shape (n,)
            Each pupil's leaf as a position in `leaves`, -1 where an id is missing.
        leaves : Index, shape (C,)
            Their names.
        """
        check_columns(frame, self.columns.values())
        number, known = np.zeros(len(frame), dtype=np.int64), None
        texts: list[np.ndarray] = []
        for column in self.columns.values():
            codes, found = school_codes(frame[column], sort=False)
            labels = found.astype(str)
            self._remember(column, frame[column], found, labels)
            if codes.min(initial=0) < 0:
                known = (codes >= 0) if known is None else known & (codes >= 0)
            if texts:
                number *= max(len(labels), 1)
            number += codes
            texts.append(labels.to_numpy(dtype=object))
        if known is not None:
            number[~known] = -1
        codes, combined = _dense(number, int(np.prod([max(len(one), 1) for one in texts])))
        parts = []
        for text in reversed(texts):
            combined, at = np.divmod(combined, max(len(text), 1))
            parts.append(text[at] if len(text) else np.empty(0, dtype=object))
        names = [JOINT.join(one) for one in zip(*reversed(parts), strict=True)]
        return codes, pd.Index(names, dtype="str")

    def _remember(self, column: str, ids: pd.Series, found: pd.Index, labels: pd.Index) -> None:
        held = self.values.setdefault(column, {})
        if isinstance(ids.dtype, pd.CategoricalDtype):
            self.orders.setdefault(column, [_text(one) for one in ids.dtype.categories])
        fresh = [label for label in labels if label not in held]
        if not fresh:
            return
        if isinstance(ids.dtype, (pd.StringDtype, pd.CategoricalDtype)) and not (
            isinstance(ids.dtype, pd.CategoricalDtype)
            and pd.api.types.is_numeric_dtype(ids.dtype.categories.dtype)
        ):
            held.update(dict.fromkeys(fresh) | {one: one for one in fresh})
            return
        # Whole numbers are numbered as they are; what else was changed to be numbered is unique.
        whole = isinstance(ids.dtype, np.dtype) and ids.dtype.kind in "iu"
        values = {_text(value): value for value in (found if whole else ids.dropna().unique())}
        held.update({one: _plain(values.get(one, one)) for one in fresh})


def _dense(number: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Close the gaps in numbers from 0 to `count`, -1 standing for nothing."""
    if count > max(len(number), 1000):
        codes, found = pd.factorize(number)
        if (found < 0).any():
            gone = int(np.flatnonzero(found < 0)[0])
            codes = np.where(codes == gone, -1, codes - (codes > gone))
            found = np.delete(found, gone)
        return codes, found
    there = np.bincount(number + 1, minlength=count + 1)[1:] > 0
    found = np.flatnonzero(there)
    if len(found) == count:
        return number, found
    place = np.append(np.cumsum(there) - 1, -1)
    return place[number], found


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _plain(value: object) -> object:
    # A whole-number id becomes a float when another row of the file lacks it.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def reduce_leaves(
    design: Design,
    ids: LeafIds,
    frames: Callable[[], Iterable[pd.DataFrame]],
    *,
    again: bool,
    first: FirstFrame | None = None,
) -> tuple[SufficientStatistics, RowCount]:
    """Reduce pupils to sufficient statistics by leaf.

    Parameters
    ----------
    design : Design
        The columns.
    ids : LeafIds
        The columns of ids; it remembers what it meets.
    frames : callable
        Gives the pupils in one or more frames.
    again : bool
        Whether `frames` can be called more than once.
    first : FirstFrame, optional
        Is given the first frame and its columns.

    Returns
    -------
    statistics : SufficientStatistics
        With the leaves' names as "schools".
    rows : RowCount
        What was read, used and lost.

    Raises
    ------
    ValueAddedError
        For faults of the data, and if no row is complete.
    """
    missing: dict[str, int] = {}
    passes = 0

    def counted() -> Iterator[pd.DataFrame]:
        nonlocal passes
        passes += 1
        for frame in frames():
            check_columns(frame, ids.columns.values())
            if passes == 1:
                for name, count in missing_by_column(frame, ids.columns.values()).items():
                    missing[name] = missing.get(name, 0) + count
            yield frame

    statistics, rows = reduce_pupils(
        design, None, counted, again=again, number=ids.number, first=first
    )
    rows = replace(rows, missing={**missing, **rows.missing} if rows.lost else {})
    if statistics is None:
        worst = [f"{name} missing in {count}" for name, count in rows.missing.items()]
        raise NoPupilsError(
            f"none of {rows.read} rows is complete: {', '.join(worst) or 'no values'}"
        )
    return statistics, rows
