"""Read the project's own settings and words, which stand in YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tilstand.store.memory import once

if TYPE_CHECKING:
    from pathlib import Path


def read_yaml(path: Path) -> Any:
    """Read a file of settings; the same text is taken apart once where a process holds.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Any
        What it says; nobody changes it.
    """
    text = path.read_text(encoding="utf-8")
    return once((__name__, text), lambda: yaml.safe_load(text))
