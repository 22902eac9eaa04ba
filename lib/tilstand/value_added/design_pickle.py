"""The formula package's design information as bytes: it refuses to be pickled itself."""

from __future__ import annotations

import importlib
import io
import pickle
from types import FunctionType, ModuleType
from typing import Any

import patsy.builtins

# What a stateful transformation, such as a spline, learned from: pupils' values, not needed again.
_LEARNED_FROM = "_tmp"


def freeze(design: Any) -> bytes:
    """Return the formula package's objects as bytes, without any pupil's value.

    Parameters
    ----------
    design : object
        Design information, or containers of it.

    Returns
    -------
    bytes
        For `thaw`.

    Examples
    --------
    >>> import patsy
    >>> pupils = {"y": [1, 2, 4], "x": [0, 1, 2]}
    >>> left, right = patsy.incr_dbuilders("y ~ bs(x, 4)", lambda: [pupils])
    >>> thaw(freeze(right)).column_names == right.column_names
    True
    """
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=4).dump(design)
    return buffer.getvalue()


def thaw(frozen: bytes) -> Any:
    """Return what `freeze` was given.

    Parameters
    ----------
    frozen : bytes
        From `freeze`. As with every pickle: only bytes of one's own.

    Returns
    -------
    object
        The formula package's objects.

    Examples
    --------
    >>> thaw(freeze((None, "no formula")))
    (None, 'no formula')
    """
    return pickle.loads(frozen)  # noqa: S301


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, ModuleType):
            return importlib.import_module, (obj.__name__,)
        if isinstance(obj, FunctionType):
            names = [name for name, one in vars(patsy.builtins).items() if one is obj]
            return (getattr, (patsy.builtins, names[0])) if names else NotImplemented
        if isinstance(obj, type) or not type(obj).__module__.startswith("patsy"):
            return NotImplemented
        known = {name: value for name, value in vars(obj).items() if name != _LEARNED_FROM}
        return _rebuilt, (type(obj), known)


def _rebuilt(kind: type, state: dict[str, Any]) -> Any:
    made: Any = object.__new__(kind)
    made.__dict__.update(state)
    return made
