"""Let no edition out whose pages give a pupil away: read the site back and attack it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tilstand.disclosure.site.audit import Findings, audit_site
from tilstand.disclosure.site.numbers import Said, read_site
from tilstand.edition.pupil_file import pupil_paths
from tilstand.errors import BuildError
from tilstand.pupils.protection.outlines import limits_of, outlines_of
from tilstand.pupils.protection.protected import Layout, Protected
from tilstand.pupils.protection.public import Public, read_public

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from tilstand.edition.disclosure_rules import DisclosureRules
    from tilstand.project import Project

# More lines than this help nobody.
MOST_LINES = 40


def audit_pages(
    site: Path,
    rules: DisclosureRules,
    protected: Protected | None,
    others: Sequence[Path] = (),
    public: Public | None = None,
) -> Findings:
    """Attack a finished site before it is published.

    Parameters
    ----------
    site : Path
        Pages, figures and downloads of one edition in one language, not yet published.
    rules : DisclosureRules
        The edition's rules.
    protected : Protected or None
        Names the tables, dimensions and groups; none of its numbers is used.
    others : sequence of Path
        Other editions of the same language that are on the site: the same pupils may be in them.
    public : mapping, optional
        Counts of these pupils that others have published, by population and cell.

    Returns
    -------
    Findings
        What the attack found.

    Raises
    ------
    BuildError
        One line for each number that can be read or worked out and must not be.
    """
    said, faults = read_site(site)
    ours = _schools(said)
    for other in others:
        theirs, _ = read_site(other)
        # Not the same schools, not the same pupils: an invented municipality, or another one.
        alike = {population for population, _ in ours & _schools(theirs)}
        said += [one for one in theirs if one.population in alike]
    there = {one.population for one in said}
    said += [
        Said(population, "count", cell, float(count), 0, "what others have published")
        for population, cells in (public or {}).items()
        if population in there
        for cell, count in cells.items()
    ]
    found = audit_site(said, limits_of(rules), outlines_of(protected), faults)
    if found.faults:
        more = len(found.faults) - MOST_LINES
        tail = [f"and {more} more like these"] if more > 0 else []
        raise BuildError([*found.faults[:MOST_LINES], *tail])
    return found


def audit_editions(
    project: Project,
    staged: Sequence[tuple[int, str, Path, DisclosureRules]],
    note: Callable[[str], None],
) -> None:
    """Attack every finished book before any of them is published.

    Parameters
    ----------
    project : Project
        The checkout.
    staged : sequence of (int, str, Path, DisclosureRules)
        Edition, language, folder and rules of each book that is about to be published.
    note : callable
        Takes one line for each book that shows pupils.

    Raises
    ------
    BuildError
        One line for each number that can be read or worked out and must not be.
    """
    fresh = {(year, language): folder for year, language, folder, _ in staged}
    lines: list[str] = []
    for year, language, folder, rules in staged:
        there = {int(p.name): p / language for p in project.site.glob("[0-9]*") if p.is_dir()}
        there |= {other: path for (other, code), path in fresh.items() if code == language}
        others = [
            path
            for other, path in sorted(there.items())
            # The invented pupils of two editions are not the same ones.
            if other != year and path.is_dir() and _real(project, other) and _real(project, year)
        ]
        layouts = kept_layouts(project.work / "protected", rules)
        try:
            public = read_public(project.work / "protected" / f"public-{year}.json")
            found = audit_pages(folder, rules, layouts, others, public)
        except BuildError as error:
            lines += [f"{year} {language}: {line}" for line in error.lines]
            continue
        if found.cells or found.means:
            write_findings(project.work / str(year) / language / "audit.json", found)
            note(
                f"attacked {year} {language}: {found.cells} counts, {found.hidden} hidden, "
                f"{found.recovered} recovered"
            )
    if lines:
        raise BuildError(lines)


def _real(project: Project, year: int) -> bool:
    return bool(pupil_paths(project, year))


def _schools(said: Sequence[Said]) -> set[tuple[str, str]]:
    return {
        (one.population, category)
        for one in said
        for dimension, category in one.cell
        if dimension.endswith("school")
    }


def kept_layouts(folder: Path, rules: DisclosureRules) -> Protected:
    """Gather the names of all tables that were protected for the chapters.

    Parameters
    ----------
    folder : Path
        Where `tilstand.pupils.protection.store` keeps them.
    rules : DisclosureRules
        The edition's rules.

    Returns
    -------
    Protected
        Layouts and the names of cells, without numbers.
    """
    layouts: dict[str, Layout] = {}
    labels: dict[str, pd.DataFrame] = {}
    for path in sorted(folder.glob("*.json"), key=lambda one: (one.stat().st_mtime, one.name)):
        said = json.loads(path.read_text(encoding="utf-8"))
        if "tables" in said:
            kept = Protected.from_json(json.dumps(said))
            layouts |= kept.layouts
            for name, layout in kept.layouts.items():
                labels[name] = kept.frames[name][list(layout.dimensions)]
    return Protected(layouts, labels, rules)


def write_findings(path: Path, found: Findings) -> None:
    """Write what the attack found, for the page on privacy.

    Parameters
    ----------
    path : Path
        A JSON file under ``.build``.
    found : Findings
        Cells, blanks, narrowest interval and recovered; no cell is named.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = {key: value for key, value in asdict(found).items() if key != "faults"}
    path.write_text(json.dumps(numbers, indent=0, sort_keys=True) + "\n", encoding="utf-8")
