"""Say whether an edition's pupils allow any contribution at all, before its chapters are listed."""

from __future__ import annotations

import pandas as pd

from tilstand.analysis.layered_contributions import NO_CONTRIBUTION
from tilstand.edition import Edition, edition_path
from tilstand.edition.pupil_file import PupilFile, pupil_paths
from tilstand.errors import DataError
from tilstand.project import Project
from tilstand.pupils.contribution import compare
from tilstand.pupils.reading import read_edition_pupils
from tilstand.pupils.simulated import write_simulated
from tilstand.pupils.spellings import school_spellings
from tilstand.store import kept
from tilstand.store.memory import once
from tilstand.value_added.errors import ReliabilityError


def has_contributions(project: Project, edition: Edition) -> bool:
    """Say whether the schools of an edition's pupil file can be compared.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : Edition
        The edition.

    Returns
    -------
    bool
        False without a pupil file, with one or two schools, or where all results are alike. True
        where the file has faults, which whoever shows its pupils tells of.

    Raises
    ------
    DataError
        When the edition states a reliability that its pupils rule out.
    """
    if edition.pupils is None:
        return False
    write_simulated(project, edition.name)
    files = [path for path in pupil_paths(project, edition.name) if path.is_file()]
    return kept(
        project.store,
        f"compared-{edition.name}",
        __name__,
        lambda: _can_be_fitted(project, edition),
        repr(edition),
        files,
    )


def main_pupils(project: Project, edition: Edition, file: PupilFile) -> pd.DataFrame:
    """Read the pupils of an edition's table ``[pupils]``, once in a build.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : Edition
        The edition.
    file : PupilFile
        That table.

    Returns
    -------
    DataFrame
        As `reading.read_edition_pupils` gives it; nobody changes it.

    Raises
    ------
    DataError
        When the file has faults.
    """
    return once(
        ("pupils", str(project.root), repr(edition)),
        lambda: read_edition_pupils(
            project,
            file,
            simulated=edition.simulated,
            spellings=school_spellings(project, file.all),
        ),
    )


def _can_be_fitted(project: Project, edition: Edition) -> bool:
    assert edition.pupils is not None
    try:
        compare(main_pupils(project, edition, edition.pupils), edition.pupils)
    except NO_CONTRIBUTION:
        return False
    except ReliabilityError:
        file = project.relative(edition_path(project, edition.name))
        raise DataError(
            f"{file}:pupils.reliability: '{edition.pupils.reliability}', expected a higher one: so "
            "much error would be all that these pupils' earlier results differ by within a school; "
            "give the test's own reliability among them, or leave the line out"
        ) from None
    except DataError:
        return True
    return True
