"""Know the editions by the names of their files, and the year that stands inside each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.errors import CallError

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project

#: What calls for an edition: its name, or a year where the name is one.
Called = str | int | float


@dataclass(frozen=True)
class Listed:
    """Name one edition that has a file.

    Parameters
    ----------
    simulated : bool
        Whether its municipality is invented.
    year : int
        Data year.
    name : str
        Name of its file without the ending: ``2020``, ``eksempel``, ``2025-bergen``.
    """

    simulated: bool
    year: int
    name: str


def edition_name(edition: Called) -> str:
    """Write what an edition is called by, a number or a text, as its name."""
    whole = isinstance(edition, float) and edition.is_integer()  # as a spreadsheet has a year
    return str(int(edition) if whole else edition).strip()


def edition_path(project: Project, edition: Called) -> Path:
    """Name the file of an edition, whether it is there or not."""
    return project.editions / f"{edition_name(edition)}.toml"


def has_edition(project: Project, edition: Called) -> bool:
    """Tell whether an edition has a file, in the folder of editions and nowhere else."""
    path = edition_path(project, edition)
    return path.parent == project.editions and path.is_file()


def listed_editions(project: Project) -> list[Listed]:
    """List the editions that have a file, oldest first.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    list of Listed
        Those of invented municipalities last. A file that cannot be read is listed by what its
        name tells; `load_edition` tells its fault.
    """
    found = [_listed(path) for path in project.editions.glob("*.toml")]
    return sorted(found, key=lambda one: (one.simulated, one.year, one.name))


def edition_names(project: Project) -> list[str]:
    """List the names of the editions that have a file, as `listed_editions` orders them."""
    return [one.name for one in listed_editions(project)]


def newest_edition(project: Project) -> Listed:
    """Find the newest edition of a real municipality; of an invented one where there is no other.

    Raises
    ------
    CallError
        When there is none at all.
    """
    listed = listed_editions(project)
    if not listed:
        raise CallError("data/editions: no edition yet; start one with tilstand new-edition")
    real = [one for one in listed if not one.simulated]
    return (real or listed)[-1]


def year_of(project: Project, edition: Called) -> int:
    """Read the data year of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str or int
        Its name. A year without a file of its own stands for itself.

    Raises
    ------
    CallError
        When there is no such edition.
    """
    path, name = edition_path(project, edition), edition_name(edition)
    if has_edition(project, edition):
        return _listed(path).year
    if name.isdigit():
        return int(name)
    raise unknown_edition(project, edition)


def year_before(project: Project, edition: Called) -> str:
    """Name what an edition was called a year before: its year less one, or with that year added.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str or int
        Its name: ``2020`` gives ``2019``, ``2025-bergen`` gives ``2024-bergen``, and ``eksempel``
        of 2020 gives ``eksempel-2019``.
    """
    name, year = edition_name(edition), year_of(project, edition)
    if str(year) in name:
        return name.replace(str(year), str(year - 1))
    return f"{name}-{year - 1}"


def unknown_edition(project: Project, edition: Called) -> CallError:
    """Say that there is no such edition, and which there are."""
    names = ", ".join(edition_names(project)) or "none yet"
    name, path = edition_name(edition), edition_path(project, edition)
    if not (name.isprintable() and name) or path.parent != project.editions:
        return CallError(f"edition {name!r}: no name of an edition; editions there are: {names}")
    where = project.relative(path)
    return CallError(f"edition {name}: no file {where}; editions there are: {names}")


def _listed(path: Path) -> Listed:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        said = {}
    year = said.get("year")
    if not isinstance(year, int) or isinstance(year, bool):
        digits = path.stem[:4]
        year = int(digits) if digits.isdigit() else 0
    return Listed(said.get("simulated") is True, year, path.stem)
