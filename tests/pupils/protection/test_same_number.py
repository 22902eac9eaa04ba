"""One number of pupils that stands in two tables is hidden in both or in none."""

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.pupils.protection import protect
from tilstand.pupils.protection.trial import attack_tables


def drawn(seed):
    """Two years of pupils of two schools with two tests; few of them begin on the highest level."""
    rng = np.random.default_rng(seed)
    size = {2019: 38, 2020: 46}
    year = np.repeat(list(size), list(size.values()))
    n = len(year)
    start = rng.choice([1, 2, 3, 4, 5], n, p=[0.2, 0.25, 0.25, 0.18, 0.12])
    end = np.clip(start + rng.integers(-1, 2, n), 1, 5)
    prior = 40.0 + 5 * start + rng.integers(0, 4, n)
    score = 40.0 + 5 * end + rng.integers(0, 4, n)
    shared = pd.DataFrame(
        {
            "pupil": np.arange(n).astype(str),
            "year": year,
            "grade": 9,
            "subject": "reading",
            "school": rng.choice(["Berg", "Dal"], n),
            "gender": rng.choice(["female", "male"], n),
        }
    )
    tests = shared.assign(
        exempt=False, score=score, level=pd.array(end, dtype="Int64"), feeder_school=""
    )
    pairs = shared.assign(prior=prior, outcome=score, start=start.astype(str), end=end.astype(str))
    return PupilData(tests=tests, pairs=pairs)


@pytest.fixture(scope="module", params=[3, 4, 5])
def protected(request):
    return protect(tables_of(drawn(request.param), 0.85))


def test_totals_of_transitions_are_open_where_the_number_behind_the_mean_is(protected):
    totals = protected.counts("transitions", "year", "start", "end")
    totals = totals[totals["end"] == "Total"].set_index(["year", "start"])["count"]
    behind = protected.means("progress", "year", "start").set_index(["year", "start"])["n"]

    for cell, n in behind.items():
        if cell in totals.index and not (pd.isna(n) or n == 0):
            assert totals[cell] == n, cell


def test_attack_works_no_total_out(protected):
    got = attack_tables(protected)
    assert got.recovered == 0
    assert got.faults == []


def test_both_lines_are_protected_in_every_year_that_chapters_show(protected):
    shown = protected.means("adjusted", "year", "school")
    assert set(shown["line"]) == {"plain", "corrected"}
    assert set(shown["year"]) == {"2019", "2020", "Total"}
