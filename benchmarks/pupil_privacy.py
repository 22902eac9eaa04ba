"""Protect drawn municipalities as a book does, publish them again, and attack what readers have.

Run from the repository's root::

    nice -n 15 python benchmarks/pupil_privacy.py [--municipalities 40] [--first 0]
        [--schools 0] [--cohorts 0] [--output FILE]

Each municipality has three editions: the first, the same with a pupil less in every file, and next
year's with a pupil less in the cohorts that both have. The library's attack looks at each of them
beside those before it; the other one (`pupil_attack.py`) is a reader who has all three, and the
contributions as their pages print them. ``--schools`` and ``--cohorts`` fix a size; 0 draws it.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
import tempfile
import time
import tomllib
import traceback
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pupil_attack import Cell, Found, Reader, attack_counts, attack_sums, read_tables, truth_of
from pupil_files import Files, draw_town

from tilstand.analysis.layered_contributions import fit_cohorts
from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.analysis.table_forms import PupilTables
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.edition.pupil_file import PupilFile, checked
from tilstand.project import Project
from tilstand.pupils.contribution import contribution_of
from tilstand.pupils.frames import frames_of, joined, owed_schools, test_of
from tilstand.pupils.protection import Protected, protect
from tilstand.pupils.protection.allowed import allowed_schools
from tilstand.pupils.protection.frozen import freeze
from tilstand.pupils.protection.trial import attack_tables
from tilstand.pupils.reading import SCHEMA, read_edition_pupils
from tilstand.value_added.errors import ValueAddedError

#: Rules under which nothing is hidden: only for the truth that the attack is held against.
OPEN = DisclosureRules(
    min_count=1,
    min_n=1,
    width=0,
    strict_min_count=1,
    strict_min_n=1,
    strict_width=0,
    complements=False,
    whole_group=False,
)
RULES = DisclosureRules()
#: Half a standard deviation of pupils, in each measure's own unit.
WIDTHS = {"score": 4.5, "prior": 4.5, "points": 3.5, "answer": 0.7, "final": 0.5, "exam": 0.5}
EDITIONS = ("first", "reissue", "following")
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Read:
    """Hold an edition's pupils as a book reads them."""

    tables: PupilTables
    data: PupilData
    file: PupilFile
    pupils: pd.DataFrame


def read_files(files: Files) -> Read:
    """Read pupil files as an edition does, and make the book's tables of them."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        files.write(root)
        shutil.copy(ROOT / SCHEMA, root / SCHEMA)
        said = tomllib.loads((root / f"data/editions/{files.year}.toml").read_text("utf-8"))
        faults: list[str] = []
        file = checked(said["pupils"], f"{files.year}.toml", faults)
        if file is None:
            raise ValueError(faults)
        read = [(read_edition_pupils(Project(root), one), one) for one in file.all]
    data = joined([frames_of(pupils, one, files.year) for pupils, one in read])
    return Read(tables_of(data, file.reliability), data, file, read[0][0])


def see_contributions(reader: Reader, read: Read, protected: Protected) -> int:
    """Let a reader see the contributions that pages print, as sums of scores; return how many.

    The reader is given more than pages print: the means before shrinking, where zero lies, and how
    many pupils were in each cohort.
    """
    grade, subject = test_of(read.file)
    allowed = allowed_schools(protected, grade, subject)
    try:
        made = contribution_of(read.pupils, read.file, RULES, allowed)
    except ValueAddedError:
        return 0
    pairs = read.data.pairs
    pairs = pairs[(pairs["grade"].astype(str) == grade) & (pairs["subject"] == subject)]
    window = _window(pairs["year"])
    lines = [("slope", set(made.ours.get("school", ())))]
    lines.append(("naive_slope", set(made.naive.get("school", ()))))
    one_by_one = set(made.cohorts.get("school", ()))
    fits = fit_cohorts(
        read.pupils.assign(school=owed_schools(read.pupils, read.file)), read.file.reliability
    )
    between = fits.main.variances.get("school_cohort", 0.0)
    seen = 0
    for line, schools in lines:
        slope = made.fit[line]
        apart = pairs["outcome"].astype(float) - slope * pairs["prior"].astype(float)
        for school in sorted(schools):
            mine = apart[pairs["school"] == school].groupby(pairs["year"])
            means, sizes = mine.mean(), mine.size()
            cells = {year: _cell(grade, subject, school, str(year)) for year in means.index}
            made_of = {"score": 1.0, "prior": -slope}
            reader.see(_cell(grade, subject, school, window), int(sizes.sum()))
            if school in one_by_one or len(means) == 1:
                for year, cell in cells.items():
                    reader.see(cell, int(sizes[year]))
                    reader.means.append(
                        ("contribution", made_of, cell, round(means[year], 1), 0.05)
                    )
            else:
                # The average that is shrunk weighs each cohort's mean by how sure it is.
                weights = 1 / (between + fits.main.scale / sizes)
                weights /= weights.sum()
                factors = {
                    (quantity, cells[year]): weights[year] / sizes[year] * factor
                    for year in means.index
                    for quantity, factor in made_of.items()
                }
                value = round(float((weights * means).sum()), 1)
                reader.mixed.append((f"test {grade} {subject}", factors, value, 0.05))
            seen += 1
    return seen


def _cell(grade: str, subject: str, school: str, year: str) -> Cell:
    labels = {"school": school, "year": year, "took": "yes", "both": "yes"}
    return f"test {grade} {subject}", frozenset(labels.items())


def _window(years: pd.Series) -> str:
    first, last = years.min(), years.max()
    return str(first) if first == last else f"{first}-{last}"


def editions_of(seed: int, schools: int, cohorts: int) -> dict[str, float]:
    """Publish a municipality three times, attack each edition and all of them together."""
    town = draw_town(seed, schools, cohorts)
    row: dict[str, float] = {"seed": seed, "schools": town.schools, "cohorts": town.cohorts}
    before: list[tuple[PupilTables, Protected]] = []
    reader, truth, found = Reader(), {}, Found()
    for name in EDITIONS:
        start = time.process_time()
        read = read_files(getattr(town, name))
        tables = freeze(read.tables, [theirs for theirs, _ in before]).tables
        protected = protect(read.tables, RULES, before=before)
        row[f"{name}_seconds"] = round(time.process_time() - start, 1)
        trial = attack_tables(protected, before=[shown for _, shown in before])
        row[f"{name}_faults"] = len(trial.faults)
        row[f"{name}_recovered"] = trial.recovered
        for line in trial.faults[:3]:
            sys.stderr.write(f"  {name}: {line}\n")
        whole = protect(tables, OPEN)
        if name == "first":
            row |= _shares(protected, whole)
        row[f"{name}_redesigned"] = len(protected.redesigned)
        opened = read_tables(protected.to_json())
        for cell, count in opened.counts.items():
            reader.see(cell, count)
        reader.means += opened.means
        reader.contradictions += opened.contradictions
        if name != "reissue":
            row[f"{name}_contributions"] = see_contributions(reader, read, protected)
        truth = truth_of(whole.to_json()) | truth
        before.append((tables, protected))
    attack_counts(reader, truth, found)
    attack_sums(reader, truth, WIDTHS, found)
    for line in found.examples[:5]:
        sys.stderr.write(f"  {line}\n")
    return row | {
        "small": found.small,
        "recovered": int(found.recovered),
        "narrow": int(found.narrow),
        "groups": found.groups,
        "pinned": found.pinned,
        "contradictions": reader.contradictions,
    }


def _shares(protected: Protected, whole: Protected) -> dict[str, float]:
    """Count numbers, those that are small themselves, and those that are hidden."""
    small = 0
    for name, frame in whole.frames.items():
        if name in protected.frames:
            what, limit = ("count", RULES.min_count) if "count" in frame else ("n", RULES.min_n)
            size = frame[what]
            small += int(((size > 0) & (size < limit)).sum())
    frames = protected.frames.values()
    return {
        "cells": sum(len(frame) for frame in frames),
        "hidden_before": small,
        "hidden": sum(int((frame["status"] == "suppressed").sum()) for frame in frames),
    }


def main() -> None:
    """Print what was found, one line a municipality and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--municipalities", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--schools", type=int, default=0)
    parser.add_argument("--cohorts", type=int, default=0)
    parser.add_argument("--output", type=Path, help="a CSV file; one row is added a municipality")
    call = parser.parse_args()
    rows = []
    for seed in range(call.first, call.first + call.municipalities):
        try:
            rows.append(editions_of(seed, call.schools, call.cohorts) | {"built": 1})
        except Exception:  # noqa: BLE001  a municipality that fails is told, the next is tried
            sys.stderr.write(f"{seed}: {traceback.format_exc()}\n")
            rows.append({"seed": seed, "built": 0})
        sys.stdout.write(f"{rows[-1]}\n")
        sys.stdout.flush()
        if call.output:
            _add_row(call.output, rows[-1])
    total = pd.DataFrame(rows).drop(columns="seed").sum()
    sys.stdout.write(total.to_string() + "\n")


def _add_row(path: Path, row: dict[str, float]) -> None:
    there = path.is_file()
    if there:
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
    else:
        columns = list(row)
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        if not there:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
