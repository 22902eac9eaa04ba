"""Say whether an edition's pupils allow any contribution at all, before its chapters are listed."""

from __future__ import annotations

from tilstand.analysis.layered_contributions import NO_CONTRIBUTION, fit_cohorts
from tilstand.edition import Edition
from tilstand.edition.pupil_file import pupil_paths
from tilstand.errors import DataError
from tilstand.project import Project
from tilstand.pupils.frames import owed_schools
from tilstand.pupils.reading import read_edition_pupils
from tilstand.pupils.simulated import write_simulated
from tilstand.pupils.spellings import school_spellings
from tilstand.store import kept


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


def _can_be_fitted(project: Project, edition: Edition) -> bool:
    file = edition.pupils
    assert file is not None
    spellings = school_spellings(project, file.all)
    try:
        pupils = read_edition_pupils(
            project, file, simulated=edition.simulated, spellings=spellings
        )
        fit_cohorts(pupils.assign(school=owed_schools(pupils, file)), file.reliability)
    except NO_CONTRIBUTION:
        return False
    except DataError:
        return True
    return True
