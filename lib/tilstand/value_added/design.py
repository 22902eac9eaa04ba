"""From a formula and a frame of pupils to columns of numbers, with every lost row counted."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import patsy
import patsy.builtins

from tilstand.value_added.checks import (
    check_columns,
    check_numeric,
    holds_numbers,
    missing_by_column,
    refuse_infinite,
    refuse_spoilt_numbers,
)
from tilstand.value_added.errors import (
    CellError,
    FormulaError,
    InfiniteValueError,
    NonNumericError,
    NoPupilsError,
)
from tilstand.value_added.sufficient import Collector, SufficientStatistics, school_codes

#: Receives columns, school numbers and schools; tells whether all values were finite.
Take = Callable[[Sequence[np.ndarray | None], np.ndarray, pd.Index], bool]

# Formulas that only add columns as they stand need no package to read them.
_NAME = r"(?:[^\W\d]\w*)"
_PLAIN = re.compile(
    rf"\s*(?P<outcome>{_NAME})\s*~\s*"
    rf"(?P<terms>(?:{_NAME}|[01])(?:\s*\+\s*(?:{_NAME}|[01]))*)\s*(?P<without>-\s*1\s*)?"
)
_ENVIRONMENT: dict[str, Any] = {"np": np}


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
        The categories that occur, of each column that is declared categorical.
    """

    formula: str
    outcome: str
    names: tuple[str, ...]
    variables: tuple[str, ...]
    plain: bool
    left: Any = None
    right: Any = None
    levels: Mapping[str, pd.Index] = field(default_factory=dict)

    @property
    def right_variables(self) -> tuple[str, ...]:
        """Name the columns that the predictors use."""
        factors = self.right.factor_infos if self.right is not None else ()
        used = {name for factor in factors for name in _names_in(factor.code)}
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
            One row a pupil, missing where a value is missing.
        """
        if self.plain:
            columns = [
                np.ones(len(frame)) if name == "Intercept" else _numbers(frame[name])
                for name in self.names
            ]
            return np.column_stack(columns) if columns else np.empty((len(frame), 0))
        needed = self.right_variables
        complete = frame[list(needed)].notna().all(axis=1).to_numpy()
        (matrix,) = patsy.build_design_matrices(
            [self.right],
            _for_formula(frame[complete], needed, self.levels),
            NA_action=_KeepMissing(),
        )
        values = np.full((len(frame), len(self.names)), np.nan)
        values[complete] = np.asarray(matrix, dtype=float)
        return values

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
            return [
                None if name == "Intercept" else _numbers(frame[name])
                for name in (*self.names, self.outcome)
            ]
        with np.errstate(all="ignore"):
            left, right = patsy.build_design_matrices(
                [self.left, self.right],
                _for_formula(frame, self.variables, self.levels, self.outcome),
                NA_action=_KeepMissing(),
            )
        matrix = np.asarray(right, dtype=float)
        columns: list[np.ndarray | None] = [
            None if name == "Intercept" else matrix[:, i] for i, name in enumerate(self.names)
        ]
        return [*columns, np.asarray(left, dtype=float)[:, 0]]

    def feed(self, frame: pd.DataFrame, groups: str, take: Take) -> RowCount:
        """Hand the complete pupils' columns on.

        Parameters
        ----------
        frame : DataFrame, n rows
            Pupils.
        groups : str
            The column of school ids.
        take : callable
            Receives columns, school numbers and schools, and tells whether all values were
            finite; if not, it is called once more without the rows that lack a value.

        Returns
        -------
        RowCount
            What was read, used and lost.

        Raises
        ------
        InfiniteValueError
            If a value is infinite.
        """
        needed = [groups, *self.variables]
        check_columns(frame, needed)
        codes, schools = school_codes(frame[groups], sort=False)
        complete = codes >= 0
        if not self.plain:
            complete &= frame[list(self.variables)].notna().all(axis=1).to_numpy()
        used = frame
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
            refuse_infinite(name, column, np.flatnonzero(complete))
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
    design: Design, groups: str, frames: Callable[[], Iterable[pd.DataFrame]], *, again: bool
) -> tuple[SufficientStatistics | None, RowCount]:
    """Reduce pupils to the model's sufficient statistics.

    Parameters
    ----------
    design : Design
        The columns.
    groups : str
        The column of school ids.
    frames : callable
        Gives the pupils in one or more frames.
    again : bool
        Whether `frames` can be called more than once. A second pass is made only for columns
        that vary next to nothing within schools.

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
    for frame in frames():
        try:
            rows = rows + design.feed(frame, groups, collector.take)
        except CellError as error:
            raise error.moved(rows.read) from None
    if rows.used and again and len(collector.weak):
        for frame in frames():
            design.feed(frame, groups, collector.refine)
    return collector.statistics(), rows


def build_design(formula: str, chunks: Callable[[], Iterable[pd.DataFrame]]) -> Design:
    """Read a formula and learn from the data what its terms need.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors`` in the language of statsmodels' formulas.
    chunks : callable
        Gives the data afresh, in one or more frames, each time it is called: categories and
        splines have to see all pupils before the first column can be computed.

    Returns
    -------
    Design
        Ready to turn frames into columns.

    Raises
    ------
    FormulaError, UnknownColumnError, NonNumericError, NoPupilsError
        If the formula cannot be used with these data.
    """
    first = next(iter(chunks()), None)
    if first is None or first.empty:
        raise NoPupilsError("the data hold no pupils")
    plain = _plain(formula, first)
    if plain is not None:
        return plain
    description = _described(formula)
    variables = _variables(description, first)
    outcome = description.lhs_termlist[0].name()
    if outcome in first.columns:
        check_numeric(first, outcome)
    for term in description.rhs_termlist:
        for factor in term.factors:
            if factor.code in first.columns:
                refuse_spoilt_numbers(first, factor.code)
    return _learned(description, formula, outcome, variables, chunks)


def _plain(formula: str, frame: pd.DataFrame) -> Design | None:
    match = _PLAIN.fullmatch(formula)
    if match is None:
        return None
    outcome = match["outcome"]
    terms = [term.strip() for term in match["terms"].split("+")]
    names = dict.fromkeys(term for term in terms if term not in {"0", "1"})
    columns = frame.dtypes
    if outcome not in columns or not _is_number(columns[outcome], truth=True):
        return None
    if not all(name in columns and _is_number(columns[name], truth=False) for name in names):
        return None
    intercept = () if "0" in terms or match["without"] else ("Intercept",)
    if (intercept and "0" in terms) or not (intercept or names) or outcome in names:
        return None
    return Design(formula, outcome, (*intercept, *names), (*names, outcome), plain=True)


def _is_number(kind: Any, *, truth: bool) -> bool:
    # A column of truth values is a category to a formula, but a fine outcome.
    if isinstance(kind, np.dtype) and kind.kind in "iuf":
        return True
    number = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)
    return bool(number and (truth or not pd.api.types.is_bool_dtype(kind)))


def formula_columns(formula: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """Name the columns that a formula uses.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    frame : DataFrame
        The data, of which only the columns' names are looked at.

    Returns
    -------
    tuple of str
        In order of appearance.

    Raises
    ------
    FormulaError, UnknownColumnError
        If the formula cannot be read, or names a column that is not there.
    """
    return _variables(_described(formula), frame)


def _learned(
    description: Any,
    formula: str,
    outcome: str,
    variables: tuple[str, ...],
    chunks: Callable[[], Iterable[pd.DataFrame]],
) -> Design:
    counts: dict[str, int] = {"read": 0, "complete": 0}
    levels = _levels(variables, chunks)

    def usable() -> Iterator[pd.DataFrame]:
        for chunk in chunks():
            check_columns(chunk, variables)
            complete = chunk.dropna(subset=list(variables))
            counts["read"] += len(chunk)
            counts["complete"] += len(complete)
            if len(complete):
                yield _for_formula(complete, variables, levels, outcome)
        if not counts["complete"]:
            raise NoPupilsError(
                f"none of {counts['read']} rows is complete in {', '.join(variables)}"
            )

    try:
        with np.errstate(all="ignore"):
            left, right = patsy.incr_dbuilders(description, usable, eval_env=_environment())
    except patsy.PatsyError as error:
        raise FormulaError(f"the formula cannot be used: {_one_line(error)}") from error
    if len(left.column_names) != 1:
        raise NonNumericError(outcome, 1, "not a number, as an outcome must be")
    return Design(
        formula, outcome, tuple(right.column_names), variables, False, left, right, levels
    )


def _levels(
    variables: tuple[str, ...], chunks: Callable[[], Iterable[pd.DataFrame]]
) -> dict[str, pd.Index]:
    """Find the declared categories that occur: a level nobody has would have no coefficient."""
    first = next(iter(chunks()), None)
    if first is None:
        return {}
    declared = [
        name
        for name in variables
        if name in first and isinstance(first[name].dtype, pd.CategoricalDtype)
    ]
    found: dict[str, set[Any]] = {name: set() for name in declared}
    if declared:
        for chunk in chunks():
            complete = chunk.dropna(subset=[name for name in variables if name in chunk])
            for name in declared:
                found[name].update(complete[name].unique())
    return {
        name: pd.Index([one for one in first[name].cat.categories if one in seen])
        for name, seen in found.items()
    }


def _for_formula(
    frame: pd.DataFrame,
    variables: tuple[str, ...],
    levels: Mapping[str, pd.Index],
    outcome: str | None = None,
) -> pd.DataFrame:
    # The formula package knows neither pandas' nullable types nor its string type.
    converted: dict[str, Any] = {}
    for name in variables:
        column = frame[name]
        kind: Any = column.dtype
        if name == outcome:
            converted[name] = _numbers(column).astype(float)
        elif name in levels:
            converted[name] = column.astype(pd.CategoricalDtype(levels[name], ordered=kind.ordered))
        elif holds_numbers(column):
            converted[name] = _numbers(column).astype(float)
        elif isinstance(kind, (pd.CategoricalDtype, np.dtype)):
            converted[name] = column
        elif pd.api.types.is_bool_dtype(kind) or pd.api.types.is_integer_dtype(kind):
            converted[name] = column.to_numpy(bool if pd.api.types.is_bool_dtype(kind) else int)
        elif pd.api.types.is_numeric_dtype(kind):
            converted[name] = _numbers(column)
        else:
            converted[name] = column.astype(object)
    return pd.DataFrame(converted, index=frame.index)


def _described(formula: str) -> Any:
    if "|" in formula:
        raise FormulaError("the formula names predictors only: the schools' column is given apart")
    try:
        description = patsy.ModelDesc.from_formula(formula)
    except patsy.PatsyError as error:
        raise FormulaError(f"the formula cannot be read: {_one_line(error)}") from error
    if len(description.lhs_termlist) != 1 or not description.lhs_termlist[0].factors:
        raise FormulaError(f"the formula {formula!r} is not of the form 'outcome ~ predictors'")
    if not description.rhs_termlist:
        raise FormulaError(f"the formula {formula!r} has no predictors and no intercept")
    return description


def _variables(description: Any, frame: pd.DataFrame) -> tuple[str, ...]:
    known = {*_ENVIRONMENT, *patsy.builtins.__all__, "Q", "C"}
    found: dict[str, None] = {}
    for term in (*description.lhs_termlist, *description.rhs_termlist):
        for factor in term.factors:
            try:
                names = _names_in(factor.code)
            except SyntaxError:
                raise FormulaError(f"the formula cannot be read: {factor.code!r}") from None
            found.update(dict.fromkeys(n for n in names if n in frame.columns or n not in known))
    check_columns(frame, found)
    return tuple(found)


def _names_in(code: str) -> list[str]:
    # patsy calls the arguments of its own stateful functions by other names only when evaluating.
    tree = ast.parse(code, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and (id(node) not in called or not _is_function(node.id))
    ]
    quoted = re.findall(r"""\bQ\(\s*(["'])(.+?)\1\s*\)""", code)
    return [*names, *(name for _, name in quoted)]


def _is_function(name: str) -> bool:
    return hasattr(patsy.builtins, name) or name in {"abs", "min", "max", "round", "pow"}


def _numbers(column: pd.Series) -> np.ndarray:
    if column.dtype == object:
        return pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(dtype=float, na_value=np.nan)


def _environment() -> Any:
    return patsy.EvalEnvironment([_ENVIRONMENT])


class _KeepMissing(patsy.NAAction):  # type: ignore[misc]
    """Leave what a transformation made missing where it is, to be counted later."""

    def handle_NA(self, values: list[Any], *_: Any) -> list[Any]:  # noqa: N802
        """Keep every row."""
        return values


def _one_line(error: Exception) -> str:
    return str(error).splitlines()[0]
