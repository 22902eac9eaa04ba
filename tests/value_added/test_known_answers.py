"""Estimates against lme4 at tight tolerance (R 4.2.2, lme4 1.1-31) and against MixedLM."""

import numpy as np
import pytest

from tilstand.value_added import RandomIntercept

EXAM = {
    "prior and sex, REML": (
        "normexam ~ standLRT + sex",
        True,
        {
            "Intercept": (0.0763940, 0.0420193),
            "standLRT": (0.5594702, 0.0124520),
            "sex[T.M]": (-0.1713638, 0.0327932),
        },
        (0.0898553, 0.5625183),
        -4673.28726565,
    ),
    "prior, ML": (
        "normexam ~ standLRT",
        False,
        {"Intercept": (0.0023908, 0.04002), "standLRT": (0.5633712, 0.01247)},
        (0.0921293, 0.5657310),
        -4678.62160030,
    ),
    "null, ML": (
        "normexam ~ 1",
        False,
        {"Intercept": (-0.0131671, 0.05363)},
        (0.1686389, 0.8477605),
        -5505.32447,
    ),
}


def rounded(value: float, like: float) -> float:
    """Round as the published number is, which is printed to a fixed number of decimals."""
    return round(value, len(str(like).partition(".")[2]))


@pytest.mark.parametrize("case", EXAM)
def test_exam_estimates_equal_lme4s(exam, case):
    formula, reml, fixed, (school, residual), log_likelihood = EXAM[case]
    got = RandomIntercept.from_formula(formula, exam, "school").fit(reml=reml)
    np.testing.assert_allclose(got.school_variance, school, rtol=5e-6)
    np.testing.assert_allclose(got.scale, residual, rtol=5e-6)
    assert rounded(got.llf, log_likelihood) == log_likelihood
    for name, (estimate, se) in fixed.items():
        assert rounded(got.params[name], estimate) == pytest.approx(estimate, abs=2e-7)
        assert rounded(got.bse[name], se) == pytest.approx(se, abs=2e-7)


def test_log_likelihood_equals_lme4s_to_eight_decimals(exam):
    got = RandomIntercept.from_formula("normexam ~ standLRT + sex", exam, "school").fit()
    assert abs(got.llf - -4673.28726565) < 1e-8


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(
    "formula",
    [
        "normexam ~ 1",
        "normexam ~ standLRT + C(sex) + schavg",
        "normexam ~ 0 + sex + standLRT",
        "normexam ~ standLRT * sex + vr",
        "normexam ~ bs(standLRT, df=5) + type",
        "normexam ~ cr(standLRT, df=4) - 1",
        "np.exp(normexam) ~ I(standLRT**2) + standLRT",
    ],
)
def test_mixedlm_gives_the_same_likelihood_at_our_optimum(exam, formula, reml):
    results = RandomIntercept.from_formula(formula, exam, "school").fit(reml=reml)
    certificate = results.certify()
    assert abs(certificate["difference"]) < 1e-8
    assert results.converged


def test_score_is_zero_and_likelihood_lower_around_the_optimum(exam):
    results = RandomIntercept.from_formula("normexam ~ standLRT", exam, "school").fit()
    around = results.likelihood.at(results.ratio * np.array([0.999, 1.001])).log_likelihood
    assert abs(results.optimum.score) < 1e-10
    assert (around < results.llf).all()


def test_conditional_modes_and_variances_equal_statsmodels_formulas(exam):
    results = RandomIntercept.from_formula("normexam ~ standLRT", exam, "school").fit()
    one = exam[exam["school"] == 54]
    residual = (one["normexam"] - results.predict(one)).sum()
    precision = len(one) / results.scale + 1 / results.school_variance
    effects = results.school_effects().set_index("school").loc[54]
    np.testing.assert_allclose(effects["estimate"], residual / results.scale / precision)
    np.testing.assert_allclose(effects["conditional_se"], precision**-0.5)


@pytest.mark.parametrize("reml", [True, False])
def test_heights_are_the_log_likelihood(exam, reml):
    results = RandomIntercept.from_formula("normexam ~ standLRT + sex", exam, "school").fit(
        reml=reml
    )
    ratio = np.geomspace(1e-6, 1e6, 13)
    got = results.likelihood.heights(ratio)
    np.testing.assert_allclose(got, results.likelihood.at(ratio).log_likelihood, rtol=1e-12)


def test_score_is_the_slope_of_the_log_likelihood(exam):
    likelihood = (
        RandomIntercept.from_formula("normexam ~ standLRT", exam, "school").fit().likelihood
    )
    ratio, step = np.array([0.0, 0.01, 0.2, 3.0]), 1e-6
    rise = likelihood.heights(ratio + step) - likelihood.heights(ratio)
    middle = [likelihood.score(one) for one in ratio + step / 2]
    np.testing.assert_allclose(rise / step, middle, rtol=1e-3, atol=1e-2)
