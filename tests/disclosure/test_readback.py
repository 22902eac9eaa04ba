import pytest

from tilstand.disclosure.attack import audit, bound_hidden
from tilstand.disclosure.published import Published, key
from tilstand.disclosure.readback import is_blank, read_number, read_tables, take_in

PAGE = """<html><script>var t = "<table><tr><td>9</td></tr></table>";</script>
<table><caption>Elever  etter nivå</caption>
<thead><tr><th rowspan="2">Skole</th><th colspan="2">Antall</th></tr>
<tr><th>jenter</th><th>gutter</th></tr></thead>
<tbody><tr><th>Åsen</th><td>1&nbsp;234</td><td><span>*</span></td></tr></tbody></table></html>"""


def test_spans_and_entities_of_a_table_are_read():
    (got,) = read_tables(PAGE)
    assert got.caption == "Elever etter nivå"
    frame = got.frame()
    assert list(frame.columns) == ["Skole", "Antall / jenter", "Antall / gutter"]
    assert frame.iloc[0].tolist() == ["Åsen", "1\u00a0234".replace("\u00a0", " "), "*"]


@pytest.mark.parametrize(
    ("text", "exp"),
    [
        ("1 234", (1234, 0)),
        ("1\u00a0234,5", (1234.5, 1)),
        ("12 %", (12, 0)),
        ("12.5%", (12.5, 1)),
        ("\u22123", (-3, 0)),
        ("*", None),
        ("3. trinn", None),
    ],
)
def test_numbers_are_read_as_they_are_printed(text, exp):
    assert read_number(text) == exp


def test_a_blank_is_not_a_zero():
    assert is_blank("*")
    assert is_blank(" ")
    assert not is_blank("0")


def long_table(rows):
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    return (
        f"<table><thead><tr><th>nivå</th><th>antall</th><th>andel</th></tr></thead>{cells}</table>"
    )


def test_a_rendered_percentage_gives_its_blank_count_back():
    rows = [("1", "*", "12 %"), ("2", "*", "88 %"), ("Totalt", "25", "100 %")]
    page = Published()
    frame = read_tables(long_table(rows))[0].frame()
    take_in(page, frame, ["nivå"], "antall", "andel", along="nivå")
    got = {i.cell: (i.low, i.high) for i in bound_hidden(page)}
    assert got[key({"nivå": "1"})] == (3, 3)
    assert audit(page).faults


def test_a_rendered_table_with_all_blanks_in_place_passes():
    rows = [("1", "*", "*"), ("2", "*", "*"), ("3", "20", "67 %"), ("Totalt", "30", "100 %")]
    page = Published()
    frame = read_tables(long_table(rows))[0].frame()
    take_in(page, frame, ["nivå"], "antall", "andel", along="nivå", fixed={"skole": "Åsen"})
    assert audit(page).faults == []
