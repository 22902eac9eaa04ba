"""A whole yearly report from the nine kinds of export, without a build: what is there is shown."""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path

import pytest

from books import copy_project
from nine_files import write_nine
from ticked import tick_everything
from tilstand.check.wants import edition_measures, unshown_lines, wants_lines
from tilstand.edition import load_edition
from tilstand.edition.own_words import GOAL_COLUMNS, text_path
from tilstand.pipeline.steps.edition_contents import edition_contents
from tilstand.pipeline.steps.own_words import OwnWords
from tilstand.register import Register
from tilstand.report import open_page
from tilstand.report.chapters.open.check_own import check_own
from tilstand.report.chapters.open.exhibits import show_measure
from tilstand.report.chapters.open.goals import distances, goals_path
from tilstand.report.chapters.open.lines import key_lacking, key_series, show_key_figures
from tilstand.report.chapters.open.school_page import OpenSchoolPage
from tilstand.report.chapters.open.sexes import show_sexes
from tilstand.report.chapters.open.told import tell
from tilstand.report.chapters.results.marks import show_leads
from tilstand.report.chapters.results.mastery import Mastery, show_exported
from tilstand.report.page import exhibits
from tilstand.sources.declared import read_declared
from tilstand.sources.new_edition import new_edition

SHARED = Path(__file__).resolve().parents[2] / "shared" / "udir-exports" / "bergen"
YEAR, NAME = 2025, "2025"
#: What a yearly report must have, of what the nine files hold.
MUST = {
    "gsi_pupils",
    "gsi_adapted_share",
    "gsi_teacher_density",
    "bullied_share",
    "np_scale_points",
    "teacher_mark",
    "grunnskolepoeng",
}
USUAL = {"gsi_schools", "gsi_norwegian_share", "gsi_teacher_fte", "absence_days"}


def started(project, code):
    new_edition(project, Register.load(project.register), YEAR, code)
    text = (project.editions / f"{NAME}.toml").read_text(encoding="utf-8")
    (project.editions / f"{NAME}.toml").write_text(
        re.sub(r"\n\[schools\].*", "", text, flags=re.DOTALL), encoding="utf-8"
    )
    return project


def of_generated_files(project, schools):
    started(project, "3201")
    write_nine(project.open / NAME, schools, "Akershus", "Bærum", ("32", "3201"))
    return project


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    """Give an edition of a municipality with thirty schools, from generated files."""
    return of_generated_files(copy_project(tmp_path_factory.mktemp("copy")), 30)


@pytest.fixture(scope="module")
def lonely(tmp_path_factory):
    """Give an edition of a municipality with one school."""
    return of_generated_files(copy_project(tmp_path_factory.mktemp("copy")), 1)


@pytest.fixture(scope="module")
def bergen(tmp_path_factory):
    if not SHARED.is_dir():
        pytest.skip("the real exports are not here: ../shared/udir-exports/bergen")
    project = started(copy_project(tmp_path_factory.mktemp("copy")), "4601")
    for path in SHARED.glob("*.csv"):
        shutil.copy(path, project.open / NAME)
    return project


@pytest.fixture(scope="module", params=["invented", "lonely", "bergen"])
def project(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def own(invented, tmp_path):
    """Give the invented edition, with its own words and goals put back after the test."""
    folder = invented.editions / NAME
    kept = shutil.copytree(folder, tmp_path / "kept")
    yield invented
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)


@pytest.fixture
def shown(monkeypatch):
    bundles: list[dict] = []
    monkeypatch.setattr(exhibits, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@functools.cache
def measured(project):
    """Tell what an edition has, of a project whose files stay as they are."""
    return edition_measures(project, Register.load(project.register), NAME)


def there(project, since=0):
    table = measured(project)
    late = table["years"].str[-4:].where(table["there"], "0").astype(int) >= since
    return set(table.loc[table["there"] & late, "indicator"])


def test_what_a_report_must_have_and_the_files_hold_is_there(project):
    assert there(project) >= MUST | USUAL


def test_no_figure_of_the_files_is_shown_nowhere(project):
    assert unshown_lines(project, Register.load(project.register), NAME) == []


def test_nothing_is_said_to_be_lacking_that_is_there(project):
    page = open_page(NAME, "nb", project)
    lacking = set(key_lacking(page).replace(" og ", ", ").split(", "))
    assert lacking.isdisjoint(page.label(code) for code in there(project, since=YEAR - 1))
    assert {told.indicator for told in key_series(page)} <= there(project)


def test_what_county_and_country_have_alone_is_not_called_unreported(tmp_path):
    project = of_generated_files(copy_project(tmp_path), 1)
    (path,) = project.open.glob(f"{NAME}/*Fravaer*")
    lines = path.read_text(encoding="utf-16-le").splitlines(keepends=True)
    above = [line for line in lines if not line.startswith(("3\t", "4\t"))]
    assert len(above) < len(lines)
    path.write_text("".join(above), encoding="utf-16-le", newline="")
    page = open_page(NAME, "nb", project)
    chapters = edition_contents(project, page.edition).chapters
    own, _ = OwnWords(project, NAME, "nb").chapter(
        next(one for one in chapters if one.slug == "fravar")
    )
    said = wants_lines(project, Register.load(project.register), NAME)
    name = page.label("absence_days")
    assert [line for line in said if line.startswith("  of county and country only: absence_days")]
    assert name not in own.lacking
    assert name not in key_lacking(page)


def test_wants_names_every_measure_with_its_source_or_where_it_would_come_from(project):
    lines = wants_lines(project, Register.load(project.register), NAME)
    for one in read_declared(project.register):
        states = ("there", "missing", "of county and country only")
        starts = tuple(f"  {state}: {one.indicator} (" for state in states)
        (line,) = [line for line in lines if line.startswith(starts)]
        assert ", from " in line or "would come from " in line


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_measure_with_a_section_can_be_shown(project, shown, language):
    page = open_page(NAME, language, project)
    for one in read_declared(project.register):
        if one.form == "chart":
            show_measure(page, one.indicator)
    names = [bundle[exhibits.EXHIBIT]["name"] for bundle in shown]
    assert len(names) == len(set(names))
    assert {"open-gsi-pupils", "open-bullied-share-10", "open-absence-days-10"} <= set(names)


def test_key_figures_are_one_table(project, shown):
    page = open_page(NAME, "nb", project)
    show_key_figures(page)
    (block,) = shown
    assert block[exhibits.BLOCK]["html"].count("<tr>") == len(key_series(page)) + 1


def test_a_school_has_a_page(project, shown):
    edition = load_edition(project, Register.load(project.register), NAME)
    contents = edition_contents(project, edition)
    pages = [one for one in contents.chapters if one.slug.startswith("skoleside-")]
    assert pages
    OpenSchoolPage(open_page(NAME, "nb", project), pages[0].school).show()
    (table,) = shown
    assert "gsi" not in table[exhibits.EXHIBIT]["title"]


def test_a_book_of_documents_has_no_pages_of_open_figures(repo):
    edition = load_edition(repo, Register.load(repo.register), "2020")
    got = {one.slug for one in edition_contents(repo, edition).chapters}
    assert got.isdisjoint({"nokkeltall", "fravar", "skoler", "kommunestyret", "styring"})


def test_bergen_has_the_numbers_of_the_files(bergen):
    page = open_page(NAME, "nb", bergen)
    pupils, bullied = tell(page, "gsi_pupils"), tell(page, "bullied_share", grade="10")
    assert float(pupils.now) == 30_382
    assert float(pupils.other("norge")) == 621_961
    assert (float(bullied.now), float(bullied.before)) == (7.6, 12.3)
    assert float(tell(page, "gsi_teacher_density").now) == 16.51


def test_own_words_may_name_any_number_that_is_there(own):
    path = text_path(own, NAME, "elevtall", "nb")
    path.write_text("# Vurdering\n\nVi er {{ tall.gsi_pupils }}.\n", encoding="utf-8")
    assert check_own(own) == []


@pytest.mark.parametrize(
    ("words", "exp"),
    [
        ("# Vurdering\n\n{{ tall.gsi_pupil }}", "did you mean tall.gsi_pupils?"),
        ("# Vurdering\n\n{{ tall.exam_mark.10 }}", "expected a number of the edition"),
        ("# Mening\n\nord", "expected # Funn, # Vurdering, # Tiltak"),
        ("ord uten overskrift", "expected a heading such as # Vurdering"),
    ],
)
def test_own_words_with_a_slip_are_told_in_one_line(own, words, exp):
    path = text_path(own, NAME, "elevtall", "nb")
    path.write_text(words, encoding="utf-8")
    (got,) = [str(line) for line in check_own(own)]
    assert got.startswith("data/editions/2025/text/elevtall.nb.md")
    assert exp in got


def test_a_slip_is_told_where_the_edition_file_alone_is_checked(own, tilstand):
    text_path(own, NAME, "elevtall", "nb").write_text("# Vurdering\n\n{{ tall.gsi_pupil }}\n")
    got = tilstand("check", f"data/editions/{NAME}.toml", project=own)
    assert got.code == 1
    assert "did you mean tall.gsi_pupils?" in got.err[0]


def goals(project, *rows):
    table = [",".join(GOAL_COLUMNS), *rows]
    goals_path(project, NAME).write_text("\n".join(table) + "\n", encoding="utf-8")


def test_a_goal_is_held_to_its_measure(own):
    goals(
        own,
        "Mindre mobbing,bullied_share,10,,,5.0,2028,Direktøren,i gang",
        "Høyere poeng,grunnskolepoeng,10,,,10,2028,Direktøren,i gang",
        "Flere lærere,gsi_teacher_density,,,,<90,2028,Direktøren,i gang",
    )
    found = distances(open_page(NAME, "nb", own))
    assert (found["value"] >= 0).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("row", "exp"),
    [
        ("A,bullied,10,,,5,2028,B,C", "did you mean bullied_share?"),
        ("A,bullied_share,10,,,fem,2028,B,C", "a number such as 5.0"),
        ("A,bullied_share,10,,,5,snart,B,C", "a year such as 2028"),
        ("A,gsi_teacher_density,,,,16,2028,B,C", "< or > before it"),
        ("A,np_scale_points,5,,reading,51,2028,B,C", "reading is a subject"),
    ],
)
def test_a_goal_with_a_slip_is_told_in_one_line(own, row, exp):
    goals(own, row)
    (got,) = [str(line) for line in check_own(own)]
    assert got.startswith("data/editions/2025/goals.csv:2:")
    assert exp in got


@pytest.fixture(scope="module")
def ticked(tmp_path_factory):
    """Give an edition of files for which every box of Udir's pages was ticked."""
    project = started(copy_project(tmp_path_factory.mktemp("copy")), "3201")
    made = write_nine(project.open / NAME, 6, "Akershus", "Bærum", ("32", "3201"))
    tick_everything(made)
    return project


def test_grades_beside_the_main_ones_stand_in_the_table_with_other_places(bergen, shown):
    show_measure(open_page(NAME, "nb", bergen), "bullied_share")
    tables = {one[exhibits.EXHIBIT]["name"]: one[exhibits.EXHIBIT]["csv"] for one in shown}
    head, *rows = tables["open-bullied-share-category-tabell"].splitlines()
    assert head.startswith("Gruppe,2021,2022,2023,2024,2025,Landet 2025")
    assert len(rows) == 18
    assert rows[0].startswith('"Av voksne på skolen, 5. trinn"')


def test_the_municipality_keeps_its_decimals_beside_a_hidden_school(lonely, shown):
    contents = edition_contents(lonely, load_edition(lonely, Register.load(lonely.register), NAME))
    school = next(one.school for one in contents.chapters if one.school)
    OpenSchoolPage(open_page(NAME, "nb", lonely), school).show()

    (table,) = (one[exhibits.EXHIBIT]["table"] for one in shown)
    hidden = [row for row in table.split("<tr") if "tilrettelagt" in row and "skjult" in row]
    assert hidden
    assert any("7,1<" in row for row in hidden)


def test_boxes_that_are_ticked_fill_the_pages(ticked, shown):
    page = open_page(NAME, "nb", ticked)
    for indicator in ("np_participation_share", "teacher_mark", "bullied_share"):
        show_measure(page, indicator)
    show_sexes(page, "np_scale_points")
    show_leads(page)
    for grade in ("5", "8"):
        show_exported(page, Mastery(page, grade, exported=True))
    tables = {one[exhibits.EXHIBIT]["name"]: one[exhibits.EXHIBIT]["csv"] for one in shown}
    assert {"np-nivaaer-5", "np-nivaaer-8", "open-np-participation-share-5-subject"} <= set(tables)
    assert "Lesing, 5. trinn" in tables["open-np-scale-points-jenter-gutter"]
    assert "Matematikk,4.3,3.3,1,1" in tables["kar-avstand"]
    assert "open-teacher-mark-jenter-gutter" in tables


def test_what_crosses_three_ways_and_schools_by_sex_are_named_as_not_shown(ticked):
    lines = unshown_lines(ticked, Register.load(ticked.register), NAME)
    reasons = [
        ("exam_mark, grade 10, mat-og-helse", "hidden or missing"),
        ("np_exempt_share, grade 5, english", "does not show it school by school"),
        ("np_mastery_share, grade 5, female, english, level_1", "by one dimension at a time"),
        ("absence_days, grade 10, female, Øvingsbakken 1 skole", "girls and boys together"),
    ]
    assert len(lines) == len(reasons)
    for line, (figure, reason) in zip(lines, reasons, strict=True):
        assert line.startswith(f"no chapter shows: {figure}")
        assert reason in line


def test_a_document_is_no_export_of_levels(repo):
    page = open_page("2010", "nb", repo)
    assert Mastery(page, "8", exported=True).years == []
    assert Mastery(page, "8").years[-1] == 2010


def test_chosen_places_have_columns_of_their_own(tmp_path, shown):
    project = of_generated_files(copy_project(tmp_path), 1)
    path = project.editions / f"{NAME}.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('["county", "nation"]', '["nation", "0301", "county"]'), encoding="utf-8"
    )
    for old in project.open.glob(f"{NAME}/*poeng*"):
        lines = old.read_text(encoding="utf-16-le").splitlines(keepends=True)
        (own,) = [line for line in lines if line.startswith("3\t")]
        oslo = own.replace("3201", "0301").replace("Akershus", "Oslo").replace("Bærum", "Oslo")
        oslo = oslo.replace("\t32\t", "\t03\t")
        old.write_text("".join([*lines, oslo]), encoding="utf-16-le", newline="")
    show_key_figures(open_page(NAME, "nb", project))
    (block,) = [one for one in shown if "text/html" in one]
    heads = re.findall(r'<th scope="col">([^<]+)', block["text/html"])
    assert heads[5:] == ["Akershus", "Oslo", "Landet", "Mot landet"]
