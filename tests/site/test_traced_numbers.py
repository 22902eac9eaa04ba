"""Hold every number in the prose of every built page to the data."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from allowed_digits import ALLOWED

from tilstand.project import Project
from tilstand.pupils.door import open_door
from tilstand.register import Register
from tilstand.report.numbers import write_number
from tilstand.report.series import row_ref
from tilstand.sources.published import load_figures

pytestmark = pytest.mark.slow

# The edition's year, and counts of the data files' own rows, come from no single row.
# Numbers computed from pupils or kept as evidence name that instead of rows of the figures table.
# Numbers from protected tables name a cell; the attack on the site reads each back by it.
COMPUTED = ("pupil-file|", "evidence|", "protected|")
PROTECTED = re.compile(
    r"protected\|[^|\s]+\|(count|percent:[^|\s]+|mean:[^|\s]+)\|([^=;|\s]+=[^=;|\s]+(;|$))*"
)
# Lists of all files of a book, those that only lead on among them.
LISTS = ("record.json", "ro-crate-metadata.json")
FRAME = ("edition", "count of rows")
# In running text one to twelve are written in words.
#: Shares that a source writes in words and the text repeats so.
FRACTIONS = {
    "nb": {"25": "en firedel", "33": "en tredel", "67": "to tredeler"},
    "en": {"25": "a quarter", "33": "a third", "67": "two thirds"},
}
WORDS = {
    "nb": {
        str(n): words.split("/")
        for n, words in enumerate(
            [
                "én/ett/Én/Ett/første",
                "to/To/andre",
                "tre/Tre/tredje",
                "fire/Fire/fjerde",
                "fem/Fem/femte",
                "seks/Seks/sjette",
                "sju/Sju/sjuende",
                "åtte/Åtte/åttende",
                "ni/Ni/niende",
                "ti/Ti/tiende",
                "elleve/Elleve/ellevte",
                "tolv/Tolv/tolvte",
            ],
            start=1,
        )
    },
    "en": {
        str(n): (word, word.capitalize())
        for n, word in enumerate(
            [
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
            ],
            start=1,
        )
    },
}
EXEMPT = (
    # Headings are filled as plain text, so that menus can show them; templates are held to the
    # same rule in tests/test_notebooks.py.
    "h1, h2, h3, figure, table, dl.statements, ul.references, ul.edition-links, a.cite, a.see, "
    ".where, code, math, .headerlink, script, style, data, .from-data, .comments"
)


@pytest.fixture(scope="module")
def figures(repo) -> pd.DataFrame:
    return load_figures(repo, Register.load(repo.register), 9999)


@pytest.fixture(scope="module")
def by_ref(figures, repo) -> dict[str, set[float]]:
    found: dict[str, set[float]] = {}
    for code in pd.read_csv(repo.register / "breaks.csv", dtype=str)["break"]:
        found[f"breaks|{code}"] = set()
    for _, row in figures.iterrows():
        found.setdefault(row_ref(row).replace(" ", "_"), set()).add(float(row["value"]))
    return found


def test_no_number_in_prose_is_typed(pages):
    got = []
    for page in pages:
        text = ALLOWED.sub("", page.without(EXEMPT).get_text(" "))
        got += [
            f"{page.name}: …{text[max(0, found.start() - 40) : found.end() + 10]!r}"
            for found in re.finditer(r"\d+", text)
        ]
    assert got == []


def test_every_number_names_rows_that_exist(pages, by_ref):
    got = [
        f"{page.name}: {ref}"
        for page in pages
        for number in page.article.find_all("data")
        for ref in number["data-refs"].split()
        if ref not in by_ref and not ref.startswith(COMPUTED)
    ]
    assert got == []


def test_every_number_of_protected_pupils_names_a_cell_of_a_table(pages):
    got = [
        f"{page.name}: {ref}"
        for page in pages
        for number in page.article.find_all("data")
        for ref in number["data-refs"].split()
        if ref.startswith("protected|") and not PROTECTED.fullmatch(ref)
    ]
    assert got == []


def test_every_number_of_a_pupil_file_names_it(pages):
    got = [
        f"{page.name}: {number.get_text()}"
        for page in pages
        for number in page.article.find_all("data")
        # A cohort's year names the file too, and is written as a year.
        if number["data-recipe"] != "year"
        if (number["data-recipe"] == "pupil-file") != number["data-refs"].startswith("pupil-file|")
    ]
    assert got == []


def test_every_page_with_simulated_numbers_says_so_at_its_top(pages):
    got = [
        page.name
        for page in pages
        if page.article.select(".exhibit-simulated")
        and not page.article.select(".admonition.simulated, .simulated-lead")
    ]
    assert got == []


def test_every_page_of_an_invented_municipality_says_so_and_no_other_does(pages):
    got = [
        page.name
        for page in pages
        if bool(page.article.select(".simulated-lead")) != (page.edition == "eksempel")
        or (
            "(simulert)" in page.soup.title.get_text()
            or "(simulated)" in page.soup.title.get_text()
        )
        != (page.edition == "eksempel")
    ]
    assert got == []


def test_nothing_of_an_invented_school_is_in_the_book_of_a_real_municipality(pages, site):
    """Pages, figures, downloads and what the search finds; redirects alone lead to them."""
    invented = {
        page.path.stem.removeprefix("skole-")
        for page in pages
        if page.edition == "eksempel" and page.path.stem.startswith("skole-")
    }
    names = {name.split("-")[0] for name in invented}
    assert len(invented) > 30
    got = []
    for edition in ("2010", "2020"):
        for path in sorted((site / edition).rglob("*")):
            if path.suffix not in (".html", ".js", ".csv", ".json") or not path.is_file():
                continue
            text = path.read_text(encoding="utf-8")
            if 'http-equiv="refresh"' in text or path.name in LISTS:
                continue
            plain = text.casefold()
            got += [f"{path.relative_to(site)}: {name}" for name in names if name in plain]
    assert got == []


def test_every_number_of_evidence_is_in_its_table(pages, repo):
    keys = {
        "coverage.csv": ["design", "share", "method"],
        "recovery.csv": ["scenario"],
        "speed.csv": ["pupils", "tool"],
        "layers_violations.csv": ["assumption", "told", "target"],
    }
    tables = {
        name: pd.read_csv(repo.root / "data" / "evidence" / name).fillna(dict.fromkeys(key, ""))
        for name, key in keys.items()
    }
    got = []
    for page in pages:
        for number in page.article.select('data[data-refs^="evidence|"]'):
            _, name, *parts = number["data-refs"].split("|")
            if len(parts) != len(keys.get(name, [])) + 1 or name not in keys:
                continue  # of a whole table, not of one of its rows
            *key, column = parts
            table = tables[name]
            for column_of_key, wanted in zip(keys[name], key, strict=True):
                written = table[column_of_key].map(lambda x: f"{x}".replace(" ", "_"))
                table = table[written == wanted]
            (value,) = table[column]
            value *= 100 if number["data-recipe"] == "evidence percent" else 1
            decimals = len(number["value"].partition(".")[2])
            if abs(float(number["value"]) - value) > 0.5 * 10**-decimals + 1e-9:
                got.append(f"{page.name}: {number['value']} is not {value}")
    assert got == []


def test_every_printed_value_is_the_value_in_its_row(pages, by_ref):
    got = []
    for page in pages:
        for number in page.article.find_all("data", attrs={"data-recipe": "value"}):
            (ref,) = number["data-refs"].split()
            if float(number["value"]) not in by_ref[ref]:
                got.append(f"{page.name}: {number['value']} is not in {ref}")
    assert got == []


def test_every_number_is_written_as_its_machine_value(pages):
    got = []
    for page in pages:
        for number in page.article.find_all("data"):
            decimals = len(number["value"].partition(".")[2])
            exp = write_number(float(number["value"]), decimals, page.language)
            if number["data-recipe"] in ("year", "edition"):
                exp = number["value"]
            words = WORDS[page.language].get(number["value"], ())
            share = FRACTIONS[page.language].get(f"{float(number['value']):.0f}")
            if not number.get_text().endswith((exp, *words, *filter(None, [share]))):
                got.append(f"{page.name}: {number.get_text()!r} for {number['value']}")
    assert got == []


def test_every_number_in_prose_but_the_frame_names_its_source(pages):
    got = [
        f"{page.name}: {number.get_text()}"
        for page in pages
        for number in page.article.find_all("data")
        if number["data-recipe"] not in FRAME and not number["data-refs"]
    ]
    assert got == []


def test_pages_hold_many_traced_numbers(pages):
    got = sum(len(page.article.find_all("data")) for page in pages)
    assert got > 500


def test_protected_tables_withstand_the_attack_where_no_page_prints_them_too(site):
    shown = open_door(Project(site.parents[1]), "eksempel")
    assert shown.trial.faults == []
    assert shown.trial.recovered == 0
    assert shown.trial.narrowest >= shown.protected.rules.width
