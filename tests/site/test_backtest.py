"""Hold every edition of the book to the results that were accepted last."""

from __future__ import annotations

import pytest

from tilstand.build.backtest import moves, read_results, stored_path
from tilstand.build.results import RESULTS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("year", [2010, 2020])
def test_no_number_moved_unless_it_was_accepted(site, repo, year):
    """When a number is meant to move: `make book`, `tilstand backtest`, then with --accept."""
    stored = read_results(stored_path(repo, year))
    assert len(stored) > 500
    got = [str(move) for move in moves(stored, read_results(site / str(year) / "nb" / RESULTS))]
    assert got == []
