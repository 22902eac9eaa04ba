"""What pupil files hold reaches neither git, nor an archive, nor the site; canaries tell."""

from __future__ import annotations

import io
import subprocess
import zipfile

import numpy as np
import pandas as pd
import pytest

from books import copy_project, shorten
from nine_files import write_nine
from tilstand.pipeline.reproduce.package import public_copy
from tilstand.register import Register
from tilstand.simulation import Plan, simulate

pytestmark = pytest.mark.slow

CANARY = b"kanarifugl"
NAME = "2025-bergen"
PUPILS = f"""
[pupils]
file = "data/private/{NAME}/elever.csv"
school = "Skole"
outcome = "Lesing 9"
prior = "Lesing 8"
grade = "9"
cohort = "Høst"
[pupils.columns]
pupil = "Elev"
"""


def git(project, *words: str) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        ["git", *names, *words], cwd=project.root, check=True, capture_output=True, text=True
    )
    return done.stdout


def holds_canary(content: bytes) -> bool:
    """Tell whether a file, or a file in it, holds the canary."""
    if any(CANARY.decode().encode(code) in content for code in ("utf-8", "utf-16-le")):
        return True
    if not content.startswith(b"PK\x03\x04"):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return any(
            CANARY in name.encode() or holds_canary(packed.read(name)) for name in packed.namelist()
        )


def write_pupils(folder):
    plan = Plan(pupils=300, schools=3, home_schools=3, cohorts=(2025,))
    made = simulate(plan, np.random.default_rng(3)).pupils
    pd.DataFrame(
        {
            "Elev": made["pupil"] + "-kanarifugl",
            "Høst": made["cohort"],
            "Skole": made["school"],
            "Lesing 8": made["reading_8"].astype("Int64"),
            "Lesing 9": made["reading_9"].astype("Int64"),
        }
    ).to_csv(folder / "elever.csv", sep=";", index=False)


def test_the_documented_steps_leave_no_pupil_where_others_may_look(tmp_path, repo, tilstand):
    project = copy_project(tmp_path / "project")
    shorten(project, "sammendrag", "skolene", "skole")
    for old in project.editions.glob("*.toml"):
        old.unlink()
    (project.root / ".gitignore").write_bytes((repo.root / ".gitignore").read_bytes())
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "a")

    def run(*words: str) -> None:
        answer = tilstand(*words, project=project)
        assert answer.code == 0, (words, answer.err)
        changed = git(project, "status", "--porcelain", "-uall")
        assert "elever.csv" not in changed, words
        assert "data/private" not in changed, words

    run("new-edition", "2025", "--municipality", "4601", "--name", NAME)
    write_nine(project.open / NAME, 3, "Vestland", "Bergen", ("46", "4601"))
    write_pupils(project.private / NAME)
    edition = project.editions / f"{NAME}.toml"
    text = edition.read_text(encoding="utf-8").replace('["nb", "en"]', '["nb"]')
    edition.write_text(text + PUPILS, encoding="utf-8")
    run("check")
    run("wants", "--edition", NAME)
    run("build", "--edition", NAME, "--no-pdf")
    run("release", "--edition", NAME)
    git(project, "add", "-A")
    git(project, "commit", "-qm", "b")

    tracked = git(project, "ls-files").splitlines()
    copy, _ = public_copy(project, Register.load(project.register), NAME, tmp_path / "public")

    assert f"data/open/{NAME}/20260223-1453_Elever_og_skoler.csv" in tracked
    assert [name for name in tracked if "private" in name] == []
    files = [
        path
        for folder in (copy.root, project.site, project.root / ".git")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert len(files) > 300
    assert holds_canary((project.private / NAME / "elever.csv").read_bytes())
    assert [path for path in files if holds_canary(path.read_bytes())] == []
