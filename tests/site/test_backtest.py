"""Hold every edition of the book to the results that were accepted last."""

from __future__ import annotations

import pytest

from tilstand.edition import load_edition
from tilstand.pipeline.outputs.results import RESULTS
from tilstand.pipeline.reproduce.backtest import is_of_today, moves, read_results, stored_path
from tilstand.project import Project
from tilstand.register import Register

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("year", [2010, 2020])
def test_no_number_moved_unless_it_was_accepted(site, repo, year):
    """When a number is meant to move: `make book`, `tilstand backtest`, then with --accept."""
    stored = read_results(stored_path(repo, year))
    assert len(stored) > 500
    got = [str(move) for move in moves(stored, read_results(site / str(year) / "nb" / RESULTS))]
    assert got == []


@pytest.mark.parametrize("year", [2010, 2020])
def test_what_has_just_been_built_need_not_be_built_to_be_compared(site, year):
    project = Project(site.parents[1])
    edition = load_edition(project, Register.load(project.register), year)

    assert is_of_today(project, edition, site / str(year) / edition.languages[0])
