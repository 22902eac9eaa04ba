"""Pupil files of every shape give contributions, or none at all; nothing in between."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.layered_contributions import NO_CONTRIBUTION
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.edition.pupil_file import PupilFile
from tilstand.pupils.contribution import compare, contribution_of
from tilstand.pupils.reading import in_roles

FILE = PupilFile("f.csv", "y", "x", "skole", subject="reading", grade="9", cohort="kull")
SIZES = (0, 1, 2, 5, 10, 14, 25, 40)


def draw(rng):
    """Draw some schools and cohorts, many of them small or without pupils."""
    rows = []
    for cohort in range(2021 - rng.integers(1, 5), 2021):
        for school in range(rng.integers(2, 9)):
            n = rng.choice(SIZES)
            prior = rng.normal(50, 10, n)
            rows.append(
                pd.DataFrame(
                    {
                        "skole": f"s{school}",
                        "kull": cohort,
                        "x": prior.round(),
                        "y": (10 + 0.8 * prior + school + rng.normal(0, 5, n)).round(),
                        "kjonn": rng.choice(["gutt", "jente"], n),
                        "utdanning": rng.choice(["lav", "middels", "lang"], n),
                        "flyttet": rng.random(n) < 0.1,
                        "fritatt": rng.random(n) < 0.1,
                        "for": (prior + rng.normal(0, 6, n)).round(),
                        "regning": (prior + rng.normal(0, 6, n)).round(),
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def newest(rows):
    return rows["kull"] == rows["kull"].max()


#: What people's files are like: columns that are blank, alike, or the school's own.
ODD = {
    "as drawn": lambda rows, _: rows,
    "no newest result": lambda rows, _: rows.assign(y=rows["y"].mask(newest(rows))),
    "no newest prior": lambda rows, _: rows.assign(x=rows["x"].mask(newest(rows))),
    "all moved": lambda rows, _: rows.assign(flyttet=True),
    "one sex": lambda rows, _: rows.assign(kjonn="jente"),
    "no sex": lambda rows, _: rows.assign(kjonn=np.nan),
    "no score before": lambda rows, _: rows.assign(**{"for": np.nan}),
    "score before is the prior": lambda rows, _: rows.assign(**{"for": rows["x"]}),
    "other prior is the prior": lambda rows, _: rows.assign(regning=rows["x"]),
    "no other prior": lambda rows, _: rows.assign(regning=np.nan),
    "background is the school": lambda rows, _: rows.assign(utdanning=rows["skole"]),
    "few priors": lambda rows, rng: rows.assign(x=rows["x"].mask(rng.random(len(rows)) < 0.6)),
    "two priors": lambda rows, rng: rows.assign(x=rng.choice([40.0, 60.0], len(rows))),
    "school without": lambda rows, _: rows.assign(x=rows["x"].mask(rows["skole"] == "s0")),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("seed", range(2))
def test_contributions_are_estimated_wherever_schools_can_be_compared(kind, seed):
    rng = np.random.default_rng([seed, *kind.encode()])
    rows = ODD[kind](draw(rng), rng)
    file = replace(
        FILE,
        reliability=rng.choice([None, 0.85]),
        background=("kjonn", "utdanning"),
        exempt="fritatt",
        moved="flyttet",
        earlier="for",
        other_priors=("regning",),
    )
    pupils = in_roles(rows, file)
    try:
        compare(pupils, file)
    except NO_CONTRIBUTION:
        return

    found = contribution_of(pupils, file, DisclosureRules())

    assert {"estimate", "ci_low", "ci_high"} <= set(found.ours)
    assert "complete case" in set(found.treatments["treatment"])
    assert "M0 raw" in set(found.ladder["step"])


def test_some_of_the_odd_files_can_be_compared_and_some_cannot():
    """Else the test above would hold of nothing."""
    told = set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        pupils = in_roles(draw(rng), FILE)
        try:
            compare(pupils, FILE)
            told.add(True)
        except NO_CONTRIBUTION:
            told.add(False)

    assert told == {True, False}
