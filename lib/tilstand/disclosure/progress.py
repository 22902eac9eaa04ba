"""Say how far a long piece of work has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

#: Seconds until the first line, and from each line to the next.
PAUSE = 5.0


def progress(
    stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Callable[[str], None]:
    r"""Make a function that writes a line now and then, and none while work is quick.

    Parameters
    ----------
    stream : TextIO, optional
        Where lines go; standard error if not given, where no script reads them as a result.
    clock : callable
        Tells the time in seconds.

    Returns
    -------
    callable
        Takes a line on how far the work has come and writes it if the last one is `PAUSE` ago.

    Examples
    --------
    >>> import io
    >>> from tilstand.disclosure.progress import progress
    >>> said, times = io.StringIO(), iter([0, 1, 60, 60])
    >>> note = progress(said, clock=lambda: next(times))
    >>> note("5 of 90 tables")
    >>> note("40 of 90 tables")
    >>> said.getvalue()
    'protecting: 40 of 90 tables\n'
    """
    last = clock()

    def note(line: str) -> None:
        nonlocal last
        if clock() - last >= PAUSE:
            last = clock()
            print(f"protecting: {line}", file=stream or sys.stderr, flush=True)

    return note
