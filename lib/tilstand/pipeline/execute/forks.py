"""Fork processes for many tasks, and take what comes of each."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import random
import signal
import sys
import traceback
from functools import partial
from multiprocessing.connection import Connection, Pipe, wait
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Objects that a fork makes before it looks for garbage among them.
GARBAGE = 50_000
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


def results_here(
    work: Callable[[Any], Any],
    tasks: list[Any],
    jobs: int,
    traces: Callable[[], object] = object,
) -> Iterator[tuple[int, Any]]:
    """Work on tasks side by side, in forks of this very process, which has one thread.

    Parameters
    ----------
    work : callable
        Takes one task.
    tasks : list
        The tasks; what comes of them can be pickled.
    jobs : int
        Forks at the same time.
    traces : callable, optional
        Describes what a task may have left in its process. While it describes the same as before
        the first task, the process takes another one; if not given, each takes one.

    Yields
    ------
    tuple
        Number of the task and what came of it: a value or an exception, as each is done.
    """
    waiting = list(range(len(tasks)))
    forks: dict[Connection, int] = {}
    busy: dict[Connection, int] = {}
    settle()
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                fork = next((one for one in forks if one not in busy), None)
                if fork is None:
                    fork, pid = _begun(partial(_work_through, work, tasks, traces), [*forks])
                    forks[fork] = pid
                busy[fork] = waiting.pop(0)
                with contextlib.suppress(OSError):  # it has died: that is found below
                    fork.send(busy[fork])
            for ready_now in wait([*busy]):
                assert isinstance(ready_now, Connection)
                outcome, goes_on = _received(ready_now)
                if not goes_on:
                    ready_now.close()
                    os.waitpid(forks.pop(ready_now), 0)
                yield busy.pop(ready_now), outcome
    finally:
        for pid in forks.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _work_through(
    work: Callable[[Any], Any], tasks: list[Any], traces: Callable[[], object], line: Connection
) -> None:
    """Work on one task after the other, as long as none leaves its traces."""
    before, goes_on = traces(), True
    while goes_on:
        outcome = _tried(work, tasks[line.recv()])
        goes_on = traces() == before
        line.send((outcome, goes_on))


def _tried(work: Callable[[Any], Any], task: Any) -> Any:
    """Return what comes of a task, be it an exception: whoever asked raises it."""
    try:
        return work(task)
    except Exception as error:  # noqa: BLE001
        return error


def _received(line: Connection) -> tuple[Any, bool]:
    """Take what a fork answers, and whether it takes more; one that has died does not."""
    try:
        return line.recv()
    except (EOFError, ConnectionError):
        return ChildProcessError("its process died"), False


def settle() -> None:
    """Make this process cheap to fork: no fork touches, and thereby copies, what all share.

    Memory that is free goes back to the system, which would copy its tables for every fork.
    """
    gc.freeze()
    with contextlib.suppress(AttributeError, OSError):  # other systems' C has no such function
        ctypes.CDLL(None).malloc_trim(0)


def forked(work: Callable[[Any], Any], task: Any, mine: list[Connection]) -> tuple[Connection, int]:
    """Fork a process for a task; `outcome_of` takes its answer from the connection."""
    return _begun(lambda line: line.send((_tried(work, task), False)), mine)


def outcome_of(answer: Connection) -> Any:
    """Take what a fork answers; where it has died, the exception that says so."""
    outcome, _ = _received(answer)
    answer.close()
    return outcome


def _begun(body: Callable[[Connection], None], mine: list[Connection]) -> tuple[Connection, int]:
    """Fork a process that does something at the other end of a connection, and ends."""
    here, there = Pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        there.close()
        return here, pid
    status = 1
    try:
        begin_anew()
        for connection in (here, *mine):
            connection.close()
        body(there)
        status = 0
    except BaseException:  # noqa: BLE001  a fork has nobody above it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def begin_anew() -> None:
    """Make a forked process its own: it dies with its parent, and no two draw the same numbers."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever forked it decides
    for name in (signal.SIGTERM, signal.SIGHUP):
        if callable(signal.getsignal(name)):  # a command's own; what nohup has ignored stays so
            signal.signal(name, signal.SIG_DFL)
    gc.set_threshold(
        GARBAGE
    )  # it ends soon: to look for garbage often costs more than it gives back
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
