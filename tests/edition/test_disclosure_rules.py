import pytest

from tilstand.edition.disclosure_rules import DisclosureRules, checked_rules


def test_an_edition_that_says_nothing_has_the_defaults():
    faults = []
    assert checked_rules(None, "2020.toml", faults) == DisclosureRules()
    assert faults == []


def test_a_stricter_plain_rule_takes_the_strict_one_with_it():
    faults = []
    got = checked_rules({"min_count": 12}, "2020.toml", faults)
    assert (got.min_count, got.strict_min_count, faults) == (12, 12, [])


@pytest.mark.parametrize(
    ("said", "exp"),
    [
        (3, "2020.toml:disclosure: '3', expected a table [disclosure]"),
        (
            {"min_count": 1},
            "2020.toml:disclosure.min_count: '1', expected a whole number, 2 or more",
        ),
        ({"width": "3"}, "2020.toml:disclosure.width: '3', expected a whole number, 1 or more"),
        ({"whole_group": 1}, "2020.toml:disclosure.whole_group: '1', expected true or false"),
        ({"mean_width": 0}, "2020.toml:disclosure.mean_width: '0', expected a number above 0 and"),
        (
            {"mincount": 5},
            "2020.toml:disclosure: 'mincount' is no key here; did you mean 'min_count'?",
        ),
        (
            {"strict_min_n": 5},
            "2020.toml:disclosure.strict_min_n: '5', expected 10 or more: at least as strict",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_told_in_a_line(said, exp):
    faults = []
    checked_rules(said, "2020.toml", faults)
    assert len(faults) == 1
    assert faults[0].startswith(exp)
