import pandas as pd
import pytest

from tilstand.disclosure.attack import audit, bound_hidden
from tilstand.disclosure.attack.published import Published, key
from tilstand.disclosure.site.printed import read_number


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


def page_of(counts, percents):
    page = Published()
    levels = [*["1", "2", "3"][: len(counts) - 1], "Total"]
    frame = pd.DataFrame({"nivå": levels, "count": pd.array(counts, dtype="Int64")})
    page.add_table(frame, ["nivå"])
    for level, percent in zip(levels, percents, strict=False):
        if percent is not None:
            page.add_percent({"nivå": level}, {}, percent)
    return page


def test_a_printed_percentage_gives_its_blank_count_back():
    page = page_of([None, None, 25], [12, 88])
    got = {i.cell: (i.low, i.high) for i in bound_hidden(page)}
    assert got[key({"nivå": "1"})] == (3, 3)
    assert audit(page).faults


def test_a_printed_table_with_all_blanks_in_place_passes():
    page = page_of([None, None, 20, 30], [None, None, 67])
    assert audit(page).faults == []
