"""From a design and a frame of pupils to columns of numbers, with every lost row counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import patsy

from tilstand.value_added.checks import (
    check_columns,
    check_numeric,
    missing_by_column,
    refuse_infinite,
)
from tilstand.value_added.columns import (
    KeepMissing,
    as_held,
    for_formula,
    many_numbers,
    names_in,
    numbers,
)
from tilstand.value_added.design_pickle import freeze, thaw
from tilstand.value_added.doubts import FirstFrame
from tilstand.value_added.errors import CellError, InfiniteValueError, UnknownCategoryError
from tilstand.value_added.school_ids import school_codes
from tilstand.value_added.sufficient import Collector, SufficientStatistics

# The rows of a frame of which none is left out.
_ALL: Any = slice(None)
#: Receives columns, school numbers and schools; tells whether all values were finite.
Take = Callable[[Sequence[np.ndarray | None], np.ndarray, pd.Index], bool]
#: Numbers the pupils of a frame by school, or by whatever the sums are kept for.
Number = Callable[[pd.DataFrame], tuple[np.ndarray, pd.Index]]


@dataclass(frozen=True)
class RowCount:
    """Count the rows read, used and lost.

    Parameters
    ----------
    read : int
        Rows in the data.
    used : int
        Rows the model rests on.
    missing : dict of str to int
        Rows without a value, by column; a row that lacks two values is counted under both.
    """

    read: int = 0
    used: int = 0
    missing: dict[str, int] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Count the rows lost to missing values."""
        return self.read - self.used

    def __add__(self, other: RowCount) -> RowCount:
        """Join the counts of two chunks."""
        missing = {
            name: self.missing.get(name, 0) + other.missing.get(name, 0)
            for name in {**self.missing, **other.missing}
        }
        return RowCount(self.read + other.read, self.used + other.used, missing)


@dataclass(frozen=True)
class Design:
    """Turn pupils into the columns of a formula.

    Parameters
    ----------
    formula : str
        The formula as given.
    outcome : str
        The outcome's name: a column or an expression such as ``np.log(y)``.
    names : tuple of str
        The predictors' names, as statsmodels names them.
    variables : tuple of str
        The columns of the data that the formula uses.
    plain : bool
        Whether every term is a numeric column as it stands, so that nothing has to be computed.
    left, right : object
        The formula package's own design information, ``None`` when `plain`.
    levels : mapping of str to Index
        The categories that occur, of each column that is declared or used as such.
    whole : frozenset of str
        Columns of whole numbers that the formula makes categories of.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.value_added.formula import build_design
    >>> pupils = pd.DataFrame({"score": [1.0, 2.0], "sex": ["F", "M"]})
    >>> build_design("score ~ sex", lambda: (pupils,)).names
    ('Intercept', 'sex[T.M]')
    """

    formula: str
    outcome: str
    names: tuple[str, ...]
    variables: tuple[str, ...]
    plain: bool
    left: Any = None
    right: Any = None
    levels: Mapping[str, pd.Index] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()

    def __getstate__(self) -> dict[str, Any]:
        """Pickle what the formula package refuses to pickle."""
        state = dict(self.__dict__)
        state["left"], state["right"] = None, freeze((self.left, self.right))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a pickled design."""
        left, right = thaw(state["right"])
        self.__dict__.update({**state, "left": left, "right": right})

    def __deepcopy__(self, _: dict[int, Any]) -> Design:
        """Return the design itself: nothing of it ever changes."""
        return self

    @property
    def right_variables(self) -> tuple[str, ...]:
        """Name the columns that the predictors use."""
        if self.plain:
            return tuple(name for name in self.names if name != "Intercept")
        factors = self.right.factor_infos
        used = {name for factor in factors for name in names_in(factor.code)}
        return tuple(name for name in self.variables if name in used)

    def predictors(self, frame: pd.DataFrame) -> np.ndarray:
        """Compute the predictors of new pupils.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils; the outcome is not needed.

        Returns
        -------
        ndarray, shape (n, p)
            One row a pupil, missing where a value is missing or a category was not in the fit.
        """
        if self.plain:
            columns = [
                np.ones(len(frame)) if name == "Intercept" else numbers(frame[name])
                for name in self.names
            ]
            return np.column_stack(columns) if columns else np.empty((len(frame), 0))
        needed = self.right_variables
        complete = frame[list(needed)].notna().all(axis=1).to_numpy()
        for name in self.levels.keys() & set(needed):
            complete = complete & frame[name].isin(self.levels[name]).to_numpy()
        (matrix,) = patsy.build_design_matrices(
            [self.right],
            for_formula(frame[complete], needed, self.levels, whole=self.whole),
            NA_action=KeepMissing(),
        )
        values = np.full((len(frame), len(self.names)), np.nan)
        values[complete] = np.asarray(matrix, dtype=float)
        return values

    def refuse_unknown(self, frame: pd.DataFrame) -> None:
        """Refuse new pupils that lack a column, or have a category that was not in the fit.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils; the outcome is not needed.

        Raises
        ------
        UnknownColumnError, UnknownCategoryError, NonNumericError
            With the first such value and its row.
        """
        needed = self.right_variables
        check_columns(frame, needed)
        for name in needed:
            if name in self.levels:
                known = frame[name].isna() | frame[name].isin(self.levels[name])
                wrong = np.flatnonzero(~known.to_numpy(dtype=bool))
                if len(wrong):
                    there = ", ".join(map(str, self.levels[name]))
                    fault = f"{frame[name].iloc[wrong[0]]!r}, one of {there} was expected"
                    raise UnknownCategoryError(name, int(wrong[0]) + 1, fault)
            elif self.plain:
                check_numeric(frame, name)

    def checked(self, frame: pd.DataFrame, also: Sequence[str] = ()) -> np.ndarray:
        """Compute the predictors of new pupils, refusing what cannot be predicted for.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils.
        also : sequence of str
            Further columns that must be there.

        Returns
        -------
        ndarray, shape (n, p)
            One row a pupil, missing where a value is.

        Raises
        ------
        UnknownColumnError, UnknownCategoryError, NonNumericError
            As `refuse_unknown`.
        """
        self.refuse_unknown(frame)
        check_columns(frame, also)
        return self.predictors(frame)

    def columns(self, frame: pd.DataFrame) -> list[np.ndarray | None]:
        """Compute the predictors and the outcome, ``None`` standing for a column of ones.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils.

        Returns
        -------
        list of arrays of shape (n,)
            The predictors in the order of `names`, then the outcome.
        """
        if self.plain:
            names = (*self.names, self.outcome)
            found = iter(many_numbers(frame, [name for name in names if name != "Intercept"]))
            return [None if name == "Intercept" else next(found) for name in names]
        with np.errstate(all="ignore"):
            left, right = patsy.build_design_matrices(
                [self.left, self.right],
                for_formula(frame, self.variables, self.levels, self.outcome, self.whole),
                NA_action=KeepMissing(),
            )
        matrix = np.asarray(right, dtype=float)
        columns: list[np.ndarray | None] = [
            None if name == "Intercept" else matrix[:, i] for i, name in enumerate(self.names)
        ]
        return [*columns, np.asarray(left, dtype=float)[:, 0]]

    def feed(
        self, frame: pd.DataFrame, groups: str | None, take: Take, number: Number | None = None
    ) -> RowCount:
        """Hand the complete pupils' columns on.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils.
        groups : str, optional
            The column of school ids.
        take : callable
            Receives columns, school numbers and schools, and tells whether all values were
            finite; if not, it is called once more without the rows that lack a value.
        number : callable, optional
            Numbers the pupils where that takes more than one column.

        Returns
        -------
        RowCount
            What was read, used and lost.

        Raises
        ------
        InfiniteValueError
            If a value is infinite.
        """
        needed = [*([] if groups is None else [groups]), *self.variables]
        check_columns(frame, needed)
        if number is not None:
            codes, schools = number(frame)
        else:
            assert groups is not None
            codes, schools = school_codes(as_held(frame, groups), sort=False)
        used, complete = frame, _ALL
        if not self.plain or codes.min(initial=0) < 0:
            complete = codes >= 0
            if not self.plain:
                complete &= frame[list(self.variables)].notna().all(axis=1).to_numpy()
            if not complete.all():
                used, codes = frame[complete], codes[complete]
        columns = self.columns(used) if len(used) else []
        # A missing or infinite value anywhere spoils the sums, so sound data need no search.
        if columns and take(columns, codes, schools):
            missing = {} if used is frame else missing_by_column(frame, needed)
            return RowCount(len(frame), len(used), missing)
        names = (*self.names, self.outcome)
        known = np.ones(len(used), dtype=bool)
        missing = missing_by_column(frame, needed)
        for name, column in zip(names, columns, strict=False):
            if column is None:
                continue
            refuse_infinite(name, column, np.arange(len(frame))[complete])
            gone = np.isnan(column)
            known &= ~gone
            # What a transformation made missing, such as the logarithm of a negative number.
            if name not in needed and gone.any():
                missing[name] = int(gone.sum())
        rows = RowCount(len(frame), int(known.sum()), missing)
        kept = [None if column is None else column[known] for column in columns]
        if rows.used and not take(kept, codes[known], schools):
            largest = [0.0 if c is None else float(np.abs(c).max()) for c in kept]
            at = int(np.argmax(largest))
            row = int(np.argmax(np.abs(np.asarray(columns[at])))) + 1
            raise InfiniteValueError(names[at], row, "too large, its square is not a number")
        return rows


def reduce_pupils(
    design: Design,
    groups: str | None,
    frames: Callable[[], Iterable[pd.DataFrame]],
    *,
    again: bool,
    number: Number | None = None,
    first: FirstFrame | None = None,
) -> tuple[SufficientStatistics | None, RowCount]:
    """Reduce pupils to the model's sufficient statistics.

    Parameters
    ----------
    design : Design
        The columns.
    groups : str, optional
        The column of school ids.
    frames : callable
        Gives the pupils in one or more frames.
    again : bool
        Whether `frames` can be called more than once. A second pass is made only for columns
        that vary next to nothing within schools.
    number : callable, optional
        Numbers the pupils where that takes more than one column.
    first : FirstFrame, optional
        Is given the first frame and its columns.

    Returns
    -------
    statistics : SufficientStatistics or None
        ``None`` when no row is complete.
    rows : RowCount
        What was read, used and lost.

    Raises
    ------
    ValueAddedError
        For faults of the data, with rows counted from the first frame's beginning.
    """
    collector = Collector((*design.names, design.outcome))
    rows = RowCount()

    def take_first(
        columns: Sequence[np.ndarray | None], codes: np.ndarray, schools: pd.Index
    ) -> bool:
        sound = collector.take(columns, codes, schools)
        if sound and first is not None and design.plain:
            first.keep(collector, columns)
        return sound

    for i, frame in enumerate(frames()):
        if first is not None and not i:
            first.frame = frame
        try:
            rows = rows + design.feed(frame, groups, collector.take if i else take_first, number)
        except CellError as error:
            raise error.moved(rows.read) from None
    if rows.used and again and len(collector.weak):
        for frame in frames():
            design.feed(frame, groups, collector.refine, number)
    return collector.statistics(), rows
