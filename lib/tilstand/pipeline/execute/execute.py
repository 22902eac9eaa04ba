"""Execute chapter templates with papermill, in parallel, never writing into notebooks/.

On Linux chapters run in processes that were forked from one with all imports done; elsewhere and on
demand each in a plain kernel. The executed notebooks are the same bytes.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tilstand.errors import BuildError, CallError, system_fault
from tilstand.pipeline.basis.contents import parameter_names
from tilstand.pipeline.execute import forks, warm
from tilstand.pipeline.execute.run import strip_times
from tilstand.project import VARIABLE
from tilstand.store import VARIABLE as STORE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from traitlets.config import Config

    from tilstand.pipeline.execute.run import Run


def check_parameters(templates: Iterable[Path], extra: dict[str, Any]) -> None:
    """Refuse a parameter that no chapter has: papermill itself would only warn.

    Raises
    ------
    CallError
        When a name in ``extra`` is a parameter of none of the templates.
    """
    if not extra:
        return
    known = set().union(*(parameter_names(template) for template in templates))
    unknown = sorted(set(extra) - known)
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        raise CallError(
            [f"parameter '{name}': no chapter has it; there are {names}" for name in unknown]
        )


def execute(run: Run, engine: str | None = None) -> float:
    """Execute one template.

    Parameters
    ----------
    run : Run
        What to execute and where the result goes.
    engine : str, optional
        Papermill's name of what runs the cells and strips their times; a kernel in a process of
        its own if not given.

    Returns
    -------
    float
        Seconds it took.

    Raises
    ------
    BuildError
        With one line that names the chapter, the cell and the error. The notebook as far as it
        got stays beside the output, with ``.failed.ipynb`` as its ending.
    CallError
        When the template lacks one of the parameters.
    """
    import nbformat
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from papermill.exceptions import PapermillExecutionError

    unknown = sorted(set(run.parameters) - parameter_names(run.template))
    if unknown:
        raise CallError([f"{run.name}: '{name}' is not a parameter of it" for name in unknown])
    _surround(run)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    started = time.perf_counter()
    failed = run.output.with_suffix(".failed.ipynb")
    failed.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _sockets() as config:
            notebook = papermill.execute_notebook(
                str(run.template),
                str(failed),
                parameters=run.parameters,
                engine_name=engine,
                request_save_on_cell_execute=False,
                progress_bar=False,
                log_output=False,
                extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
                shutdown_kernel="immediate",
                cwd=str(run.project),
                config=config,
            )
        if engine is None:
            strip_times(notebook)
            nbformat.write(notebook, failed)
        else:  # it has written the very same, but for the last line's end
            with failed.open("a", encoding="utf-8") as file:
                file.write("\n")
    except PapermillExecutionError as error:
        what = f"{error.ename}: {error.evalue}".splitlines()[0]
        message = f"{run.name}: cell {_template_cell(run.template, error.cell_index)}: {what}"
        raise BuildError(message) from None
    except NoSuchKernel as error:
        message = f"no kernel is named '{error.name}', expected python3 of an installed ipykernel"
        raise BuildError(f"{run.name}: {message}") from error
    except OSError as error:
        raise BuildError(f"{run.name}: could not be executed: {system_fault(error)}") from error
    except Exception as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise BuildError(f"{run.name}: could not be executed: {first}") from error
    failed.replace(run.output)
    return time.perf_counter() - started


def _surround(run: Run) -> None:
    """Set the variables that the kernel will find."""
    os.environ.update(warm.ENVIRONMENT, **{VARIABLE: str(run.project)})
    os.environ[STORE] = str(run.store or "")


def _execute_in_fork(run: Run) -> float:
    from tilstand.pipeline.execute.inside import NAME

    return execute(run, NAME)


@contextmanager
def _sockets() -> Iterator[Config]:
    """Let a kernel be spoken to through files of its own: of ports, two kernels may take the same.

    Windows has no such files for ZeroMQ and keeps ports. The folder lies right under ``/tmp``,
    since the path of a socket may have about a hundred characters.
    """
    from traitlets.config import Config

    config = Config()
    if os.name != "posix":
        yield config
        return
    with tempfile.TemporaryDirectory(prefix="tilstand-", dir="/tmp") as folder:
        config.KernelManager.transport = "ipc"
        config.KernelManager.connection_file = f"{folder}/kernel.json"
        yield config


def _template_cell(template: Path, index: int) -> int:
    """Find a cell's number in the template: papermill adds one of its own after the parameters."""
    import nbformat

    cells = nbformat.read(template, as_version=4).cells
    tagged = [n for n, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    return index + 1 - (bool(tagged) and index > tagged[0])


def execute_all(
    runs: list[Run],
    jobs: int,
    progress: Callable[[str], None],
    *,
    isolated: bool = False,
    done: Callable[[Run], None] = lambda _run: None,
) -> None:
    """Execute templates side by side and report each as it is done.

    Parameters
    ----------
    runs : list of Run
        What to execute.
    jobs : int
        Cores to keep busy.
    progress : callable
        Takes one line of text.
    isolated : bool
        Start every kernel from nothing, as Jupyter does, instead of forking it with its imports
        done.
    done : callable, optional
        Takes each chapter that has been executed.

    Raises
    ------
    BuildError
        When any chapter failed; a line for each.
    """
    lines: list[str] = []
    outcomes = _plain(runs, jobs) if isolated or not warm.available() else _forked(runs, jobs)
    for number, (run, outcome) in enumerate(outcomes, start=1):
        where = f"[{number}/{len(runs)}] {_place(run)}"
        if isinstance(outcome, float):
            progress(f"{where} ({outcome:.1f} s)")
            done(run)
            continue
        progress(f"{where} failed")
        if isinstance(outcome, (BuildError, CallError)):
            lines += outcome.lines
        else:  # a dead process is reported like a failed cell
            lines.append(f"{run.name}: could not be executed: {outcome}")
    if lines:
        raise BuildError(sorted(lines))


def _place(run: Run) -> str:
    said = (str(run.parameters[name]) for name in ("edition", "language") if name in run.parameters)
    return " ".join([*said, run.name])


def _plain(runs: list[Run], jobs: int) -> Iterator[tuple[Run, float | Exception]]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=max(1, min(jobs, len(runs))), mp_context=context) as pool:
        waiting = {pool.submit(execute, run): run for run in runs}
        for future in as_completed(waiting):
            try:
                yield waiting[future], future.result()
            except Exception as error:  # noqa: BLE001  handed on to whoever waits
                yield waiting[future], error


def _forked(runs: list[Run], jobs: int) -> Iterator[tuple[Run, float | Exception]]:
    if not runs:
        return
    modules = warm.imports_of({run.template for run in runs})
    if warm.ready():
        warm.import_first(modules)
        from tilstand.pipeline.execute import ahead
        from tilstand.pipeline.execute.inside import get_ready
        from tilstand.pipeline.execute.traces import traces

        get_ready()
        for asked in ahead.wanted_ahead(runs):
            ahead.open_ahead(asked)
        for fit in ahead.contributions_ahead(runs):
            ahead.fit_ahead(fit)
        for number, outcome in forks.results_here(_execute_in_fork, runs, max(1, jobs), traces):
            yield runs[number], outcome
        return
    with warm.Template(modules, warm.ENVIRONMENT) as template:
        # imports what chapters import, while the template does the same
        from tilstand.pipeline.execute import ahead
        from tilstand.pipeline.execute.inside import get_ready

        template.prepare(get_ready, None)
        for asked in ahead.wanted_ahead(runs):
            template.prepare(ahead.open_ahead, asked)
        for fit in ahead.contributions_ahead(runs):
            template.prepare(ahead.fit_ahead, fit)
        for number, outcome in template.results(_execute_in_fork, runs, max(1, jobs)):
            yield runs[number], outcome
