"""What is questioned and not refused: codes, repeated rows, few schools, small types."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilstand.value_added import RandomIntercept, doubts, quietly
from tilstand.value_added.doubts import outlying_values
from tilstand.value_added.errors import (
    BoundaryWarning,
    FewSchoolsWarning,
    OutlyingValuesWarning,
    RepeatedRowsWarning,
)
from tilstand.value_added.layers.leaves import LeafIds
from tilstand.value_added.layers.tree import Tree
from tilstand.value_added.repeats import repeated_rows


def scores(seed=1, count=800):
    rng = np.random.default_rng(seed)
    prior = rng.normal(50, 10, count).round()
    return pd.DataFrame(
        {
            "elev": np.arange(count),
            "skole": [f"Åsen {i % 20}" for i in range(count)],
            "prior": prior,
            "outcome": (
                15 + 0.7 * prior + np.arange(count) % 20 / 3 + rng.normal(0, 7, count)
            ).round(),
        }
    )


def test_codes_for_missing_are_named_with_their_numbers():
    frame = scores()
    frame.loc[frame.index % 10 == 0, "prior"] = -1
    frame.loc[frame.index % 10 == 1, "prior"] = 999
    with pytest.warns(
        OutlyingValuesWarning, match=r"prior: 999 \(80 pupils\) and -1 \(80 pupils\) far outside"
    ):
        RandomIntercept.from_formula("outcome ~ prior", frame, "skole")


@pytest.mark.parametrize(
    ("codes", "exp"),
    [
        ([-1] * 3, {-1.0: 3}),
        ([999, 999, 998, 998], {999.0: 2, 998.0: 2}),
        ([-99] * 20, {-99.0: 20}),
        ([505], {505.0: 1}),
        ([99999, np.nan], {99999.0: 1}),
    ],
)
def test_values_outside_the_bulk_are_found(codes, exp):
    bulk = np.random.default_rng(3).normal(50, 10, 500).round()
    assert outlying_values(np.append(bulk, codes)) == exp


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.normal(size=20_000),
        lambda rng: rng.normal(50, 10, 20_000).round(),
        lambda rng: rng.standard_t(5, size=4000),
        lambda rng: rng.lognormal(0, 0.7, size=4000),
        lambda rng: rng.integers(1, 6, 4000).astype(float),
        lambda rng: np.minimum(rng.normal(50, 10, 4000), 60),
        lambda rng: rng.negative_binomial(1, 0.05, 4000).astype(float),
        lambda rng: rng.integers(0, 2, 4000).astype(float),
        lambda rng: np.full(50, 3.0),
        lambda rng: np.full(50, np.nan),
        lambda rng: np.array([]),
    ],
    ids=[
        *("normal", "rounded", "t5", "lognormal", "levels", "ceiling", "counts", "binary"),
        *("constant", "missing", "empty"),
    ],
)
def test_sound_columns_are_not_questioned(draw):
    for seed in range(10):
        assert outlying_values(draw(np.random.default_rng(seed))) == {}


def test_rows_that_stand_twice_are_counted():
    frame = scores()
    with pytest.warns(RepeatedRowsWarning, match="800 rows repeat another row wholly"):
        RandomIntercept.from_formula("outcome ~ prior", pd.concat([frame, frame]), "skole")


@pytest.mark.parametrize("copies", [1, 5])
def test_single_rows_that_stand_twice_are_counted(copies):
    frame = scores()
    got = repeated_rows(pd.concat([frame, frame[:copies]]), "skole", ["outcome", "prior"])
    assert got == copies


def test_equal_scores_of_different_pupils_are_no_repeated_rows():
    for seed in range(10):
        frame = scores(seed, 8000)
        assert repeated_rows(frame, "skole", ["outcome", "prior"]) == 0
        assert repeated_rows(frame.drop(columns="elev"), "skole", ["outcome", "prior"]) == 0


def test_everyone_twice_is_seen_without_an_id_on_a_coarse_scale():
    frame = scores().drop(columns="elev")
    got = repeated_rows(pd.concat([frame, frame]), "skole", ["outcome", "prior"])
    assert got >= 800


def test_few_schools_and_a_variance_at_zero_are_said_at_the_fit():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"y": rng.normal(size=60), "school": np.arange(60) % 3})
    frame["y"] -= frame.groupby("school")["y"].transform("mean")
    model = RandomIntercept.from_formula("y ~ 1", frame, "school")
    with pytest.warns(FewSchoolsWarning, match="3 schools"), pytest.warns(BoundaryWarning):
        model.fit()
    with quietly():
        model.fit()


def test_squares_of_small_integers_do_not_overflow():
    frame = scores()
    formula = "outcome ~ prior + I(prior**2) + I(prior * prior * prior)"
    exp = RandomIntercept.from_formula(formula, frame, "skole").fit()
    for kind in ("int8", "uint8", "Int8", "int8[pyarrow]"):
        small = frame.assign(prior=frame["prior"].astype(kind))
        small["outcome"] = small["outcome"].astype(kind)
        got = RandomIntercept.from_formula(formula, small, "skole").fit()
        assert got.llf == pytest.approx(exp.llf, abs=1e-9)
        assert list(got.params.index) == list(exp.params.index)


def test_a_year_as_category_keeps_whole_names():
    frame = scores().assign(year=lambda f: (f.index % 3 + 1).astype("int8"))
    got = RandomIntercept.from_formula("outcome ~ C(year) * np.sqrt(prior)", frame, "skole").fit()
    assert "C(year)[T.2]" in got.params.index


def test_columns_of_anything_do_not_disturb():
    frame = scores().assign(list=[[i] for i in range(800)], none=None, text="x")
    assert repeated_rows(pd.concat([frame, frame]), "skole", ["outcome", "prior"]) == 800


def test_repetitions_are_found_among_many_rows():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"y": rng.normal(size=150_000), "school": np.arange(150_000) % 90})
    assert repeated_rows(pd.concat([frame, frame]), "school", ["y"]) == 150_000


CASES = Path("/work/shared/cases/value-added")


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases lie on the makers' machine")
def test_int8_parquet_is_what_its_numbers_are():
    frame = pd.read_parquet(CASES / "int8.parquet")
    formula = "outcome ~ prior + I(prior**2)"
    got = RandomIntercept.from_formula(formula, CASES / "int8.parquet", "skole").fit()
    wide = frame.astype({"prior": float, "outcome": float})
    exp = RandomIntercept.from_formula(formula, wide, "skole").fit()
    assert got.llf == pytest.approx(exp.llf, abs=1e-9)


_VALUES = st.one_of(
    st.integers(-3, 60).map(float),
    st.sampled_from([-99.0, -1.0, 0.0, 120.0, 999.0, np.nan, np.inf, -np.inf]),
)


@settings(deadline=None, max_examples=300)
@given(
    st.integers(0, 2**32 - 1), st.sampled_from([12, 30, 200, 1500]), st.lists(_VALUES, max_size=9)
)
def test_the_quick_look_at_a_column_finds_what_the_slow_one_finds(seed, count, codes):
    rng = np.random.default_rng(seed)
    bulk = [rng.normal(50, 10, count), rng.normal(30, 4, count).round(), rng.exponential(5, count)]
    values = rng.permutation(np.append(bulk[seed % 3], codes))
    got = outlying_values(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doubts, "_no_gap", lambda *_: False)
        assert outlying_values(values) == got


@pytest.mark.parametrize("units", [[3, 3, 3, 3], [3, 1, 2, 3], [9, 9], [1, 1, 1]])
def test_units_are_added_up_alike_whether_there_are_equally_many_or_not(units):
    parent = np.repeat(np.arange(len(units)), units)
    starts = np.flatnonzero(np.diff(parent, prepend=-1))
    tree = Tree({}, ("cohort", "school"), np.arange(len(parent)), (parent,), (starts,), (), {})
    values = np.random.default_rng(1).normal(size=(2, 3, len(parent)))
    exp = np.stack([values[..., parent == one].sum(axis=-1) for one in range(len(units))], axis=-1)
    np.testing.assert_allclose(tree.joined(0, values), exp, rtol=1e-14)


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("span", [3, 60])  # counted, and looked up
def test_leaves_are_numbered_alike_however_sparse_the_ids_are(span, missing):
    rng = np.random.default_rng(span)
    frame = pd.DataFrame({"s": rng.integers(0, span, 300).astype(str)})
    frame["t"] = rng.integers(2000, 2000 + span, 300)
    if missing:
        frame["t"] = frame["t"].astype(float).where(frame.index % 7 > 0)
    ids = LeafIds({"school": "s", "cohort": "t"})
    codes, names = ids.number(frame)
    known = frame["t"].notna().to_numpy()
    exp = (frame["s"] + "\x1f" + frame["t"].map("{:.0f}".format))[known]
    assert (codes[~known] == -1).all()
    assert names[codes[known]].tolist() == exp.tolist()
    assert sorted(names) == sorted(set(exp))
    assert ids.values["t"] == {str(year): year for year in frame["t"].dropna().astype(int)}
