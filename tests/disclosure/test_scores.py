"""Sums of scores: what a reader could work out of means, and which ones are withheld for it."""

import pytest

from tilstand.disclosure.scores import (
    ContradictionError,
    Measured,
    ScoreProblem,
    withhold_means,
)

WIDTH = 5.0


def problem(sizes, means, half=0.05, least=10, printed=None):
    """Groups with their total; all that is large enough is printed, or what `printed` says."""
    found = ScoreProblem()
    total = sum(n * mean for n, mean in zip(sizes, means, strict=True)) / sum(sizes)
    names = [f"group {at}" for at in range(len(sizes))]
    for name, n, mean in [*zip(names, sizes, means, strict=True), ("all", sum(sizes), total)]:
        shown = n >= least if printed is None else name in printed
        need = WIDTH if 0 < n < least else 0.0
        value = round(mean / (2 * half)) * 2 * half if shown else None
        found.add(Measured(name, n, 10.0, 90.0, value, half, need=need, least=least))
    found.add_equation({"all": -1.0, **dict.fromkeys(names, 1.0)})
    return found


def test_the_mean_of_the_one_who_is_left_out_is_withheld_with_another():
    got = withhold_means(problem([12, 11, 1], [50.0, 48.0, 60.0]))

    assert got.names == {"group 1"}
    assert got.narrowest >= 1


def test_rounding_alone_hides_one_pupil_among_many():
    """Half a tenth of each of two hundred pupils is ten points."""
    got = withhold_means(problem([200, 1], [50.0, 60.0]))

    assert got.names == set()
    assert got.narrowest >= 1


def test_one_digit_more_gives_the_same_pupil_away():
    got = withhold_means(problem([200, 1], [50.0, 60.0], half=0.0005))

    assert got.names != set()


@pytest.mark.parametrize("few", [(3, 7), (6, 7), (2, 3, 5)])
def test_small_groups_hide_each_other_where_all_of_them_together_are_large(few):
    assert (
        withhold_means(problem([30, *few], [50.0, 48.0, 60.0, 51.0][: 1 + len(few)])).names == set()
    )


@pytest.mark.parametrize("few", [(3, 4), (4, 5), (1, 2, 3)])
def test_small_groups_do_not_hide_each_other_where_all_of_them_together_are_small(few):
    """Whatever is in doubt of each, the sum of all is the difference between two printed sums."""
    got = withhold_means(problem([30, *few], [50.0, 48.0, 60.0, 51.0][: 1 + len(few)]))

    assert got.names == {"group 0"}
    assert got.narrowest >= 1


def test_those_without_an_earlier_test_are_protected_by_withholding_one_of_two_means():
    found = ScoreProblem()
    found.add(Measured("took", 20, 10.0, 90.0, 50.0))
    found.add(Measured("both", 19, 10.0, 90.0, 49.5))
    found.add(Measured("left over", 1, 10.0, 90.0, need=WIDTH))
    found.add_equation({"took": -1.0, "both": 1.0, "left over": 1.0})

    assert withhold_means(found).names == {"both"}


def test_a_change_and_a_later_mean_withhold_nothing_while_the_earlier_one_is_unknown():
    found = ScoreProblem()
    found.add(Measured("took", 20, 10.0, 90.0, 50.0))
    found.add(Measured("change", 19, -40.0, 40.0, 2.0))
    for name, n in (("later", 19), ("earlier", 19), ("left over", 1)):
        found.add(Measured(name, n, 10.0, 90.0, need=WIDTH if n == 1 else 0.0))
    found.add_equation({"took": -1.0, "later": 1.0, "left over": 1.0})
    found.add_equation({"change": -1.0, "later": 1.0, "earlier": -1.0})

    assert withhold_means(found).names == set()


def test_what_is_public_already_is_told_and_not_withheld():
    found = ScoreProblem()
    found.add(Measured("all", 11, 10.0, 90.0, 50.0, fixed=True))
    found.add(Measured("most", 10, 10.0, 90.0, 49.0, fixed=True))
    found.add(Measured("one", 1, 10.0, 90.0, need=WIDTH))
    found.add_equation({"all": -1.0, "most": 1.0, "one": 1.0})

    got = withhold_means(found)

    assert got.names == set()
    assert got.narrow["one"] == pytest.approx(2.1, abs=0.01)


def test_means_that_no_scores_give_are_refused():
    found = ScoreProblem()
    found.add(Measured("all", 20, 10.0, 90.0, 50.0))
    found.add(Measured("the same", 20, 10.0, 90.0, 60.0))
    found.add(Measured("one of them", 1, 10.0, 90.0, need=WIDTH))
    found.add(Measured("the others", 19, 10.0, 90.0))
    found.add_equation({"all": -1.0, "the same": 1.0})
    found.add_equation({"all": -1.0, "one of them": 1.0, "the others": 1.0})

    with pytest.raises(ContradictionError):
        withhold_means(found)
