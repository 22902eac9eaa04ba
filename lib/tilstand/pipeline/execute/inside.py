"""Execute a chapter in the process that asks, with Jupyter's own shell and no kernel beside it.

A kernel of its own costs a chapter a process, five sockets and a debugger. A chapter that is
executed in a fork has a process already, alone or after others that have left no `traces` in it, so
its cells run right there, in a shell of its own, the one of `ipykernel`, whose messages become the
notebook's outputs as `nbclient` makes them: the bytes are the same. `tilstand build --isolated`
takes the other way.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from nbformat.v4 import output_from_msg
from nbformat.validator import get_validator
from papermill.engines import NBClientEngine, papermill_engines
from traitlets.config import Config

from tilstand.contracts import LANGUAGES
from tilstand.pipeline.execute.run import strip_times
from tilstand.report.charts import forms
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAME = "tilstand-inside"
#: The kernel that is stood for; a notebook that names another one gets a kernel of that name.
KERNEL = "python3"
LAUNCHER = "ipykernel_launcher.py"


class Outputs(Session):
    """Take what a shell would send to a notebook, and keep it as outputs of the cell."""

    def __init__(self, **options: Any) -> None:
        super().__init__(key=b"", **options)
        self.outputs: list[NotebookNode] = []

    def send(  # type: ignore[override]
        self, _stream: object, said: Any, content: dict | None = None, *_: object, **__: object
    ) -> None:
        """Keep one message, as it would arrive: through JSON.

        Raises
        ------
        RuntimeError
            When an output is to be changed after it was shown.
        """
        message = self.msg(said, content) if isinstance(said, str) else said
        kind = message["header"]["msg_type"]
        message["content"] = self.unpack(self.pack(message["content"]))
        try:
            output = output_from_msg(message)
        except ValueError:
            raise RuntimeError(f"{kind}: what a chapter shows stays as it is") from None
        last = self.outputs[-1] if self.outputs else None
        if kind == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            self.outputs.append(output)


class Stream(io.TextIOBase):
    """Be a stream of text that becomes outputs."""

    def __init__(self, session: Outputs, name: str) -> None:
        self.session, self.name = session, name

    def write(self, text: str) -> int:
        """Hand text on."""
        if text:
            self.session.send(None, "stream", {"name": self.name, "text": text})
        return len(text)


class Shell(ZMQInteractiveShell):
    """Be the shell of a kernel that is not there."""

    def enable_gui(self, gui: Any = None) -> None:
        """Let figures stand in the page (``%matplotlib inline``): no loop has to run for them."""


class InsideEngine(NBClientEngine):
    """Be the engine of papermill that runs cells in this process, in a shell that ends afterwards.

    What is said of when and where leaves the notebook before papermill writes it.
    """

    @classmethod
    def execute_notebook(cls, *args: Any, **options: Any) -> NotebookNode:
        """Execute a notebook."""
        notebook = super().execute_notebook(*args, **options)
        if not any(_failed_silently(cell) for cell in notebook.cells):  # papermill asks for these
            strip_times(notebook)
        return notebook

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells of a notebook up to the first that fails.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            Holds the notebook; its cells get their outputs.
        kernel_name : str
            Of another kernel than Python's one is started.
        **options
            What papermill hands its engines.
        """
        if kernel_name != KERNEL:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
            return
        session = Outputs()
        shell = _shell(session, options.get("extra_arguments", []))
        out: Any = Stream(session, "stdout")
        err: Any = Stream(session, "stderr")
        try:
            with redirect_stdout(out), redirect_stderr(err):
                for index, cell in enumerate(nb_man.nb.cells):
                    if cell.cell_type != "code" or not cell.source.strip():
                        continue
                    session.outputs = cell.outputs = []
                    cell.execution_count = shell.execution_count
                    done = shell.run_cell(cell.source, store_history=True)
                    cell.outputs = session.outputs
                    if not done.success:
                        nb_man.cell_exception(cell, cell_index=index)
                        break
        finally:
            Shell.clear_instance()
        nb_man.nb.metadata["language_info"] = dict(IPythonKernel.language_info)


def _failed_silently(cell: NotebookNode) -> bool:
    """Tell whether a cell has failed and shows nothing of it."""
    failed = cell.metadata.get("papermill", {}).get("exception")
    return bool(failed) and all(output.output_type != "error" for output in cell.outputs)


def _shell(session: Outputs, arguments: list[str]) -> Shell:
    """Start a shell in this process as a kernel in the current folder does."""
    here = Path.cwd()
    sys.argv[:] = [LAUNCHER, *arguments]
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry) != here]
    settings = Config()
    settings.HistoryManager.enabled = False
    shell = Shell.instance(config=settings)
    parts: tuple[Any, ...] = (shell.displayhook, shell.display_pub)
    for part in parts:
        part.session = session
    return shell


@cache
def had_a_shell() -> None:
    """Let a shell run once: the first one of a process leaves settings that the others find."""
    _shell(Outputs(), []).run_cell("0")
    Shell.clear_instance()


def get_ready(_task: object = None) -> None:
    """Do once what each fork of this process would do first."""
    for minor in (4, 5):
        get_validator(4, minor)
    for language in LANGUAGES:
        write_number(0, 0, language)  # reads how the language writes numbers
    forms.get_ready()


papermill_engines.register(NAME, InsideEngine)
