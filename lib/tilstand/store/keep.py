"""Keep what took long to make, for the next process and the next build.

A build executes every chapter in each language, in processes of their own. What takes long there
rarely depends on the language, and what was read or protected yesterday is the same today. One
store keeps it: an entry is found only under the very contents, code and packages it was made from.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from tilstand.store.digests import UnfitError
from tilstand.store.entries import DRAFT, Absent, read_entry, write_entry
from tilstand.store.keys import DIGITS, VARIABLE, key_of
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

P = ParamSpec("P")
R = TypeVar("R")
#: Entries of a name that stay, newest first: what was changed is often changed back.
FEW = 4
#: A function that is `remembered` has one for each set of arguments.
MANY = 400
#: Seconds after which a draft belongs to a process that was killed.
OLD_DRAFT = 3600


def kept(
    folder: Path,
    name: str,
    module: str,
    make: Callable[[], R],
    *contents: Any,
    newest: int = FEW,
    shared: bool = False,
) -> R:
    """Return a value from the store, or make and store it.

    Parameters
    ----------
    folder : Path
        The store's; nothing in it is needed for more than speed.
    name : str
        What is stored.
    module : str
        Where the code stands that makes it, ``__name__``; what its imports reach counts too.
    make : callable
        Makes the value when the store has none that can be trusted.
    *contents : Any
        All that the value is made from. A `Path` stands for the file that lies there.
    newest : int
        Entries of the name that stay.
    shared : bool
        Whether a process that holds may return the same object again; nobody changes it then.

    Returns
    -------
    Any
        The value. One without a lasting form is made each time, and a store that cannot be written
        to keeps nothing.
    """
    try:
        key = key_of(folder, module, *contents)
    except UnfitError:
        return make()
    path = folder / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}-{key}.zip"
    if shared:
        return once((str(path), key), lambda: _read_or_make(path, key, make, newest))
    return _read_or_make(path, key, make, newest)


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """Let a pure function take its result from another process that had the same arguments.

    Parameters
    ----------
    function : callable
        Returns the same for the same arguments, and does nothing else. Where arguments or result
        have no lasting form, the function is simply called.

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
        name = f"{function.__module__}.{function.__qualname__}"
        asked = (args, sorted(kwargs.items()))
        return kept(
            Path(folder),
            name,
            function.__module__,
            lambda: function(*args, **kwargs),
            name,
            asked,
            newest=MANY,
        )

    return call


def _read_or_make(path: Path, key: str, make: Callable[[], R], newest: int) -> R:
    with contextlib.suppress(Absent):
        return read_entry(path, key)
    value = make()
    with contextlib.suppress(OSError, UnfitError):
        write_entry(path, key, value)
        _forget(path, newest)
    return value


def _forget(path: Path, newest: int) -> None:
    """Remove a name's entries of other code, all but its newest, and drafts of killed processes.

    Another process may be first.
    """
    name = path.name[: -len("-.zip") - 2 * DIGITS - 1]
    entries = []
    for other in path.parent.glob(f"{name}-*.zip"):
        if len(other.name) == len(path.name):
            with contextlib.suppress(OSError):
                entries.append((other.stat().st_mtime_ns, other))
    code = path.name[len(name) : len(name) + DIGITS + 1]
    stay = sorted(entries, reverse=True)[:FEW]
    same = [one for one in sorted(entries, reverse=True) if one[1].name.startswith(name + code)]
    stay += same[:newest]
    _remove(other for _, other in set(entries) - set(stay))
    _remove(draft for draft in path.parent.glob(f"{DRAFT}*") if _is_old(draft))


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def _is_old(draft: Path) -> bool:
    try:
        return time.time() - draft.stat().st_mtime > OLD_DRAFT
    except OSError:
        return False
