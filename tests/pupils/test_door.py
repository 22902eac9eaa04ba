"""Hold the door for pupils: made once, made anew for other pupils, by the edition's own rules."""

import numpy as np
import pandas as pd
import pytest

from tilstand.pupils import door

PUPILS = """
[pupils]
file = "data/private/elever.csv"
school = "skole"
outcome = "lesing 9"
prior = "lesing 8"
subject = "reading"
grade = "9"
cohort = "høst"

[disclosure]
min_n = {least}
"""
SIZES = {"Berg skole": 40, "Li skole": 30, "Mo skole": 14, "Nes skole": 12, "Vik skole": 35}


@pytest.fixture
def edition(project_copy):
    """Give the edition 2020 a pupil file, with pupils of a seed and a least number of them."""
    plain = (project_copy.editions / "2020.toml").read_text(encoding="utf-8")

    def write(seed=1, least=10):
        rng = np.random.default_rng(seed)
        rows = [
            {
                "høst": 2020,
                "skole": name,
                "lesing 8": round(prior),
                "lesing 9": round(prior + add),
            }
            for (name, size), add in zip(SIZES.items(), rng.normal(3, 4, 5), strict=True)
            for prior in rng.normal(50, 9, size).clip(20, 80)
        ]
        path = project_copy.root / "data" / "private" / "elever.csv"
        path.parent.mkdir(exist_ok=True)
        frame = pd.DataFrame(rows)
        frame["lesing 9"] += rng.integers(-6, 7, len(frame))
        frame.to_csv(path, index=False)
        text = plain + PUPILS.format(least=least)
        (project_copy.editions / "2020.toml").write_text(text, encoding="utf-8")
        return project_copy

    return write


def test_what_is_shown_is_made_once_and_comes_back_the_same(edition, monkeypatch):
    project = edition()
    made, estimated = door.open_door(project, "2020"), door.open_contribution(project, "2020")
    monkeypatch.setattr(door, "_made", None)
    monkeypatch.setattr(door, "contribution_of", None)

    shown, estimates = door.open_door(project, "2020"), door.open_contribution(project, "2020")

    assert shown.schools == made.schools
    assert shown.protected.to_json() == made.protected.to_json()
    pd.testing.assert_frame_equal(shown.measures, made.measures)
    pd.testing.assert_frame_equal(estimates.ours, estimated.ours)


def test_other_pupils_are_protected_and_estimated_anew(edition):
    before = door.open_contribution(edition(seed=1), "2020").ours

    after = door.open_contribution(edition(seed=2), "2020").ours

    assert (before["estimate"] - after["estimate"]).abs().max() > 0.01


@pytest.mark.parametrize(("least", "exp"), [(10, 5), (13, 3), (20, 3), (36, 1)])
def test_the_editions_own_least_number_says_which_schools_are_shown(edition, least, exp):
    """One school alone is never left out: totals would give it away. Nor is it in any band."""
    got = door.open_contribution(edition(least=least), "2020")

    assert got.least == least
    assert len(got.ours) == exp
    bands = got.counts["over"] + got.counts["around"] + got.counts["under"]
    assert bands == exp


def test_published_again_with_a_pupil_less_shows_the_contributions_that_readers_have(edition):
    project = edition()
    before = door.open_contribution(project, "2020")
    schools = door.open_door(project, "2020").contributions
    door.keep_what_is_published(project, "2020")
    path = project.root / "data" / "private" / "elever.csv"
    pd.read_csv(path).drop(index=0).to_csv(path, index=False)

    after = door.open_contribution(project, "2020")

    pd.testing.assert_frame_equal(after.ours, before.ours)
    assert after.fit == pytest.approx(before.fit, nan_ok=True)
    pd.testing.assert_frame_equal(door.open_door(project, "2020").contributions, schools)


def test_edition_without_a_pupil_file_has_nothing_behind_the_door(project_copy):
    assert door.open_door(project_copy, "2020") is None
    assert door.open_contribution(project_copy, "2010") is None


def test_one_school_has_nobody_to_be_held_against(edition):
    """Its pupils are shown, and no contribution; asked again, the answer is kept."""
    project = edition()
    path = project.root / "data" / "private" / "elever.csv"
    pupils = pd.read_csv(path)
    school = next(name for name in pupils if pupils[name].nunique() == 5)
    pupils[pupils[school] == pupils[school].iloc[0]].to_csv(path, index=False)

    assert [door.open_contribution(project, "2020") for _ in range(2)] == [None, None]
    assert len(door.open_door(project, "2020").schools) == 1
