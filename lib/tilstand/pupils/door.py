"""Hand out what may be shown of an edition's pupils: the one door from pupils to pages.

Everything that leaves is a table with its blanks, an estimate of a school's, a count that the
edition's rules let through, or the name of a school. No row of a pupil does.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import tilstand
from tilstand.analysis.pupil_tables import tables_of, years_in
from tilstand.analysis.school_contributions import COLUMNS, all_contributions
from tilstand.analysis.school_measures import every_measure, has_table, years_of
from tilstand.disclosure.site.audit import Findings
from tilstand.edition import listed_editions
from tilstand.edition.pupil_file import pupil_paths
from tilstand.pupils.contribution import Contribution, contribution_of
from tilstand.pupils.frames import frames_of, joined
from tilstand.pupils.protection.protected import Protected
from tilstand.pupils.protection.public import PRINTED, public_counts, write_public
from tilstand.pupils.protection.store import keep, write_once
from tilstand.pupils.protection.trial import attack_tables
from tilstand.pupils.reading import read_edition_pupils
from tilstand.pupils.roster import School, schools_of
from tilstand.pupils.simulated import write_simulated
from tilstand.remembered import held
from tilstand.sources.edition_figures import open_edition

if TYPE_CHECKING:
    from tilstand.analysis.pupil_data import PupilData
    from tilstand.analysis.pupil_tables import PupilTables
    from tilstand.edition import Edition
    from tilstand.project import Project
    from tilstand.pupils.protection.protect import Before

#: Where what may be shown is kept between chapters; nothing under it is ever published.
STORE = "protected"


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
    """

    protected: Protected
    trial: Findings
    schools: list[School]
    contributions: pd.DataFrame = field(repr=False)
    measures: pd.DataFrame = field(repr=False)
    reliability: float | None = None

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
        None where the edition has no pupil file. The tables are protected once in a build and
        kept under ``.build`` as they may be shown.

    Raises
    ------
    DataError
        When a pupil file has faults, or its tables cannot be protected.
    """
    known, *_ = open_edition(project, edition)
    if known.pupils is None:
        return None
    write_simulated(project, edition)
    folder = project.work / STORE
    path = folder / f"book-{_fingerprint(project, known)}.json"
    if not path.is_file():
        write_once(path, lambda: _made(project, known, folder))
    kept = _kept(path)
    return Shown(
        kept["protected"],
        Findings(**kept["trial"]),
        kept["schools"],
        kept["contributions"].copy(deep=False),
        kept["measures"].copy(deep=False),
        known.pupils.reliability,
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
        None where the edition has no pupil file. Estimated once in a build and kept under
        ``.build``.

    Raises
    ------
    DataError
        When the pupil file has faults.
    """
    known, *_ = open_edition(project, edition)
    if known.pupils is None:
        return None
    write_simulated(project, edition)
    path = project.work / STORE / f"contribution-{_fingerprint(project, known)}.json"
    if not path.is_file():
        write_once(path, lambda: _estimated(project, known))
    return _estimates(path)


@held
def _estimates(path: Path) -> Contribution:
    return Contribution.from_json(json.loads(path.read_text(encoding="utf-8")))


def _estimated(project: Project, edition: Edition) -> str:
    file = edition.pupils
    assert file is not None
    pupils = read_edition_pupils(project, file, simulated=edition.simulated)
    return json.dumps(contribution_of(pupils, file, edition.disclosure).to_json())


@held
def _kept(path: Path) -> dict[str, Any]:
    """Read what `_made` wrote."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept | {
        "protected": Protected.from_json(json.dumps(kept["protected"])),
        "schools": [School(**school) for school in kept["schools"]],
        "contributions": pd.DataFrame(kept["contributions"], columns=list(COLUMNS)),
        "measures": pd.read_json(io.StringIO(kept["measures"]), orient="table"),
    }


def _made(project: Project, edition: Edition, folder: Path) -> str:
    """Protect the pupils and write what may be shown of them, for every chapter of a build."""
    _, place, figures, _ = open_edition(project, edition.name)
    data = _pupils(project, edition)
    tables = tables_of(data)
    public = public_counts(tables, figures, place)
    write_public(folder / f"public-{edition.name}.json", public)
    before = _before(project, edition, tables)
    protected = keep(folder, tables, edition.disclosure, public=public, before=before)
    trial = attack_tables(protected, public, [published for _, published in before])
    reliability = edition.pupils.reliability if edition.pupils else None
    estimates = all_contributions(data, reliability, edition.disclosure.min_n)
    kept = {
        "protected": json.loads(protected.to_json()),
        "trial": asdict(trial),
        "schools": [asdict(school) for school in schools_of(project, edition)],
        "contributions": estimates.to_dict("list"),
        "measures": every_measure(protected).to_json(orient="table", index=False),
    }
    return json.dumps(kept, ensure_ascii=False)


def _before(project: Project, edition: Edition, tables: PupilTables) -> list[Before]:
    """Open the earlier editions of the municipality that count some of the same pupils."""
    found = []
    for earlier in _earlier(project, edition):
        theirs = tables_of(_pupils(project, earlier))
        if years_in(theirs) & years_in(tables):
            shown = open_door(project, earlier.name)
            found += [(theirs, shown.protected)] if shown is not None else []
    return found


def _earlier(project: Project, edition: Edition) -> list[Edition]:
    """List the earlier editions with a pupil file of the same municipality, oldest first."""
    _, place, *_ = open_edition(project, edition.name)
    older = [one for one in listed_editions(project) if one.year < edition.year]
    opened = [open_edition(project, one.name) for one in older if pupil_paths(project, one.name)]
    return [known for known, where, *_ in opened if where == place]


def _fingerprint(project: Project, edition: Edition) -> str:
    """Name what the tables depend on: the program, the edition, its pupils, and what is known."""
    digest = hashlib.sha256(repr(edition).encode())
    for earlier in _earlier(project, edition):
        digest.update(_fingerprint(project, earlier).encode())
    library = Path(tilstand.__file__).parent
    for path in sorted(library.rglob("*.py")):
        digest.update(path.read_bytes())
    _, _, figures, _ = open_edition(project, edition.name)
    counted = figures["indicator"].isin(PRINTED) & figures["n"].notna()
    digest.update(figures[counted].to_csv(index=False).encode())
    for path in pupil_paths(project, edition.name):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:24]


def _pupils(project: Project, edition: Edition) -> PupilData:
    files = edition.pupils.all if edition.pupils else ()
    read = [(read_edition_pupils(project, one, simulated=edition.simulated), one) for one in files]
    return joined([frames_of(pupils, one, edition.year) for pupils, one in read])
