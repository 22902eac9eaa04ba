"""Do what the README of the makers' own failing inputs says should happen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tilstand.check.any_file import check_file
from tilstand.disclosure.protect import run as protect
from tilstand.errors import DataError
from tilstand.value_added.command import run as value_added

CASES = Path("/work/shared/cases")
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="they lie on the makers' machine")
EXPORTS = {
    "2024-25-5trinn-blank-beside-star.csv": "read as hidden",
    "2024-25-ungdomstrinn-blank-beside-star.csv": "read as hidden",
    "gsp-offentlig-skole.csv": "",
    "gsp-forelopige.csv": "",
    "thousands_nbsp.csv": "",
    "renamed_school.csv": "",
    "swapped_municipality_name.csv": "1103 is Stavanger, but called 'Sandnes'",
    "wrong_year_header.csv": "belong to another year than 2015?",
}
REFUSED = {
    "exports/trailing_total.csv": "row 61 looks like a total",
    "exports/excel_titlerows.xlsx": "rows 1 to 3 are a title",
    "exports/excel_merged.xlsx": "with merged cells",
    "exports/dates_as_months.csv": "made a date of it: download anew",
    "exports/na_text.csv": "a formula has failed there",
    "pupils/total.csv": "row 548 looks like a total",
}
WARNED = {
    "quoted_comma.csv": "",
    "trail.csv": "",
    "int8.parquet": "",
    "sentinel.csv": "999 (80 pupils) and -1 (80 pupils) far outside",
    "dup.csv": "rows repeat another row wholly",
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_odd_export_is_read_and_what_is_odd_is_told(name, project_copy):
    got = check_file(project_copy, CASES / "exports" / name, dt.date(2026, 1, 1))

    assert got.faults == []
    assert EXPORTS[name] in "\n".join([got.about, *got.notes])


@pytest.mark.parametrize("name", REFUSED)
def test_a_faulty_file_is_one_line_that_names_the_cause(name, project_copy):
    faults = check_file(project_copy, CASES / name, dt.date(2026, 1, 1)).faults

    (got,) = DataError(list(faults)).lines
    assert REFUSED[name] in got


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", WARNED)
def test_pupils_are_in_twenty_schools_and_doubts_are_said(name, tmp_path, recwarn):
    schools, _ = value_added(CASES / "value-added" / name, "outcome ~ prior", "skole", tmp_path)

    assert len(schools.read_text(encoding="utf-8").splitlines()) == 21
    assert WARNED[name] in " ".join(str(one.message) for one in recwarn.list)


def test_no_formula_leaves_protect(tmp_path):
    output = tmp_path / "protected.csv"
    protect(CASES / "protect" / "formula.csv", "school", "n", output=output)

    cells = output.read_text(encoding="utf-8").replace('"', "").split("\n")
    assert not any(cell.startswith(("=", "@", "+")) for cell in cells)
