"""Describe one execution of one chapter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
