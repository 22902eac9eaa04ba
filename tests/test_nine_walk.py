"""Follow the README's walk-through from nine files to a yearly report, on generated files."""

from __future__ import annotations

import re
import shlex

import pytest

from books import copy_project
from nine_files import write_nine

FOLDED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", " ": "_"})
GOAL = "Mindre mobbing,bullied_share,10,,,5.0,2028,Direktøren,i gang\n"
WORDS = "# Vurdering\n\nVi er {{ tall.gsi_pupils }} elever.\n"


@pytest.fixture(scope="module")
def section(repo) -> str:
    readme = (repo.root / "README.md").read_text(encoding="utf-8")
    return readme.split("## A whole yearly report from nine files\n")[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def commands(section) -> list[str]:
    return section.split("```\n")[1].splitlines()


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path)


def test_table_names_every_export(section, tmp_path):
    named = re.findall(r"^\| (.+?) \| \*", section, re.MULTILINE)
    made = write_nine(tmp_path, 1, "Vestland", "Bergen", ("46", "4601"))
    forms = {path.stem.split("_", 1)[1].casefold() for path in made}
    assert {name.casefold().translate(FOLDED) for name in named} == forms
    assert len(named) == len(forms)


def test_table_names_chapters_by_their_titles(section, repo):
    titles = {
        title.casefold()
        for path in repo.notebooks.glob("*.ipynb")
        for title in re.findall(r'"# ([^"\\]+)"', path.read_text(encoding="utf-8"))
    }
    named = {name.replace("\n", " ").casefold() for name in re.findall(r"\*([^*]+)\*", section)}
    assert named
    assert named <= titles


def follow(commands, project, tilstand):
    """Run the commands; what a person does between them is done after the first."""
    told = {}
    for line in commands:
        words = shlex.split(line)[1:]
        answer = tilstand(*words, project=project)
        assert answer.code == 0, (line, answer.err)
        told[words[0]] = answer.out
        if words[0] == "new-edition":
            name = words[words.index("--name") + 1]
            write_nine(project.open / name, 6, "Vestland", "Bergen", ("46", "4601"))
            folder = project.editions / name
            (folder / "text" / "elevtall.nb.md").write_text(WORDS, encoding="utf-8")
            with (folder / "goals.csv").open("a", encoding="utf-8") as goals:
                goals.write(GOAL)
            edition = project.editions / f"{name}.toml"
            text = edition.read_text(encoding="utf-8")
            edition.write_text(text.replace('["nb", "en"]', '["nb"]'), encoding="utf-8")
    return told


def test_walk_through_reads_all_nine(commands, project, tilstand):
    assert [line.split()[1] for line in commands] == ["new-edition", "check", "wants", "build"]
    told = follow(commands[:-1], project, tilstand)
    there = {line.split()[1] for line in told["wants"] if line.startswith("  there: ")}
    assert {"gsi_pupils", "bullied_share", "teacher_mark", "absence_days"} <= there
