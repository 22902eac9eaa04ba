import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.school_variation import FEWEST_MOVES, pupil_deviation


def simulate(rng, sd, *, schools=200, years=4, common=0.0, between=3.0):
    size = rng.integers(20, 120, schools)
    level = rng.normal(43, between, schools)
    rows = [
        (f"s{school}", 2020 + year, level[school] + common * year + noise, size[school])
        for year in range(years)
        for school, noise in enumerate(rng.normal(0, sd / np.sqrt(size)))
    ]
    return pd.DataFrame(rows, columns=["unit", "year", "value", "n"])


@pytest.mark.parametrize("sd", [2.0, 9.0, 20.0])
def test_the_deviation_that_made_the_means_is_found(sd):
    got = pupil_deviation(simulate(np.random.default_rng(5), sd))
    assert got == pytest.approx(sd, rel=0.1)


def test_what_all_schools_moved_together_is_no_deviation():
    got = pupil_deviation(simulate(np.random.default_rng(5), 9.0, common=8.0))
    assert got == pytest.approx(9.0, rel=0.1)


def test_real_changes_make_it_larger_never_smaller():
    rng = np.random.default_rng(7)
    table = simulate(rng, 9.0)
    moved = table.assign(value=table["value"] + rng.normal(0, 2, len(table)))
    assert pupil_deviation(moved) > pupil_deviation(table)


def test_moves_across_a_break_are_not_used():
    table = simulate(np.random.default_rng(5), 9.0)
    jump = table.assign(value=table["value"] + np.where(table["year"] >= 2022, table["n"], 0))
    assert pupil_deviation(jump, (2022,)) == pytest.approx(9.0, rel=0.15)
    assert pupil_deviation(jump) > 20


def test_a_gap_of_years_is_no_move():
    table = simulate(np.random.default_rng(5), 9.0, years=2)
    assert np.isnan(pupil_deviation(table.assign(year=table["year"] * 2)))


def test_few_schools_tell_nothing():
    few = simulate(np.random.default_rng(5), 9.0, schools=FEWEST_MOVES - 1, years=2)
    assert np.isnan(pupil_deviation(few))
    assert np.isnan(pupil_deviation(few.iloc[:0]))
