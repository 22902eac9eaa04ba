"""Pack an edition, unpack it elsewhere, build it there, and find the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from books import copy_project, shorten
from tilstand.pipeline.reproduce.package import package
from tilstand.project import VARIABLE
from tilstand.register import Register

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    project = copy_project(folder / "project")
    shorten(project, "barnehage-struktur", "slik-er-boka-laget")
    edition = project.editions / "2020.toml"
    text = edition.read_text(encoding="utf-8").replace('["nb", "en"]', '["nb"]')
    edition.write_text(text, encoding="utf-8")
    register = Register.load(project.register)
    archive = package(project, register, "2020", folder / "a.zip", lambda _line: None)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder / "reviewer")
    return folder / "reviewer" / "tilstandsboka-2020"


def replicate(folder) -> subprocess.CompletedProcess:
    settings = {
        key: value for key, value in os.environ.items() if key not in (VARIABLE, "PYTHONPATH")
    }
    command = [sys.executable, "replicate.py", "--here"]
    return subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False
    )


def test_a_reviewer_gets_the_same_bytes_with_one_command(unpacked):
    got = replicate(unpacked)
    assert got.returncode == 0, got.stderr
    files = sum(path.is_file() for path in (unpacked / "published").rglob("*"))
    assert got.stdout.splitlines()[-1] == f"identical: {files} files"
    assert files > 40


def test_a_changed_number_is_found_before_anything_is_built(unpacked):
    figures = unpacked / "project" / "data" / "published" / "barnehage.csv"
    figures.write_text(figures.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    got = replicate(unpacked)
    assert got.returncode == 1
    assert got.stderr == "project/data/published/barnehage.csv: not as it was packed\n"
