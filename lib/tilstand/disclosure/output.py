"""Write a protected table, and nothing but that."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from tilstand.safe_text import csv_of


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    r"""Write a protected table in one move, with no cell that a spreadsheet would run.

    Parameters
    ----------
    frame : pandas.DataFrame
        The protected table.
    path : Path
        Where it goes; missing folders are made.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "out.csv"
    ...     write_csv(pd.DataFrame({"school": ["=1+1"], "count": [7]}), file)
    ...     file.read_text()
    "school,count\n'=1+1,7\n"
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    draft = Path(name)
    try:
        draft.write_text(csv_of(frame), encoding="utf-8", newline="")
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what the solver prints by itself out of what a user's script reads.

    Examples
    --------
    >>> with quiet():
    ...     _ = os.write(1, b"a line of the solver")
    """
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
