"""Ask pytauargus for its optimum, and compare where its pattern withstands the same attack."""

import numpy as np
import pandas as pd
import pytest

from tilstand.disclosure.attack import audit
from tilstand.disclosure.attack.published import Published
from tilstand.disclosure.cells import Table, build_system
from tilstand.disclosure.problem import Problem
from tilstand.disclosure.rules import Rules, required_widths
from tilstand.disclosure.suppression import suppress

pytauargus = pytest.importorskip("pytauargus")

# Its letters for unsafe by the rule, and for hidden to protect others.
HIDDEN = {"U", "M"}


def ours(table):
    system = build_system([table])
    need = required_widths(system, Rules())
    problem = Problem(system.values, system.matrix, need, need < 0)
    return system, suppress(problem, system.margin_depth).hidden


def theirs(table, folder):
    """Return the cells that the second opinion hides, by their categories."""
    repeated = table.counts.loc[table.counts.index.repeat(table.counts["count"])]
    pupils = repeated.drop(columns="count").reset_index(drop=True).assign(n=1)
    found = pytauargus.protect(
        pupils,
        list(table.dimensions),
        "n",
        safety_rules="FREQ(5,30)",
        suppress="OPT(1,2)",
        workdir=str(folder),
    ).tables[0]
    frame = found.dataframe
    frame = pd.DataFrame(frame() if callable(frame) else frame)
    blank = frame["status"].astype(str).isin(HIDDEN)
    keys = frame.loc[blank, list(table.dimensions)].astype(str)
    return set(keys.itertuples(index=False, name=None))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_we_hide_hardly_more_than_the_second_opinion(tmp_path, monkeypatch, seed):
    monkeypatch.chdir(tmp_path)  # its solver writes where it stands
    counts = np.random.default_rng(seed).poisson(7, (6, 4)) + 1
    at = np.argwhere(counts > 0)
    frame = pd.DataFrame({"a": [f"s{i}" for i, _ in at], "b": [f"l{j}" for _, j in at]})
    table = Table(frame.assign(count=counts.ravel()), ("a", "b"))
    system, hidden = ours(table)
    other = theirs(table, tmp_path)
    mask = np.array([key in other for key in system.keys])
    assert mask.sum() == len(other)
    page = Published()
    cells = system.frame()
    page.add_table(
        cells.assign(count=pd.Series(system.values, dtype="Int64").mask(mask)), ("a", "b")
    )
    if audit(page).faults:
        pytest.skip("the second opinion's pattern does not withstand this attack")
    assert hidden.sum() <= 1.1 * mask.sum()
