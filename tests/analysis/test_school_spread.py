"""Hold the spread between schools to published answers and to schools with known truth."""

import numpy as np
import pytest

from tilstand.analysis.school_spread import between_schools, heterogeneity

# Trials of BCG vaccine: log risk ratios and variances computed from Colditz et al. (1994), as in
# the documentation of the R package metafor; there PM gives 0.3180, Q 152.2330 and Q-profile
# 0.1197 to 1.1115.
TRIALS = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    float,
)
A, B, C, D = TRIALS.T
EFFECTS = np.log(A / (A + B)) - np.log(C / (C + D))
VARIANCES = 1 / A - 1 / (A + B) + 1 / C - 1 / (C + D)


def test_heterogeneity_is_the_published_q():
    assert heterogeneity(EFFECTS, VARIANCES, 0) == pytest.approx(152.2330, abs=5e-5)


def test_between_schools_is_the_published_paule_mandel_variance():
    got = between_schools(EFFECTS, VARIANCES)

    assert got.sd**2 == pytest.approx(0.3180, abs=5e-4)


def test_between_schools_has_the_published_q_profile():
    got = between_schools(EFFECTS, VARIANCES).interval

    assert (got.low**2, got.high**2) == pytest.approx((0.1197, 1.1115), abs=5e-4)


@pytest.mark.parametrize(("true_sd", "schools"), [(0.0, 29), (2.0, 29), (2.0, 12)])
def test_interval_of_the_spread_covers_the_truth(true_sd, schools):
    rng = np.random.default_rng(17)
    covered = []
    for _ in range(1200):
        n = rng.integers(10, 120, schools)
        variances = 80 / n + 1 / 12
        means = np.round(rng.normal(50, true_sd, schools) + rng.normal(0, np.sqrt(80 / n)))
        found = between_schools(means, variances)
        covered.append(found.interval.low <= true_sd <= found.interval.high)

    got = np.mean(covered)

    # A true spread of zero can be missed on one side only.
    assert got == pytest.approx(0.95 if true_sd else 0.975, abs=0.02)


def test_equal_schools_show_as_chance():
    rng = np.random.default_rng(19)
    variances = np.full(40, 4.0)

    got = np.mean(
        [between_schools(rng.normal(50, 2, 40), variances).chance_share for _ in range(99)]
    )

    assert got > 0.9


@pytest.mark.parametrize("variances", [[1.0, 1.0], [1.0, 0.0, 1.0], [1.0, np.nan, 1.0]])
def test_spread_that_cannot_be_told_is_refused(variances):
    with pytest.raises(ValueError, match="spread between schools needs"):
        between_schools(np.arange(len(variances), dtype=float), np.array(variances))
