"""Run Sphinx in this very process, and leave nothing of it but what has been loaded."""

from __future__ import annotations

import locale
import os
import signal
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import IO


def run_here(words: list[str], surroundings: Mapping[str, str]) -> tuple[int, str]:
    """Run Sphinx in this process.

    Parameters
    ----------
    words : list of str
        Its options.
    surroundings : mapping
        Environment variables to set beside the ones that are there.

    Returns
    -------
    tuple of int and str
        Its exit status, and all that it said.
    """
    import sphinx.locale
    from sphinx.cmd.build import main

    variables, place = dict(os.environ), locale.setlocale(locale.LC_ALL)
    os.environ.update(surroundings)
    try:
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as told:
            with _streams_into(told):
                status = main(words)
            told.seek(0)
            return status, told.read()
    finally:
        # Words of one language would else stand before those of the next.
        sphinx.locale.translators.clear()
        locale.setlocale(locale.LC_ALL, place)
        os.environ.clear()
        os.environ.update(variables)


@contextmanager
def _streams_into(file: IO[str]) -> Iterator[None]:
    """Write into a file what goes to this process's standard streams."""
    streams = {1: sys.stdout, 2: sys.stderr}
    for stream in streams.values():
        stream.flush()
    before = {number: os.dup(number) for number in streams}
    try:
        for number in streams:
            os.dup2(file.fileno(), number)
        yield
    finally:
        for number, stream in streams.items():
            stream.flush()
            os.dup2(before[number], number)
            os.close(before[number])


def uninterrupted() -> bool:
    """Tell whether Ctrl-C goes past this process, as past every fork: Sphinx would hide it."""
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN
