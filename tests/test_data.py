"""Hold the published data to their contracts, to their sources and to each other.

What is read here is read with the csv module alone, so that a slip of the library's own reading
cannot hide a slip in the data.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from tilstand import contracts
from tilstand.analysis.levels import mean_level
from tilstand.check.own_data import check_all
from tilstand.edition import edition_names, load_edition
from tilstand.report.page.rows import Measures
from tilstand.sources.published import load_figures

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.project import Project

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_all(folder: Path, pattern: str = "*.csv") -> list[Row]:
    return [
        {**row, "at": f"{path.name}:{number}"}
        for path in sorted(folder.glob(pattern))
        for number, row in enumerate(read(path), start=2)
    ]


@pytest.fixture(scope="module")
def rows(repo: Project) -> list[Row]:
    """Read every published figure."""
    return read_all(repo.published)


@pytest.fixture(scope="module")
def valued(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["status"] in contracts.STATUSES_WITH_VALUE]


@pytest.fixture(scope="module")
def kinds(repo: Project) -> dict[str, str]:
    """Tell the unit of each indicator."""
    return {row["indicator"]: row["unit"] for row in read_all(repo.register / "indicators")}


@pytest.fixture(scope="module")
def contradictions(repo: Project) -> list[Row]:
    return read_all(repo.statements, "contradictions-*.csv")


# -- form ----------------------------------------------------------------------------------------


def test_the_check_finds_no_fault(repo):
    assert check_all(repo) == []


def test_every_file_ends_its_lines_alike_and_bears_no_byte_order_mark(repo):
    got = [
        path.name
        for path in sorted((repo.root / "data").rglob("*.csv"))
        if b"\r" in (content := path.read_bytes())
        or content.startswith(b"\xef\xbb\xbf")
        or not content.endswith(b"\n")
    ]

    assert got == []


def test_no_cell_begins_or_ends_with_a_blank(repo):
    got = [
        f"{path.name}:{number}"
        for path in sorted((repo.root / "data").rglob("*.csv"))
        for number, row in enumerate(read(path), start=2)
        if any(cell != cell.strip() for cell in row.values())
    ]

    assert got == []


def test_every_figures_file_has_the_columns_in_their_order(repo):
    exp = ",".join(contracts.FIGURE_COLUMNS)

    got = [
        path.name
        for path in repo.published.glob("*.csv")
        if path.read_text(encoding="utf-8").partition("\n")[0] != exp
    ]

    assert got == []


# -- contracts -----------------------------------------------------------------------------------


def test_every_unit_was_valid_in_its_year(repo, rows):
    valid = {
        (unit["level"], unit["code"], year)
        for unit in read(repo.register / "units.csv")
        for year in range(int(unit["valid_from"] or 0), int(unit["valid_to"] or 2100) + 1)
    }

    got = [r["at"] for r in rows if (r["level"], r["unit"], int(r["year"])) not in valid]

    assert got == []


def test_every_share_lies_from_nought_to_a_hundred(valued, kinds):
    shares = [row for row in valued if kinds[row["indicator"]] == "percent"]

    got = [row["at"] for row in shares if not 0 <= float(row["value"]) <= 100]

    assert got == []


def test_every_count_is_whole_and_not_negative(valued, kinds):
    counts = [row for row in valued if kinds[row["indicator"]] == "count"]

    got = [row["at"] for row in counts if not row["value"].isdigit()]

    assert got == []


def test_every_n_is_a_whole_number_above_nothing(rows):
    got = [row["at"] for row in rows if row["n"] and not (row["n"].isdigit() and int(row["n"]) > 0)]

    assert got == []


def test_no_count_is_greater_than_its_n(valued, kinds):
    counts = [row for row in valued if row["n"] and kinds[row["indicator"]] == "count"]

    got = [row["at"] for row in counts if int(row["value"]) > int(row["n"])]

    assert got == []


def test_a_value_stands_where_the_status_says_so_and_nowhere_else(rows):
    got = [
        row["at"]
        for row in rows
        if bool(row["value"]) != (row["status"] in contracts.STATUSES_WITH_VALUE)
    ]

    assert got == []


def test_every_row_names_a_document_and_a_section(repo, rows):
    known = {row["source"] for row in read(repo.register / "sources.csv")}

    got = [row["at"] for row in rows if row["source"] not in known or not row["section"]]

    assert got == []


def test_every_source_is_used(repo, rows):
    exp = {row["source"] for row in read(repo.register / "sources.csv")}

    assert {row["source"] for row in rows} == exp


def test_no_row_stands_twice(rows):
    keys = Counter(tuple(row[column] for column in contracts.ROW_KEY) for row in rows)

    assert [key for key, times in keys.items() if times > 1] == []


def test_every_indicator_with_figures_is_in_the_catalogue(rows, kinds):
    assert {row["indicator"] for row in rows} <= set(kinds)


def test_every_indicator_of_the_catalogue_is_explained_in_both_languages(repo):
    texts = ("name_nb", "name_en", "definition_nb", "definition_en", "origin")

    got = [
        f"{row['indicator']}: {text}"
        for row in read_all(repo.register / "indicators")
        for text in texts
        if not row[text]
    ]

    assert got == []


def test_no_figure_is_younger_than_the_document_that_prints_it(repo, valued):
    published = {row["source"]: row["published"] for row in read(repo.register / "sources.csv")}
    forecasts = ("pupil_forecast",)

    got = [
        row["at"]
        for row in valued
        if published[row["source"]]
        and int(row["year"]) > int(published[row["source"]])
        and not row["indicator"].startswith(forecasts)
    ]

    assert got == []


def test_every_edition_loads_and_is_dated_after_its_year(repo, repo_register):
    loaded = {name: load_edition(repo, repo_register, name) for name in edition_names(repo)}

    got = {name: one.date > dt.date(one.year, 12, 31) for name, one in loaded.items()}

    assert got == {"2010": True, "2020": True, "eksempel": True}


# -- parts and totals ----------------------------------------------------------------------------


def find(rows: list[Row], indicator: str, year: int, **where: str) -> float:
    """Find one settled value; a dimension that is not named is blank, the place Bærum."""
    wanted = dict.fromkeys(("grade", "gender", "subject", "category"), "") | where
    wanted.setdefault("unit", "0219" if year < 2020 else "3024")
    found = {
        row["value"]
        for row in rows
        if row["indicator"] == indicator
        and row["year"] == str(year)
        and row["mark"] != "contested_other"
        and all(row[key] == value for key, value in wanted.items())
    }
    (value,) = found
    return float(value)


GRADES = {"1-7": "1234567", "8-10": ("8", "9", "10")}


@pytest.mark.parametrize("year", [2002, 2007, 2019, 2020])
@pytest.mark.parametrize("stage", GRADES)
def test_pupils_of_the_grades_sum_to_their_stage(valued, year, stage):
    got = sum(find(valued, "pupils", year, grade=grade) for grade in GRADES[stage])

    assert got == find(valued, "pupils", year, grade=stage)


@pytest.mark.parametrize(("year", "exp"), [(2002, 12), (2007, 1), (2019, 0), (2020, 0)])
def test_stages_sum_to_all_pupils_but_for_what_the_report_misses_itself(valued, year, exp):
    parts = sum(find(valued, "pupils", year, grade=stage) for stage in GRADES)

    assert find(valued, "pupils", year) - parts == exp


@pytest.mark.parametrize(
    ("indicator", "year", "dimension", "parts", "where"),
    [
        ("kindergartens", 2020, "category", ("municipal", "private"), {}),
        ("kindergarten_children", 2020, "category", ("under_3", "over_3"), {}),
        ("minority_language_children", 2020, "category", ("under_3", "over_3"), {}),
        ("dispensation_kindergartens", 2020, "category", ("municipal", "private"), {}),
        ("guidance_kindergartens", 2020, "category", ("municipal", "private"), {}),
        ("tett_pa_kindergartens", 2020, "category", ("municipal", "private"), {}),
        ("special_education_pupils", 2020, "gender", ("female", "male"), {}),
        ("staff_fte", 2009, "gender", ("female", "male"), {}),
        ("staff_fte", 2009, "gender", ("female", "male"), {"category": "teaching_staff"}),
        ("staff_fte", 2009, "gender", ("female", "male"), {"category": "other_staff"}),
        ("staff_fte", 2009, "category", ("teaching_staff", "other_staff"), {}),
        ("staff_count", 2009, "gender", ("female", "male"), {}),
        ("staff_count", 2009, "gender", ("female", "male"), {"category": "teaching_staff"}),
        ("staff_count", 2009, "gender", ("female", "male"), {"category": "other_staff"}),
        ("staff_count", 2009, "category", ("teaching_staff", "other_staff"), {}),
        ("pupils_planning", 2000, "grade", ("1-7", "8-10"), {}),
        ("pupils_planning", 2005, "grade", ("1-7", "8-10"), {}),
        ("pupils_planning", 2010, "grade", ("1-7", "8-10"), {}),
        ("pupil_forecast", 2015, "grade", ("1-7", "8-10"), {}),
        ("pupil_forecast", 2020, "grade", ("1-7", "8-10"), {}),
    ],
)
def test_parts_sum_to_their_total(valued, indicator, year, dimension, parts, where):
    got = sum(find(valued, indicator, year, **where, **{dimension: part}) for part in parts)

    assert got == find(valued, indicator, year, **where)


def test_accelerated_pupils_sum_over_both_ways(valued):
    ways = ("instead_of_elective", "in_addition_to_elective")
    where = {"grade": "8-10", "subject": "mathematics"}

    got = sum(find(valued, "accelerated_pupils", 2020, category=way, **where) for way in ways)

    assert got == find(valued, "accelerated_pupils", 2020, grade="8-10") == 57


@pytest.mark.parametrize("season", ["spring", "autumn"])
def test_dispensations_of_a_season_sum_over_ownership(valued, season):
    name = "dispensation_granted_fte"
    parts = (
        find(valued, name, 2020, category=f"{owner}/{season}") for owner in ("municipal", "private")
    )

    assert sum(parts) == pytest.approx(find(valued, name, 2020, category=season))


@pytest.mark.parametrize(
    ("share", "count", "year", "where"),
    [
        ("sfo_share", "sfo_places", 2020, {"grade": "1-4"}),
        ("sfo_share", "sfo_places", 2019, {"grade": "1-4"}),
        ("special_education_share", "special_education_pupils", 2020, {}),
        ("special_norwegian_share", "special_norwegian_pupils", 2020, {}),
        ("minority_language_children_share", "minority_language_children", 2020, {}),
        ("special_help_share", "special_help_children", 2020, {}),
    ],
)
def test_share_is_its_count_over_its_n(valued, share, count, year, where):
    n = next(
        int(row["n"])
        for row in valued
        if row["indicator"] == share and row["year"] == str(year) and row["n"]
    )

    got = round(100 * find(valued, count, year) / n, 1)

    assert got == find(valued, share, year, **where)


@pytest.mark.parametrize("grade", ["5", "8"])
def test_mastery_levels_sum_to_a_hundred_but_for_what_the_readers_are_told(
    valued, contradictions, grade
):
    told = {row["year"] for row in contradictions if row["kind"] == "parts_do_not_sum"}
    sums: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for row in valued:
        if (row["indicator"], row["grade"]) == ("np_mastery_share", grade) and row["subject"]:
            sums[row["year"], row["unit"], row["subject"]] += float(row["value"])

    got = {key for key, total in sums.items() if abs(total - 100) > 0.4 and key[0] not in told}

    assert got == set()


@pytest.mark.parametrize("unit", ["0219", "0"])
@pytest.mark.parametrize("subject", ["reading", "numeracy", "english"])
@pytest.mark.parametrize("grade", ["5", "8"])
def test_inferred_levels_give_the_mean_level_that_is_printed(
    repo, repo_register, grade, subject, unit
):
    # The levels' rows have lost their labels in the source; the result table prints the means.
    measures = Measures(load_figures(repo, repo_register, 2010))
    where = {"grade": grade, "subject": subject}
    shares = measures.select("np_mastery_share", "category", where)
    means = measures.select("np_mean_level", "", where)

    got = mean_level(shares[(shares["unit"] == unit) & (shares["year"] == 2010)])

    exp = means[means["unit"] == unit]["value"].item()
    assert got == pytest.approx(exp, abs=0.1)


# -- where sources disagree ----------------------------------------------------------------------


def test_table_of_pupils_is_believed_on_after_school_places(valued):
    got = {
        row["value"]: row["mark"]
        for row in valued
        if (row["indicator"], row["year"]) == ("sfo_places", "2020")
    }

    assert got == {"5129": "contested", "5614": "contested_other"}


def test_every_contested_value_is_explained_to_the_readers(rows, contradictions):
    explained = {(row["indicator"], row["year"]) for row in contradictions}

    got = [
        row["at"]
        for row in rows
        if row["mark"].startswith("contested") and (row["indicator"], row["year"]) not in explained
    ]

    assert got == []


def test_every_contradiction_is_explained_in_both_languages(contradictions):
    got = [r["at"] for r in contradictions if not (r["explanation_nb"] and r["explanation_en"])]

    assert got == []


def test_every_contradiction_is_about_an_indicator_of_the_catalogue(contradictions, kinds):
    assert {row["indicator"] for row in contradictions} <= {*kinds, ""}


def test_every_statement_stands_in_both_languages(repo):
    texts = ("title_nb", "title_en", "text_nb", "text_en")
    found = [row for row in read_all(repo.statements) if "title_nb" in row]

    assert [row["at"] for row in found if not all(row[text] for text in texts)] == []


def test_no_statement_types_a_share_that_the_data_should_hold(repo):
    # A statement is words; its numbers belong in the figures, where a change of one is seen.
    found = [row for row in read_all(repo.statements) if "title_nb" in row]

    share = re.compile(r"\d\s*(%|prosent|per cent|percent)")

    got = [row["at"] for row in found if share.search(row["text_nb"] + " " + row["text_en"])]

    assert got == []


# -- the transcription: numbers typed once more from the documents as they are printed -----------

TILSTANDSRAPPORT = [
    ("2.2.1", "kindergartens", 2020, {}, "123"),
    ("2.2.1", "kindergarten_children", 2020, {}, "7533"),
    ("2.2.1", "kindergarten_children", 2020, {"category": "under_3"}, "2661"),
    ("2.2.2", "minority_language_children_share", 2020, {}, "19.6"),
    ("2.2.2", "minority_language_attendance_share", 2020, {}, "86.3"),
    ("2.2.4", "special_help_children", 2020, {}, "219"),
    ("2.2.4", "special_help_gender_share", 2020, {"gender": "male"}, "76.5"),
    ("2.2.5", "kindergarten_staff", 2020, {}, "2681"),
    ("2.2.5", "children_per_fte", 2020, {}, "5.8"),
    ("2.2.5", "pedagogical_leader_dispensation_share", 2011, {}, "31.8"),
    ("2.2.5", "pedagogical_leader_dispensation_share", 2017, {}, "12.6"),
    ("2.2.5", "pedagogical_leader_dispensation_share", 2018, {}, "23.3"),
    ("2.2.5", "pedagogical_leader_dispensation_share", 2020, {}, "16.1"),
    ("2.2.5", "extra_support_assistant_fte", 2020, {}, "183.78"),
    ("2.2.5", "head_fte", 2020, {}, "127.3"),
    ("2.3.5", "minority_recruitment_grant", 2020, {}, "939802"),
    ("2.3.10", "dispensation_granted_fte", 2020, {"category": "private/spring"}, "107.2"),
    ("2.3.10", "dispensation_granted_fte", 2020, {"category": "municipal/autumn"}, "35.8"),
    ("3.2.1", "pupils", 2020, {}, "16091"),
    ("3.2.1", "pupils", 2019, {"grade": "5"}, "1727"),
    ("3.2.1", "pupils", 2002, {"grade": "10"}, "1249"),
    ("3.2.1", "pupils", 2007, {"grade": "1-7"}, "10260"),
    ("3.2.1", "bilingual_subject_pupils", 2007, {}, "768"),
    ("3.2.1", "sfo_full_places", 2020, {}, "3066"),
    ("3.2.2", "special_education_pupils", 2020, {"gender": "male"}, "671"),
    ("3.2.2", "special_education_pupils", 2020, {"gender": "female"}, "348"),
    ("3.2.3", "special_norwegian_share", 2020, {"unit": "0"}, "6.3"),
    ("3.2.3", "welcome_class_pupils", 2020, {}, "59"),
    ("3.2.5", "further_education_studies", 2020, {}, "719"),
    ("3.2.5", "leader_master_participants", 2020, {}, "92"),
    ("3.3.3.3", "speed_pupils", 2020, {"subject": "mathematics"}, "95"),
    ("3.4.1.2", "wellbeing_share", 2020, {"grade": "5-10"}, "90.6"),
    ("3.4.1.3", "bullied_pupils", 2020, {"grade": "5-10"}, "449"),
    ("3.4.1.3", "digital_not_bullied_share", 2020, {"grade": "5-10"}, "97.4"),
    ("3.4.4", "vg1_completed_share", 2020, {"grade": "vg1"}, "93.2"),
]
READING_5 = {"grade": "5", "subject": "reading"}
SKOLEMELDING = [
    ("2.3", "grunnskolepoeng", 2010, {"grade": "10"}, "42.2"),
    ("2.3", "grunnskolepoeng", 2010, {"grade": "10", "unit": "0220"}, "42.6"),
    ("2.3", "grunnskolepoeng", 2010, {"grade": "10", "unit": "0"}, "39.9"),
    ("2.3", "exam_mark", 2010, {"grade": "10", "subject": "mathematics", "unit": "0"}, "3.2"),
    ("2.3", "teacher_mark", 2010, {"grade": "10", "subject": "english", "unit": "02"}, "4.0"),
    ("2.3", "np_mean_level", 2010, {"grade": "8", "subject": "reading"}, "3.6"),
    ("2.3", "np_mastery_share", 2010, {**READING_5, "category": "level_1"}, "15.3"),
    ("2.3", "np_mastery_share", 2008, {**READING_5, "category": "level_3"}, "46.5"),
    ("2.3", "np_mastery_share", 2007, {**READING_5, "category": "level_1", "unit": "0"}, "26.5"),
    ("2.3", "np_schools_share", 2010, {**READING_5, "category": "highest_level/max"}, "71"),
    ("2.3", "pupils_planning", 2005, {"grade": "8-10"}, "4608"),
    ("2.3", "pupil_forecast", 2020, {"grade": "1-7"}, "11335"),
    ("2.3", "kostra_net_expenditure_per_inhabitant", 2009, {"unit": "asss"}, "79651"),
    ("2.3", "kostra_pupils_per_teaching_fte", 2009, {"unit": "1103"}, "12.5"),
    ("2.3", "special_education_share", 2009, {"unit": "0220"}, "5.6"),
    ("2.3", "special_norwegian_share", 2009, {"unit": "asss"}, "12.7"),
    ("2.3", "kostra_school_transport_share", 2002, {}, "4.1"),
    ("2.3", "staff_fte", 2009, {}, "1953"),
    ("2.3", "staff_count", 2009, {"gender": "female", "category": "teaching_staff"}, "1203"),
    ("3.1", "bullied_weekly_share", 2010, {"grade": "7"}, "1.78"),
    ("3.1", "bullied_weekly_share", 2010, {"grade": "10", "unit": "0"}, "4.22"),
    ("1 ", "teacher_survey_response_share", 2010, {}, "49.8"),
]
OTHERS = [("Viktige", "new_school_capacity", 2020, {}, "800")]
PRINTED = [
    *(("tilstandsrapport-2020", *number) for number in TILSTANDSRAPPORT),
    *(("skolemelding-2020", *number) for number in SKOLEMELDING),
    *(("arsrapport-2020", *number) for number in OTHERS),
]


@pytest.mark.parametrize(("source", "section", "indicator", "year", "where", "exp"), PRINTED)
def test_value_is_the_one_that_the_document_prints(
    rows, source, section, indicator, year, where, exp
):
    wanted = dict.fromkeys(("grade", "gender", "subject", "category"), "") | where
    wanted |= {"indicator": indicator, "year": str(year), "source": source}
    wanted.setdefault("unit", "0219" if year < 2020 else "3024")

    got = {
        row["value"]
        for row in rows
        if row["section"].startswith(section)
        and all(row[key] == value for key, value in wanted.items())
    }

    assert got == {exp}


# -- broken input: every fault ends in one clear line --------------------------------------------

FILE = "data/published/skole-struktur.csv"
SHARE = "2020,special_norwegian_share,municipality,3024,,,,,5.5,"
PUPILS = "2019,pupils,municipality,0219,5,,,,1727,"
MISSING = "2002,sfo_full_places,municipality,0219,,,,,,,,missing,"


@pytest.mark.parametrize(
    ("old", "new", "exp"),
    [
        (PUPILS, PUPILS.replace("0219", "3024"), "unit: '3024', expected a code of a municipality"),
        (SHARE, SHARE.replace("5.5", "120"), "value: '120', expected a share from 0 to 100"),
        (PUPILS, PUPILS.replace(",5,", ",6,"), "expected a measure that stands only once"),
        (PUPILS, PUPILS.replace("pupils", "pupil"), "indicator: 'pupil', expected an indicator"),
        (PUPILS, PUPILS.replace("1727", ""), "value: '', expected a number"),
        (
            MISSING,
            MISSING.replace(",,,,,,,", ",,,,,12,,"),
            "value: '12', expected blank when status",
        ),
        (PUPILS, PUPILS + "0,", "'16 cells', expected 15 cells"),
        ("grade,gender", "gender,grade", "expected the columns in the order year,indicator,level"),
        (",section,mark", ",mark", "section: '', expected a column named 'section'"),
    ],
    ids=[
        "unit of another year",
        "share of 120",
        "duplicate key",
        "unknown indicator",
        "no value with status ok",
        "value with status missing",
        "extra cell",
        "wrong order of columns",
        "missing column",
    ],
)
def test_broken_cell_of_a_real_file_is_exit_1_and_one_line(project_copy, tilstand, old, new, exp):
    path = project_copy.root / FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    got = tilstand("check", FILE, project=project_copy)

    (line,) = got.err
    assert (got.code, got.out) == (1, [])
    assert line.startswith(f"{FILE}:")
    assert exp in line


def test_wrong_encoding_of_a_real_file_is_exit_1_and_one_line(project_copy, tilstand):
    name = "data/published/skolemelding.csv"
    path = project_copy.root / name
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1", errors="replace"))

    got = tilstand("check", name, project=project_copy)

    (line,) = got.err
    assert got.code == 1
    assert line.endswith("expected text in UTF-8 (save as CSV UTF-8)")


def test_one_fault_among_all_the_data_is_one_line(project_copy, tilstand):
    path = project_copy.root / FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(PUPILS, PUPILS.replace("1727", "1728"), 1), encoding="utf-8")

    got = tilstand("check", project=project_copy)

    (line,) = got.err
    assert got.code == 1
    assert "grade 1, 2, 3, 4, 5, 6, 7 to sum to 11484" in line


@pytest.mark.parametrize(
    ("changes", "exp"),
    [
        ({"colour": '"blue"'}, "'colour' is no key here"),
        ({"municipality": '"9101"'}, "municipality: '9101', expected a code valid in 2020"),
        ({"year": "="}, "not readable as TOML"),
    ],
)
def test_broken_edition_is_exit_1_and_one_line(tiny, tilstand, changes, exp):
    tiny.write_edition(**changes)

    got = tilstand("check", project=tiny.project)

    (line,) = got.err
    assert got.code == 1
    assert line.startswith("data/editions/2020.toml:")
    assert exp in line


@pytest.mark.parametrize("mark", ["contested", "contested_other"])
def test_contested_value_without_its_counterpart_is_exit_1_and_one_line(tiny, tilstand, mark):
    tiny.write_figures({"value": "5129", "mark": mark})

    got = tilstand("check", project=tiny.project)

    (line,) = got.err
    assert got.code == 1
    assert line.startswith(f"data/published/figures.csv:2:mark: '{mark}', expected another")
