"""Copy what a build reads, and nothing else."""

import stat

import pytest

from tilstand.errors import BuildError
from tilstand.pipeline.reproduce.workcopy import copy_project, faults_told, run_build, scratch


@pytest.fixture
def copy(tiny, tmp_path):
    tiny.write("book/site/2020/nb/index.html", "x")
    tiny.write(".build/2020/nb/executed/index.ipynb", "{}")
    tiny.write(".venv/bin/python", "")
    tiny.write("data/editions/2020.toml", tiny.edition_file.read_text(encoding="utf-8"))
    return copy_project(tiny.project, tmp_path / "copy")


def test_data_chapters_pages_and_library_are_copied(copy):
    for name in ("data/published/figures.csv", "notebooks/elevtall.ipynb", "book/nb/om.md"):
        assert (copy.root / name).is_file()
    assert (copy.root / "lib" / "tilstand" / "cli.py").is_file()


def test_what_was_built_and_the_environment_are_not(copy):
    names = {path.name for path in copy.root.iterdir()}
    assert not names & {".build", ".venv"}
    assert not copy.site.exists()


def test_commit_goes_along(tiny, tmp_path):
    tiny.write(".commit", "abc\n")
    copy = copy_project(tiny.project, tmp_path / "copy")
    assert (copy.root / ".commit").read_text(encoding="utf-8") == "abc\n"


def test_a_build_that_fails_ends_with_its_lines(copy):
    with pytest.raises(BuildError) as stopped:
        run_build(copy, ["--edition", "1999"])
    (got,) = stopped.value.lines
    assert got.startswith("edition 1999: no file data/editions/1999.toml")


def test_what_is_wrong_is_told_without_how_far_the_build_had_come():
    lines = ["[1/2] 2020 nb notebooks/a.ipynb (0.5 s)", "compiling 2020 nb", "a.md:3: WARNING: x"]

    assert faults_told(lines) == ["a.md:3: WARNING: x"]


def test_program_that_broke_down_is_told_in_one_line():
    lines = [
        "compiling 2020 nb",
        "Traceback (most recent call last):",
        '  File "order.py", line 100, in build',
        "    pages = make(project, order)",
        "KeyError: 'search_near'",
    ]

    assert faults_told(lines) == ["the program broke down: KeyError: 'search_near'"]


def test_a_folder_for_copies_is_its_owners_and_what_a_killed_process_left_goes(tiny):
    home = tiny.project.work / "scratch"
    left = home / "verify-999999999-x"
    left.mkdir(parents=True)
    (left / "elever.csv").write_text("x", encoding="utf-8")

    with scratch(tiny.project, "verify") as folder:
        modes = [stat.S_IMODE(one.stat().st_mode) for one in (home, folder)]
        with scratch(tiny.project, "backtest"):
            there = folder.is_dir()

    assert modes == [0o700, 0o700]
    assert there
    assert list(home.iterdir()) == []
