"""Protect one file of counts: what the command ``tilstand protect`` does."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from .cells import TOTAL, System, Table, build_system
from .errors import DisclosureCallError, DisclosureError, UnprotectableError
from .files import Cell, read_inner_cells, read_published
from .problem import Problem
from .rules import Rules, required_widths
from .suppression import suppress

# More examples than this in one line help nobody.
EXAMPLES = 3
# Tables with more cells than this that may be hidden are protected in parts of about this size.
WHOLE = 600
PART = 300
# From so many dimensions on the work is limited, to this much; about half a minute.
BROAD = 4
WORK = 80_000


def run(
    file: str | Path,
    dimensions: str | Sequence[str],
    count: str,
    min_count: int = 5,
    width: int = 3,
    published: str | Path | None = None,
    output: str | Path | None = None,
    note: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Hide every small count of a file and whatever else would give it away.

    Parameters
    ----------
    file : str or Path
        Inner cells, one row a combination; a missing combination is a true zero.
    dimensions : str or sequence of str
        Columns that span the table, as a list or separated by commas.
    count : str
        Column of the counts.
    min_count : int
        Counts from 1 to ``min_count - 1`` are hidden.
    width : int
        Smallest distance between the ends of what may be concluded about such a count.
    published : str or Path, optional
        Totals that are public already and cannot be hidden.
    output : str or Path, optional
        Where the protected table goes, as CSV in UTF-8.
    note : callable, optional
        Takes one line on how far the work has come.

    Returns
    -------
    pandas.DataFrame
        All cells and margins (``Total`` in the collapsed dimensions): the dimensions, ``count``
        (missing where hidden) and ``status`` (``ok`` or ``suppressed``).

    Raises
    ------
    DisclosureCallError
        When the options do not make sense.
    DisclosureError
        When a file is wrong, or what is public already gives a count away.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data
    with linear constraints. Management Science 47(7), 1008-1027.
    """
    names = _dimension_names(dimensions, count)
    _check_options(min_count, width)
    file = Path(file)
    cells = read_inner_cells(file, names, count)
    system = build_system([_table(cells, names, str(file))])
    public = [] if published is None else read_published(Path(published), names, count)
    known = _known(system, public, str(published), count)
    need = required_widths(system, Rules(min_count=min_count, width=width))
    need[known] = 0
    problem = Problem(system.values, system.matrix, need, known)
    try:
        with quiet():
            work = WORK if len(names) >= BROAD else 0
            pattern = suppress(problem, system.margin_depth, system.grids, WHOLE, PART, note, work)
    except UnprotectableError as fault:
        raise DisclosureError(_given_away(system, fault, published, names, width)) from fault
    protected = _result(system, pattern.hidden)
    if output is not None:
        write_csv(protected, Path(output))
    return protected


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a protected table in one move, so that no half-written file is ever published.

    Parameters
    ----------
    frame : pandas.DataFrame
        The protected table.
    path : Path
        Where it goes; missing folders are made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    draft = Path(name)
    try:
        frame.to_csv(draft, index=False, encoding="utf-8", lineterminator="\n")
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what the solver prints by itself out of what a user's script reads."""
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


def _dimension_names(dimensions: str | Sequence[str], count: str) -> tuple[str, ...]:
    parts = dimensions.split(",") if isinstance(dimensions, str) else list(dimensions)
    names = tuple(part.strip() for part in parts)
    if not names or "" in names:
        raise DisclosureCallError(
            f"--dimensions: '{','.join(names)}', expected column names separated by commas"
        )
    if len(set(names)) < len(names) or set(names) & {count, "count", "status"}:
        raise DisclosureCallError(
            f"--dimensions: '{','.join(names)}', expected different columns, none of them "
            f"'{count}', 'count' or 'status'"
        )
    return names


def _check_options(min_count: int, width: int) -> None:
    if min_count < 2:
        raise DisclosureCallError(f"--min-count: '{min_count}', expected 2 or more")
    if width < 1:
        raise DisclosureCallError(f"--width: '{width}', expected 1 or more")


def _table(cells: list[Cell], names: tuple[str, ...], label: str) -> Table:
    frame = pd.DataFrame([cell.key for cell in cells], columns=list(names))
    counts = pd.Series([cell.count for cell in cells], dtype="int64")
    return Table(frame.assign(count=counts), names, name=label)


def _known(system: System, public: list[Cell], label: str, count: str) -> np.ndarray:
    """Mark the public cells, and refuse totals that are not the sums of the file's cells."""
    known = np.zeros(len(system.values), dtype=bool)
    position = system.position
    faults = []
    for cell in public:
        place = position.get(cell.key)
        shown = " / ".join(cell.key)
        if place is None:
            faults.append(
                f"{label}:{cell.row}:{','.join(system.dimensions)}: '{shown}', expected "
                f"categories of the file, or {TOTAL}"
            )
        elif system.values[place] != cell.count:
            faults.append(
                f"{label}:{cell.row}:{count}: '{cell.count}', expected {system.values[place]}, "
                f"the sum of the file's cells for {shown}"
            )
        else:
            known[place] = True
    if faults:
        raise DisclosureError(faults)
    return known


def _given_away(
    system: System,
    fault: UnprotectableError,
    published: str | Path | None,
    names: tuple[str, ...],
    width: int,
) -> str:
    """Say in one line which counts the public totals give away, and the way out."""
    shown = "; ".join(" / ".join(system.keys[i]) for i in fault.cells[:EXAMPLES])
    more = len(fault.cells) - EXAMPLES
    tail = f" and {more} more" if more > 0 else ""
    return (
        f"{published}: '{shown}{tail}', expected public totals that leave these counts an "
        f"interval of {width} or more, but they give them away whatever is hidden; merge "
        f"categories of a dimension ({', '.join(names)}) or leave one out"
    )


def _result(system: System, hidden: np.ndarray) -> pd.DataFrame:
    frame = system.frame()
    at = frame.index.to_numpy()
    counts = pd.Series(system.values[at], index=frame.index, dtype="Int64").mask(hidden[at])
    frame = frame.assign(count=counts, status=np.where(hidden[at], "suppressed", "ok"))
    return frame.reset_index(drop=True)
