"""Read the exports that a user has put into ``data/open``, and learn schools from them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.edition.names import Called, edition_name, year_of
from tilstand.edition.pupil_file import pupil_paths
from tilstand.errors import Fault
from tilstand.register import LAST_YEAR
from tilstand.sources.headers import Vocabulary
from tilstand.sources.pupil_headers import unnamed_pupil_file
from tilstand.sources.schools import learn_schools, lineages
from tilstand.sources.snapshots import FOLDER, fetched_exports
from tilstand.sources.statistikkbanken import ROW, Export, read_export
from tilstand.tabular.kinds import SUFFIXES
from tilstand.tabular.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tilstand.project import Project
    from tilstand.register import Register

# Udir stamps the time of download into the name: 2025-26_20260218-1047_Nasjonale_...
STAMP = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)-\d{4}(?!\d)")
FIRST_YEAR = 1900
TITLES = {
    "nb": "{form} {years}, Utdanningsdirektoratets statistikkbank",
    "en": "{form} {years}, statistics bank of the Directorate for Education and Training",
}
CITE = "udirStatistikkbanken"


@dataclass(frozen=True)
class Incoming:
    """Hold the exports of one edition.

    Parameters
    ----------
    year : int
        Data year of the edition.
    exports : dict
        What each file says, by path.
    names : dict
        Name of each kind of export, by language and code.
    faults : list of Fault or str
        Every fault of every file, and of files against each other; a line a file of pupils.
    left_out : list of str
        What was fetched and is not used, and why: nobody can put a fetched file right.
    """

    year: int
    exports: dict[Path, Export]
    names: dict[str, dict[str, str]]
    faults: list[Fault | str]
    left_out: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """List what was left out on purpose."""
        told = [note for export in self.exports.values() for note in export.notes]
        return [*told, *self.left_out]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """All rows of the exports as text, with ``file`` and ``source``; doubles once."""
        tables = [
            export.figures.assign(file=path.name, source=source_code(export))
            for path, export in self.exports.items()
            if not export.figures.empty
        ]
        if not tables:
            return pd.DataFrame(columns=[*contracts.FIGURE_COLUMNS, "name", "municipality", "file"])
        rows = pd.concat(tables, ignore_index=True)
        return rows.drop_duplicates(list(contracts.MEASURE_KEY), ignore_index=True)


def incoming_files(project: Project, edition: Called) -> list[Path]:
    """List an edition's exports: those that a user has put there, by name, then fetched ones.

    The edition's pupil files are not among them: nothing but the door for pupils opens them.
    """
    folder = project.open / edition_name(edition)
    secret = {path.resolve() for path in pupil_paths(project, edition)}
    own = [
        path
        for path in sorted(folder.glob("*"))
        if path.suffix.lower() in SUFFIXES
        and not path.name.startswith((".", "~$"))
        and path.resolve() not in secret
    ]
    return own + fetched_exports(folder / FOLDER)


def former_files(project: Project, edition: str = "") -> list[str]:
    """Say that files lie where nothing is read any more, and where they go.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str, optional
        The edition's name; everything there if not given.

    Returns
    -------
    list of str
        A line a folder of ``data/incoming/`` with a file in it.
    """
    lines = []
    for path in sorted(project.former.glob(edition or "*")):
        found = [path] if path.is_file() else path.rglob("*")
        if any(one.is_file() and not one.name.startswith(".") for one in found):
            name = path.name if path.is_dir() else "<edition>"
            lines.append(
                f"{project.relative(path)}: nothing is read here any more: move exports and "
                f"snapshots to data/open/{name}, and pupil files to data/private/{name}"
            )
    return lines


def read_incoming(project: Project, register: Register, edition: Called) -> Incoming:
    """Read every export of an edition.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Units, indicators and the words of the exports.
    edition : str or int
        The edition's name; the files lie in ``data/open/<name>``.

    Returns
    -------
    Incoming
        Exports and faults. Files that say the same of a unit twice are no fault where the
        numbers agree; where they don't, the file with the later name is at fault.
    """
    year = year_of(project, edition)
    folder = project.register / "exports"
    vocabulary = Vocabulary.load(folder)
    exports = {
        path: read_export(path, project.relative(path), register, vocabulary)
        for path in incoming_files(project, edition)
    }
    # Some forms name their schools; who they are, the other exports know.
    schools = schools_by_name(exports.values())
    for path, export in exports.items():
        if any(
            form.code == export.form and form.layout == "questions" for form in vocabulary.forms
        ):
            name = project.relative(path)
            exports[path] = read_export(path, name, register, vocabulary, schools)
    exports, left_out = _usable(exports)
    unknown = [path for path, export in exports.items() if not export.form]
    pupils = {path: unnamed_pupil_file(project, path) for path in unknown}
    exports = {path: export for path, export in exports.items() if not pupils.get(path)}
    faults = [fault for export in exports.values() for fault in export.faults]
    own = {path: export for path, export in exports.items() if not _is_fetched(path)}
    faults += _late(own, year) + _at_odds(list(own.values()))
    odd = [fault for fault in _at_odds(list(exports.values())) if fault not in faults]
    left_out += [f"another export says otherwise and stands: {fault}" for fault in odd]
    misplaced = [line for line in pupils.values() if line]
    return Incoming(year, exports, vocabulary.names, [*sorted(faults), *misplaced], left_out)


def _is_fetched(path: Path) -> bool:
    return path.parent.name == FOLDER


def _usable(exports: dict[Path, Export]) -> tuple[dict[Path, Export], list[str]]:
    """Part fetched files with faults, or of a kind that no chapter reads, from the others."""
    kept, left_out = {}, []
    for path, export in exports.items():
        if not (_is_fetched(path) and (export.faults or not export.form)):
            kept[path] = export
            continue
        first = export.faults[0] if export.faults else export.name
        left_out.append(f"fetched and left out: {first}")
    return kept, left_out


def schools_by_name(exports: Iterable[Export]) -> dict[tuple[str, str], str]:
    """Map municipality code and folded name to organisation number, where the name is unique."""
    found: dict[tuple[str, str], set[str]] = {}
    for export in exports:
        rows = export.figures[export.figures["level"] == "school"]
        for row in rows[["municipality", "name", "unit"]].drop_duplicates().to_dict("records"):
            key = (row["municipality"], folded(row["name"]))
            found.setdefault(key, set()).add(row["unit"])
    return {key: numbers.pop() for key, numbers in found.items() if len(numbers) == 1}


def _late(exports: dict[Path, Export], year: int) -> list[Fault]:
    return [
        Fault(export.name, 0, "", str(max(export.years)), f"figures of {year} or earlier")
        for export in exports.values()
        if export.years and max(export.years) > year
    ]


def _at_odds(exports: list[Export]) -> list[Fault]:
    key, said = list(contracts.MEASURE_KEY), ["value", "n", "margin", "status"]
    parts = [export.figures.assign(file=export.name) for export in exports if export.years]
    if len(parts) < 2:
        return []
    rows = pd.concat(parts, ignore_index=True)
    first = rows.drop_duplicates(key)
    both = rows.merge(first[[*key, *said, "file", ROW]], on=key, suffixes=("", "_first"))
    differ = (both[said].to_numpy() != both[[f"{x}_first" for x in said]].to_numpy()).any(axis=1)
    faults = []
    for file, group in both[differ & (both["file"] != both["file_first"])].groupby("file"):
        row = group.iloc[0]
        expected = (
            f"'{row['value_first']}' as in {row['file_first']}:{row[f'{ROW}_first']} "
            f"({len(group)} cells differ; keep the newer file only)"
        )
        faults.append(Fault(str(file), int(row[ROW]), row["section"], row["value"], expected))
    return faults


def source_code(export: Export) -> str:
    """Name an export as a source of figures, such as ``udir-nasjonale-prover-2025``."""
    return f"udir-{export.form}-{max(export.years)}"


def downloaded(path: Path) -> dt.date | None:
    """Tell the day a file was downloaded, from its name alone: a time stamp is of the last copy."""
    stamp = STAMP.search(path.name)
    if stamp:
        try:
            return dt.date(*(int(part) for part in stamp.groups()))
        except ValueError:
            pass
    return None


def download_age(path: Path, today: dt.date) -> str:
    """Say when a file was downloaded and how long ago that is, for a person."""
    day = downloaded(path)
    if day is None:
        return "day of download not in its name"
    return f"downloaded {day}, {(today - day).days} days ago"


def labels_of(register: Register, incoming: Incoming) -> pd.DataFrame:
    """List the subjects and questions that only the exports name, as categories of the register."""
    known = set(register.categories["category"])
    found: dict[str, str] = {}
    for export in incoming.exports.values():
        found |= {code: name for code, name in export.labels.items() if code not in known}
    rows = [(code, name, name) for code, name in sorted(found.items())]
    return pd.DataFrame(rows, columns=list(contracts.CATEGORY_COLUMNS))


def breaks_of(register: Register, incoming: Incoming) -> pd.DataFrame:
    """List the breaks that the exports tell of and the register does not know.

    The reason is the file's own sentence, in the Norwegian that it is written in.
    """
    rows = []
    for export in incoming.exports.values():
        for (indicator, year), text in export.breaks.items():
            if any(row["year"] == str(year) for row in register.breaks_of(indicator)):
                continue
            names = {"name_nb": "brudd i serien", "name_en": "break in the series"}
            reasons = {"reason_nb": text, "reason_en": text}
            code = f"export-{indicator}-{year}"
            said = {"break": code, "indicators": indicator, "year": str(year), "last_year": ""}
            rows.append({**said, **names, **reasons})
    return pd.DataFrame(rows, columns=list(contracts.BREAK_COLUMNS))


def learned(register: Register, incoming: Incoming) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Learn an edition's schools and sources from its exports.

    Parameters
    ----------
    register : Register
        The register under ``data/register``.
    incoming : Incoming
        Exports without faults.

    Returns
    -------
    units : pandas.DataFrame
        A unit of level ``school`` for each organisation number, in the register's columns (its
        ``place`` is ``school-`` and the newest number of its line), with ``municipality``, the
        place of its municipality.
    sources : pandas.DataFrame
        A source for each kind and year.
    """
    schools = learn_schools(incoming.rows, places_of(register), register.school_mergers)
    newest = lineages(schools)
    units = pd.DataFrame(
        {
            "place": "school-" + schools["unit"].map(newest).astype(str),
            "code": schools["unit"],
            "level": "school",
            "name_nb": schools["name"],
            "name_en": schools["name"],
            "county": schools["municipality"].str[:2],
            "municipality": schools["place"],
            # Seen from the first file to the last says nothing of before and after.
            "valid_from": schools["first_year"].where(schools["opened"], FIRST_YEAR).astype(int),
            "valid_to": schools["last_year"].where(schools["closed"], LAST_YEAR).astype(int),
        }
    )
    return units, pd.DataFrame(_sources(incoming), columns=list(contracts.SOURCE_COLUMNS))


def extended(register: Register, units: pd.DataFrame, sources: pd.DataFrame) -> Register:
    """Add units and sources to the register; gives a new one."""
    return replace(
        register,
        units=pd.concat([register.units, units], ignore_index=True),
        sources=pd.concat([register.sources, sources], ignore_index=True),
    )


def places_of(register: Register) -> dict[str, str]:
    """Return the place behind every code."""
    return dict(zip(register.units["code"], register.units["place"], strict=True))


def _sources(incoming: Incoming) -> list[dict[str, str]]:
    found = {}
    for path, export in incoming.exports.items():
        if not export.years:
            continue
        school_years = export.school_years
        years = "–".join(dict.fromkeys([school_years[0], school_years[-1]]))
        titles = {
            f"title_{language}": words.format(
                form=_sentence(incoming.names[language][export.form]), years=years
            )
            for language, words in TITLES.items()
        }
        code = source_code(export)
        found[code] = {
            "source": code,
            "data_year": str(max(export.years)),
            "published": str(day.year) if (day := downloaded(path)) else "",
            **titles,
            "publisher": "Utdanningsdirektoratet",
            "short_nb": titles["title_nb"],
            "short_en": titles["title_en"],
            "cite": CITE,
            "place": "",
        }
    return list(found.values())


def _sentence(name: str) -> str:
    """Begin a name with a capital letter and leave the rest of it, such as GSI."""
    return name[:1].upper() + name[1:]
