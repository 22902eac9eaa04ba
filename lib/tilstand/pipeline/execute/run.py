"""Describe one execution of one chapter, and what stays of it: nothing of its time and place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

INJECTED = "injected-parameters"  # papermill's tag for the cell it puts in


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
    store : Path, optional
        Folder where functions that are `remembered` find what another chapter has computed.
    """

    name: str
    template: Path
    output: Path
    parameters: dict[str, Any]
    project: Path
    store: Path | None = None


def strip_times(notebook: Any) -> None:
    """Take out of an executed notebook when and from where it was executed, and how long it took.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place: the same chapter and data then give the same bytes.
    """
    said = notebook.metadata.pop("papermill", {})
    notebook.metadata["papermill"] = {"parameters": said.get("parameters", {})}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED  # papermill draws one by chance
