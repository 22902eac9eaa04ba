"""The tables under data/evidence are what their commands write."""

from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]


def test_numbers_beside_lme4s_are_computed_anew(exam, benchmark):
    kept = pd.read_csv(
        ROOT / "data" / "evidence" / "lme4_exam.csv", dtype=str, keep_default_na=False
    )

    got = benchmark("lme4_exam").beside_lme4(exam).astype(str)

    pd.testing.assert_frame_equal(got, kept, check_dtype=False)


def test_recovery_of_a_few_data_sets_is_like_the_kept_table(benchmark):
    kept = pd.read_csv(ROOT / "data" / "evidence" / "recovery.csv", index_col="scenario")
    wanted = {"country", "reliability .8, naive", "reliability .8, calibrated"}
    recovery = benchmark("recovery")
    some = {k: v for k, v in recovery.standard_scenarios().items() if k in wanted}

    got = recovery.recovery_table(some, replications=6)

    assert set(got.index) <= set(kept.index)
    np.testing.assert_allclose(got["rmse"], kept.loc[got.index, "rmse"], rtol=0.1)
    np.testing.assert_allclose(got["coverage"], kept.loc[got.index, "coverage"], atol=0.03)
