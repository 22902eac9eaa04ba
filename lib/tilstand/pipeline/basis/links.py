"""Let a file lie in two places without its bytes lying there twice."""

from __future__ import annotations

import os
import shutil


def link_or_copy(one: str, other: str) -> None:
    """Let a file lie in another place too: linked, or copied where the disk cannot link.

    Whoever changes either afterwards writes a new file and renames it.

    Parameters
    ----------
    one : str
        Where it lies.
    other : str
        Where nothing lies yet.
    """
    try:
        os.link(one, other)
    except OSError:
        shutil.copy2(one, other)
