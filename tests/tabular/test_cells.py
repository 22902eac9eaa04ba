"""Read numbers as Norwegians write them."""

from __future__ import annotations

import pytest

from tilstand.tabular.cells import decimal_sign, number


@pytest.mark.parametrize(
    ("text", "exp"),
    [
        ("51", "51"),
        ("0,4", "0.4"),
        ("5 943", "5943"),
        ("5\u00a0943", "5943"),
        ("60\u2009728,5", "60728.5"),
        ("1 234\u202f567", "1234567"),
        ("-1,2", "-1.2"),
        ("\u22121,2", "-1.2"),
        ("007", "007"),
    ],
)
def test_numbers_are_written_plainly(text, exp):
    assert number(text, ",") == exp


@pytest.mark.parametrize(
    "text", ["", "*", "1 23", "1234 567", "1.234", "0.4", "1,", ",5", "1  234", "1,5,2", "٣", "1e3"]
)
def test_what_could_be_something_else_is_no_number(text):
    assert number(text, ",") is None


@pytest.mark.parametrize(
    ("cells", "exp"),
    [
        (["1,5", "2"], ","),
        (["1.5", "2"], "."),
        (["1.5", "2,5"], ","),
        (["1.234", "5.678"], ","),
        (["1.234", "5.6"], "."),
        (["*", "", "4"], ","),
    ],
)
def test_a_file_has_one_decimal_sign(cells, exp):
    assert decimal_sign(cells) == exp
