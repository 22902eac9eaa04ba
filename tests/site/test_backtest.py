"""Hold every edition of the book to the results that were accepted last."""

from __future__ import annotations

import pytest

from tilstand.edition import load_edition
from tilstand.pipeline.outputs.results import RESULTS
from tilstand.pipeline.reproduce.backtest import is_of_today, moves, read_results, stored_path
from tilstand.project import Project
from tilstand.register import Register

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["2010", "2020", "eksempel"])
def test_no_number_moved_unless_it_was_accepted(site, repo, name):
    """When a number is meant to move: `make book`, `tilstand backtest`, then with --accept."""
    stored = read_results(stored_path(repo, name))
    assert len(stored) > 500
    got = [str(move) for move in moves(stored, read_results(site / name / "nb" / RESULTS))]
    assert got == []


@pytest.mark.parametrize("name", ["2010", "2020", "eksempel"])
def test_what_has_just_been_built_need_not_be_built_to_be_compared(site, name):
    project = Project(site.parents[1])
    edition = load_edition(project, Register.load(project.register), name)

    assert is_of_today(project, edition, site / name / edition.languages[0])
