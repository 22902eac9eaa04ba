"""Follow the README's walk-through to a new edition, word by word, on invented exports."""

from __future__ import annotations

import functools
import re
import shlex

import pytest
from bs4 import BeautifulSoup

import report_pages
from books import copy_project, shorten
from exports import UDIR, settled_in, sheet
from interfaces import serve
from tilstand.pipeline.outputs import pdf
from tilstand.sources import fetch
from tilstand.sources.client import Client
from tilstand.sources.open_sources import BASES

BAERUM = {
    "2025-26_20260218-1047_Nasjonale_proever_ungdomstrinn.csv": settled_in(
        sheet("2025-26"), "32", "Akershus", "3201", "Bærum"
    ),
    "2022-23_20260224-1157_Nasjonale_proever_5._trinn.csv": settled_in(
        sheet("2022-23", "5. trinn"), "30", "Viken (2020 - 2023)", "3024", "Bærum (2020 - 2023)"
    ),
}


@pytest.fixture(scope="module")
def commands(repo) -> list[str]:
    readme = (repo.root / "README.md").read_text(encoding="utf-8")
    section = re.search(r"## A new year in one command\n.*?```\n(.*?)```", readme, re.DOTALL)
    assert section is not None
    return section[1].splitlines()


def test_walk_through_names_every_step(commands):
    assert [line.split()[1] for line in commands] == ["new-edition", "fetch", "check", "build"]


@pytest.fixture
def project(tmp_path):
    made = copy_project(tmp_path)
    shorten(made, "sammendrag", "nasjonale-prover-skoler")
    return made


@pytest.mark.slow
def test_walk_through_makes_the_edition(commands, project, tilstand, monkeypatch):
    patient = functools.partial(Client, calls_a_minute=10_000)
    monkeypatch.setattr(fetch, "Client", patient)
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    told = {}
    with serve() as interfaces:
        interfaces.pages.files = report_pages.nine(
            project.root / "nine", "Akershus", "Bærum", ("32", "3201")
        )
        for name in BASES:
            monkeypatch.setenv(f"TILSTAND_{name.upper()}", f"{interfaces.base}/{name}")
        for line in commands:
            words = shlex.split(line)[1:]
            answer = tilstand(*words, project=project)
            assert answer.code == 0, (line, answer.err)
            told[words[0]] = answer.out
            if words[0] == "new-edition":
                edition = project.editions / "2025.toml"
                text = edition.read_text(encoding="utf-8")
                edition.write_text(text.replace('["nb", "en"]', '["nb"]'), encoding="utf-8")
                for name, made in BAERUM.items():
                    (project.open / "2025" / name).write_bytes(UDIR.content(made))

    states = [line.split(":")[0] for line in told["check"] if "National tests grade" in line]
    # Grade 5 of all four years and grade 8 of three: two files by hand, the others fetched.
    assert states.count("  there") == 7
    assert states.count("  missing") == 1
    page = (project.site / "2025" / "nb" / "nasjonale-prover-skoler.html").read_text(
        encoding="utf-8"
    )
    article = BeautifulSoup(page, "html.parser").find("article")
    assert article is not None
    assert "Ålvik barneskole" in article.get_text()
