"""Protect drawn municipalities as a book does, and attack what comes out with other code.

Run from the repository's root::

    python benchmarks/pupil_privacy.py [--municipalities 40] [--first 0] [--schools 0] [--cohorts 0]

``--schools`` and ``--cohorts`` fix a size; 0 draws it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import pandas as pd
from pupil_attack import Found, attack_counts, attack_sums, read_tables, truth_of
from pupil_files import Files, draw_town

from tilstand.analysis.pupil_tables import PupilTables, tables_of
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.edition.pupil_file import checked
from tilstand.project import Project
from tilstand.pupils.frames import frames_of, joined
from tilstand.pupils.protection import Protected, protect
from tilstand.pupils.reading import SCHEMA, read_edition_pupils

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
#: Half a standard deviation of pupils, in each measure's own unit.
WIDTHS = {"score": 4.5, "prior": 4.5, "points": 3.5, "answer": 0.7, "final": 0.5, "exam": 0.5}
ROOT = Path(__file__).resolve().parents[1]


def tables_from(files: Files) -> PupilTables:
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
        return tables_of(joined([frames_of(pupils, one, files.year) for pupils, one in read]))


def attacked(protected: Protected, tables: PupilTables) -> dict[str, float]:
    """Attack one edition and count what was found."""
    found = Found()
    reader = read_tables(protected.to_json())
    truth = truth_of(protect(tables, OPEN).to_json())
    attack_counts(reader, truth, found)
    attack_sums(reader, truth, WIDTHS, found)
    for line in found.examples[:5]:
        sys.stderr.write(f"  {line}\n")
    frames = protected.frames.values()
    return {
        "cells": sum(len(frame) for frame in frames),
        "hidden": sum(int((frame["status"] == "suppressed").sum()) for frame in frames),
        "small": found.small,
        "recovered": found.recovered,
        "narrow": found.narrow,
        "groups": found.groups,
        "pinned": found.pinned,
        "contradictions": reader.contradictions,
    }


def main() -> None:
    """Print what was found, one line a municipality and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--municipalities", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--schools", type=int, default=0)
    parser.add_argument("--cohorts", type=int, default=0)
    call = parser.parse_args()
    rows = []
    for seed in range(call.first, call.first + call.municipalities):
        town = draw_town(seed, call.schools, call.cohorts)
        start = time.process_time()
        tables = tables_from(town.first)
        protected = protect(tables)
        took = time.process_time() - start
        row = {"seed": seed, "schools": town.schools, "cohorts": town.cohorts, "seconds": took}
        rows.append(row | attacked(protected, tables) | {"redesigned": len(protected.redesigned)})
        sys.stdout.write(f"{rows[-1]}\n")
        sys.stdout.flush()
    total = pd.DataFrame(rows).drop(columns="seed").sum()
    sys.stdout.write(total.to_string() + "\n")


if __name__ == "__main__":
    main()
