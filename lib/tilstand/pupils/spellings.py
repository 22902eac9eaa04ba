"""Know a school by its name, however the pupil files of an edition spell it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tilstand.tabular.names import folded, joined, one_spelling, questions
from tilstand.tabular.raw import read_raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from tilstand.edition.pupil_file import PupilFile
    from tilstand.project import Project
    from tilstand.tabular.raw import RawTable

#: Fields of the schema that hold schools.
FIELDS = ("school", "feeder_school")


def school_spellings(
    project: Project, files: Iterable[PupilFile], read: Mapping[str, RawTable] | None = None
) -> dict[str, str]:
    """Choose one spelling of each school for all pupil files of an edition.

    Parameters
    ----------
    project : Project
        The checkout; the files' paths are from its root.
    files : iterable of PupilFile
        The edition's pupil files.
    read : mapping of str to RawTable, optional
        Those that are read already, by their paths.

    Returns
    -------
    dict of str to str
        The spelling to show, of every name in a column of schools.
    """
    columns: dict[str, dict[str, None]] = {}
    for file in files:
        named = [file.school, file.columns.get("feeder_school", "")]
        columns.setdefault(file.file, {}).update(dict.fromkeys(named))
    counts: Counter[str] = Counter()
    for name, wanted in columns.items():
        table = (read or {}).get(name) or read_raw(project.root / name, name)[0]
        for column in wanted:
            if column in table.header:
                place = table.header.index(column)
                counts.update(cells[place].strip() for _, cells in table.rows)
    return one_spelling({name: count for name, count in counts.items() if name})


def spelt(table: pd.DataFrame, spellings: Mapping[str, str]) -> pd.DataFrame:
    """Write the schools of a table in one spelling each."""
    there = [field for field in FIELDS if field in table]
    return table.assign(**{name: table[name].map(lambda x: spellings.get(x, x)) for name in there})


def odd_names(schools: Iterable[str], where: str) -> Iterator[str]:
    """Say which names were read as one, and ask about those that are nearly equal.

    Parameters
    ----------
    schools : iterable of str
        Names of the schools of one municipality, as its file spells them.
    where : str
        File and column, as a note begins.

    Yields
    ------
    str
        A line a note.
    """
    spellings = one_spelling(name for name in schools if name and not folded(name).isdigit())
    yield from joined(spellings, where)
    yield from questions(spellings.values(), where)
