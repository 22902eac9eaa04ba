"""An edition with a pupil file of its own: the schools' pages and chapters come from that file."""

from __future__ import annotations

import json
import stat

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from books import copy_project, shorten
from tilstand.edition import load_edition
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import BuildError
from tilstand.pipeline.reproduce.release import release
from tilstand.pipeline.reproduce.workcopy import run_build
from tilstand.register import Register
from tilstand.simulation import Plan, simulate

pytestmark = pytest.mark.slow

NAMES = ("Berg skole", "Dal skole", "Elv ungdomsskole", "Fjell skole", "Vik skole")
COHORTS = (2022, 2023, 2024, 2025)
NINE = "Fjell skole"
EDITION = """\
year = {year}
municipality = "3201"
comparators = ["county", "nation"]
languages = ["nb"]
date = {year}-12-01

[pupils]
file = "data/private/{year}/elever.csv"
school = "Skolens navn"
outcome = "Lesing 9"
prior = "Lesing 8"
subject = "reading"
grade = "9"
prior_grade = "8"
cohort = "Høst"
exempt = "Fritak"

[pupils.columns]
pupil = "Elevnøkkel"
gender = "Kjønn"
"""


def pupils() -> pd.DataFrame:
    plan = Plan(pupils=1120, schools=len(NAMES), home_schools=len(NAMES), cohorts=COHORTS)
    made = simulate(plan, np.random.default_rng(3)).pupils
    names = dict(zip(sorted(set(made["school"])), NAMES, strict=True))
    rows = pd.DataFrame(
        {
            "Elevnøkkel": made["pupil"] + "-hemmelig",
            "Høst": made["cohort"],
            "Skolens navn": made["school"].map(names),
            "Kjønn": made["gender"].map({"F": "Jente", "M": "Gutt"}),
            "Fritak": made["exempt_9"].map({True: "ja", False: "nei"}),
            "Lesing 8": made["reading_8"].astype("Int64"),
            "Lesing 9": made["reading_9"].astype("Int64"),
        }
    )
    few = rows[rows["Skolens navn"] == NINE].groupby("Høst").head(9)
    return pd.concat([rows[rows["Skolens navn"] != NINE], few]).sort_values("Elevnøkkel")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two editions of one municipality that share two years of pupils."""
    project = copy_project(tmp_path_factory.mktemp("own"))
    shorten(project, "elevnivaer", "skolene", "skole", "elevkull", "elevfritak", "personvern")
    for old in project.editions.glob("*.toml"):
        old.unlink()
    rows = pupils()
    for year in (2024, 2025):
        (project.editions / f"{year}.toml").write_text(EDITION.format(year=year), encoding="utf-8")
        folder = project.private / str(year)
        folder.mkdir(parents=True)
        kept = rows[rows["Høst"].between(year - 2, year)]
        kept.to_csv(folder / "elever.csv", sep=";", index=False, encoding="cp1252")
    run_build(project, ["--no-pdf"])
    return project


def page_of(project, slug: str) -> BeautifulSoup:
    path = project.site / "2025" / "nb" / f"{slug}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_every_school_of_the_file_has_a_page_by_its_name(built):
    links = {a.get_text(strip=True) for a in page_of(built, "index").select("main a[href]")}

    assert set(NAMES) <= links
    assert {
        page_of(built, f"skole-{slug}").h1.get_text().strip("#\uf0c1 ")
        for slug in ("berg-skole", "fjell-skole")
    } == {
        "Berg skole",
        NINE,
    }


def test_nothing_is_marked_as_simulated(built):
    for slug in ("skole-berg-skole", "elevnivaer", "index", "personvern"):
        assert "simulert" not in page_of(built, slug).main.get_text()


def test_both_editions_withstand_the_attack_beside_each_other(built):
    for year in (2024, 2025):
        found = json.loads((built.work / str(year) / "nb" / "audit.json").read_text())
        assert found["cells"] > 0
        assert found["hidden_means"] > 0
        assert found["recovered"] == 0
        assert found["narrowest"] is None or found["narrowest"] >= DisclosureRules().width


def test_no_key_of_a_pupil_is_in_the_site(built):
    for path in built.site.rglob("*"):
        if path.is_file():
            assert b"hemmelig" not in path.read_bytes(), path


def test_nine_pupils_a_year_show_no_mean(built):
    page = page_of(built, "skole-fjell-skole")
    years = [
        cell.get_text(strip=True)
        for cell in page.select("td[data-cell*='mean:scores'][data-cell*='school=Fjell']")
        if not cell.has_attr("data-of")
    ]

    assert set(years) <= {"\N{EN DASH}"}


def test_released_edition_is_kept_for_its_owner_alone_and_only_as_the_site_shows_it(built):
    edition = load_edition(built, Register.load(built.register), "2024")
    kept = built.root / "data" / "private" / "2024" / "published-tables.json"
    before = kept.exists()

    said = release(built, edition)

    assert not before
    assert said.startswith("data/private/2024/published-tables.json: kept")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    file = built.private / "2024" / "elever.csv"
    lines = file.read_text(encoding="cp1252").splitlines()
    file.write_text("\n".join(lines[:-1]) + "\n", encoding="cp1252")
    with pytest.raises(BuildError, match="the site is not of today's data"):
        release(built, edition)
