"""Protect one file of counts: what the command ``tilstand protect`` does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tilstand.safe_text import one_line

from .cells import TOTAL, System, Table, build_system
from .errors import DisclosureCallError, DisclosureError, UnprotectableError
from .files import Cell, near_names, read_inner_cells, read_published
from .group_rules import GroupRules, groups_of, protect_groups
from .hierarchy import Hierarchies, read_hierarchies
from .notes import cell_name, disclosure_notes
from .output import quiet, write_csv
from .problem import Problem
from .rules import Rules, required_widths
from .suppression import suppress

# More examples than this in one line help nobody.
EXAMPLES = 3
# Tables with more cells than this that may be hidden are protected in parts of about this size.
WHOLE = 600
PART = 300
# A table with more cells and margins than this helps no reader, and its sums fill the memory.
MOST_CELLS = 500_000
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
    *,
    whole_group: bool = False,
    complements: bool = False,
    distribution: str | Sequence[str] = (),
    hierarchy: Sequence[str] = (),
    tell: Callable[[str], None] | None = None,
    allow_large: bool = False,
) -> pd.DataFrame:
    r"""Suppress every small count of a file, and whatever else would disclose it.

    Parameters
    ----------
    file : str or Path
        Inner cells, one row a combination; a missing combination is a true zero.
    dimensions : str or sequence of str
        Columns that span the table, as a list or separated by commas.
    count : str
        Column of the counts.
    min_count : int
        Counts from 1 to ``min_count - 1`` are hidden (primary suppression).
    width : int
        Protection level: least width of such a count's feasibility interval.
    published : str or Path, optional
        Totals that are public already and cannot be hidden.
    output : str or Path, optional
        Where the protected table goes, as CSV in UTF-8.
    note : callable, optional
        Takes one line on how far the work has come.
    whole_group : bool
        Hide the distribution of a group whose members are all in one category. The command does
        so unless told otherwise.
    complements : bool
        Hide a count that leaves 1 to ``min_count - 1`` of its group. With the default width the
        remainder itself is in doubt anyway.
    distribution : str or sequence of str
        Dimensions whose categories say something about the members, a level say. If not given:
        the last one, or both of two.
    hierarchy : sequence of str
        Columns that nest, from the inside out: ``school:municipality``. Subtotals come out in
        rows with ``Total`` in the inner column.
    tell : callable, optional
        Takes one line on groups that the table discloses all the same.
    allow_large : bool
        Read files of any size.

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

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "counts.csv"
    ...     _ = file.write_text("school,level,n\nA,1,20\nA,2,0\nB,1,8\nB,2,9\n")
    ...     table = run(file, "school,level", "n", whole_group=True)
    >>> table.loc[table["status"] == "suppressed", ["school", "level"]].to_numpy().tolist()
    [['A', '1'], ['A', '2'], ['B', '1'], ['B', '2']]
    """
    names = _dimension_names(dimensions, count)
    nesting = read_hierarchies(names, hierarchy)
    along = _distribution(distribution, nesting)
    _check_options(min_count, width, nesting, count)
    file = Path(file)
    cells = read_inner_cells(file, nesting.columns, count, allow_large=allow_large)
    rows = [(cell.row, dict(zip(nesting.columns, cell.key, strict=True))) for cell in cells]
    trees = nesting.parents(rows, str(file))
    table = _table(cells, [row for _, row in rows], nesting, trees, str(file))
    system = build_system([table])
    public = (
        []
        if published is None
        else read_published(Path(published), nesting.columns, count, cells, allow_large=allow_large)
    )
    known = _known(system, public, nesting, str(published), count)
    need = required_widths(system, Rules(min_count=min_count, width=width))
    need[known] = 0
    rules = GroupRules(min_count, width, whole_group=whole_group, complements=complements)
    try:
        hidden = _suppress(system, need, known, along, rules, note)
    except UnprotectableError as fault:
        raise DisclosureError(_given_away(system, fault, published, names, width)) from fault
    notes = disclosure_notes(system, hidden, along, str(file), whole_group=whole_group)
    for line in [*near_names(file, cells, nesting.columns, hierarchy), *notes]:
        (tell or _nobody)(line)
    protected = _result(system, hidden, nesting, trees)
    if output is not None:
        write_csv(protected, Path(output))
    return protected


def _suppress(
    system: System,
    need: np.ndarray,
    known: np.ndarray,
    along: Sequence[str],
    rules: GroupRules,
    note: Callable[[str], None] | None,
) -> np.ndarray:
    """Choose the blanks; a group that public totals disclose is no reason to stop."""
    work = WORK if len(system.dimensions) >= BROAD else 0
    disclosed: frozenset[int] = frozenset()
    while True:
        asked = protect_groups(system, need, known, along, rules, disclosed)
        problem = Problem(system.values, system.matrix, asked.need, known, _floor(asked.floor))
        try:
            with quiet():
                depth, grids = system.margin_depth, system.grids
                return suppress(problem, depth, grids, WHOLE, PART, note, work).hidden
        except UnprotectableError as fault:
            lost = groups_of(system, fault.cells.tolist(), along) - disclosed
            if need[fault.cells].any() or not lost:
                raise
            disclosed |= lost


def _floor(floor: np.ndarray) -> int | np.ndarray:
    return 1 if floor.all() else floor


def _nobody(_: str) -> None:
    """Take a line that nobody asked for."""


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


def _distribution(named: str | Sequence[str], nesting: Hierarchies) -> list[str]:
    parts = named.split(",") if isinstance(named, str) else list(named)
    along = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    for name in along:
        if name not in nesting.dimensions:
            raise DisclosureCallError(
                f"--distribution: '{name}', expected one of {', '.join(nesting.dimensions)}"
            )
    # In a table of three dimensions nearly every small group is whole along one of them.
    return along or list(
        nesting.dimensions if len(nesting.dimensions) <= 2 else nesting.dimensions[-1:]
    )


def _check_options(min_count: int, width: int, nesting: Hierarchies, count: str) -> None:
    if min_count < 2:
        raise DisclosureCallError(f"--min-count: '{min_count}', expected 2 or more")
    if width < 1:
        raise DisclosureCallError(f"--width: '{width}', expected 1 or more")
    if set(nesting.columns) & {count, "count", "status"}:
        raise DisclosureCallError(
            f"--hierarchy: '{', '.join(nesting.columns)}', expected columns other than "
            f"'{count}', 'count' and 'status'"
        )


def _table(
    cells: Sequence[Cell],
    rows: Sequence[Mapping[str, str]],
    nesting: Hierarchies,
    trees: Mapping[str, Mapping[str, str]],
    label: str,
) -> Table:
    names = nesting.dimensions
    keys = [[row[dimension] for dimension in names] for row in rows]
    counts = pd.Series([cell.count for cell in cells], dtype="int64")
    frame = pd.DataFrame(keys, columns=list(names)).assign(count=counts)
    size = math.prod(len(set(frame[d]) | set(trees.get(d, {}).values())) + 1 for d in names)
    if size > MOST_CELLS:
        raise DisclosureError(
            f"{label}: '{size} cells and margins', expected {MOST_CELLS} at most; merge "
            f"categories of a dimension ({', '.join(names)}) or leave one out"
        )
    return Table(frame, names, trees, name=label)


def _known(
    system: System, public: list[Cell], nesting: Hierarchies, label: str, count: str
) -> np.ndarray:
    """Mark the public cells, and refuse totals that are not the sums of the file's cells."""
    known = np.zeros(len(system.values), dtype=bool)
    position = system.position
    faults = []
    for cell in public:
        row = dict(zip(nesting.columns, cell.key, strict=True))
        place = position.get(tuple(nesting.node(row, d) for d in nesting.dimensions))
        shown = one_line(" / ".join(cell.key))
        if place is None:
            faults.append(
                f"{label}:{cell.row}:{','.join(nesting.columns)}: '{shown}', expected "
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
    shown = "; ".join(cell_name(system.keys[i]) for i in fault.cells[:EXAMPLES])
    more = len(fault.cells) - EXAMPLES
    tail = f" and {more} more" if more > 0 else ""
    return (
        f"{published}: '{shown}{tail}', expected public totals that leave these counts an "
        f"interval of {width} or more, but they give them away whatever is hidden; merge "
        f"categories of a dimension ({', '.join(names)}) or leave one out"
    )


def _result(
    system: System,
    hidden: np.ndarray,
    nesting: Hierarchies,
    trees: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    texts = [nesting.row(key, trees) for key in system.keys]
    frame = pd.DataFrame(texts, columns=list(nesting.columns))
    counts = pd.Series(system.values, dtype="Int64").mask(hidden)
    return frame.assign(count=counts, status=np.where(hidden, "suppressed", "ok"))
