"""Hold the reader to a corpus of the nine real forms: broken ones refused, odd ones read right."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from broken_kinds import Broken, broken_exports
from exports import Sheet
from independent import Reading, read_again
from kinds import Safe, safe_files, sheets
from tilstand.errors import DataError
from tilstand.sources.statistikkbanken import Export, read_export

with tempfile.TemporaryDirectory() as folder:
    SHEETS = sheets(Path(folder))
BROKEN = [(kind, one) for kind, sheet in SHEETS.items() for one in broken_exports(sheet)]
SAFE = [(kind, one) for kind, sheet in SHEETS.items() for one in safe_files(kind, sheet)]
TOLD = ["section", "unit", "year", "grade", "gender", "subject", "value", "margin", "n", "status"]


@pytest.fixture
def read(tmp_path, repo_register, vocabulary):
    def read_content(content: bytes, suffix: str) -> Export:
        path = tmp_path / f"a{suffix}"
        path.write_bytes(content)
        return read_export(path, path.name, repo_register, vocabulary)

    return read_content


def shortest(number: str) -> str:
    """Write a number as a workbook keeps it: without zeros at its end."""
    return re.sub(r"\.?0+$", "", number) if "." in number else number


def even(rows: Reading) -> Reading:
    return {(*row[:-4], shortest(row[-4]), shortest(row[-3]), *row[-2:]) for row in rows}


def told(export: Export) -> Reading:
    found = set()
    for row in export.figures.to_dict("records"):
        if row["indicator"] != "np_scale_points":
            row["subject"] = ""
        found.add((str(row["_row"]), *(str(row[name]).strip() for name in TOLD)))
    return found


@pytest.mark.parametrize(("kind", "broken"), BROKEN, ids=[f"{k}-{one.label}" for k, one in BROKEN])
def test_a_broken_export_is_one_line_with_cause_and_way_out(kind: str, broken: Broken, read):
    got = read(broken.content, broken.suffix)

    (line,) = [str(line) for line in DataError(list(got.faults)).lines]
    assert line.startswith(f"a{broken.suffix}")
    assert broken.says in line
    assert got.figures.empty


@pytest.mark.parametrize(("kind", "safe"), SAFE, ids=[f"{k}-{one.label}" for k, one in SAFE])
def test_an_odd_but_safe_export_is_read_to_the_last_number(kind: str, safe: Safe, read):
    exp = even(read_again(safe.sheet))

    got = read(safe.content, safe.suffix)

    assert [str(fault) for fault in got.faults] == []
    assert even(told(got)) == exp
    assert len(exp) > 5


def test_the_corpus_is_as_large_as_promised():
    assert len(BROKEN) >= 300
    assert len(SAFE) >= 100


ALTERED = ("columns-shuffled", "first-year-dropped", "two-municipalities", "own-rows-only", "excel")


def of_file(path: Path) -> Sheet:
    header, *rows = (line.split("\t") for line in path.read_text("utf-16-le").split("\n")[1:])
    return Sheet(header, [row for row in rows if len(row) > 1])


def test_altered_copies_of_udirs_own_files_are_read_to_the_last_number(udir_exports, read):
    for path in sorted((udir_exports / "bergen").glob("*.csv")):
        if "Mobbing" in path.name:  # its schools are found by their names in the others
            continue
        for safe in safe_files("", of_file(path)):
            if safe.label in ALTERED:
                got = read(safe.content, safe.suffix)
                assert got.faults == []
                assert even(told(got)) == even(read_again(safe.sheet)), (path.name, safe.label)
