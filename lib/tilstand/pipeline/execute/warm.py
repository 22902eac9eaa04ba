"""Fork chapters, and whole builds, from one process that has imported everything once."""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future
from concurrent.futures import wait as wait_for
from functools import cache
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilstand.pipeline.execute.forks import forked, outcome_of, settle
from tilstand.store.reach import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

# What is imported before a notebook's first cell.
ALWAYS = (
    "IPython.core.application",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "PIL.JpegImagePlugin",
    "nbformat",
    "pandas.io.formats.csvs",
    "papermill",
    "seaborn",
    "statsmodels.stats.proportion",
    "statsmodels.stats.rates",
    "tilstand.report.charts.forms",
    "tilstand.pipeline.execute.execute",
    "tilstand.pipeline.execute.inside",
)
NEVER = ("matplotlib_inline.backend_inline",)  # registers itself with the shell that imports it
# One thread for linear algebra and one hash seed: the same numbers in the same order everywhere.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
}
COMMAND = "tilstand.cli"
RUN = f"from {__name__} import main; main()"
#: Seconds after which an idle process looks whether its code is still there.
LOOK = 10


class _Process:
    """What this process is: one with everything imported, which may fork, or any other."""

    ready = False


def ready() -> bool:
    """Tell whether this process may fork, so that it need not start a `Template` of its own.

    It was forked from one, or it is a command that `be_ready` has begun.
    """
    return _Process.ready


def be_ready(environment: dict[str, str]) -> None:
    """Begin a command anew with the variables that have to be set before Python starts.

    The process then imports once, for itself and for all chapters. Nothing is done where the
    process is not the command's own: a test, or a program that calls the library.

    Parameters
    ----------
    environment : dict
        The variables.
    """
    main: Any = sys.modules["__main__"]
    names = (
        getattr(main.__spec__, "name", ""),
        getattr(getattr(main, "main", 0), "__module__", ""),
    )
    if COMMAND not in names or not available() or threading.active_count() > 1:
        return
    if any(os.environ.get(name) != value for name, value in environment.items()):
        os.execve(sys.executable, sys.orig_argv, os.environ | environment)  # noqa: S606
    _Process.ready = True


def import_first(modules: Iterable[str]) -> None:
    """Import what chapters import; what cannot be is left to the chapter to stumble over."""
    for name in (*ALWAYS, *modules):
        if name not in NEVER:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def available() -> bool:
    """Tell whether this system forks soundly: Linux does, macOS's own libraries do not."""
    return sys.platform == "linux"


def imports_of(templates: Iterable[Path]) -> list[str]:
    """List the modules that chapters import, so that the template process has them.

    Parameters
    ----------
    templates : iterable of Path
        Notebooks as stored.

    Returns
    -------
    list of str
        Modules by name, sorted; a cell that is no plain Python is passed over.
    """
    return sorted(set().union(*(_imports_in(path.read_text("utf-8")) for path in templates)))


@cache
def _imports_in(notebook: str) -> set[str]:
    import nbformat

    found: set[str] = set()
    for cell in nbformat.reads(notebook, as_version=4).cells:
        with contextlib.suppress(SyntaxError):
            nodes = ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ()
            for node in nodes:
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found |= {node.module, *_modules_in(node)}
    return found


def _modules_in(node: ast.ImportFrom) -> set[str]:
    """List the names that are imported of a package of this library and are modules themselves."""
    package = LIBRARY.parent.joinpath(*str(node.module).split("."))
    return {f"{node.module}.{a.name}" for a in node.names if (package / f"{a.name}.py").is_file()}


class Template:
    """Keep a process that has everything imported and forks a copy of itself for each task.

    It lives as long as one build: a library or an environment that changes is read anew by the
    next one. It ends when the build ends, however that ends.

    Parameters
    ----------
    modules : iterable of str
        What to import first; what cannot be imported is left to the chapter to stumble over.
    environment : dict
        Variables on top of this process's own, set before Python starts.
    """

    def __init__(self, modules: Iterable[str], environment: dict[str, str]) -> None:
        self._line, other = Pipe()
        command = [sys.executable, "-c", RUN, str(other.fileno()), *modules]
        with _no_interrupt():
            self._process = subprocess.Popen(
                command,
                env=os.environ | environment,
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
            )
        other.close()
        self._asked: dict[int, Future] = {}
        self._turn = threading.Lock()
        self._count = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        """Leave the process to a with statement."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, and with it whatever it still runs."""
        self.close()

    def close(self) -> None:
        """End the process, and with it whatever it still runs."""
        with self._turn, contextlib.suppress(OSError):
            self._line.send(None)
        self._process.wait()

    def _listen(self) -> None:
        """Hand on what comes of each task; when the process ends, that it has."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, outcome = self._line.recv()
                self._asked.pop(number).set_result(outcome)
        with self._turn:
            self._line.close()
            for future in self._asked.values():
                future.set_result(ChildProcessError("the process that forks kernels has died"))
            self._asked.clear()

    @property
    def alive(self) -> bool:
        """Tell whether the process takes tasks."""
        return not self._line.closed

    def submit(self, work: Callable[[Any], Any], task: Any) -> Future:
        """Work on a task in a fork of its own; any thread may ask.

        Parameters
        ----------
        work : callable
            A function of a module; takes one task.
        task : Any
            What can be pickled.

        Returns
        -------
        concurrent.futures.Future
            Its result is what came of the task: a value or an exception.
        """
        future: Future = Future()
        with self._turn:
            if self._line.closed:
                future.set_result(ChildProcessError("the process that forks kernels has died"))
                return future
            self._count += 1
            self._asked[self._count] = future
            with contextlib.suppress(OSError):  # it has died: whoever listens tells
                self._line.send((self._count, work, task))
        return future

    def prepare(self, work: Callable[[Any], Any], task: Any) -> None:
        """Let the process itself do some work, whose traces all later forks then have.

        Parameters
        ----------
        work : callable
            A function of a module that takes one task; starts no thread.
        task : Any
            What can be pickled.
        """
        with self._turn:
            self._line.send((None, work, task))

    def results(
        self, work: Callable[[Any], Any], tasks: list[Any], jobs: int
    ) -> Iterator[tuple[int, Any]]:
        """Work on tasks side by side, each in a fork of its own.

        Parameters
        ----------
        work : callable
            A function of a module; takes one task.
        tasks : list
            What can be pickled.
        jobs : int
            Forks at the same time.

        Yields
        ------
        tuple
            Number of the task and what came of it: a value or an exception, as each is done.
        """
        waiting = list(enumerate(tasks))
        running: dict[Future, int] = {}
        while waiting or running:
            while waiting and len(running) < jobs:
                number, task = waiting.pop(0)
                running[self.submit(work, task)] = number
            for future in wait_for(running, return_when=FIRST_COMPLETED).done:
                outcome = future.result()
                if isinstance(outcome, ChildProcessError) and not self.alive:
                    raise outcome
                yield running.pop(future), outcome


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Start a process that Ctrl-C does not reach: the build decides, and it ends with its line."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def main() -> None:
    """Be the template process: import, then fork whenever a task comes.

    It ends when it is told to, when whoever started it has ended, or when its code is gone: a
    worker of a cluster goes on to other work, and the folder it was to build from is removed.
    """
    _Process.ready = True
    line = Connection(int(sys.argv[1]))
    import_first(sys.argv[2:])
    gc.collect()
    settle()
    answers: dict[Connection, tuple[int, int]] = {}
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            found = wait([line, *answers], LOOK)
            if not found and not answers and not Path(__file__).is_file():
                break
            for one in found:
                assert isinstance(one, Connection)
                if one is line:
                    asked = line.recv()
                    if asked is None:
                        raise EOFError
                    number, work, task = asked
                    if number is None:
                        with contextlib.suppress(Exception):
                            work(task)
                        gc.collect()
                        settle()
                        continue
                    answer, pid = forked(work, task, [line, *answers])
                    answers[answer] = number, pid
                else:
                    number, pid = answers.pop(one)
                    line.send((number, outcome_of(one)))
                    os.waitpid(pid, 0)
    for _, pid in answers.values():
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
