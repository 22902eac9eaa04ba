"""Fork a process for each of many tasks, and take what comes of it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import random
import signal
import sys
import traceback
from multiprocessing.connection import Connection, Pipe, wait
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Objects that a fork makes before it looks for garbage among them.
GARBAGE = 50_000
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


def results_here(
    work: Callable[[Any], Any], tasks: list[Any], jobs: int
) -> Iterator[tuple[int, Any]]:
    """Work on tasks side by side, each in a fork of this very process, which has one thread.

    Parameters
    ----------
    work : callable
        Takes one task.
    tasks : list
        The tasks; what comes of them can be pickled.
    jobs : int
        Forks at the same time.

    Yields
    ------
    tuple
        Number of the task and what came of it: a value or an exception, as each is done.
    """
    waiting = list(enumerate(tasks))
    answers: dict[Connection, tuple[int, int]] = {}
    settle()
    try:
        while waiting or answers:
            while waiting and len(answers) < jobs:
                number, task = waiting.pop(0)
                answer, pid = forked(work, task, list(answers))
                answers[answer] = number, pid
            for ready_now in wait(list(answers)):
                assert isinstance(ready_now, Connection)
                number, pid = answers.pop(ready_now)
                outcome = outcome_of(ready_now)
                os.waitpid(pid, 0)
                yield number, outcome
    finally:
        for _, pid in answers.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def settle() -> None:
    """Make this process cheap to fork: no fork touches, and thereby copies, what all share.

    Memory that is free goes back to the system, which would copy its tables for every fork.
    """
    gc.freeze()
    with contextlib.suppress(AttributeError, OSError):  # other systems' C has no such function
        ctypes.CDLL(None).malloc_trim(0)


def outcome_of(answer: Connection) -> Any:
    """Take what a fork answers; where it has died, the exception that says so."""
    try:
        return answer.recv()
    except EOFError:
        return ChildProcessError("its process died")
    finally:
        answer.close()


def forked(work: Callable[[Any], Any], task: Any, mine: list[Connection]) -> tuple[Connection, int]:
    """Fork a process for a task; its answer comes through the connection."""
    receiver, sender = Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        sender.close()
        return receiver, pid
    status = 1
    try:
        begin_anew()
        for connection in (receiver, *mine):
            connection.close()
        try:
            outcome = work(task)
        except Exception as error:  # noqa: BLE001  sent to the process that asked
            outcome = error
        sender.send(outcome)
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
