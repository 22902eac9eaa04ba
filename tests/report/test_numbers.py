import math

import numpy as np
import pytest

from tilstand.report.numbers import Value, computed, decimals_off_zero, write_number

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("number", "decimals", "language", "exp"),
    [
        (16091, 0, "nb", f"16{NBSP}091"),
        (16091, 0, "en", "16,091"),
        (1234.5, 1, "nb", f"1{NBSP}234,5"),
        (1234.5, 1, "en", "1,234.5"),
        (12345678, 0, "nb", f"12{NBSP}345{NBSP}678"),
        (999, 0, "nb", "999"),
        (42.2, 1, "nb", "42,2"),
        (42, 1, "nb", "42,0"),
        (0, 0, "nb", "0"),
        (0.04, 1, "en", "0.0"),
        (-3.2, 1, "nb", f"{MINUS}3,2"),
        (-3.2, 1, "en", f"{MINUS}3.2"),
        (183.78, 2, "nb", "183,78"),
    ],
)
def test_number_is_written_as_the_language_writes_it(number, decimals, language, exp):
    assert write_number(number, decimals, language) == exp


@pytest.mark.parametrize(
    ("number", "decimals", "exp"),
    [
        (26.5, 0, "27"),
        (27.5, 0, "28"),
        (-26.5, 0, f"{MINUS}27"),
        (12.25, 1, "12.3"),
        (2.675, 2, "2.68"),
    ],
)
def test_halves_are_rounded_away_from_zero_as_readers_do(number, decimals, exp):
    assert write_number(number, decimals, "en") == exp


@pytest.mark.parametrize("number", [np.int64(5), np.float64(5), np.float32(5), np.array(5), 5, 5.0])
def test_number_of_any_kind_is_written_alike(number):
    assert write_number(number, 0, "nb") == "5"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.nan])
def test_what_is_no_finite_number_is_refused(number):
    with pytest.raises(ValueError, match="is no number to print"):
        write_number(number, 1, "nb")


@pytest.mark.parametrize("number", [-0.0, -0.04])
def test_nothing_has_no_minus_sign(number):
    assert write_number(number, 1, "nb") == "0,0"


@pytest.mark.parametrize("decimals", [0, 1, 2])
@pytest.mark.parametrize("number", [0.0, 1.5, 99.95, 1234567.891, -17.25])
def test_written_number_reads_back_as_the_number_rounded(number, decimals):
    written = write_number(number, decimals, "en")

    got = float(written.replace(",", "").replace(MINUS, "-"))

    assert got == pytest.approx(number, abs=0.5 * 10**-decimals + 1e-9)


def test_value_writes_its_own_decimals():
    assert Value(16.1, decimals=1).text("nb") == "16,1"


def test_approximate_value_says_so():
    got = [Value(1600, approximate=True).text(language) for language in ("nb", "en")]

    assert got == [f"om lag 1{NBSP}600", "about 1,600"]


@pytest.mark.parametrize(
    ("share", "exp"),
    [
        (66.7, ["om lag to tredeler", "about two thirds"]),
        (66, ["om lag to tredeler", "about two thirds"]),
        (33, ["om lag en tredel", "about a third"]),
        (50, ["om lag halvparten", "about half"]),
        (25.0, ["om lag en firedel", "about a quarter"]),
        (19.8, ["om lag en femdel", "about a fifth"]),
        (75, ["om lag tre firedeler", "about three quarters"]),
    ],
)
def test_share_that_the_source_writes_in_words_is_in_words(share, exp):
    value = Value(share, 1, approximate=True, fraction=True).in_words()

    assert [value.text(language) for language in ("nb", "en")] == exp


def test_share_that_the_source_prints_keeps_its_figures_and_unit():
    assert Value(71.8, 1).in_words().text("nb") == "71,8 prosent"


def test_what_is_reckoned_from_a_share_in_words_is_in_figures():
    got = Value(66.7, 1, approximate=True, fraction=True) - Value(50.0, 1)

    assert got.text("en") == "about 16.7"


def test_missing_value_is_told_by_its_property():
    assert Value(None).missing


def test_zero_is_not_missing():
    assert not Value(0).missing


def test_missing_value_is_never_printed():
    with pytest.raises(ValueError, match="a missing value cannot be printed"):
        Value(None).text("nb")


def test_missing_value_is_nan_as_a_number():
    assert math.isnan(float(Value(None)))


@pytest.mark.parametrize("language", ["nb", "en"])
def test_year_is_written_without_a_thousands_mark(language):
    assert Value(5.5, decimals=1, year=2020).year_value().text(language) == "2020"


def test_year_of_an_approximate_value_is_not_approximate():
    assert Value(1600, year=2020, approximate=True).year_value().text("nb") == "2020"


def test_year_of_a_missing_value_is_missing():
    assert Value(None, year=2020).year_value().missing


@pytest.mark.parametrize(
    ("made", "exp"),
    [
        (Value(5) + Value(3), 8),
        (Value(5) - Value(3), 2),
        (abs(Value(3) - Value(5)), 2),
        (Value(3).share_of(Value(12)), 25),
    ],
)
def test_values_are_reckoned_with(made, exp):
    assert float(made) == exp


@pytest.mark.parametrize(
    "made",
    [
        Value(5) + Value(None),
        Value(None) - Value(3),
        abs(Value(None)),
        Value(3).share_of(Value(None)),
    ],
)
def test_what_is_reckoned_from_a_missing_value_is_missing(made):
    assert made.missing


def test_sum_keeps_the_rows_of_both_values_once():
    got = Value(1, refs=("a", "b")) + Value(2, refs=("b", "c"))

    assert got.refs == ("a", "b", "c")


def test_difference_has_the_decimals_of_the_finer_value():
    assert (Value(16.14, decimals=2) - Value(12.6, decimals=1)).decimals == 2


def test_what_is_reckoned_from_an_approximate_value_is_approximate():
    assert (Value(1) + Value(2, approximate=True)).approximate


def test_year_is_kept_when_both_values_share_it():
    got = [(Value(1, year=2020) + Value(1, year=other)).year for other in (2020, 2019)]

    assert got == [2020, None]


@pytest.mark.parametrize(
    ("made", "exp"),
    [
        (Value(5), "value"),
        (Value(5) + Value(3), "sum"),
        (Value(5) - Value(3), "difference"),
        (abs(Value(5) - Value(3)), "size of difference"),
        (Value(3).share_of(Value(12)), "share"),
        (Value(5, year=2020).year_value(), "year"),
    ],
)
def test_value_tells_how_it_was_made(made, exp):
    assert made.recipe == exp


def test_rounding_changes_the_print_and_not_the_number():
    got = Value(16.14, decimals=2).rounded(1)

    assert (got.text("en"), float(got)) == ("16.1", 16.14)


def test_computed_value_keeps_the_rows_of_its_sources():
    assert computed(1.0, Value(1, refs=("a",)), Value(2, refs=("a", "b"))).refs == ("a", "b")


@pytest.mark.parametrize("number", [None, math.nan, math.inf, np.float64("nan")])
def test_computed_value_that_is_no_number_is_missing(number):
    assert computed(number).missing


def test_computed_value_is_a_plain_float():
    assert type(computed(np.float64(1.5)).number) is float


@pytest.mark.parametrize(
    ("ends", "exp"),
    [
        ((0.03, 2.0), 2),
        ((-2.0, -0.004), 3),
        ((-0.4, 2.0), 1),
        ((0.0, 2.0), 1),
        ((-0.00001, 2.0), 3),
        ((math.nan, math.nan), 1),
    ],
)
def test_an_end_that_is_not_zero_never_looks_like_it_if_decimals_can_help(ends, exp):
    assert decimals_off_zero(ends, 1) == exp
