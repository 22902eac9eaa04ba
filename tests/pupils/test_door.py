"""Hold the door for pupils: made once, made anew for other pupils, by the edition's own rules."""

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.school_contributions import COLUMNS
from tilstand.edition import load_edition
from tilstand.errors import BuildError, DataError
from tilstand.pipeline.outputs.audit import audit_editions
from tilstand.pipeline.steps.edition_contents import edition_contents
from tilstand.pupils import door
from tilstand.pupils.compared import has_contributions
from tilstand.register import Register

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


def one_school(pupils):
    return pupils[pupils["skole"] == "Berg skole"]


def two_schools(pupils):
    return pupils[pupils["skole"].isin(["Berg skole", "Li skole"])]


@pytest.mark.parametrize(
    ("change", "schools"),
    [
        (one_school, 1),
        (two_schools, 2),
        (lambda pupils: pupils.assign(**{"lesing 9": 50}), 5),
        (lambda pupils: pupils.assign(**{"lesing 8": 50}), 5),
    ],
    ids=["one", "two", "one-result", "one-earlier-result"],
)
def test_schools_that_cannot_be_compared_are_shown_without_contributions(edition, change, schools):
    """Asked again, the answer is kept; the chapter on contributions is left out of the book."""
    project = edition()
    known = load_edition(project, Register.load(project.register), "2020")
    assert has_contributions(project, known)
    path = project.root / "data" / "private" / "elever.csv"
    change(pd.read_csv(path)).to_csv(path, index=False)

    assert [door.open_contribution(project, "2020") for _ in range(2)] == [None, None]
    shown = door.open_door(project, "2020")
    assert len(shown.schools) == schools
    assert list(shown.contributions.columns) == list(COLUMNS)
    assert not has_contributions(project, known)
    slugs = [chapter.slug for chapter in edition_contents(project, known).chapters]
    assert "skolebidrag-resultat" not in slugs
    assert "skole-berg-skole" in slugs


@pytest.mark.parametrize(("municipality", "same"), [("3024", True), ("4601", False)])
def test_schools_of_one_name_in_two_municipalities_are_not_taken_for_one(
    edition, tmp_path, municipality, same
):
    project = edition()
    more = f'year = 2020\nmunicipality = "{municipality}"\ncomparators = ["nation"]\n'
    more += 'languages = ["nb"]\n'
    (project.editions / "more.toml").write_text(more + PUPILS.format(least=10), encoding="utf-8")
    register = Register.load(project.register)
    staged = []
    for name, count in (("2020", 40), ("more", 30)):
        cell = "protected|results/9/reading|count|school=Berg_skole;result=took;year=2020"
        folder = tmp_path / name
        folder.mkdir()
        page = f'<table><tr><td data-cell="{cell}">{count}</td></tr></table>'
        (folder / "page.html").write_text(page, encoding="utf-8")
        staged.append((load_edition(project, register, name), "nb", folder))

    if same:
        with pytest.raises(BuildError, match="in one place"):
            audit_editions(project, staged, print)
    else:
        audit_editions(project, staged, print)


def test_reliability_that_the_pupils_rule_out_is_one_line(edition):
    """Where schools differ much and pupils of a school little, half the variance is no error."""
    project = edition()
    file = project.root / "data" / "private" / "elever.csv"
    pupils = pd.read_csv(file)
    level = pupils["skole"].map({name: 20 + 15 * at for at, name in enumerate(SIZES)})
    pupils.assign(**{"lesing 8": level + pupils.index % 3}).to_csv(file, index=False)
    path = project.editions / "2020.toml"
    stated = "reliability = 0.5\n\n[disclosure]"
    text = path.read_text(encoding="utf-8").replace("[disclosure]", stated)
    path.write_text(text, encoding="utf-8")
    known = load_edition(project, Register.load(project.register), "2020")

    with pytest.raises(DataError, match=r"2020.toml:pupils.reliability: '0.5', expected a higher"):
        edition_contents(project, known)


def test_cohort_without_results_is_not_the_newest_that_contributions_are_of(edition):
    project = edition()
    path = project.root / "data" / "private" / "elever.csv"
    pupils = pd.read_csv(path)
    exempt = pupils.assign(**{"høst": 2021, "lesing 9": np.nan})
    exp = door.open_contribution(project, "2020")
    pd.concat([pupils, exempt]).to_csv(path, index=False)

    got = door.open_contribution(project, "2020")

    assert got.ours["estimate"].tolist() == exp.ours["estimate"].tolist()
