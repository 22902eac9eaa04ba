"""Figures that no chapter shows are named with the reason."""

from __future__ import annotations

import pandas as pd
import pytest

from tilstand.sources.declared import read_declared
from tilstand.sources.unshown import unshown


def row(indicator, level, place, **said):
    blank = {"grade": "", "gender": "", "subject": "", "category": ""}
    fixed = {"year": 2025, "status": "ok", "source": "s", "unit": place}
    return {**blank, **fixed, "indicator": indicator, "level": level, "place": place, **said}


@pytest.mark.parametrize(
    ("level", "place", "exp"),
    [
        ("municipality", "bergen", []),
        ("nation", "norge", []),
        ("county", "vestland", ["chapter elevundersokelsen shows it of the municipality and the"]),
        ("municipality", "stavanger", ["they are neither the municipality nor its comparators"]),
    ],
)
@pytest.mark.parametrize("category", ["survey_wellbeing/1", "survey_safety/2"])
def test_answers_are_shown_of_the_municipality_and_the_country(level, place, exp, category, repo):
    figures = pd.DataFrame(
        [row("pupil_survey_answer_share", level, place, grade="7", category=category)]
    )
    declared = read_declared(repo.register)

    got = unshown(figures, declared, {"bergen", "norge", "vestland"}, set())

    assert [reason[: len(exp[0])] for reason in got["reason"]] == exp
