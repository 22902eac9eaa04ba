"""Names that would run, in pupil files, exports, comments, goals and own words: all is text."""

from __future__ import annotations

import csv
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hostile import REFUSED, SHOWN

from books import copy_project, shorten
from nine_files import write_nine
from tilstand.pipeline.reproduce.workcopy import run_build
from tilstand.simulation import Plan, simulate
from visits import every_page

pytestmark = pytest.mark.slow

PUPILS = (*SHOWN[:4], "{raw}`html` {download}`/etc/passwd`", "+47 22 22 22 22", "@SUM(A1:A9)")
#: The names of the exports' schools: nobody reads these but as text, so no mark is refused.
EXPORTS = (
    "<img src=x onerror=window.ran(11)>",
    '=HYPERLINK("http://example.org";"Berg")',
    "</title><script>window.ran(12)</script>",
    '"><svg onload=window.ran(13)> {{ x }}',
)
CHAPTERS = (
    "sammendrag",
    "kommunestyret",
    "styring",
    "skolene",
    "skole",
    "elevnivaer",
    "skoler",
    "skoleside",
)
GOAL_NAME = "<img src=x onerror=window.ran(14)> {{ x }} {raw}`html`"
GOAL = f'"{GOAL_NAME}",bullied_share,10,,,5.0,2028,=1+1,@SUM\n'
COMMENT = "Vi er {{ x }} & =1+1 {raw}`html` @SUM, 3 < 4."
FORMULA = re.compile(r"\s*(?:[=+@\t\r]|-(?![\d.,]*\s?%?$))")
EDITION = """\
year = 2025
municipality = "4601"
comparators = ["county", "nation"]
languages = ["nb"]
date = 2025-12-01

[pupils]
file = "data/private/2025-bergen/elever.csv"
school = "Skole"
outcome = "Lesing 9"
prior = "Lesing 8"
subject = "reading"
grade = "9"
prior_grade = "8"
cohort = "Høst"
"""
RUNS = """() => [...document.querySelectorAll('*')].filter(one =>
  (one.tagName === 'SCRIPT' && !one.getAttribute('src').startsWith('_static/')
    && one.getAttribute('src') !== 'searchindex.js') ||
  [...one.attributes].some(at => at.name.startsWith('on') || /^\\s*javascript:/i.test(at.value)) ||
  /^https?:/.test(one.getAttribute('href') || one.getAttribute('src') || '')
).map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build a book of seven schools with pupils, four with open figures, and words on them."""
    project = copy_project(tmp_path_factory.mktemp("hostile"))
    shorten(
        project,
        "sammendrag",
        "kommunestyret",
        "styring",
        "skolene",
        "skole",
        "elevnivaer",
        "skoler",
        "skoleside",
    )
    for old in project.editions.glob("*.toml"):
        old.unlink()
    (project.editions / "2025-bergen.toml").write_text(EDITION, encoding="utf-8")
    write_pupils(project.root / "data" / "private" / "2025-bergen")
    # An edition with a pupil file has pages of those schools; one without, of the exports'.
    without = EDITION.partition("[pupils]")[0]
    (project.editions / "2025-apen.toml").write_text(without, encoding="utf-8")
    for edition in ("2025-bergen", "2025-apen"):
        write_exports(project.open / edition)
    own = project.editions / "2025-bergen"
    (own / "comments").mkdir(parents=True)
    (own / "comments" / "sum-a1-a9.md").write_text(COMMENT, encoding="utf-8")
    header = "goal,indicator,grade,subject,category,target,year,responsible,status\n"
    (own / "goals.csv").write_text(header + GOAL, encoding="utf-8")
    run_build(project, ["--no-pdf"])
    return project.site


def write_exports(folder):
    for path in write_nine(folder, len(EXPORTS), "Vestland", "Bergen", ("46", "4601")):
        text = path.read_text(encoding="utf-16-le")
        for number, name in enumerate(EXPORTS, start=1):
            quoted = '"' + name.replace('"', '""') + '"'
            text = text.replace(f"Øvingsbakken {number} skole", quoted)
        path.write_text(text, encoding="utf-16-le")


def write_pupils(folder):
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    plan = Plan(pupils=900, schools=len(PUPILS), home_schools=len(PUPILS), cohorts=(2024, 2025))
    made = simulate(plan, np.random.default_rng(3)).pupils
    names = dict(zip(sorted(set(made["school"])), PUPILS, strict=True))
    rows = pd.DataFrame(
        {
            "Høst": made["cohort"],
            "Skole": made["school"].map(names),
            "Lesing 8": made["reading_8"].astype("Int64"),
            "Lesing 9": made["reading_9"].astype("Int64"),
        }
    )
    rows.to_csv(folder / "elever.csv", sep=";", index=False, quoting=csv.QUOTE_ALL)


def test_nothing_runs_on_any_page(browser, built):
    context = browser.new_context()
    context.add_init_script("window.hits = []; window.ran = (n) => window.hits.push(n)")
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda one: said.append(one.url) if one.url[:5] != "file:" else None)
    tab.on("dialog", lambda one: (said.append(one.message), one.dismiss()))
    pages = every_page(built)
    for path in pages:
        tab.goto(path.as_uri())
        assert tab.evaluate("window.hits") == [], path
        if path.name != "index.html" or path.parent.name == "nb":
            assert tab.evaluate(RUNS) == [], path
    for asked in ("script", "berg", "sum", "onerror"):
        tab.goto(f"{(built / '2025-bergen/nb/search.html').as_uri()}?q={asked}")
        tab.wait_for_selector("#search-results .search-summary, #search-results p")
        assert tab.evaluate("window.hits") == []
        assert tab.locator("#search-results :is(img, script, svg)").count() == 0
    context.close()

    assert len(pages) > len(PUPILS) + len(EXPORTS)
    assert said == []


def test_each_name_is_shown_as_it_stands(built):
    headings = {
        BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").h1.find(string=True)
        for path in built.glob("*/nb/skole*-*.html")
    }

    # Sphinx sets the quotes of the language in a heading.
    exp = {name.replace('"', "»").replace("'", "»") for name in (*PUPILS, *EXPORTS)}
    assert {re.sub("[«»’]", "»", name.strip()) for name in headings} >= exp


def test_words_on_the_numbers_are_shown_as_they_stand(built):
    folder = built / "2025-bergen" / "nb"
    page = (folder / "skole-sum-a1-a9.html").read_text(encoding="utf-8")

    assert COMMENT in BeautifulSoup(page, "html.parser").select_one(".comments").get_text()
    goals = BeautifulSoup((folder / "styring.html").read_text("utf-8"), "html.parser")
    assert GOAL_NAME in goals.main.get_text()


def test_no_cell_of_a_download_is_a_formula(built):
    tables = sorted(built.rglob("*.csv"))
    books = sorted(built.rglob("*.xlsx"))
    cells = []
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            cells += [(path.name, cell) for row in csv.reader(stream) for cell in row]
    for path in books:
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" for cell in row), path
                cells += [(path.name, one.value) for one in row if isinstance(one.value, str)]
    shown = {cell for _, cell in cells}

    assert len(tables) > len(PUPILS)
    assert [cell for cell in cells if FORMULA.match(cell[1])] == []
    assert {"'+47 22 22 22 22", "'=1+1", "'@SUM"} <= shown
    assert any(cell.startswith("'=HYPERLINK(") for cell in shown)


@pytest.mark.parametrize("name", REFUSED[:3])
def test_check_refuses_a_name_that_no_table_has_a_row_of(tmp_path, tilstand, name):
    project = copy_project(tmp_path)
    for other in project.editions.glob("*.toml"):  # each would be checked too
        other.unlink()
    folder = project.root / "data" / "private" / "2025-bergen"
    (project.editions / "2025-bergen.toml").write_text(EDITION, encoding="utf-8")
    write_pupils(folder)
    path = folder / "elever.csv"
    quoted = name.replace('"', '""')
    path.write_text(path.read_text("utf-8").replace("@SUM(A1:A9)", quoted, 1), encoding="utf-8")

    answer = tilstand("check", project=project)

    assert answer.code == 1
    (line,) = [one for one in [*answer.out, *answer.err] if "elever.csv" in one]
    assert line.endswith("expected a name without | ; =, tabs and line breaks")
