"""Let no edition out whose pages give a pupil away: read the site back and attack it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tilstand.disclosure.site.audit import Findings, audit_site
from tilstand.disclosure.site.numbers import Said, read_site
from tilstand.edition.pupil_file import pupil_paths
from tilstand.errors import BuildError
from tilstand.pipeline.outputs.publish import published
from tilstand.pupils.protection.outlines import limits_of, outlines_of
from tilstand.pupils.protection.protected import Layout, Protected
from tilstand.pupils.protection.public import Public
from tilstand.sources.edition_figures import open_edition
from tilstand.store.entries import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from tilstand.edition import Edition
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
    known = [] if protected is None else [protected]
    return _attack(*read_site(site), rules, known, others, public)


def _attack(
    said: list[Said],
    faults: list[str],
    rules: DisclosureRules,
    known: Sequence[Protected],
    others: Sequence[Path],
    public: Public | None,
) -> Findings:
    """Attack what a site says, as `audit_pages` does; the last that is known is the edition's."""
    ours = _schools(said)
    for other in others:
        theirs, _ = read_site(other)
        # Not the same schools, not the same pupils: an invented municipality, or another one.
        alike = {population for population, _ in ours & _schools(theirs)}
        said += [one for one in theirs if one.population in alike]
    there = {one.population for one in said}
    faults = [*faults, *_apart(there)]
    said += [
        Said(population, "count", cell, float(count), 0, "what others have published")
        for population, cells in (public or {}).items()
        if population in there
        for cell, count in cells.items()
    ]
    protected, earlier = (known[-1], known[:-1]) if known else (None, [])
    found = audit_site(said, limits_of(rules), outlines_of(protected, earlier), faults)
    if found.faults:
        more = len(found.faults) - MOST_LINES
        tail = [f"and {more} more like these"] if more > 0 else []
        raise BuildError([*found.faults[:MOST_LINES], *tail])
    return found


def audit_editions(
    project: Project,
    staged: Sequence[tuple[Edition, str, Path]],
    note: Callable[[str], None],
) -> None:
    """Attack every finished book before any of them is published.

    Parameters
    ----------
    project : Project
        The checkout.
    staged : sequence of (Edition, str, Path)
        Edition, language and folder of each book that is about to be published.
    note : callable
        Takes one line for each book that shows pupils.

    Raises
    ------
    BuildError
        One line for each number that can be read or worked out and must not be.
    """
    fresh = {(edition.name, language): folder for edition, language, folder in staged}
    lines: list[str] = []
    for edition, language, folder in staged:
        name = edition.name
        there = {one: project.site / one / language for one in published(project)}
        there |= {other: path for (other, code), path in fresh.items() if code == language}
        others = {
            other: path
            for other, path in sorted(there.items())
            if other != name and path.is_dir() and edition.pupils and _alike(project, other, name)
        }
        said, faults = read_site(folder)
        known, public = _known_of(project, [*others, name])
        try:
            beside = list(others.values())
            found = _attack(said, faults, edition.disclosure, known, beside, public)
        except BuildError as error:
            lines += [f"{name} {language}: {line}" for line in error.lines]
            continue
        if found.cells or found.means:
            for line in _kept_years(project, name):
                note(line)
            write_findings(project.work / name / language / "audit.json", found)
            note(
                f"attacked {name} {language}: {found.cells} counts, {found.hidden} hidden, "
                f"{found.recovered} recovered"
            )
    if lines:
        raise BuildError(lines)


def _alike(project: Project, other: str, name: str) -> bool:
    """Say whether two editions tell of pupils of one municipality; schools share names widely."""
    if not pupil_paths(project, other):
        return False
    places = {open_edition(project, edition)[1] for edition in (other, name)}
    return len(places) == 1


def _kept_years(project: Project, edition: str) -> list[str]:
    """Say which years stay as readers have them although the pupil file has changed."""
    from tilstand.pupils import door  # here: most builds show no pupils

    shown = door.open_door(project, edition)
    changed = {} if shown is None else shown.protected.changed
    years = sorted({year for each in changed.values() for year in each})
    line = (
        f"{edition}: the pupil file counts {', '.join(years)} otherwise than readers have it, and "
        "the pages show what readers have; to correct a mistake, see 'Numbers that are out' in "
        "data/README.md"
    )
    return [line] if years else []


#: Whose pupils a table's are some of, where the book counts them at all.
WHOLE = {
    "scores": "results",
    "progress": "results",
    "transitions": "results",
    "prior_scores": "results",
    "adjusted": "results",
    "points": "grade_points",
    "marks": "grade_points",
    "completion": "grade_points",
}


def _apart(populations: set[str]) -> list[str]:
    """Find tables that are counted apart from those whose pupils they are some of."""
    first = {population.split("/")[0] for population in populations}
    return [
        f"{population}: counted by itself, expected it among those of {WHOLE[table]}"
        for population in sorted(populations)
        if (table := population.split("/")[0]) in WHOLE and WHOLE[table] in first
    ]


def _schools(said: Sequence[Said]) -> set[tuple[str, str]]:
    return {
        (one.population, category)
        for one in said
        for dimension, category in one.cell
        if dimension.endswith("school")
    }


def _known_of(project: Project, editions: Sequence[str]) -> tuple[list[Protected], Public]:
    """Gather what the attack may know: the layouts of tables, and counts that others published.

    The last edition is the one that is attacked; the counts are of its pupils, and its layouts
    stand with those tables of the others' that it has none of.
    """
    from tilstand.pupils import door  # here: most builds show no pupils

    known: list[Protected] = []
    layouts: dict[str, Layout] = {}
    labels: dict[str, pd.DataFrame] = {}
    shown = None
    for edition in editions:
        shown = door.open_door(project, edition)
        if shown is None:
            continue
        layouts |= shown.protected.layouts
        labels |= {
            name: shown.protected.frames[name][list(layout.dimensions)]
            for name, layout in shown.protected.layouts.items()
        }
        known.append(Protected(dict(layouts), dict(labels), shown.protected.rules))
    return (known, shown.public) if shown is not None else ([], {})


def write_findings(path: Path, found: Findings) -> None:
    """Write what the attack found, for the page on privacy.

    Parameters
    ----------
    path : Path
        A JSON file under ``.build``.
    found : Findings
        Cells, blanks, narrowest interval and recovered; no cell is named.
    """
    numbers = {key: value for key, value in asdict(found).items() if key != "faults"}
    write_whole(path, (json.dumps(numbers, indent=0, sort_keys=True) + "\n").encode())
