"""Say what is to be built."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Order:
    """Say what to build.

    Parameters
    ----------
    editions : list of str
        Names; empty for all that have an edition file.
    language : str
        ``nb``, ``en`` or ``all``.
    jobs : int
        Chapters to execute at the same time.
    parameters : dict
        Parameters for the chapters that have them, beside edition and language.
    isolated : bool
        Start every kernel from nothing instead of forking it with its imports done.
    browser : str, optional
        Path of a Chromium that prints the edition as PDF.
    explain : bool
        Say of every step why it runs, or that it need not.
    """

    editions: list[str] = field(default_factory=list)
    language: str = "all"
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    parameters: dict[str, Any] = field(default_factory=dict)
    isolated: bool = False
    browser: str | None = None
    explain: bool = False
