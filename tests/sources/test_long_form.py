"""Read Skoleporten's old long form whole, in every order and encoding, and refuse broken ones."""

from __future__ import annotations

import itertools
import random

import pytest

from exports import Form, Sheet
from tilstand.errors import DataError
from tilstand.sources.statistikkbanken import read_export
from tilstand.tabular.names import folded

HEADER = "Enhetsnavn;Skoletype;Vurderingsområde;Statistikk;Indikator/delskår;Periode;Eierform"
HEADER = f"{HEADER};Trinn;Kjønn;Verdi;Måleenhet".split(";")
CODES = {
    "Hele landet": "0",
    "Rogaland": "11",
    "Stavanger kommune": "1103",
    "Ålvik skole": "100000083",
    "Ørret skole": "100000164",
}
SCHOOLS = {("1103", folded(name)): code for name, code in CODES.items() if "skole" in name}
TESTS = {"5": "Nasjonale prøver 5. trinn", "8": "Nasjonale prøver ungdomstrinn"}
SUBJECTS = {"Engelsk": "english", "Lesing": "reading", "Regning": "numeracy"}
SEXES = {"Begge kjønn": "", "Jenter": "female", "Gutter": "male"}
YEARS = (2014, 2015, 2018, 2019)


def whole() -> Sheet:
    drawn = random.Random(3)
    keys = itertools.product(CODES, TESTS, SUBJECTS, YEARS, SEXES)
    rows = [
        [
            name,
            "Grunnskole",
            "Læringsresultater",
            TESTS[grade],
            subject,
            f"{year}-{year + 1}",
            "Alle eierformer",
            f"Trinn {grade}",
            sex,
            drawn.choice([".", str(drawn.randint(40, 60))]),
            "Skalapoeng",
        ]
        for name, grade, subject, year, sex in keys
    ]
    return Sheet(HEADER, rows)


SHEET = whole()


def shuffled(items):
    return random.Random(1).sample(list(items), len(items))


def kept(column, words):
    place = HEADER.index(column)
    return Sheet(HEADER, [row for row in SHEET.rows if row[place] in words])


def values(change):
    return Sheet(HEADER, [[*row[:9], change(row[9]), row[10]] for row in SHEET.rows])


CUT = {
    "as-it-came": SHEET,
    "columns-reversed": SHEET.take(list(range(11))[::-1]),
    "columns-shuffled": SHEET.take(shuffled(range(11))),
    "rows-shuffled": Sheet(HEADER, shuffled(SHEET.rows)),
    "rows-reversed": Sheet(HEADER, SHEET.rows[::-1]),
    "years-dropped": kept("Periode", ("2014-2015", "2019-2020")),
    "one-year": kept("Periode", ("2018-2019",)),
    "girls": kept("Kjønn", ("Jenter",)),
    "reading": kept("Indikator/delskår", ("Lesing",)),
    "grade-8": kept("Trinn", ("Trinn 8",)),
    "no-schools": kept("Enhetsnavn", ("Hele landet", "Rogaland", "Stavanger kommune")),
    "schools": kept("Enhetsnavn", ("Ålvik skole", "Ørret skole")),
    "padded": Sheet(HEADER, [[f" {cell} " for cell in row] for row in SHEET.rows]),
    "blank": values(lambda cell: cell.replace(".", "")),
    "hidden": values(lambda cell: cell.replace(".", "*")),
    "decimals": values(lambda cell: cell if cell == "." else f"{cell},4"),
}
WRITTEN = {
    "plain": Form(),
    "windows": Form("cp1252", newline="\r\n"),
    "utf16": Form("utf-16-le", b"\xff\xfe", "\t"),
    "tab": Form(delimiter="\t"),
    "comma": Form(delimiter=",", quoted=True),
    "excel": Form(suffix=".xlsx"),
    "parquet": Form(suffix=".parquet"),
}
CAME = Form(mark=b"\xef\xbb\xbf")
SAFE = {label: (sheet, CAME) for label, sheet in CUT.items()}
SAFE |= {label: (SHEET, form) for label, form in WRITTEN.items()}


def read_again(sheet: Sheet) -> set[tuple[str, ...]]:
    found = set()
    for number, cells in enumerate(sheet.rows, start=2):
        row = {name: cell.strip() for name, cell in zip(sheet.header, cells, strict=True)}
        shown = row["Verdi"] not in ("", ".", "*")
        said = "suppressed" if row["Verdi"] == "*" else "missing"
        key = (CODES[row["Enhetsnavn"]], row["Periode"][:4], row["Trinn"][-1])
        key += (SEXES[row["Kjønn"]], SUBJECTS[row["Indikator/delskår"]])
        value = (row["Verdi"].replace(",", "."), "ok") if shown else ("", said)
        found.add((str(number), *key, *value))
    return found


@pytest.fixture
def read(tmp_path, repo_register, vocabulary):
    def reading(sheet, form=CAME):
        path = form.write(sheet, tmp_path)
        return read_export(path, path.name, repo_register, vocabulary, SCHOOLS)

    return reading


@pytest.mark.parametrize("label", SAFE)
def test_every_number_of_the_long_form_is_read(label, read):
    sheet, form = SAFE[label]

    got = read(sheet, form)

    names = ["_row", "unit", "year", "grade", "gender", "subject", "value", "status"]
    assert got.faults == []
    told = {tuple(str(cell) for cell in row) for row in got.figures[names].to_numpy().tolist()}
    assert {(*row[:6], row[6].removesuffix(".0"), row[7]) for row in told} == read_again(sheet)


def cell(column, value):
    rows = [list(row) for row in SHEET.rows]
    rows[5][HEADER.index(column)] = value
    return Sheet(HEADER, rows)


BROKEN = {
    "letters": (cell("Verdi", "femti"), "a number from 1 to 100"),
    "formula": (cell("Verdi", "#N/A"), "a number from 1 to 100"),
    "month": (cell("Verdi", "des.45"), "a number from 1 to 100"),
    "percent": (cell("Verdi", "52 %"), "a number from 1 to 100"),
    "too-high": (cell("Verdi", "5200"), "a number from 1 to 100"),
    "negative": (cell("Verdi", "-5"), "a number from 1 to 100"),
    "half-a-year": (cell("Periode", "2014"), "a school year such as 2014-2015"),
    "three-years": (cell("Periode", "2014-2017"), "a school year such as 2014-2015"),
    "grade": (cell("Trinn", "åttende"), "a grade such as Trinn 8"),
    "sex": (cell("Kjønn", "Jente/gutt"), "a gender such as Begge kjønn"),
    "ownership": (cell("Eierform", "Alle"), "an ownership such as Offentlig"),
    "nameless": (cell("Enhetsnavn", ""), "the name of a school"),
    "total": (Sheet(HEADER, [*SHEET.rows, ["Totalt", *[""] * 10]]), "looks like a total"),
    "no-values": (
        SHEET.take([p for p in range(11) if p != 9]),
        "this column of Skoleporten's form",
    ),
    "only-header": (Sheet(HEADER, []), "rows of data"),
}


@pytest.mark.parametrize("label", BROKEN)
def test_a_broken_long_form_is_one_line(label, read):
    sheet, says = BROKEN[label]

    got = read(sheet)

    (line,) = DataError(list(got.faults)).lines
    assert says in str(line)
    assert got.figures.empty
