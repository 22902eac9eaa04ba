"""Let one build work in a project's folder at a time."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tilstand.project import Project

NAME = "lock"
_files: list[int] = []


def inherited() -> tuple[int, ...]:
    """List what a program that this build starts is to inherit, so that it keeps the lock too.

    A build that is killed alone leaves such a program writing for a while: the next one waits.

    Returns
    -------
    tuple of int
        For ``pass_fds``; empty where files cannot be handed on.
    """
    return tuple(_files) if os.name == "posix" else ()


@contextmanager
def one_at_a_time(project: Project, progress: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other build works in the project's folder, and keep others waiting meanwhile.

    The lock is the system's own: it ends with the process that holds it, however that ends.

    Parameters
    ----------
    project : Project
        The checkout.
    progress : callable
        Takes one line of text when there is somebody to wait for.
    """
    project.work.mkdir(parents=True, exist_ok=True)
    with (project.work / NAME).open("a+", encoding="utf-8") as file:
        if not _take(file, wait=False):
            file.seek(0)
            holder = file.read().strip()
            who = f"process {holder}" if holder else "another process"
            progress(f"{who} is building in this folder; waiting until it is done")
            _take(file, wait=True)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        _files.append(file.fileno())
        try:
            yield
        finally:
            _files.remove(file.fileno())
            file.truncate(0)


def _take(file: Any, *, wait: bool) -> bool:
    try:
        import fcntl
    except ImportError:
        return _take_on_windows(file, wait=wait)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _take_on_windows(file: Any, *, wait: bool) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")  # by name: type checkers elsewhere lack it
    file.seek(0)
    while True:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            if not wait:
                return False
        else:
            return True
