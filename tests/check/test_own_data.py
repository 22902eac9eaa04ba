import pytest

from tilstand import contracts
from tilstand.check.own_data import check_all, check_figures
from tilstand.check.register_tables import check_register, check_statements

SHARE = {"indicator": "wellbeing_share"}


def faults_of(tiny, *rows: dict[str, str]) -> list[str]:
    path = tiny.write_figures(*rows)
    return [str(fault) for fault in check_figures(path, "f.csv", tiny.register())]


def test_tiny_project_has_no_faults(tiny):
    assert check_all(tiny.project) == []


@pytest.mark.parametrize(
    ("row", "exp"),
    [
        ({"year": "20"}, "year: '20', expected a year such as 2020"),
        ({"indicator": "pupil"}, "indicator: 'pupil', expected an indicator of"),
        ({"level": "region"}, "level: 'region', expected one of nation, county"),
        (
            {"unit": "9101"},
            "unit: '9101', expected a code of a municipality that was valid in 2020",
        ),
        ({"unit": "92"}, "unit: '92', expected a code of a municipality that was valid in 2020"),
        ({"level": "county"}, "unit: '9201', expected a code of a county that was valid in 2020"),
        ({"grade": "5."}, "grade: '5.', expected a grade"),
        ({"gender": "F"}, "gender: 'F', expected female, male or blank"),
        ({"category": "autumn"}, "category: 'autumn', expected a category of"),
        ({"category": "spring/autumn"}, "category: 'spring/autumn', expected a category of"),
        ({"subject": "lesing"}, "subject: 'lesing', expected a subject of"),
        ({"mark": "guess"}, "mark: 'guess', expected one of blank, inferred"),
        ({"source": "hearsay"}, "source: 'hearsay', expected a source of"),
        ({"section": ""}, "section: '', expected the section of the document"),
        ({"value": ""}, "value: '', expected a number with decimal point"),
        ({"value": "16,1"}, "value: '16,1', expected a number with decimal point"),
        ({"value": "1 727"}, "value: '1 727', expected a number with decimal point"),
        ({"value": "*"}, "value: '*', expected a number with decimal point"),
        ({"value": "nan"}, "value: 'nan', expected a number with decimal point"),
        ({"value": "1e3"}, "value: '1e3', expected a number with decimal point"),
        ({"value": "5", "status": "missing"}, "value: '5', expected blank when status is missing"),
        ({"value": "5", "status": "suppressed"}, "value: '5', expected blank when status is supp"),
        ({"value": "-1"}, "value: '-1', expected a whole number, 0 or more"),
        ({"value": "1.5"}, "value: '1.5', expected a whole number, 0 or more"),
        ({**SHARE, "value": "120"}, "value: '120', expected a share from 0 to 100"),
        ({**SHARE, "value": "-0.1"}, "value: '-0.1', expected a share from 0 to 100"),
        ({"n": "many"}, "n: 'many', expected a number or blank"),
        ({"margin": "±2"}, "margin: '±2', expected a number or blank"),
    ],
)
def test_broken_cell_is_one_fault_at_its_place(tiny, row, exp):
    (got,) = faults_of(tiny, {}, {"gender": "male", **row})

    assert got.startswith(f"f.csv:3:{exp}")


@pytest.mark.parametrize(
    "row",
    [
        {**SHARE, "value": "0"},
        {**SHARE, "value": "100"},
        {"value": "0"},
        {"value": "5", "status": "provisional"},
        {"value": "", "status": "suppressed"},
        {"value": "", "status": "missing"},
        {"value": "", "status": "not_applicable"},
        {"grade": "1-7"},
        {"grade": "vg1"},
        {"category": "municipal/spring"},
        {"subject": "reading"},
        {"mark": "approximate"},
        {"level": "nation", "unit": "0"},
        {"level": "county", "unit": "92"},
    ],
)
def test_right_cell_is_no_fault(tiny, row):
    assert faults_of(tiny, row) == []


def test_same_measure_twice_in_a_section_is_one_fault_at_the_second(tiny):
    (got,) = faults_of(tiny, {"value": "5"}, {"value": "6"})

    assert got.startswith("f.csv:3:year: '2020 pupils municipality 9201', expected a measure that")


def test_same_measure_in_two_sections_is_no_duplicate(tiny):
    assert faults_of(tiny, {}, {"section": "2"}) == []


def test_file_without_rows_is_a_fault(tiny):
    assert faults_of(tiny) == ["f.csv:2: 'no rows', expected at least one figure"]


def test_faults_come_in_the_order_of_the_rows(tiny):
    got = faults_of(tiny, {"gender": "x"}, {"unit": "0"}, {"year": "x"})

    assert [line.split(":")[1] for line in got] == ["2", "3", "4"]


def test_origin_without_a_name_is_a_fault(tiny):
    path = tiny.project.register / "origins.csv"
    path.write_text("origin,name_nb,name_en\nKOSTRA,KOSTRA,KOSTRA\n", encoding="utf-8")

    got = [str(fault) for fault in check_register(tiny.project)]

    assert len(got) == 3
    assert got[0] == (
        "data/register/indicators/all.csv:2:origin: 'GSI', "
        "expected an origin of data/register/origins.csv"
    )


def test_organiser_without_a_label_is_a_fault(tiny):
    row = dict.fromkeys(contracts.MEASURE_COLUMNS, "x")
    row |= {"id": "m", "source": "report", "organiser": "municipal/nobody"}
    lines = [",".join(row), ",".join(row.values())]
    tiny.write("data/statements/measures-2020.csv", "\n".join(lines) + "\n")

    (got,) = check_statements(tiny.project, tiny.register())

    assert str(got).startswith(
        "data/statements/measures-2020.csv:2:organiser: 'municipal/nobody', expected organisers"
    )


@pytest.mark.parametrize(
    ("change", "column"),
    [("2020,9101,9999,merged,x", "to"), ("2020,9101,9201,gone,x", "kind")],
)
def test_change_of_codes_speaks_of_known_ones(tiny, change, column):
    header = ",".join(contracts.CHANGE_COLUMNS)
    tiny.write("data/register/changes.csv", f"{header}\n2020,9101,9201,renumbered,x\n{change}\n")

    (got,) = check_register(tiny.project)

    assert (got.file, got.row, got.column) == ("data/register/changes.csv", 3, column)


@pytest.mark.parametrize(
    ("rows", "at", "column"),
    [
        (["920841716,974552388,x", "12345,974552388,x"], 3, "from"),
        (["920841716,Eineåsen,x"], 2, "to"),
        (["920841716,,"], 2, "source"),
        (["920841716,,x", "920841716,974552388,x"], 3, "from"),
    ],
)
def test_known_mergers_of_schools_are_told_by_number_once_and_by_somebody(tiny, rows, at, column):
    header = ",".join(contracts.SCHOOL_MERGER_COLUMNS)
    tiny.write("data/register/school-mergers.csv", "\n".join([header, *rows]) + "\n")

    (got,) = check_register(tiny.project)

    assert (got.file, got.row, got.column) == ("data/register/school-mergers.csv", at, column)


def test_schools_that_go_on_in_each_other_are_told(tiny):
    header = ",".join(contracts.SCHOOL_MERGER_COLUMNS)
    rows = ["920841716,974552388,x", "974552388,922266212,x", "922266212,920841716,x"]
    tiny.write("data/register/school-mergers.csv", "\n".join([header, *rows]) + "\n")

    assert {fault.row for fault in check_register(tiny.project)} == {2, 3, 4}


def test_sums_and_repetitions_are_judged_when_the_cells_are_right(tiny):
    tiny.write_figures({"value": "5"}, {"value": "6", "section": "2"})

    (got,) = check_all(tiny.project)

    assert "contested_other" in str(got)


def test_broken_edition_is_a_fault_of_the_whole(tiny):
    tiny.write_edition(municipality='"9101"')

    (got,) = check_all(tiny.project)

    assert str(got).startswith("data/editions/2020.toml:municipality: '9101'")


REGISTER = "data/register"


@pytest.mark.parametrize(
    ("file", "old", "new", "exp"),
    [
        ("units.csv", "place,code", "code,place", "units.csv:1: 'code,place,"),
        ("sources.csv", "source,data_year", "source,year", "sources.csv:1:data_year: ''"),
        ("indicators/all.csv", ",count,", ",heads,", "all.csv:2:unit: 'heads', expected one of"),
        ("indicators/all.csv", "neutral", "up", "all.csv:2:direction: 'up', expected one of"),
        ("indicators/all.csv", "children", "pets", "all.csv:2:people: 'pets', expected one of"),
        ("indicators/all.csv", "school_year", "always", "all.csv:2:year_kind: 'always', expected"),
        ("indicators/all.csv", "count,0", "count,zero", "all.csv:2:decimals: 'zero', expected"),
        (
            "indicators/all.csv",
            "elever,pupils",
            "elever,",
            "all.csv:2:name_en: '', expected a name",
        ),
        (
            "categories/all.csv",
            "level_2",
            "level_1",
            "all.csv:3:category: 'level_1', expected a code",
        ),
    ],
)
def test_broken_register_is_one_fault_at_its_place(tiny, file, old, new, exp):
    path = tiny.project.register / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")

    (got,) = check_all(tiny.project)

    assert exp in str(got)


@pytest.mark.parametrize(
    ("old", "new", "exp"),
    [
        ("goal", "wish", "kind: 'wish', expected one of statement, measure"),
        ("report", "hearsay", "source: 'hearsay', expected a source of"),
        ("s-1", "", "id: '', expected an id"),
    ],
)
def test_broken_statement_is_one_fault_at_its_place(tiny, old, new, exp):
    path = tiny.project.statements / "skole.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")

    (got,) = check_all(tiny.project)

    assert str(got).startswith(f"data/statements/skole.csv:2:{exp}")


def test_statement_may_rest_on_two_sources(tiny):
    path = tiny.project.statements / "skole.csv"
    text = path.read_text("utf-8").replace("report", "report;old-report")
    path.write_text(text, encoding="utf-8")

    assert check_all(tiny.project) == []


def test_id_that_two_statements_have_is_a_fault(tiny):
    path = tiny.project.statements / "skole.csv"
    header, row = path.read_text("utf-8").splitlines()
    path.write_text(f"{header}\n{row}\n{row}\n", encoding="utf-8")

    (got,) = check_all(tiny.project)

    assert str(got) == "data/statements/skole.csv:3:id: 's-1', expected an id used only once"
