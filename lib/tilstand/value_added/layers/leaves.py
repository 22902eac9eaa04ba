"""Pupils in one or more frames to sufficient statistics by leaf, whatever the ids are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tilstand.value_added.checks import check_columns, missing_by_column
from tilstand.value_added.design import Design, RowCount, reduce_pupils
from tilstand.value_added.errors import NoPupilsError
from tilstand.value_added.layers.tree import JOINT
from tilstand.value_added.school_ids import school_codes
from tilstand.value_added.sufficient import SufficientStatistics

# A column that no file has.
LEAF = "\x1fleaf"


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

    def mark(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the column `LEAF` to a frame.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils.

        Returns
        -------
        DataFrame, n rows
            With each pupil's leaf as a category, missing where an id is missing.
        """
        check_columns(frame, self.columns.values())
        number = np.zeros(len(frame), dtype=np.int64)
        known = np.ones(len(frame), dtype=bool)
        texts: list[np.ndarray] = []
        for column in self.columns.values():
            codes, found = school_codes(frame[column], sort=False)
            labels = found.astype(str)
            self._remember(column, frame[column], labels)
            known &= codes >= 0
            number = number * max(len(labels), 1) + codes
            texts.append(labels.to_numpy(dtype=object))
        number[~known] = -1
        codes, combined = pd.factorize(number[known])
        parts = []
        for text in reversed(texts):
            combined, at = np.divmod(combined, max(len(text), 1))
            parts.append(text[at] if len(text) else np.empty(0, dtype=object))
        names = [JOINT.join(one) for one in zip(*reversed(parts), strict=True)]
        full = np.full(len(frame), -1)
        full[known] = codes
        leaf = pd.Categorical.from_codes(full, categories=pd.Index(names, dtype="str"))
        return frame.assign(**{LEAF: leaf})

    def _remember(self, column: str, ids: pd.Series, labels: pd.Index) -> None:
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
        found = {_text(value): value for value in ids.dropna().unique()}
        held.update({one: _plain(found.get(one, one)) for one in fresh})


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

    def marked() -> Iterator[pd.DataFrame]:
        nonlocal passes
        passes += 1
        for frame in frames():
            check_columns(frame, ids.columns.values())
            if passes == 1:
                for name, count in missing_by_column(frame, ids.columns.values()).items():
                    missing[name] = missing.get(name, 0) + count
            yield ids.mark(frame)

    statistics, rows = reduce_pupils(design, LEAF, marked, again=again)
    lost = {name: count for name, count in rows.missing.items() if name != LEAF}
    rows = replace(rows, missing={**missing, **lost} if rows.lost else {})
    if statistics is None:
        worst = [f"{name} missing in {count}" for name, count in rows.missing.items()]
        raise NoPupilsError(
            f"none of {rows.read} rows is complete: {', '.join(worst) or 'no values'}"
        )
    return statistics, rows
