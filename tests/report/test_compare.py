import pytest

from tilstand.report.numbers import Value
from tilstand.report.page import compare

MISSING = Value(None)


def count(number: float, ref: str = "") -> Value:
    return Value(number, refs=(ref,) if ref else ())


def test_estimate_is_the_share_with_its_wilson_interval():
    # Newcombe (1998), table I, method 3: 81 of 263.
    got = compare.estimate(count(81), count(263))

    assert [value.text("en") for value in (got.share, got.low, got.high)] == [
        "30.8",
        "25.5",
        "36.6",
    ]


@pytest.mark.parametrize(("number", "n"), [(MISSING, count(10)), (count(1), MISSING)])
def test_estimate_without_a_count_is_missing(number, n):
    got = compare.estimate(number, n)

    assert got.share.missing
    assert got.low.missing


def test_estimate_is_traced_to_both_counts():
    assert compare.estimate(count(1, "a"), count(10, "b")).low.refs == ("a", "b")


@pytest.mark.parametrize(
    ("other", "exp"), [(200, "høyere"), (400, "lavere"), (300, "verken høyere eller lavere")]
)
def test_direction_is_told_in_words(other, exp):
    got = compare.shares(count(300), count(1000), count(other), count(1000), "difference")

    assert got.direction["nb"] == exp


@pytest.mark.parametrize(("other", "exp"), [(200, 10.0), (400, 10.0)])
def test_size_has_no_sign_because_the_direction_carries_it(other, exp):
    got = compare.shares(count(300), count(1000), count(other), count(1000), "difference")

    assert float(got.size) == pytest.approx(exp)


@pytest.mark.parametrize(
    ("number", "kind", "exp"),
    [
        (300, "difference", "the difference is clear"),
        (230, "difference", "there is a sign of a difference"),
        (205, "difference", "the difference could be due to chance"),
        (300, "change", "the change is clear"),
        (230, "change", "there is a sign of a change"),
        (205, "change", "the change could be due to chance"),
    ],
)
def test_verdict_says_how_sure_it_is(number, kind, exp):
    got = compare.shares(count(number), count(1000), count(200), count(1000), kind)

    assert got.verdict["en"] == exp


def test_interval_keeps_its_signs():
    # Newcombe (1998), table II, method 10: 48 of 80 less 56 of 70.
    got = compare.shares(count(48), count(80), count(56), count(70), "difference")

    assert (float(got.low), float(got.high)) == pytest.approx((-33.39, -5.24), abs=0.005)


def test_share_against_a_published_share_has_an_interval():
    got = compare.share_with_reference(count(81), count(263), Value(20.0, decimals=1))

    assert (float(got.size), got.certainty) == (pytest.approx(10.798, abs=0.001), "clear")


def test_counts_are_compared_in_percent_of_the_other():
    got = compare.counts(count(219), count(200))

    assert (got.size.text("en"), got.certainty) == ("9.5", "chance")


def test_published_numbers_without_n_get_no_interval_and_no_verdict():
    got = compare.published(Value(42.2, decimals=1), Value(39.9, decimals=1))

    assert (got.low.missing, got.verdict["en"], got.certainty) == (True, "", "unknown")


def test_published_numbers_get_a_size_and_a_direction():
    got = compare.published(Value(39.9, decimals=1), Value(42.2, decimals=1))

    assert (got.size.text("nb"), got.direction["nb"]) == ("2,3", "lavere")


def test_numbers_that_print_alike_are_called_the_same():
    # 6.3 - 6.3 may leave 1e-16 behind; readers see no difference, so no word may tell one.
    got = compare.published(Value(0.1 + 0.2, decimals=1), Value(0.3, decimals=1))

    assert got.direction["en"] == "neither higher nor lower"


@pytest.mark.parametrize(
    "got",
    [
        compare.shares(MISSING, count(1), count(1), count(1), "change"),
        compare.share_with_reference(count(1), count(2), MISSING),
        compare.counts(MISSING, count(1)),
        compare.counts(count(1), MISSING),
        compare.published(MISSING, count(1)),
    ],
)
def test_comparison_with_something_missing_is_missing(got):
    assert (got.size.missing, got.certainty) == (True, "missing")


def test_comparison_is_traced_to_every_number_in_it():
    got = compare.shares(count(1, "a"), count(2, "b"), count(3, "c"), count(4, "d"), "change")

    assert got.size.refs == ("a", "b", "c", "d")


def test_every_word_stands_in_both_languages():
    texts = [compare.HIGHER, compare.LOWER, compare.EQUAL]
    texts += [text for kind in compare.VERDICTS.values() for text in kind.values()]

    assert all(set(text) == {"nb", "en"} for text in texts)


@pytest.mark.parametrize(("number", "exp"), [(7, "flere"), (3, "færre")])
def test_things_that_are_counted_are_more_or_fewer(number, exp):
    assert compare.published(Value(number), Value(5)).amount["nb"] == exp


def test_what_is_not_there_has_no_amount():
    assert compare.published(Value(None), Value(5)).amount == {"nb": "", "en": ""}
