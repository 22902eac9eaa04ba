"""The quick ways through a fit give what the careful ones give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import patsy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from tilstand.value_added import (
    Prior,
    RandomIntercept,
    basis,
    columns,
    doubts,
    repeats,
    scan,
    school_table,
)
from tilstand.value_added.formula import build_design
from tilstand.value_added.likelihood import ProfileLikelihood
from tilstand.value_added.uncertainty import school_intervals

NAMES = ["a", "b", "c", "d"]
KINDS = ["float64", "int64", "int32", "uint8", "float32"]


@st.composite
def plain_formulas(draw):
    """Draw a formula that adds columns as they stand, and its right side for patsy."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
    terms = draw(st.permutations([*names, *draw(st.sampled_from([[], ["1"]]))]))
    ending = draw(st.sampled_from(["", " - 1", " + 0"]))
    return f"y ~ {' + '.join(terms)}{ending}"


@settings(max_examples=300, deadline=None)
@given(
    formula=plain_formulas(),
    kinds=st.lists(st.sampled_from(KINDS), min_size=5, max_size=5),
    seed=st.integers(0, 2**16),
    rows=st.integers(1, 40),
    small=st.booleans(),
)
def test_a_plain_formula_has_the_columns_of_patsy_to_the_bit(formula, kinds, seed, rows, small):
    rng = np.random.default_rng(seed)
    drawn = {
        name: (rng.normal(100, 40, rows).clip(0, 250)).astype(kind)
        for name, kind in zip([*NAMES, "y"], kinds, strict=True)
    }
    frame = pd.DataFrame({**drawn, "school": ["s"] * rows})[rng.permutation([*drawn, "school"])]
    design = build_design(formula, lambda: (frame,))
    limit = columns._SMALL
    columns._SMALL = limit if small else 0
    try:
        got = design.columns(frame)
    finally:
        columns._SMALL = limit

    assert design.plain
    left, right = patsy.dmatrices(formula, frame)
    assert design.names == tuple(right.design_info.column_names)
    whole = [np.ones(rows) if one is None else np.asarray(one, dtype=float) for one in got]
    assert np.array_equal(np.column_stack(whole[:-1]), np.asarray(right))
    assert np.array_equal(whole[-1], np.asarray(left)[:, 0])


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    rows=st.integers(1, 900),
    digits=st.sampled_from([None, 0, 1]),
    tails=st.sampled_from([1.5, 3.0, 30.0]),
    codes=st.lists(st.sampled_from([-1.0, 0.0, 99.0, 150.0, 999.0, 1e9]), max_size=6),
)
def test_a_column_passed_over_has_nothing_far_outside(seed, rows, digits, tails, codes):
    rng = np.random.default_rng(seed)
    drawn = {}
    for name in NAMES:
        values = 50 + 10 * rng.standard_t(tails, rows)
        values[: len(codes)] = codes[:rows]
        drawn[name] = rng.permutation(values if digits is None else values.round(digits))

    for name in doubts._quiet(drawn):
        assert doubts.outlying_values(drawn[name]) == {}
    centred = np.array([one - one[:: max(1, rows // 50)].mean() for one in drawn.values()])
    if doubts._all_near(centred):
        assert all(doubts.outlying_values(one) == {} for one in drawn.values())


def test_columns_of_scores_are_passed_over():
    rng = np.random.default_rng(3)
    drawn = {name: rng.normal(50, 10, 5000) for name in NAMES}

    assert doubts._quiet(drawn) == frozenset(NAMES)
    assert doubts._all_near(np.array([*drawn.values()]) - 50)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    schools=st.integers(3, 90),
    largest=st.integers(2, 60),
    school_sd=st.sampled_from([0.0, 0.05, 0.3, 1.0, 30.0]),
    reml=st.booleans(),
)
def test_the_quick_way_to_the_top_is_the_careful_one(seed, schools, largest, school_sd, reml):
    one = _drawn(seed, schools, largest, school_sd, reml=reml)
    quick = one.optimum
    careful, kept = ProfileLikelihood(one.statistics, reml=reml), (scan.clear_peak, scan._MANY)
    scan.clear_peak, scan._MANY = (lambda *_: None), np.inf
    try:
        exp = careful.optimum
    finally:
        scan.clear_peak, scan._MANY = kept

    assert quick.boundary == exp.boundary
    assert quick.converged
    assert quick.log_likelihood == exp.log_likelihood or abs(
        quick.log_likelihood - exp.log_likelihood
    ) < 1e-10 * abs(exp.log_likelihood)
    assert abs(quick.ratio - exp.ratio) <= 1e-8 * exp.ratio
    if quick.ratio > 0:
        found = minimize_scalar(
            lambda at: -float(one.heights(np.exp([at]))[0]),
            bounds=(np.log(quick.ratio) - 0.5, np.log(quick.ratio) + 0.5),
            method="bounded",
        )
        assert -found.fun <= quick.log_likelihood + 1e-9 * abs(quick.log_likelihood)


def _drawn(seed, schools, largest, school_sd, *, reml=True):
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(schools), rng.integers(1, largest + 1, schools) + 1)
    x = rng.normal(size=len(school))
    y = x + school_sd * rng.normal(size=schools)[school] + rng.normal(size=len(school))
    with doubts.quietly():
        model = RandomIntercept(y, np.column_stack([np.ones(len(x)), x]), school)
    return ProfileLikelihood(model.statistics, reml=reml)


MANY_SCHOOLS = {
    "seed": st.integers(0, 2**16),
    "schools": st.integers(64, 150),
    "largest": st.integers(1, 60),
    "school_sd": st.sampled_from([0.0, 0.05, 0.3, 1.0, 30.0]),
}


@settings(max_examples=100, deadline=None)
@given(**MANY_SCHOOLS, reml=st.booleans())
def test_what_the_scan_leaves_out_is_not_above_its_bound(seed, schools, largest, school_sd, reml):
    one = _drawn(seed, schools, largest, school_sd, reml=reml)
    whole = one.heights(scan.GRID)
    left = ~np.isin(scan.GRID, one.scan.ratio)

    assert (one.scan.heights == whole[~left]).all() or np.allclose(
        one.scan.heights, whole[~left], rtol=1e-12
    )
    assert whole[left].max(initial=-np.inf) <= one.scan.bound
    assert one.scan.bound < whole.max() - scan._SURELY_LOW


def test_a_scan_of_many_different_schools_leaves_most_of_the_grid_out():
    assert len(_drawn(1, 100, 60, 0.3).scan.ratio) < 20


@settings(max_examples=60, deadline=None)
@given(
    **MANY_SCHOOLS,
    prior=st.sampled_from(
        [
            Prior(),
            Prior(rise=0.0, scale=1e-5),
            Prior(rise=4.0, scale=100.0),
            Prior.borrowed(0.001, 0.0001),
            Prior.borrowed(0.95, 0.01),
        ]
    ),
)
def test_intervals_are_those_of_the_whole_scan_whatever_the_prior(
    seed, schools, largest, school_sd, prior
):
    one = _drawn(seed, schools, largest, school_sd)
    got = school_intervals(one, prior=prior)
    whole, kept = ProfileLikelihood(one.statistics), scan._MANY
    scan._MANY = np.inf
    try:
        exp = school_intervals(whole, prior=prior)
    finally:
        scan._MANY = kept

    for end in ("mean", "se", "low", "high"):
        scale = np.abs(getattr(exp, end)).max()
        assert np.allclose(getattr(got, end), getattr(exp, end), rtol=0, atol=1e-9 * scale)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**16), schools=st.integers(1, 60), largest=st.integers(1, 20))
def test_schools_of_a_size_are_added_up_side_by_side_as_one_by_one(seed, schools, largest):
    rng = np.random.default_rng(seed)
    n, means = rng.integers(1, largest + 1, schools).astype(float), rng.normal(size=(schools, 3))
    got, kept = basis.by_size(n, means), basis._SMALL
    basis._SMALL = 0
    try:
        exp = basis.by_size(n, means)
    finally:
        basis._SMALL = kept

    for one, other in zip(got, exp, strict=True):
        assert np.allclose(one, other, rtol=1e-13, atol=1e-13)
    assert got[1].sum() == schools


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    rows=st.integers(2, 60),
    digits=st.sampled_from([None, 0, 1]),
    twice=st.booleans(),
)
def test_rows_that_are_surely_there_once_are_not_repeated(seed, rows, digits, twice):
    rng = np.random.default_rng(seed)
    drawn = pd.DataFrame(rng.normal(5, 2, (rows, 2)), columns=["a", "b"])
    if digits is not None:
        drawn = drawn.round(digits)
    drawn["school"] = rng.integers(0, 3, rows)
    if twice:
        drawn.iloc[-1] = drawn.iloc[0]
    known = {name: drawn[name].to_numpy() for name in ("a", "b")}

    if repeats._surely_once([*known.values()]):
        assert not drawn.duplicated().any()
    got = repeats.repeated_rows(drawn, "school", ["a", "b"], known)
    assert got == repeats.repeated_rows(drawn, "school", ["a", "b"])


def test_measures_are_surely_there_once():
    values = np.random.default_rng(1).normal(size=5000)

    assert repeats._surely_once([values.round(), values])
    assert not repeats._surely_once([np.append(values, values[7])])


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**16), count=st.integers(1, 3000), spread=st.sampled_from([0, 40, 52]))
def test_equal_keys_are_found_in_a_table_as_in_order(seed, count, spread):
    rng = np.random.default_rng(seed)
    # Keys that share their first digits fall on the same places of the table.
    key = rng.integers(0, 2 ** (63 - spread), count, dtype=np.uint64)
    if seed % 2:
        key = key << np.uint64(spread)
    if seed % 3 == 0:
        key[rng.integers(count)] = key[rng.integers(count)]

    assert repeats._any_twice(key) == (len(np.unique(key)) < count)


def test_a_table_of_schools_is_that_of_pandas_and_shares_nothing_with_the_fit():
    ids = pd.Index(["b", "a", "c"], name="school")
    numbers, names = np.arange(6.0).reshape(2, 3), pd.Index(["school", "n", "low", "high"])
    table = school_table.table_of_numbers(ids, np.array([7, 8, 9]), numbers.copy(), names)

    plain = pd.DataFrame({"school": ids, "n": [7, 8, 9], "low": numbers[0], "high": numbers[1]})
    pd.testing.assert_frame_equal(table, plain)
    table.loc[0, "school"] = "z"
    table.loc[0, "low"] = 100.0
    assert ids.tolist() == ["b", "a", "c"]
    by_number = school_table.table_of_numbers(
        pd.Index([3, 1, 2]), np.array([7, 8, 9]), numbers, names
    )
    pd.testing.assert_frame_equal(by_number, plain.assign(school=[3, 1, 2]))
