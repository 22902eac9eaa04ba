"""Hold the reader to a corpus of broken exports: each refused where and for what it is broken."""

from __future__ import annotations

import pytest

from broken import BrokenFile, Fault, broken_files, in_every_form
from exports import Form
from tilstand.sources.statistikkbanken import read_export

CELLS = list(in_every_form())
FILES = list(broken_files())


@pytest.mark.parametrize(
    ("form", "broken"), CELLS, ids=[f"{form.name}-{fault.label}" for form, fault in CELLS]
)
def test_broken_cell_is_the_only_one_named(
    form: Form, broken: Fault, tmp_path, repo_register, vocabulary
):
    path = form.write(broken.sheet, tmp_path)

    got = read_export(path, "a.csv", repo_register, vocabulary).faults

    places = [(fault.file, fault.row, fault.column, fault.value) for fault in got]
    assert places == [("a.csv", broken.shown_row, broken.column, broken.value)]
    assert broken.reason in got[0].expected


@pytest.mark.parametrize("broken", FILES, ids=[file.label for file in FILES])
def test_broken_file_is_refused_in_one_line(
    broken: BrokenFile, tmp_path, repo_register, vocabulary
):
    path = tmp_path / f"a{broken.suffix}"
    path.write_bytes(broken.content)

    got = read_export(path, "a", repo_register, vocabulary)

    (line,) = [str(fault) for fault in got.faults]
    assert line.startswith(f"a{broken.place}")
    assert broken.reason in line
    assert got.figures.empty


def test_corpus_is_as_large_as_promised():
    assert len(CELLS) + len(FILES) >= 200
