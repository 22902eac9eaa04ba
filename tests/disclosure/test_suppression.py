import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from tilstand.disclosure.attack import audit
from tilstand.disclosure.attack.published import Published
from tilstand.disclosure.cells import Table, build_system
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.rules import Rules, required_widths
from tilstand.disclosure.suppression import UnprotectableError, suppress
from tilstand.disclosure.suppression.repair import widen
from tilstand.disclosure.suppression.witnesses import Witnesses

from .drawn import draw_municipality, draw_shape


def problem_of(tables, rules=None, known=None):
    system = build_system(tables)
    rules = rules or Rules()
    need = np.max([required_widths(system, rules, t) for t in range(len(tables))], axis=0)
    known = np.zeros(len(need), dtype=bool) if known is None else known(system)
    return system, Problem(system.values, system.matrix, need, known, rules.floor)


def table(counts, *dimensions):
    at = np.argwhere(counts > 0)
    frame = pd.DataFrame(
        {d: [f"{d}{place[k]}" for place in at] for k, d in enumerate(dimensions)}
        | {"count": counts[counts > 0]}
    )
    return Table(frame, dimensions)


def page_of(system, hidden, **settings):
    page = Published(**settings)
    for number in range(len(system.members)):
        frame = system.frame(number)
        at = frame.index.to_numpy()
        counts = pd.Series(system.values[at], index=frame.index, dtype="Int64").mask(hidden[at])
        page.add_table(frame.assign(count=counts), system.dimensions)
    return page


def optimum(problem):
    """Solve the whole problem as one integer program: two tables for every sensitive count."""
    count = len(problem.values)
    primary = np.flatnonzero(problem.primary)
    if len(primary) == 0:
        return 0
    slack = problem.slack.astype(float)
    reach = 12.0
    size = count * (1 + 2 * len(primary))
    rows, low, high = [], [], []
    lower = np.r_[problem.primary.astype(float), np.zeros(size - count)]
    upper = np.r_[problem.hideable.astype(float), np.zeros(size - count)]
    for number, cell in enumerate(primary):
        for side in range(2):
            start = count * (1 + 2 * number + side)
            block = slice(start, start + count)
            lower[block], upper[block] = -slack, np.where(problem.hideable, reach, 0)
            for line in problem.matrix.toarray():
                row = np.zeros(size)
                row[block] = line
                rows.append(row)
                low.append(0.0)
                high.append(0.0)
            for at in range(count):
                for sign, room in ((1.0, reach), (-1.0, slack[at])):
                    row = np.zeros(size)
                    row[start + at], row[at] = sign, -room
                    rows.append(row)
                    low.append(-np.inf)
                    high.append(0.0)
        row = np.zeros(size)
        row[count * (1 + 2 * number) + cell] = 1.0
        row[count * (2 + 2 * number) + cell] = -1.0
        rows.append(row)
        low.append(float(problem.need[cell]))
        high.append(np.inf)
    result = milp(
        np.r_[np.ones(count), np.zeros(size - count)],
        constraints=LinearConstraint(np.array(rows), low, high),
        integrality=np.ones(size),
        bounds=Bounds(lower, upper),
    )
    return round(result.fun)


@pytest.mark.parametrize("seed", range(6))
def test_small_tables_are_within_a_tenth_of_the_exact_optimum(seed):
    counts = np.random.default_rng(seed).poisson(6, (3, 3))
    _, problem = problem_of([table(counts, "school", "level")])
    got = suppress(problem)
    exp = optimum(problem)
    assert got.at_least <= exp <= got.hidden.sum() <= 1.1 * exp


@pytest.mark.parametrize(
    "counts",
    [
        np.array([3]),
        np.array([3, 40, 50]),
        np.array([1, 1, 90]),
        np.array([1, 1, 1, 1]),
        np.array([[2, 0], [0, 30]]),
        np.array([[12, 0, 0], [3, 9, 20]]),
        np.array([[[1, 9], [8, 20]], [[7, 15], [30, 2]]]),
        np.arange(24).reshape(2, 3, 2, 2),
    ],
    ids=str,
)
def test_awkward_tables_of_one_to_four_dimensions_are_safe(counts):
    system, problem = problem_of([table(counts, *"abcd"[: counts.ndim])])
    got = suppress(problem, system.margin_depth)
    found = audit(page_of(system, got.hidden))
    assert found.faults == []
    assert found.recovered == 0
    assert not got.hidden[system.values == 0].any()


def test_a_table_without_small_counts_keeps_every_cell():
    _, problem = problem_of([table(np.full((3, 3), 20), "school", "level")])
    assert not suppress(problem).hidden.any()


def test_a_hypercube_pattern_of_a_large_table_withstands_the_attack():
    counts = np.random.default_rng(3).poisson(9, (5, 2, 4))
    system, problem = problem_of([table(counts, "school", "sex", "level")])
    got = suppress(problem, system.margin_depth, system.grids, large=10)
    assert got.rounds == 1
    found = audit(page_of(system, got.hidden))
    assert found.faults == []
    assert found.recovered == 0


def test_a_whole_group_leaves_doubt_about_its_zeros():
    counts = np.array([[12, 0], [20, 15], [18, 9]])
    rules = Rules(whole_group=True, distribution="level")
    system, problem = problem_of([table(counts, "school", "level")], rules)
    hidden = suppress(problem, system.margin_depth).hidden
    at = [system.position["school0", level] for level in ("level0", "level1")]
    assert hidden[at].all()
    intervals = audit(page_of(system, hidden, least_hidden=0)).intervals
    zero = next(i for i in intervals if dict(i.cell) == {"school": "school0", "level": "level1"})
    assert (zero.low, zero.high >= 1) == (0, True)


def test_public_totals_that_leave_no_room_name_the_counts():
    def known(system):
        return np.array([key == ("a0", "Total") for key in system.keys])

    counts = np.array([[2, 1], [30, 40]])
    system, problem = problem_of([table(counts, "a", "b")], known=known)
    with pytest.raises(UnprotectableError) as got:
        suppress(problem)
    assert {system.keys[i] for i in got.value.cells} == {("a0", "b0"), ("a0", "b1")}


def test_two_runs_give_the_same_blanks():
    tables = draw_municipality(np.random.default_rng(4), 2, 30)
    patterns = [suppress(problem_of(tables)[1]).hidden for _ in range(2)]
    np.testing.assert_array_equal(*patterns)


# Twenty here, to keep the tests short; benchmarks/disclosure.py runs two hundred, larger ones too.
@pytest.mark.slow
@pytest.mark.parametrize("batch", range(2))
def test_no_count_of_twenty_municipalities_is_recovered(batch):
    for seed in range(10 * batch, 10 * batch + 10):
        generator = np.random.default_rng([seed, 7])
        schools, size = draw_shape(generator)
        tables = draw_municipality(generator, min(schools, 2), size)
        system, problem = problem_of(tables)
        got = suppress(problem, system.margin_depth, system.grids)
        found = audit(page_of(system, got.hidden))
        assert found.faults == []
        assert found.recovered == 0
        assert (got.hidden[problem.primary]).all()
        assert got.hidden.sum() <= 1.1 * got.at_least


def test_doubt_that_lies_on_both_sides_of_a_count_is_found():
    # Two more or one fewer in the first cell: no single table moves it by three.
    values = np.array([2, 3, 3, 2, 5, 5, 5, 5])
    sums = [(0, 1, 4), (2, 3, 5), (0, 2, 6), (1, 3, 7)]
    matrix = np.zeros((4, 8))
    for row, (one, other, total) in enumerate(sums):
        matrix[row, [one, other]], matrix[row, total] = 1, -1
    need = np.array([3, 0, 0, 0, 0, 0, 0, 0])
    problem = Problem(values, sp.csr_matrix(matrix), need, np.arange(8) >= 4)
    witnesses = Witnesses(problem)

    got = widen(problem, need > 0, 0, witnesses, np.ones(8))

    assert got.tolist() == [True] * 4 + [False] * 4
    assert witnesses.widths(got)[0] == 3
