"""Execute chapter templates with papermill, in parallel, never writing into notebooks/."""

from __future__ import annotations

import logging
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tilstand.errors import BuildError, CallError
from tilstand.project import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from traitlets.config import Config

# One thread for linear algebra and one hash seed: the same numbers in the same order everywhere.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
}


@dataclass(frozen=True)
class Run:
    """Describe one execution of one template.

    Parameters
    ----------
    name : str
        How messages name the chapter: ``notebooks/elevtall.ipynb``.
    template : Path
        The notebook as stored.
    output : Path
        Where the executed notebook goes; appears only when the run succeeded.
    parameters : dict
        Values of the template's parameters.
    project : Path
        The checkout, so that the kernel finds its data.
    """

    name: str
    template: Path
    output: Path
    parameters: dict[str, Any]
    project: Path


def known_parameters(template: Path) -> set[str]:
    """List the parameters of a template's cell tagged ``parameters``."""
    import papermill

    return set(papermill.inspect_notebook(str(template)))


def check_parameters(templates: Iterable[Path], extra: dict[str, Any]) -> None:
    """Refuse a parameter that no chapter has: papermill itself would only warn.

    Raises
    ------
    CallError
        When a name in ``extra`` is a parameter of none of the templates.
    """
    if not extra:
        return
    known = set().union(*(known_parameters(template) for template in templates))
    unknown = sorted(set(extra) - known)
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        raise CallError(
            [f"parameter '{name}': no chapter has it; there are {names}" for name in unknown]
        )


def execute(run: Run) -> float:
    """Execute one template.

    Parameters
    ----------
    run : Run
        What to execute and where the result goes.

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
    import papermill
    from papermill.exceptions import PapermillExecutionError

    unknown = sorted(set(run.parameters) - known_parameters(run.template))
    if unknown:
        raise CallError([f"{run.name}: '{name}' is not a parameter of it" for name in unknown])
    os.environ.update(ENVIRONMENT, **{VARIABLE: str(run.project)})
    logging.getLogger("papermill").setLevel(logging.ERROR)
    started = time.perf_counter()
    draft = run.output.with_suffix(".failed.ipynb")
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _sockets() as config:
            papermill.execute_notebook(
                str(run.template),
                str(draft),
                parameters=run.parameters,
                progress_bar=False,
                log_output=False,
                extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
                cwd=str(run.project),
                config=config,
            )
    except PapermillExecutionError as error:
        what = f"{error.ename}: {error.evalue}".splitlines()[0]
        message = f"{run.name}: cell {_template_cell(run.template, error.cell_index)}: {what}"
        raise BuildError(message) from None
    except Exception as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise BuildError(f"{run.name}: could not be executed: {first}") from error
    draft.replace(run.output)
    return time.perf_counter() - started


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


def execute_all(runs: list[Run], jobs: int, progress: Callable[[str], None]) -> None:
    """Execute templates side by side and report each as it is done.

    Parameters
    ----------
    runs : list of Run
        What to execute.
    jobs : int
        Processes at the same time.
    progress : callable
        Takes one line of text.

    Raises
    ------
    BuildError
        When any chapter failed; a line for each.
    """
    lines: list[str] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=max(1, min(jobs, len(runs))), mp_context=context) as pool:
        waiting = {pool.submit(execute, run): run for run in runs}
        for done, future in enumerate(as_completed(waiting), start=1):
            run = waiting[future]
            try:
                seconds = future.result()
                progress(f"[{done}/{len(runs)}] {run.name} ({seconds:.1f} s)")
            except (BuildError, CallError) as error:
                progress(f"[{done}/{len(runs)}] {run.name} failed")
                lines += error.lines
            except Exception as error:  # a dead worker is reported like a failed cell
                lines.append(f"{run.name}: could not be executed: {error}")
    if lines:
        raise BuildError(sorted(lines))
