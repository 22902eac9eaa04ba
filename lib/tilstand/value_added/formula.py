"""From a formula and what the data hold to a `Design`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import patsy
import patsy.builtins

from tilstand.value_added.checks import check_columns, check_numeric, refuse_spoilt_numbers
from tilstand.value_added.columns import all_held, for_formula, names_in
from tilstand.value_added.design import Design
from tilstand.value_added.errors import FormulaError, NonNumericError, NoPupilsError

# Formulas that only add columns as they stand need no package to read them.
_NAME = r"(?:[^\W\d]\w*)"
_PLAIN = re.compile(
    rf"\s*(?P<outcome>{_NAME})\s*~\s*"
    rf"(?P<terms>(?:{_NAME}|[01])(?:\s*\+\s*(?:{_NAME}|[01]))*)\s*(?P<without>-\s*1\s*)?"
)
# A column as it stands, or inside C() with or without a coding.
_ALONE = re.compile(rf"(?P<inside>C\(\s*)?{_NAME}(?(inside)\s*(?:,.*)?\))")
_DOUBLE = np.dtype(float)
_ENVIRONMENT: dict[str, Any] = {"np": np}


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
    if first is None or not len(first) or not len(first.columns):
        raise NoPupilsError("the data hold no pupils")
    plain = _plain(formula, first)
    if plain is not None:
        return plain
    description = described(formula)
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
    design = _sum_of_columns(formula)
    if design is None:
        return None
    columns = frame.columns
    if not columns.is_unique or not all(name in columns for name in design.variables):
        return None
    kinds = [values.dtype for values in all_held(frame, design.variables)]
    if any(kind != _DOUBLE for kind in kinds):
        named = zip(design.variables, kinds, strict=True)
        if not all(_is_number(kind, truth=name == design.outcome) for name, kind in named):
            return None
    return design


@lru_cache
def _sum_of_columns(formula: str) -> Design | None:
    match = _PLAIN.fullmatch(formula)
    if match is None:
        return None
    outcome = match["outcome"]
    terms = [term.strip() for term in match["terms"].split("+")]
    names = dict.fromkeys(term for term in terms if term not in {"0", "1"})
    intercept = () if "0" in terms or match["without"] else ("Intercept",)
    if not (intercept or names) or outcome in names:
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
    return _variables(described(formula), frame)


def terms_without(formula: str, names: Iterable[str]) -> list[str]:
    """Return the terms of a formula's right side that use none of some columns.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    names : iterable of str
        The columns.

    Returns
    -------
    list of str
        Without the intercept, in order.

    Examples
    --------
    >>> terms_without("y ~ x + sex + np.log(x) + age:x", ["x"])
    ['sex']
    """
    away = set(names)
    return [
        term.name()
        for term in described(formula).rhs_termlist
        if term.factors and not any(away & set(names_in(f.code)) for f in term.factors)
    ]


def uses_as_it_is(formula: str, name: str) -> bool:
    """Tell whether a column enters a formula's right side once, alone and untransformed.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    name : str
        The column.

    Returns
    -------
    bool
        False also where it is not used at all.

    Examples
    --------
    >>> uses_as_it_is("y ~ x + sex", "x"), uses_as_it_is("y ~ x * sex", "x")
    (True, False)
    """
    used = [
        [factor.code for factor in term.factors]
        for term in described(formula).rhs_termlist
        if any(name in names_in(factor.code) for factor in term.factors)
    ]
    return len(used) == 1 and used[0] == [name]


def _learned(
    description: Any,
    formula: str,
    outcome: str,
    variables: tuple[str, ...],
    chunks: Callable[[], Iterable[pd.DataFrame]],
) -> Design:
    counts: dict[str, int] = {"read": 0, "complete": 0}
    levels = _levels(variables, _used_as_categories(description, outcome), chunks)
    factors = [factor.code for term in description.rhs_termlist for factor in term.factors]
    whole = frozenset(
        name for code in factors if "C(" in code for name in names_in(code) if name in variables
    )

    def usable() -> Iterator[pd.DataFrame]:
        for chunk in chunks():
            check_columns(chunk, variables)
            complete = chunk.dropna(subset=list(variables))
            counts["read"] += len(chunk)
            counts["complete"] += len(complete)
            if len(complete):
                yield for_formula(complete, variables, levels, outcome, whole)
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
        formula, outcome, tuple(right.column_names), variables, False, left, right, levels, whole
    )


def _used_as_categories(description: Any, outcome: str) -> dict[str, bool]:
    """Name the columns that stand alone or in C() everywhere, and whether C() is among it."""
    used: dict[str, set[str]] = {}
    for term in (*description.lhs_termlist, *description.rhs_termlist):
        for factor in term.factors:
            match = _ALONE.fullmatch(factor.code)
            kind = "other" if match is None else "C" if match["inside"] else "bare"
            for name in names_in(factor.code):
                used.setdefault(name, set()).add(kind)
    return {
        name: "C" in kinds
        for name, kinds in used.items()
        if name != outcome and kinds in ({"C"}, {"bare"}, {"C", "bare"})
    }


def _levels(
    variables: tuple[str, ...],
    alone: dict[str, bool],
    chunks: Callable[[], Iterable[pd.DataFrame]],
) -> dict[str, pd.Index]:
    """Find the categories that occur: a level nobody has would have no coefficient.

    Text is made categories here too: the formula package goes through text pupil by pupil.
    """
    first = next(iter(chunks()), None)
    if first is None:
        return {}
    kinds: dict[str, Any] = {name: first[name].dtype for name in variables if name in first}
    declared = {name for name, kind in kinds.items() if isinstance(kind, pd.CategoricalDtype)}
    sorted_ones = {
        name
        for name, inside in alone.items()
        if name in kinds and (_is_text(first[name]) or (inside and _is_plain_number(kinds[name])))
    } - declared
    found: dict[str, set[Any]] = {name: set() for name in (*declared, *sorted_ones)}
    if found:
        for chunk in chunks():
            complete = chunk.dropna(subset=[name for name in variables if name in chunk])
            for name, seen in found.items():
                if name in complete:
                    seen.update(complete[name].unique())
    levels = {
        name: pd.Index([one for one in kinds[name].categories if one in found[name]])
        for name in declared
    }
    for name in sorted_ones:
        # What has no order, such as numbers among text, is left to the formula package.
        with suppress(TypeError):
            levels[name] = pd.Index(sorted(found[name]))
    return levels


def _is_text(column: pd.Series) -> bool:
    text = isinstance(column.dtype, pd.StringDtype) or column.dtype == object
    return text and pd.api.types.infer_dtype(column, skipna=True) == "string"


def _is_plain_number(kind: Any) -> bool:
    return isinstance(kind, np.dtype) and kind.kind in "iuf"


def described(formula: str) -> Any:
    """Read a formula's terms.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.

    Returns
    -------
    object
        The formula package's own description.

    Raises
    ------
    FormulaError
        If it cannot be read or lacks an outcome or predictors.
    """
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
                names = names_in(factor.code)
            except SyntaxError:
                # A column may be called what Python keeps for itself, such as "yield" or "class".
                reserved = keyword.iskeyword(factor.code)
                hint = f': write Q("{factor.code}") for a column of that name' if reserved else ""
                raise FormulaError(f"the formula cannot be read: {factor.code!r}{hint}") from None
            found.update(dict.fromkeys(n for n in names if n in frame.columns or n not in known))
    check_columns(frame, found)
    return tuple(found)


def _environment() -> Any:
    return patsy.EvalEnvironment([_ENVIRONMENT])


def _one_line(error: Exception) -> str:
    return str(error).splitlines()[0]
