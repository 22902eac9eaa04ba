"""Large tables: in parts, by circuits that share their cells, and with word of how far it is."""

import io

import numpy as np
import pytest
import scipy.sparse as sp

from tilstand.disclosure.attack import audit
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.progress import PAUSE, progress
from tilstand.disclosure.suppression import suppress
from tilstand.disclosure.suppression.broad import labour
from tilstand.disclosure.suppression.bundles import cheapest_proof
from tilstand.disclosure.suppression.circuits import DETOUR, Circuits

from .test_suppression import page_of, problem_of, table


def one_sum(values, need, known):
    """A row of counts whose total is printed."""
    values = np.array([*values, sum(values)])
    matrix = sp.csr_matrix(np.array([[1.0] * (len(values) - 1) + [-1.0]]))
    needs = np.zeros(len(values), dtype=np.int64)
    needs[0] = need
    return Problem(values, matrix, needs, np.arange(len(values)) == known % len(values))


@pytest.mark.parametrize(
    ("shape", "mean", "dimensions"),
    [
        ((12, 2, 4), 6, ("school", "sex", "level")),
        ((5, 2, 2, 2), 5, ("school", "sex", "subject", "level")),
        ((20, 5), 6, ("school", "level")),
    ],
)
def test_a_table_in_parts_withstands_the_attack_with_no_more_blanks_than_hypercubes(
    shape, mean, dimensions
):
    counts = np.random.default_rng(5).poisson(mean, shape)
    system, problem = problem_of([table(counts, *dimensions)])
    lines = []

    got = suppress(problem, system.margin_depth, system.grids, 10, 40, lines.append)

    cubes = suppress(problem, system.margin_depth, system.grids, 10)
    found = audit(page_of(system, got.hidden))
    assert found.faults == []
    assert found.recovered == 0
    assert got.hidden[problem.primary].all()
    assert got.hidden.sum() <= cubes.hidden.sum()
    assert len(lines) > 1


def test_schools_of_one_district_are_protected_together():
    generator = np.random.default_rng(8)
    counts = np.zeros((3, 12, 4), dtype=np.int64)
    for school in range(12):
        counts[school % 3, school] = generator.poisson(6, 4)
    system, problem = problem_of([table(counts, "district", "school", "level")])

    got = suppress(problem, system.margin_depth, system.grids, 10, 60)

    found = audit(page_of(system, got.hidden))
    assert found.faults == []
    assert found.recovered == 0
    assert got.hidden.sum() <= 1.25 * got.at_least


def test_the_cheapest_circuit_takes_the_blanks_that_are_there():
    counts = np.full((3, 3), 9)
    counts[0, 0] = 2
    system, problem = problem_of([table(counts, "school", "level")])
    price = np.ones(len(problem.values))
    there = [system.position[f"school{i}", f"level{j}"] for i, j in [(0, 2), (1, 0), (1, 2)]]
    price[there] = DETOUR

    got = Circuits(problem, system.position["school0", "level0"], price).cheapest(3)

    assert sorted(np.flatnonzero(got)) == sorted([*there, system.position["school0", "level0"]])


def test_three_small_counts_that_give_one_pupil_each_spare_a_large_one():
    problem = one_sum([2, 2, 2, 2, 50], need=3, known=-1)
    price = np.array([DETOUR, DETOUR, DETOUR, DETOUR, 9.0, 9.0])

    (got,) = cheapest_proof(problem, 0, price)

    assert got.tolist() == [3, -1, -1, -1, 0, 0]
    assert Circuits(problem, 0, price).cheapest(3)[4] != 0


def test_what_nothing_can_prove_is_said():
    problem = one_sum([2, 2, 50], need=3, known=-1)

    got = cheapest_proof(problem, 0, np.ones(4), np.array([True, True, False, False]))

    assert got == []


def test_word_of_progress_comes_now_and_then():
    stream, now = io.StringIO(), [0.0]
    note = progress(stream, lambda: now[0])
    for line in ("a", "b", "c"):
        note(line)
        now[0] += PAUSE * 0.6

    assert stream.getvalue() == "protecting: c\n"


@pytest.mark.parametrize(("share", "parts"), [(2.0, False), (1.9, False), (0.5, True)])
def test_a_table_of_four_dimensions_is_safe_with_little_work_and_comes_out_the_same(share, parts):
    counts = np.random.default_rng(3).poisson(4, (4, 2, 2, 3))
    system, problem = problem_of([table(counts, "school", "sex", "subject", "level")])
    work = round(share * labour(problem))
    lines: list[str] = []
    twice = [
        suppress(problem, system.margin_depth, system.grids, 600, 60, lines.append, work)
        for _ in range(2)
    ]
    result = audit(page_of(system, twice[0].hidden), min_count=5, width=3)
    assert (result.recovered, result.faults, [i for i in result.intervals if i.width < 3]) == (
        0,
        [],
        [],
    )
    assert twice[0].hidden[problem.primary].all()
    assert twice[0].hidden.sum() >= twice[0].at_least
    assert np.array_equal(twice[0].hidden, twice[1].hidden)
    assert parts == any(line.startswith("part") for line in lines)
