import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tilstand.report.page.tables import Column, Table

COLUMNS = [Column("place", "Sted"), Column("value", "Prosent", 1), Column("note", "Merknad")]
FRAME = pd.DataFrame(
    {"place": ["Eksempel", "Nabo <3"], "value": [1234.5, None], "note": ["a & b", None]}
)


def soup(language: str = "nb") -> BeautifulSoup:
    html = Table(FRAME, COLUMNS, "Trivsel & <mobbing>").html(language)
    return BeautifulSoup(html, "html.parser")


def test_caption_is_escaped_text():
    assert soup().caption.text == "Trivsel & <mobbing>"


def test_column_headers_have_their_scope():
    got = [(cell.text, cell["scope"]) for cell in soup().thead.find_all("th")]

    assert got == [("Sted", "col"), ("Prosent", "col"), ("Merknad", "col")]


def test_first_cell_of_a_row_is_its_header():
    got = [cell.text for cell in soup().tbody.find_all("th", scope="row")]

    assert got == ["Eksempel", "Nabo <3"]


@pytest.mark.parametrize(
    ("language", "exp"), [("nb", "1\N{NO-BREAK SPACE}234,5"), ("en", "1,234.5")]
)
def test_number_is_written_as_the_language_writes_it(language, exp):
    assert soup(language).tbody.tr.find_all("td")[0].text == exp


@pytest.mark.parametrize(("language", "exp"), [("nb", "ikke rapportert"), ("en", "not reported")])
def test_number_that_is_missing_is_said_in_words(language, exp):
    assert soup(language).tbody.find_all("tr")[1].td.text == exp


def test_columns_of_numbers_are_set_as_numbers():
    got = [cell.get("class") for cell in soup().tbody.tr.find_all("td")]

    assert got == [["num"], None]


def test_wide_table_can_be_reached_and_scrolled_with_the_keyboard():
    wrap = soup().div

    assert (wrap["tabindex"], wrap["role"], wrap["aria-label"]) == (
        "0",
        "region",
        "Trivsel & <mobbing>",
    )


def test_no_nan_reaches_the_page():
    assert "nan" not in str(soup()).lower()


def test_csv_bears_the_headers_of_the_page():
    got = Table(FRAME, COLUMNS, "").csv().splitlines()[0]

    assert got == "Sted,Prosent,Merknad"


def test_csv_has_plain_numbers_and_blanks():
    got = Table(FRAME, COLUMNS, "").csv().splitlines()[1:]

    assert got == ["Eksempel,1234.5,a & b", "Nabo <3,,"]


def test_csv_shows_no_dust_of_floating_point():
    frame = pd.DataFrame({"place": ["a"], "value": [0.1 + 0.2], "note": [""]})

    assert Table(frame, COLUMNS, "").csv().splitlines()[1] == "a,0.3,"


def test_number_without_decimals_is_printed_as_a_word():
    frame = pd.DataFrame({"year": [2020]})

    got = Table(frame, [Column("year", "År")], "").html("nb")

    assert '<th scope="row">2020</th>' in got


def test_table_of_texts_keeps_its_parts_known_where_it_is_not_laid_out_as_a_table():
    frame = pd.DataFrame(
        {
            "a": ["Nettverk for digitale lærere"],
            "b": ["Skolene møtes og deler erfaringer"],
            "n": [3],
        }
    )
    columns = [Column("a", "Tiltak"), Column("b", "Innhold"), Column("n", "Antall", 0)]

    got = Table(frame, columns, "Tiltak").html("nb")

    assert '<table class="texts" role="table">' in got
    assert '<td role="cell" data-under="Innhold">' in got
    assert got.count('role="row"') == 2


def test_table_of_numbers_says_no_roles():
    frame = pd.DataFrame({"a": ["Nettverk for digitale lærere"], "n": [3], "m": [4]})
    columns = [Column("a", "Tiltak"), Column("n", "Antall", 0), Column("m", "Flere", 0)]

    assert 'role="row"' not in Table(frame, columns, "Tiltak").html("nb")


@pytest.mark.parametrize(
    ("name", "exp"), [("Lesing på 8. trinn, laveste nivå", True), ("5.", False)]
)
def test_long_names_of_rows_are_kept_wide_where_there_are_many_columns(name, exp):
    frame = pd.DataFrame({"a": [name], "x": [1], "y": [2], "z": [3]})
    columns = [Column("a", "Prøve"), *(Column(key, key, 0) for key in "xyz")]

    assert ('class="named"' in Table(frame, columns, "Nivåer").html("nb")) is exp


def test_number_that_is_absent_is_shown_as_said_and_left_blank_for_programs():
    frame = pd.DataFrame({"a": ["Nes", "Ås"], "n": [None, 4.125]}, dtype=object)
    table = Table(frame, [Column("a", "Skole"), Column("n", "Elever", 1, absent="skjult")], "t")

    assert '<td class="num">skjult</td>' in table.html("nb")
    assert table.csv() == "Skole,Elever\nNes,\nÅs,4.125\n"
    assert table.fields()[1]["type"] == "number"


def test_rows_may_have_decimals_of_their_own_and_changes_a_sign():
    frame = pd.DataFrame({"a": ["x", "y", "z"], "n": [1.25, -2.0, 0.0], "d": [2, 0, 0]})
    html = Table(frame, [Column("a", "A"), Column("n", "N", "d", signed=True)], "t").html("nb")

    assert [f'">{text}<' in html for text in ("+1,25", "\N{MINUS SIGN}2", "0")] == [True] * 3


def test_many_columns_of_words_and_numbers_stand_one_below_the_other_on_a_phone():
    frame = pd.DataFrame({key: [9] for key in "abcdefg"})
    columns = [Column(key, key, None if key in "abfg" else 0) for key in "abcdefg"]

    got = Table(frame, columns, "Mål").html("nb")

    assert '<table class="texts crowd" role="table">' in got
    assert '<td role="cell" data-under="g">' in got


def test_many_columns_of_numbers_stay_side_by_side():
    frame = pd.DataFrame({key: [9] for key in "abcdefg"})
    columns = [Column(key, key, 0 if key > "a" else None) for key in "abcdefg"]

    assert "crowd" not in Table(frame, columns, "Mål").html("nb")


def wide(words: int, numbers: int) -> str:
    columns = [Column("name", "Hva"), *[Column(f"n{i}", "Kommunen", 1) for i in range(numbers)]]
    columns += [Column(f"w{i}", "Skolen er") for i in range(words)]
    row = {column.key: "omtrent" if column.key[0] != "n" else 51.25 for column in columns}
    return Table(pd.DataFrame([row | {"name": "Engelsk på trinnet"}]), columns, "x").html("nb")


@pytest.mark.parametrize(
    ("words", "numbers", "exp"),
    [(1, 3, ["texts", "crowd"]), (0, 8, ["named"]), (1, 1, None)],
    ids=["words-among-numbers", "numbers-alone", "narrow"],
)
def test_numbers_and_words_wider_than_a_phone_have_their_rows_below_each_other(words, numbers, exp):
    table = BeautifulSoup(wide(words, numbers), "html.parser").table

    assert table.get("class") == exp
    assert (table.get("role") == "table") == (exp == ["texts", "crowd"])


def test_every_cell_of_such_a_table_says_its_column():
    got = BeautifulSoup(wide(1, 3), "html.parser").tbody.find_all("td")

    assert [cell["data-under"] for cell in got] == ["Kommunen"] * 3 + ["Skolen er"]


@pytest.mark.parametrize(("rows", "exp"), [(5, False), (6, True)])
def test_long_table_may_be_sorted_by_the_exact_numbers(rows, exp):
    frame = pd.DataFrame({"a": [f"x{i}" for i in range(rows)], "n": [0.123456] * rows})
    html = Table(frame, [Column("a", "A"), Column("n", "N", 1)], "t", sortable=True).html("nb")

    assert ("data-sort" in html, 'data-value="0.123456"' in html) == (exp, True)
