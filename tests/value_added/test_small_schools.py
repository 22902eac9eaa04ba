"""Hold every file of the command to its smallest group of pupils."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added.command import run
from tilstand.value_added.errors import FormulaError, PersonalDataWarning

# Some of these data do not tell a layer from none, or have five schools or fewer.
pytestmark = [
    pytest.mark.filterwarnings("ignore:the variance between"),
    pytest.mark.filterwarnings("ignore:. schools say little"),
]

SIZES = {"A": 30, "B": 40, "C": 35, "D": 28, "E": 32, "F": 12}
NAMES = {"school", "municipality", "cohort", "status"}


def drawn(small: dict[tuple[str, int], int], seed: int = 4) -> pd.DataFrame:
    """Draw schools of one municipality each three, with some cohorts of a few pupils."""
    rng = np.random.default_rng(seed)
    rows = []
    for school, size in SIZES.items():
        for cohort in (2021, 2022, 2023):
            prior = rng.normal(50, 9, small.get((school, cohort), size))
            score = 10 + 0.8 * prior + rng.normal(0, 5, len(prior)) + rng.normal()
            place = "nord" if school < "D" else "sør"
            rows += [(place, school, cohort, *pair) for pair in zip(prior, score, strict=True)]
    return pd.DataFrame(rows, columns=["place", "school", "cohort", "prior", "score"])


def tables(pupils: pd.DataFrame, folder, **options) -> dict[str, pd.DataFrame]:
    path = folder / "elever.csv"
    pupils.to_csv(path, index=False)
    columns = {"cohort": "cohort", **options}
    written = run(path, "score ~ prior", "school", folder / "ut", **columns)
    return {one.stem: pd.read_csv(one) for one in written if one.suffix == ".csv"}


@pytest.mark.parametrize(
    ("small", "exp"),
    [
        ({}, set()),
        ({("B", 2021): 4, ("C", 2023): 1}, {"B", "C"}),
        ({("B", 2022): 4}, {"B", "F"}),  # one alone takes the smallest of the rest with it
    ],
)
def test_no_file_holds_a_number_of_a_school_with_a_small_cohort(small, exp, tmp_path):
    got = tables(drawn(small), tmp_path)

    assert {"schools", "cohorts", "changes"} <= set(got)
    for table in got.values():
        hidden = table["status"] == "left out"
        assert set(table.loc[hidden, "school"]) == exp
        assert table.loc[hidden, [c for c in table if c not in NAMES]].isna().all(axis=None)
        assert table.loc[~hidden, "status"].eq("shown").all()


def test_a_municipality_does_not_tell_its_one_school_that_is_left_out(tmp_path):
    small = {("A", 2021): 3, ("D", 2021): 3}

    got = tables(drawn(small), tmp_path, municipality="place")["municipalities"]

    assert got["status"].tolist() == ["left out", "left out"]
    assert got.drop(columns=["municipality", "status"]).isna().all(axis=None)


def test_a_municipality_with_two_schools_left_out_is_shown(tmp_path):
    small = {("A", 2021): 3, ("B", 2021): 3}

    got = tables(drawn(small), tmp_path, municipality="place")["municipalities"]

    assert got["status"].tolist() == ["shown", "shown"]


def test_layers_take_the_smallest_group_from_the_call(tmp_path):
    with pytest.warns(PersonalDataWarning, match="personal data"):
        got = tables(drawn({("B", 2021): 4}), tmp_path, min_n=1)

    assert got["cohorts"]["status"].eq("shown").all()
    with pytest.raises(FormulaError, match="min-n: 0 is too small"):
        tables(drawn({}), tmp_path, min_n=0)
