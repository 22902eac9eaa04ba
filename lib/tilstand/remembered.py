"""Compute once what both languages of a page, and several chapters, ask for.

A build executes every chapter in each language, in processes of their own. What takes long there
rarely depends on the language: a function that is `remembered` leaves its result in a folder that
the build names, under a key of all that it was given, and the next process takes it from there.
The build gives another folder as soon as the library or an installed package changes.

What is quick but done by every chapter - opening an edition's tables - need not even be read: the
process that chapters are forked from has it done, and a function that is `held` gives it to them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")
VARIABLE = "TILSTAND_REMEMBERED"
NOT_THERE = (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, ValueError)


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """Let a pure function take its result from another process that had the same arguments.

    Parameters
    ----------
    function : callable
        Gives the same result for the same arguments, and nothing but a result. Arguments and
        result can be pickled; where they cannot, the function is simply called.

    Returns
    -------
    callable
        The same function. Without a build around it, it computes as ever.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        folder = os.environ.get(VARIABLE)
        if not folder:
            return function(*args, **kwargs)
        try:
            asked = _digest([*args, kwargs])
        except (pickle.PicklingError, TypeError, AttributeError):
            return function(*args, **kwargs)
        path = Path(folder) / f"{function.__module__}.{function.__qualname__}-{asked}"
        with contextlib.suppress(*NOT_THERE):
            return pickle.loads(path.read_bytes())
        result = function(*args, **kwargs)
        with contextlib.suppress(OSError, pickle.PicklingError, TypeError, AttributeError):
            _keep(path, pickle.dumps(result, protocol=5))
        return result

    return call


class _Hold:
    """What functions have given in this process; None until it begins to hold."""

    given: dict[Any, Any] | None = None


def hold() -> None:
    """Begin to hold, in this process and all that are forked from it, what `held` functions give.

    For processes that live no longer than one build, whose files do not change meanwhile.
    """
    _Hold.given = _Hold.given or {}


def held(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function that reads files take its result from the process this one was forked from.

    Parameters
    ----------
    function : callable
        Its arguments can be keys of a dict; nobody changes what it gives.

    Returns
    -------
    callable
        The same function. In a process that does not `hold`, it reads as ever.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if _Hold.given is None:
            return function(*args, **kwargs)
        key = (function.__module__, function.__qualname__, args, *sorted(kwargs.items()))
        if key not in _Hold.given:
            _Hold.given[key] = function(*args, **kwargs)
        return _Hold.given[key]

    return call


def _digest(value: Any) -> str:
    """Compute a digest of what a value holds, whichever of its parts are the same object."""
    digest = hashlib.sha256(type(value).__name__.encode())
    for part in _parts(value):
        digest.update(part if isinstance(part, bytes) else _digest(part).encode())
    return digest.hexdigest()


def _parts(value: Any) -> list[Any]:
    """Take a value apart: into bytes, or into values that are taken apart in turn."""
    if isinstance(value, pd.DataFrame):
        columns = [value.iloc[:, place] for place in range(value.shape[1])]
        return [list(value.columns), *columns, value.index.to_series()]
    if isinstance(value, pd.Series):
        rows = pd.util.hash_pandas_object(value, index=True, categorize=False).to_numpy()
        return [str(value.dtype), str(value.name), rows.tobytes()]
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return [str(value.dtype), str(value.shape), np.ascontiguousarray(value).tobytes()]
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, dict):
        return [part for item in value.items() for part in item]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    if isinstance(value, str):
        return [value.encode()]
    return [pickle.dumps(value, protocol=5)]


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
