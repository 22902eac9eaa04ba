"""Hand out what may be shown of an edition's pupils: the one door from pupils to pages.

Everything that leaves is a table with its blanks, an estimate of a school's, a count that the
edition's rules let through, or the name of a school. No row of a pupil does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.layered_contributions import NO_CONTRIBUTION
from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.analysis.school_contributions import all_contributions
from tilstand.analysis.school_measures import every_measure, has_table, years_of
from tilstand.analysis.social_side import social_rows
from tilstand.analysis.table_forms import years_in
from tilstand.disclosure.site.audit import Findings
from tilstand.edition import listed_editions
from tilstand.edition.pupil_file import pupil_paths
from tilstand.pupils.compared import main_pupils
from tilstand.pupils.contribution import Contribution, contribution_of
from tilstand.pupils.frames import frames_of, joined, pairs_everywhere, test_of
from tilstand.pupils.kept_contributions import NAME as CONTRIBUTIONS
from tilstand.pupils.kept_contributions import keep_contributions, kept_contributions
from tilstand.pupils.protection import published
from tilstand.pupils.protection.allowed import (
    Allowed,
    allowed_schools,
    contributions_to_show,
    open_answers,
)
from tilstand.pupils.protection.frozen import freeze
from tilstand.pupils.protection.once import protect_once
from tilstand.pupils.protection.protected import Protected
from tilstand.pupils.protection.public import PRINTED, Public, public_counts
from tilstand.pupils.protection.published import keep_published, published_before
from tilstand.pupils.protection.trial import attack_tables
from tilstand.pupils.reading import read_edition_pupils
from tilstand.pupils.roster import School, schools_of
from tilstand.pupils.simulated import write_simulated
from tilstand.pupils.spellings import school_spellings
from tilstand.sources.edition_figures import open_edition
from tilstand.store import kept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tilstand.analysis.social_side import Group
    from tilstand.analysis.table_forms import PupilTables
    from tilstand.edition import Edition
    from tilstand.edition.pupil_file import PupilFile
    from tilstand.project import Project
    from tilstand.pupils.protection.protect import Before

    #: A pupil file's rows, and what its columns are.
    Read = tuple[pd.DataFrame, PupilFile]


@dataclass(frozen=True)
class Shown:
    """Hold what pages may show of pupils; nothing in here has a pupil in it.

    Parameters
    ----------
    protected : Protected
        The tables with their blanks.
    trial : Findings
        What an attack on the tables found.
    schools : list of School
        By name.
    contributions : DataFrame
        As `school_contributions.all_contributions` gives it.
    measures : DataFrame
        As `school_measures.every_measure` gives it: every school beside the municipality.
    reliability : float or None
        Reliability of the tests, where it is known.
    public : mapping
        Counts of the pupils that others have published: whoever attacks a page knows them too.
    """

    protected: Protected
    trial: Findings
    schools: list[School]
    contributions: pd.DataFrame = field(repr=False)
    measures: pd.DataFrame = field(repr=False)
    reliability: float | None = None
    public: Public = field(default_factory=dict, repr=False)

    def school(self, key: str) -> School:
        """Find a school by its key."""
        return next(school for school in self.schools if school.key == key)

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the schools by key."""
        return {school.key: school.name for school in self.schools}

    def has(self, table: str) -> bool:
        """Tell whether the pupils fill a table."""
        return has_table(self.protected, table)

    def years(self, table: str = "results") -> list[str]:
        """List the years of a table, oldest first."""
        return years_of(self.protected, table)

    def open_for_schools(self) -> None:
        """Open the views that every school's page asks for; they stay open."""
        if self.has("scores"):
            self.protected.means("scores", "year", "school")
        if self.has("results"):
            self.protected.shares("results", "school", "result")


def open_door(project: Project, edition: str) -> Shown | None:
    """Open what may be shown of an edition's pupils.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.

    Returns
    -------
    Shown or None
        None where the edition has no pupil file. The tables are protected once for all chapters
        and the audit, and kept as they may be shown; nobody changes it.

    Raises
    ------
    DataError
        When a pupil file has faults, or its tables cannot be protected.
    """
    known, *_ = open_edition(project, edition)
    if known.pupils is None:
        return None
    write_simulated(project, edition)
    return kept(
        project.store,
        f"pupils-{known.name}",
        __name__,
        lambda: _made(project, known),
        _rests_on(project, known),
        shared=True,
    )


def open_contribution(project: Project, edition: str) -> Contribution | None:
    """Open what may be shown of an edition's school contributions, as a chapter of its own has it.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.

    Returns
    -------
    Contribution or None
        None where the edition has no pupil file, or none of two schools that can be compared.
        Estimated once for all chapters and kept; nobody changes it.

    Raises
    ------
    DataError
        When a pupil file has faults, or its tables cannot be protected.
    """
    known, *_ = open_edition(project, edition)
    file, shown = known.pupils, open_door(project, edition)
    if file is None or shown is None:
        return None
    readers_have = _published_contributions(project, known, shown.protected)
    if readers_have is not None:
        return readers_have[0]
    allowed = allowed_schools(shown.protected, *test_of(file))
    answers = open_answers(shown.protected)
    return kept(
        project.store,
        f"contribution-{known.name}",
        __name__,
        lambda: _estimated(project, known, file, allowed, answers),
        repr(known),
        [sorted(getattr(allowed, one.name)) for one in fields(allowed)],
        [[name, sorted(groups)] for name, groups in sorted(answers.items())],
        _files(project, known),
        shared=True,
    )


def _estimated(
    project: Project,
    edition: Edition,
    file: PupilFile,
    allowed: Allowed,
    answers: Mapping[str, frozenset[Group]],
) -> Contribution | None:
    pupils = main_pupils(project, edition, file)
    data = _pupils(project, edition) if any(answers.values()) else PupilData()
    social = social_rows(data, answers, edition.disclosure.min_n)
    try:
        return contribution_of(pupils, file, edition.disclosure, allowed, social)
    except NO_CONTRIBUTION:
        return None


def _made(project: Project, edition: Edition) -> Shown:
    """Protect the pupils, for every chapter of a build."""
    _, place, figures, _ = open_edition(project, edition.name)
    read = _all_files(project, edition)
    reliability = edition.pupils.reliability if edition.pupils else None
    tables = tables_of(_own_pupils(read, edition), reliability)
    before = _before(project, edition, tables)
    # What others print of a published year is held against that year as it was published.
    as_published = freeze(tables, [theirs for theirs, _ in before]).tables
    public = public_counts(as_published, figures, place)
    protected = protect_once(
        project.store, tables, edition.disclosure, public=public, before=before
    )
    readers_have = _published_contributions(project, edition, protected)
    estimates = all_contributions(_pairs(read, edition), reliability, edition.disclosure.min_n)
    to_show = contributions_to_show(estimates, protected)
    return Shown(
        protected,
        attack_tables(protected, public, [shown for _, shown in before]),
        schools_of(project, edition),
        to_show if readers_have is None else readers_have[1],
        every_measure(protected),
        reliability,
        public,
    )


def _before(project: Project, edition: Edition, tables: PupilTables) -> list[Before]:
    """Open what has been published of some of the same pupils, this edition's own last.

    An earlier edition's numbers are those that it has published, where they are kept; its pupil
    file may have changed since.
    """
    found = []
    for earlier in _earlier(project, edition):
        shown_then = published_before(private_folder(project, earlier.name))
        if shown_then is None:
            shown = open_door(project, earlier.name)
            theirs = _tables(project, earlier)
            shown_then = None if shown is None else (theirs, shown.protected)
        if shown_then is not None and years_in(shown_then[0]) & years_in(tables):
            found.append(shown_then)
    own = None if edition.simulated else published_before(private_folder(project, edition.name))
    return found if own is None else [*found, own]


def keep_what_is_published(project: Project, edition: str) -> Path | None:
    """Keep an edition's tables once readers have its site, for whoever publishes after it.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.

    Returns
    -------
    Path or None
        The file. Nothing is kept of an edition without pupils, or with invented ones.
    """
    known, *_ = open_edition(project, edition)
    shown = None if known.pupils is None or known.simulated else open_door(project, edition)
    if shown is None:
        return None
    tables = _tables(project, known)
    before = _before(project, known, tables)
    frozen = freeze(tables, [theirs for theirs, _ in before])
    folder = private_folder(project, edition)
    keep_contributions(folder, open_contribution(project, edition), shown.contributions)
    return keep_published(folder, frozen.tables, shown.protected)


def _published_contributions(
    project: Project, edition: Edition, protected: Protected
) -> tuple[Contribution | None, pd.DataFrame] | None:
    """Open the contributions that readers have, where the pupils have changed since."""
    if not protected.changed or edition.simulated:
        return None
    return kept_contributions(private_folder(project, edition.name))


def private_folder(project: Project, edition: str) -> Path:
    """Name the folder of what an edition has of pupils, which is never published."""
    return project.root / "data" / "private" / edition


def _earlier(project: Project, edition: Edition) -> list[Edition]:
    """List the earlier editions with a pupil file of the same municipality, oldest first."""
    _, place, *_ = open_edition(project, edition.name)
    older = [one for one in listed_editions(project) if one.year < edition.year]
    opened = [open_edition(project, one.name) for one in older if pupil_paths(project, one.name)]
    return [known for known, where, *_ in opened if where == place]


def _rests_on(project: Project, edition: Edition) -> list[Any]:
    """List what the tables depend on: the edition, its pupils, and what is known of them."""
    _, _, figures, _ = open_edition(project, edition.name)
    counted = figures["indicator"].isin(PRINTED) & figures["n"].notna()
    said: list[Any] = [repr(edition), figures[counted].to_csv(index=False)]
    said += _files(project, edition)
    return said + [_rests_on(project, earlier) for earlier in _earlier(project, edition)]


def _files(project: Project, edition: Edition) -> list[Path]:
    """List the pupil files that are there; who reads them tells of one that is not."""
    folder, kept_before = private_folder(project, edition.name), (published.NAME, CONTRIBUTIONS)
    named = [*pupil_paths(project, edition.name), *(folder / name for name in kept_before)]
    return [path for path in named if path.is_file()]


def _pupils(project: Project, edition: Edition) -> PupilData:
    return _own_pupils(_all_files(project, edition), edition)


def _own_pupils(read: list[Read], edition: Edition) -> PupilData:
    return joined([frames_of(pupils, one, edition.year) for pupils, one in read])


def _pairs(read: list[Read], edition: Edition) -> pd.DataFrame:
    """Pair the tests of all pupils in the files, those we only compare with too."""
    parts = [pairs_everywhere(pupils, one, edition.year) for pupils, one in read]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def _all_files(project: Project, edition: Edition) -> list[Read]:
    files = edition.pupils.all if edition.pupils else ()
    spellings = school_spellings(project, files)
    return [(_read(project, edition, one, spellings), one) for one in files]


def _tables(project: Project, edition: Edition) -> PupilTables:
    reliability = edition.pupils.reliability if edition.pupils else None
    return tables_of(_pupils(project, edition), reliability)


def _read(
    project: Project, edition: Edition, file: PupilFile, spellings: Mapping[str, str]
) -> pd.DataFrame:
    return read_edition_pupils(project, file, simulated=edition.simulated, spellings=spellings)
