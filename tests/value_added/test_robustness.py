"""Unusual but sound data: order, ids, units, huge ratios, boundaries, chunks."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added import RandomIntercept
from tilstand.value_added.errors import (
    BoundaryWarning,
    NonNumericError,
    TooFewSchoolsError,
    UnknownCategoryError,
    UnknownColumnError,
    ValueAddedError,
)
from tilstand.value_added.school_ids import school_codes

FORMULA = "score ~ prior + gender"


def fit(frame, formula=FORMULA, *, reml=True):
    return RandomIntercept.from_formula(formula, frame, "school").fit(reml=reml)


def test_order_of_rows_does_not_matter(pupils):
    got = fit(pupils.sample(frac=1, random_state=1)).school_effects()
    exp = fit(pupils.sort_values("school")).school_effects()
    pd.testing.assert_frame_equal(got, exp, rtol=1e-9)


@pytest.mark.parametrize("shift", [0, 1e3, 1e6])
def test_where_a_predictor_is_measured_from_does_not_matter(pupils, shift):
    got = fit(pupils.assign(prior=pupils["prior"] + shift))
    exp = fit(pupils)
    assert abs(got.llf - exp.llf) < 1e-6
    np.testing.assert_allclose(got.params["prior"], exp.params["prior"], rtol=1e-7)
    np.testing.assert_allclose(got.conditional_mode, exp.conditional_mode, rtol=1e-6)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_units_of_outcome_and_predictor_only_rescale(pupils, unit):
    got = fit(pupils.assign(score=pupils["score"] * unit, prior=pupils["prior"] * unit))
    exp = fit(pupils)
    np.testing.assert_allclose(got.params["prior"], exp.params["prior"], rtol=1e-10)
    np.testing.assert_allclose(got.conditional_mode, exp.conditional_mode * unit, rtol=1e-9)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("ratio", [1e-4, 1.0, 1e4, 1e6, 1e8])
def test_any_variance_ratio_is_certified(ratio, reml):
    rng = np.random.default_rng(8)
    code = np.repeat(np.arange(40), 15)
    x = rng.normal(size=600)
    effect = np.sqrt(ratio) * rng.normal(size=40)
    frame = pd.DataFrame(
        {
            "score": x + effect[code] + rng.normal(size=600),
            "prior": x,
            "z": code % 3,
            "school": code,
        }
    )
    results = fit(frame, "score ~ prior + z", reml=reml)
    certificate = results.certify()
    assert abs(certificate["difference"]) < 1e-7 * abs(results.llf)
    np.testing.assert_allclose(results.scale, 1, rtol=0.2)
    if ratio >= 1:
        np.testing.assert_allclose(results.ratio, ratio, rtol=0.6)


@pytest.mark.parametrize("reml", [True, False])
def test_boundary_is_recognised_and_intervals_keep_a_width(reml):
    code = np.repeat(np.arange(12), 10)
    score = np.tile(np.arange(10.0), 12) + 1e-3 * code
    with pytest.warns(BoundaryWarning):
        results = fit(pd.DataFrame({"score": score, "school": code}), "score ~ 1", reml=reml)
    effects = results.school_effects()
    low, high = results.variance_interval()
    assert results.boundary
    assert results.school_variance == 0
    assert results.optimum.score < 0
    assert low == 0
    assert high > 0
    assert (effects["estimate"] == 0).all()
    assert (effects["ci_high"] - effects["ci_low"] > 0.1).all()
    assert "not distinguishable" in results.summary().as_text()


def test_schools_with_one_pupil_are_kept():
    rng = np.random.default_rng(2)
    code = np.concatenate([np.repeat(np.arange(10), 8), np.arange(10, 30)])
    frame = pd.DataFrame({"score": rng.normal(size=100) + code % 4, "school": code})
    results = fit(frame, "score ~ 1")
    assert len(results.school_effects()) == 30
    assert abs(results.certify()["difference"]) < 1e-8


def test_only_schools_with_one_pupil_are_refused():
    frame = pd.DataFrame({"score": [1.0, 2.0, 4.0], "school": ["a", "b", "c"]})
    with pytest.raises(TooFewSchoolsError, match="single pupil"):
        fit(frame, "score ~ 1")


@pytest.mark.parametrize(
    ("ids", "exp"),
    [
        (pd.Series([10, 7, 10, 7]), [7, 10]),
        (pd.Series(["10", "7", "10", "7"]), ["10", "7"]),
        (pd.Series(["10", "7", "10", "7"], dtype="category"), ["10", "7"]),
        (pd.Series(pd.Categorical(["b", "a"] * 2, ["c", "b", "a"])), ["b", "a"]),
        (pd.Series([10.0, 7.0, 10.0, 7.0]), [7, 10]),
        (pd.Series([10, "7", 10, "7"], dtype=object), ["10", "7"]),
        (pd.Series([10, 7, 10, 7], dtype="Int64"), [7, 10]),
        (pd.Series([10, 7, 10, 7], dtype="int8"), [7, 10]),
    ],
)
def test_ids_keep_their_type_and_its_order(ids, exp):
    codes, schools = school_codes(ids)
    assert list(schools) == exp
    assert [schools[code] for code in codes] == [type(exp[0])(i) for i in ids]


def test_ids_of_results_are_those_of_the_data(pupils):
    numbered = pupils.assign(school=pupils["school"].astype(int))
    results = fit(numbered)
    assert list(results.random_effects) == list(range(20))
    assert results.school_effects()["school"].dtype == "int64"


def test_declared_order_of_schools_is_kept_over_chunks(pupils):
    kind = pd.CategoricalDtype(sorted(pupils["school"].unique(), reverse=True))
    frame = pupils.assign(school=pupils["school"].astype(kind))
    got = RandomIntercept.from_formula("score ~ prior", [frame[:200], frame[200:]], "school")
    assert list(got.statistics.schools) == list(kind.categories)


def test_numbers_and_text_are_the_same_schools_in_different_chunks(pupils):
    numbered = pupils.assign(school=pupils["school"].astype(int))
    chunks = [numbered[:200], numbered[200:].assign(school=numbered["school"].astype(str))]
    got = RandomIntercept.from_formula("score ~ prior", chunks, "school")
    assert len(got.statistics.schools) == 20


def test_leading_zeros_and_missing_ids_are_told_apart():
    codes, schools = school_codes(pd.Series(["007", None, "7"]))
    assert list(schools) == ["007", "7"]
    assert list(codes) == [0, -1, 1]


def test_rows_lost_are_counted_by_column(pupils):
    pupils.loc[[0, 1], "prior"] = np.nan
    pupils.loc[[1, 2], "gender"] = None
    pupils.loc[4, "school"] = None
    rows = RandomIntercept.from_formula(FORMULA, pupils, "school").rows
    assert (rows.read, rows.used, rows.lost) == (390, 386, 4)
    assert rows.missing == {"prior": 2, "gender": 2, "school": 1}


def test_missing_rows_give_what_dropping_them_gives(pupils):
    pupils.loc[[0, 5, 9], "prior"] = np.nan
    got = fit(pupils, "score ~ prior")
    exp = fit(pupils.dropna(), "score ~ prior")
    assert got.llf == exp.llf


@pytest.mark.parametrize("formula", ["score ~ prior", FORMULA, "score ~ bs(prior, df=4) * gender"])
def test_chunks_give_what_the_whole_gives(pupils, tmp_path, formula):
    exp = fit(pupils, formula)
    chunks = [pupils.iloc[:50], pupils.iloc[50:51], pupils.iloc[51:]]
    pupils.to_parquet(tmp_path / "p.parquet")
    for data in (chunks, lambda: iter(chunks), tmp_path / "p.parquet", str(tmp_path / "p.parquet")):
        got = RandomIntercept.from_formula(formula, data, "school").fit()
        np.testing.assert_allclose(got.llf, exp.llf, rtol=1e-12)
        np.testing.assert_allclose(got.params, exp.params, rtol=1e-8)
        np.testing.assert_allclose(got.conditional_mode, exp.conditional_mode, rtol=1e-8)


def test_a_stream_is_enough_for_plain_columns_and_refused_for_categories(pupils):
    chunks = [pupils.iloc[:200], pupils.iloc[200:]]
    got = RandomIntercept.from_formula("score ~ prior", iter(chunks), "school").fit()
    np.testing.assert_allclose(got.llf, fit(pupils, "score ~ prior").llf, rtol=1e-12)
    with pytest.raises(ValueAddedError, match="twice"):
        RandomIntercept.from_formula(FORMULA, iter(chunks), "school")


def test_names_that_are_not_identifiers_are_quoted(pupils):
    renamed = pupils.rename(columns={"prior": "nasjonal prøve 5"})
    got = fit(renamed, "score ~ Q('nasjonal prøve 5')")
    np.testing.assert_allclose(got.llf, fit(pupils, "score ~ prior").llf, rtol=1e-12)


@pytest.mark.parametrize("kind", ["Int64", "float32", "Float64", "int8", "double[pyarrow]"])
def test_number_types_do_not_matter(pupils, kind):
    whole = pupils.assign(prior=pupils["prior"].round())
    got = fit(whole.assign(prior=whole["prior"].astype(kind)))
    np.testing.assert_allclose(got.llf, fit(whole).llf, rtol=1e-10)


def test_a_predictor_constant_within_schools_is_estimated(pupils):
    size = pupils.groupby("school")["score"].transform("size")
    results = fit(pupils.assign(size=size), "score ~ prior + size")
    assert abs(results.certify()["difference"]) < 1e-8


def test_schools_of_which_no_pupil_is_complete_have_no_place_in_the_second_reading(pupils):
    """A predictor that is constant within schools is read twice."""
    size = pupils.groupby("school")["score"].transform("size")
    frame = pupils.assign(size=size)
    out = frame["school"].isin(sorted(frame["school"].unique())[-2:])

    got = fit(frame.assign(prior=frame["prior"].mask(out)), "score ~ prior + size")

    exp = fit(frame[~out], "score ~ prior + size")
    assert list(got.schools) == list(exp.schools)
    np.testing.assert_allclose(got.llf, exp.llf, rtol=1e-10)


def test_many_categories_and_thousands_of_small_schools():
    rng = np.random.default_rng(4)
    code = rng.integers(0, 3000, 15_000)
    month = rng.integers(1, 13, 15_000)
    frame = pd.DataFrame(
        {
            "score": rng.normal(size=3000)[code] + 0.1 * month + rng.normal(size=15_000),
            "month": month,
            "school": np.char.add("skole-", code.astype(str)),
        }
    )
    results = fit(frame, "score ~ C(month)")
    assert len(results.params) == 12
    np.testing.assert_allclose(results.school_variance, 1, rtol=0.1)
    assert results.converged


def test_predictions_use_schools_on_request(pupils):
    results = fit(pupils)
    fixed = results.predict(pupils)
    whole = results.predict(pupils, with_schools=True)
    effects = dict(zip(results.schools, results.conditional_mode, strict=True))
    np.testing.assert_allclose(whole - fixed, pupils["school"].map(effects))


def test_powers_of_a_year_are_as_good_as_powers_of_years_since(pupils):
    frame = pupils.assign(year=2010 + np.arange(len(pupils)) % 6)
    got = fit(frame, "score ~ year + I(year**2)")
    exp = fit(frame.assign(year=frame["year"] - 2010), "score ~ year + I(year**2)")
    assert abs(got.llf - exp.llf) < 1e-6
    np.testing.assert_allclose(got.params["I(year ** 2)"], exp.params["I(year ** 2)"], rtol=1e-5)


@pytest.mark.parametrize("again", [True, False])
def test_chunks_keep_the_digits_of_school_level_and_far_apart_columns(pupils, again):
    size = pupils.groupby("school")["score"].transform("size")
    far = pupils.assign(size=size, score=pupils["score"] + 1e3 * pupils["school"].astype(int))
    exp = fit(far, "score ~ prior + size")
    chunks = [far.iloc[:100], far.iloc[100:]]
    got = RandomIntercept.from_formula(
        "score ~ prior + size", chunks if again else iter(chunks), "school"
    ).fit()
    np.testing.assert_allclose(got.llf, exp.llf, rtol=1e-9 if again else 1e-8)
    np.testing.assert_allclose(got.params, exp.params, rtol=1e-6 if again else 1e-4)
    assert abs(exp.certify()["difference"]) < 1e-7 * abs(exp.llf)


@pytest.mark.parametrize("kind", ["int64", "float64", "category", "str"])
def test_predictions_know_schools_whatever_their_type(pupils, kind):
    frame = pupils.assign(school=pupils["school"].astype(int).astype(kind))
    results = fit(frame)
    gap = results.predict(frame, with_schools=True) - results.predict(frame)
    assert (gap.abs() > 0).all()


@pytest.fixture(scope="module")
def odd():
    rng = np.random.default_rng(3)
    school = rng.integers(0, 40, 600)
    x = rng.standard_normal(600)
    y = 0.6 * x + 0.4 * rng.standard_normal(40)[school] + rng.standard_normal(600)
    kind = rng.choice(list("abc"), 600)
    return pd.DataFrame({"y": y, "x": x, "kind": kind, "school": [f"{s:03}" for s in school]})


@pytest.mark.parametrize(
    ("change", "formula"),
    [
        (lambda f: {"kind": f["kind"].astype("category").cat.set_categories([*"dabc"])}, "kind"),
        (lambda f: {"x": f["x"].astype(object)}, "x"),
        (lambda f: {"y": f["y"].round(3).map(lambda v: Decimal(f"{v:.3f}"))}, "x"),
        (lambda f: {"x": (f["x"] > 0).astype("boolean")}, "x"),
        (lambda f: {"x": (10 * f["x"]).round().astype("Int64")}, "x"),
        (lambda f: {"x": f["x"].astype("float64[pyarrow]")}, "np.exp(x)"),
        (lambda f: {"school": f["school"].map(lambda s: int(s) if s < "2" else s)}, "x"),
        (lambda f: {"school": f["school"].astype("category")}, "x * kind"),
    ],
)
def test_odd_types_agree_with_mixedlm(odd, change, formula):
    frame = odd.assign(**change(odd))
    got = RandomIntercept.from_formula(f"y ~ {formula}", frame, "school").fit()

    assert got.nobs == len(odd)
    assert abs(got.certify()["difference"]) < 1e-7


def test_category_nobody_has_changes_nothing(odd):
    declared = odd["kind"].astype("category")
    wide = odd.assign(kind=declared.cat.add_categories(["nobody"]))
    narrow = odd.assign(kind=declared)
    got, exp = (
        RandomIntercept.from_formula("y ~ x + kind", frame, "school").fit().params
        for frame in (wide, narrow)
    )

    pd.testing.assert_series_equal(got, exp)


def test_fit_at_the_boundary_is_certified_too(odd):
    # Schools whose means agree closer than chance would have them.
    flat = odd.assign(y=odd["y"] - odd.groupby("school")["y"].transform("mean"))
    with pytest.warns(BoundaryWarning):
        got = RandomIntercept.from_formula("y ~ x", flat, "school").fit()

    assert got.boundary
    assert abs(got.certify()["difference"]) < 1e-6


def test_column_that_stands_twice_is_refused(odd):
    twice = pd.concat([odd, odd[["x"]]], axis=1)

    with pytest.raises(UnknownColumnError, match="x: stands more than once"):
        RandomIntercept.from_formula("y ~ x", twice, "school")


def test_complex_outcome_is_refused(odd):
    with pytest.raises(NonNumericError, match="a real number was expected"):
        RandomIntercept.from_formula("y ~ x", odd.assign(y=odd["y"] + 0j), "school")


@pytest.mark.parametrize("formula", ["score ~ kind * prior", "score ~ C(kind, Sum) + C(year)"])
@pytest.mark.parametrize("form", ["str", "object", "category"])
def test_text_and_declared_categories_give_the_same_model(pupils, formula, form):
    rng = np.random.default_rng(4)
    kind = rng.choice(["b", "a", "c"], len(pupils))
    frame = pupils.assign(kind=kind, year=rng.integers(2021, 2024, len(pupils)))
    got = fit(frame.assign(kind=pd.Series(kind, dtype=form)), formula)
    exp = fit(frame.assign(kind=pd.Categorical(kind, ["a", "b", "c"])), formula)
    assert list(got.params.index) == list(exp.params.index)
    assert got.llf == exp.llf


def test_a_category_that_was_not_in_the_fit_is_named_with_its_row(pupils):
    results = fit(pupils)
    with pytest.raises(UnknownCategoryError, match="gender: row 2: 'X', one of F, M was expected"):
        results.predict(pupils.head(3).assign(gender=["M", "X", "F"]))
