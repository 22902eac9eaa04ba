"""Hold what functions have read, in this process and all that are forked from it.

What is quick but done by every chapter - opening an edition's tables - need not even be read: the
process that chapters are forked from has it done, and a function that is `held` gives it to them.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

P = ParamSpec("P")
R = TypeVar("R")


class _Hold:
    """What functions have returned in this process; None until it begins to hold."""

    values: dict[Hashable, Any] | None = None


def hold() -> None:
    """Begin to hold, in this process and all that are forked from it, what `held` functions return.

    For processes that live no longer than one build, whose files do not change meanwhile.
    """
    _Hold.values = _Hold.values or {}


@contextmanager
def holding() -> Iterator[None]:
    """Hold for the length of one build in a process that may outlive it."""
    before, _Hold.values = _Hold.values, _Hold.values or {}
    try:
        yield
    finally:
        _Hold.values = before


def held(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function that reads files take its result from the process this one was forked from.

    Parameters
    ----------
    function : callable
        Its arguments can be keys of a dict; nobody changes what it returns.

    Returns
    -------
    callable
        The same function. In a process that does not `hold`, it reads as ever.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (function.__module__, function.__qualname__, args, *sorted(kwargs.items()))
        return once(key, lambda: function(*args, **kwargs))

    return call


def once(key: Hashable, make: Callable[[], R]) -> R:
    """Make a value once in a process that holds, and each time in one that does not.

    Parameters
    ----------
    key : hashable
        Names the value.
    make : callable
        Makes it; nobody changes what is in it afterwards.

    Returns
    -------
    Any
        The value; of a table a copy to write in, which shares its columns until then.
    """
    if _Hold.values is None:
        return make()
    if key not in _Hold.values:
        _Hold.values[key] = make()
    value: Any = _Hold.values[key]
    if isinstance(value, pd.DataFrame):
        value = value.copy(deep=False)
    return value
