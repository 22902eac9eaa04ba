"""Read every kind of export that a municipality downloads, cell by cell."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tilstand import contracts
from tilstand.sources.incoming import schools_by_name
from tilstand.sources.statistikkbanken import read_export

UNITS = "EnhetNivaa Nasjonaltkode Fylkekode Kommunekode Organisasjonsnummer"
NAMES = "Nasjonalt Fylke Kommune EnhetNavn"
COUNTRY = ["1", "I", "00", "0000", "I", "Hele landet", "Alle fylker", "Alle kommuner"]
COUNTRY += ["Alle skoler"]
COUNTY = ["2", "I", "32", "0000", "32", "Hele landet", "Akershus", "Alle kommuner", "Alle skoler"]
TOWN = ["3", "I", "32", "3201", "3201", "Hele landet", "Akershus", "Bærum", "Alle skoler"]
SCHOOL = ["4", "I", "32", "3201", "100000083", "Hele landet", "Akershus", "Bærum", "Ålvik skole "]
ALL = "Alle eierformer.Alle kjønn"
GSI = "Alle trinn.Alle trinn.Alle kjønn.Alle eierformer"
ADAPTED = "Antall elever med individuelt tilrettelagt opplæring/spesialundervisning"
NORWEGIAN = "Antall elever med forsterket opplæring i norsk"
DENSITY = "Alle trinn.Alle eierformer.Lærertetthet i ordinær undervisning"
BREAK = "Reglene for fraværsføring er endret."


@pytest.fixture
def read(repo_register, vocabulary, tmp_path):
    def reading(header, rows, **options):
        lines = ["sep=\t", *("\t".join(cells) for cells in (header, *rows))]
        path = tmp_path / "export.csv"
        path.write_bytes("\n".join([*lines, ""]).encode("utf-16-le"))
        return read_export(path, path.name, repo_register, vocabulary, **options)

    return reading


def head(*measures):
    return [*UNITS.split(), *NAMES.split(), *measures]


def values(export, *columns):
    columns = columns or ("indicator", "level", "year", "value", "status")
    assert export.faults == []
    return export.figures[list(columns)].values.tolist()


def test_pupil_counts_have_no_schools_of_schools(read):
    measures = ["Antall elever", ADAPTED, NORWEGIAN, "Antall skoler"]
    header = head(*(f"2025-26.{GSI}.{measure}" for measure in measures))

    got = read(header, [[*TOWN, "1 030", "50", "*", "3"], [*SCHOOL, "364", "*", "0", ""]])

    assert got.form == "gsi"
    assert values(got) == [
        ["gsi_pupils", "municipality", "2025", "1030", "ok"],
        ["gsi_adapted_pupils", "municipality", "2025", "50", "ok"],
        ["gsi_norwegian_pupils", "municipality", "2025", "", "suppressed"],
        ["gsi_schools", "municipality", "2025", "3", "ok"],
        ["gsi_pupils", "school", "2025", "364", "ok"],
        ["gsi_adapted_pupils", "school", "2025", "", "suppressed"],
        ["gsi_norwegian_pupils", "school", "2025", "0", "ok"],
    ]


def test_a_file_of_pupil_counts_alone_is_known(read):
    got = read(head(f"2025-26.{GSI}.Antall elever"), [[*TOWN, "30 382"]])

    assert (got.form, values(got, "value")) == ("gsi", [["30382"]])


def test_no_ordinary_teaching_is_not_zero_pupils_a_teacher(read):
    got = read(head(f"2025-26.{DENSITY}"), [[*TOWN, "16,51"], [*SCHOOL, "0,00"]])

    assert values(got, "value", "status") == [["16.51", "ok"], ["", "not_applicable"]]


def test_the_municipalitys_own_staff_are_told_and_left_out(read):
    central = [*TOWN[:4], "964338531S", *TOWN[5:8], " Bærum kommune  (SENTRALT)"]
    central[0] = "4"
    header = head("2025-26.Alle kjønn.Alle eierformer.Antall lærere")

    got = read(header, [[*TOWN, "3 026"], [*central, "65"]])

    assert values(got, "unit", "value") == [["3201", "3026"]]
    assert [note for note in got.notes if "(SENTRALT)" in note]


def test_marks_stand_once_though_a_row_above_the_country_repeats_them(read):
    header = head(
        f"2024-25.Standpunkt.{ALL}.Snittkarakter", f"2024-25.Standpunkt.{ALL}.Antall elever"
    )
    header[1:1] = ["Vurderingsfagkode"]
    header[6:6] = ["Vurderingsfagnavn"]

    def row(unit, subject, *cells):
        return [unit[0], "ENG0029", *unit[1:5], subject, *unit[5:], *cells]

    above = ["0", "Alle", "00", "0000", "Alle", *COUNTRY[5:]]
    got = read(
        header,
        [
            row(above, "Engelsk 10. årstrinn", "4,1", "8 593"),
            row(COUNTRY, "Engelsk 10. årstrinn", "4,1", "8 593"),
            row(COUNTRY, "Mat og helse 10. årstrinn", "4,4", "8 600"),
            row(SCHOOL, "Engelsk 10. årstrinn", "*", "*"),
        ],
    )

    assert values(got, "unit", "subject", "value", "n") == [
        ["0", "english", "4.1", "8593"],
        ["0", "mat-og-helse", "4.4", "8600"],
        ["100000083", "english", "", ""],
    ]
    assert got.labels == {"mat-og-helse": "Mat og helse"}


def test_absence_is_not_pupil_counts_and_keeps_the_words_of_its_break(read):
    county = [*COUNTY[:3], "", *COUNTY[4:]]
    country = [*COUNTRY[:2], "", "", *COUNTRY[4:]]
    header = head(
        f"2022-23.{ALL}.Median dager.Brudd",
        f"2022-23.{ALL}.Median dager",
        f"2022-23.{ALL}.Median timer",
        f"2022-23.{ALL}.Antall elever",
    )
    rows = [[*unit, BREAK, "8,0", "6,0", "64 126"] for unit in (country, county, TOWN)]

    got = read(header, rows)

    assert got.form == "fravaer"
    assert values(got, "indicator", "level", "year", "value", "n")[:2] == [
        ["absence_days", "nation", "2023", "8.0", "64126"],
        ["absence_hours", "nation", "2023", "6.0", "64126"],
    ]
    assert got.breaks == {("absence_days", 2023): BREAK}


def test_a_provisional_year_is_marked(read):
    years = ("2023-24", "Foreløpige tall 2024-25")
    names = ("Grunnskolepoeng", "Antall elever")
    header = head(
        *(f"{year}.Offentlig skole.Begge kjønn.{name}" for year in years for name in names)
    )

    got = read(header, [[*TOWN, "43,1", "900", "43,4", "910"]])

    assert values(got, "year", "category", "status") == [
        ["2024", "public", "ok"],
        ["2025", "public", "provisional"],
    ]


def questions(*units, grade="7. årstrinn", measure="Andel mobbet"):
    names = ["SpoersmaalNivaa", "Spoersmaalgruppekode", "Spoersmaalkode"]
    names += ["Spoersmaalgruppe", "Spoersmaalnavn"]
    return [*names, *(f"2025-26.Hele landet.{unit}.{grade}.{ALL}.{measure}" for unit in units)]


INDEX = ["1", "EUIndeks_1", "EUIndeks_1", "Mobbing på skolen", "Alle spørsmål"]
DIGITAL = ["2", "EUIndeks_1", "EUSpoersmaal_1", "Mobbing på skolen"]
DIGITAL += ["Er du blitt mobbet digitalt de siste månedene?"]


def test_questions_find_their_units_by_name(read):
    header = questions(
        "Alle fylker.Alle kommuner.Alle skoler",
        "Akershus.Alle kommuner.Alle skoler",
        "Akershus.Bærum.Alle skoler",
        "Akershus.Bærum.St. Ålvik skole",
    )
    schools = {("3201", "st. ålvik skole"): "100000083"}

    got = read(
        header,
        [[*INDEX, "10,7", "9,2", "8,9", "*"], [*DIGITAL, "4", "3", "2", "*"]],
        schools=schools,
    )

    assert values(got, "level", "unit", "category", "value")[:4] == [
        ["nation", "0", "", "10.7"],
        ["county", "32", "", "9.2"],
        ["municipality", "3201", "", "8.9"],
        ["school", "100000083", "", ""],
    ]
    assert set(got.figures["category"]) == {"", "bullied_digitally"}


def test_a_provisional_year_of_questions_is_marked_too(read):
    header = questions("Akershus.Bærum.Alle skoler")
    header = [column.replace("2025-26", "Foreløpige tall 2025-26") for column in header]

    assert values(read(header, [[*INDEX, "10,7"]]), "year", "status") == [["2025", "provisional"]]


def test_a_school_that_no_other_file_knows_is_left_out_in_one_line(read):
    header = questions("Akershus.Bærum.Alle skoler", "Akershus.Bærum.Ukjent skole")

    got = read(header, [[*INDEX, "10,7", "9,2"]])

    assert values(got, "unit") == [["3201"]]
    (note,) = got.notes
    assert "'Ukjent skole'" in note


def test_blanks_beside_a_hidden_count_are_hidden_and_told_once(read):
    names = ("Skalapoeng", "Usikkerhet", "Antall elever deltatt")
    header = head(*(f"2024-25.Lesing.5. årstrinn.{ALL}.{name}" for name in names))

    got = read(header, [[*TOWN, "52", "0,4", "1 500"], [*SCHOOL, "", "", "*"]])

    assert values(got, "value", "status") == [["52", "ok"], ["", "suppressed"]]
    assert sum("read as hidden" in note for note in got.notes) == 1


KINDS = ["*Elever_og_skoler", "*Laerere_og_aarsverk", "*Laerertetthet", "*karakterer"]
KINDS += ["*Grunnskolepoeng", "*5._trinn", "*ungdomstrinn", "*Mobbing", "*Fravaer_i_grunnskole"]
EMPTY = {"": "missing", "*": "suppressed"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_udirs_own_file_is_read(kind, udir_exports, repo_register, vocabulary):
    """Hold every figure to the cell that an independent reading finds under its row and column."""
    (path,) = (udir_exports / "bergen").glob(f"{kind}.csv")
    others = sorted((udir_exports / "bergen").glob("*Elever_og_skoler.csv"))
    schools = schools_by_name(read_export(p, p.name, repo_register, vocabulary) for p in others)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-16-le")), delimiter="\t"))[1:]
    place = {column: number for number, column in enumerate(rows[0])}

    got = read_export(path, path.name, repo_register, vocabulary, schools)

    assert got.faults == []
    told = [
        (row["_row"], row["section"], row["value"], row["status"])
        for row in got.figures.to_dict("records")
    ]
    assert len(told) > 100
    for number, column, value, status in told:
        cell = rows[number - 1][place[column]].strip()
        if status == "ok":
            assert value == re.sub(r"\s", "", cell).replace(",", ".")
        elif status in ("suppressed", "missing"):
            assert status == EMPTY[cell] or cell == ""
        else:
            assert cell in ("", "0,00")
    counted = {(number, column) for number, column, *_ in told}
    values = {column for _, column, *_ in told}
    left = [
        (number, column)
        for number, cells in enumerate(rows[1:], start=2)
        for column in values
        if cells[place[column]].strip() not in ("", "*") and (number, column) not in counted
    ]
    # The row above the country, and a municipality's own staff, stand elsewhere in the file.
    assert all(
        rows[number - 1][0] == "0" or "SENTRALT" in rows[number - 1][8] for number, _ in left
    )
    assert not got.figures.duplicated(list(contracts.MEASURE_KEY)).any()


LONG = "Enhetsnavn;Skoletype;Vurderingsområde;Statistikk;Indikator/delskår;Periode;Eierform;Trinn"
LONG += ";Kjønn;Verdi;Måleenhet"
OF = "Grunnskole;Læringsresultater;Nasjonale prøver 5. trinn"


def test_the_old_long_form_is_read_by_names(repo_register, vocabulary, tmp_path):
    lines = [
        f"Hele landet;{OF};Engelsk;2014-2015;Offentlig;Trinn 5;Begge kjønn;50;Skalapoeng",
        f"Bærum;{OF};Lesing;2010-2011;Offentlig;Trinn 5;Jenter;2,1;Gjennomsnittspoeng (1-3)",
        f"Ålvik skole;{OF};Regning;2014-2015;Offentlig;Trinn 5;Gutter;.;Skalapoeng",
        f"Ålvik skole;{OF};Lesing avgiverskole;2014-2015;Offentlig;Trinn 8;Gutter;50;Skalapoeng",
        f"Annen skole;{OF};Regning;2014-2015;Offentlig;Trinn 5;Gutter;50;Skalapoeng",
    ]
    path = tmp_path / "skoleporten.csv"
    path.write_text("\n".join([LONG, *lines, ""]), encoding="utf-8-sig")
    schools = {("0219", "ålvik skole"): "100000083"}

    got = read_export(path, path.name, repo_register, vocabulary, schools)

    assert values(got, "indicator", "unit", "gender", "value", "status") == [
        ["np_scale_points", "0", "", "50", "ok"],
        ["np_mean_level", "0219", "female", "2.1", "ok"],
        ["np_scale_points", "100000083", "male", "", "missing"],
    ]
    assert [note for note in got.notes if "Annen skole" in note]
    assert [note for note in got.notes if "Lesing avgiverskole" in note]


def test_a_broken_cell_of_the_long_form_is_one_line(repo_register, vocabulary, tmp_path):
    line = f"Bærum;{OF};Lesing;2010;Offentlig;Trinn 5;Jenter;2,1;Gjennomsnittspoeng (1-3)"
    path = tmp_path / "skoleporten.csv"
    path.write_text(f"{LONG}\n{line}\n", encoding="utf-8")

    (got,) = read_export(path, path.name, repo_register, vocabulary).faults

    assert (got.row, got.column, got.value) == (2, "Periode", "2010")
