import pandas as pd
import pytest

from tilstand import contracts
from tilstand.sources.derived import derive, read_rules

RULE = {
    "indicator": "share",
    "numerator": "part",
    "denominator": "whole",
    "factor": "100",
    "decimals": "1",
    "counted": "yes",
}


def figures(*rows):
    names = ["indicator", "value", "status", "unit"]
    table = pd.DataFrame(rows, columns=names).assign(year="2025", level="school", source="s")
    return table.reindex(columns=contracts.FIGURE_COLUMNS, fill_value="")


def test_a_share_is_printed_with_its_decimals_and_has_the_whole_as_n():
    got = derive(figures(("part", "15", "ok", "a"), ("whole", "351", "ok", "a")), [RULE])
    assert got[["value", "n", "status", "mark"]].to_numpy().tolist() == [
        ["4.3", "351", "ok", "inferred"]
    ]


@pytest.mark.parametrize(
    ("part", "whole", "exp"),
    [
        (("", "suppressed"), ("30", "ok"), "suppressed"),
        (("3", "ok"), ("", "missing"), "missing"),
        (("0", "ok"), ("0", "ok"), "not_applicable"),
        (("3", "provisional"), ("30", "ok"), "provisional"),
        (("", "missing"), ("", "suppressed"), "suppressed"),
    ],
)
def test_what_is_hidden_in_a_part_is_hidden_in_the_share(part, whole, exp):
    got = derive(figures(("part", *part, "a"), ("whole", *whole, "a")), [RULE])
    assert got["status"].tolist() == [exp]
    assert (got["value"].item() == "") == (exp != "provisional")


def test_zero_of_some_is_a_zero():
    got = derive(figures(("part", "0", "ok", "a"), ("whole", "30", "ok", "a")), [RULE])
    assert got["value"].tolist() == ["0.0"]


def test_units_are_not_mixed():
    got = derive(figures(("part", "3", "ok", "a"), ("whole", "30", "ok", "b")), [RULE])
    assert got.empty


def test_nothing_comes_of_nothing():
    assert derive(figures(), [RULE]).empty
    assert derive(figures(("part", "3", "ok", "a")), []).empty


def test_the_registers_rules_make_indicators_of_indicators(repo, repo_register):
    rules = read_rules(repo.register)
    got = {rule[name] for rule in rules for name in ("indicator", "numerator", "denominator")}
    assert rules
    assert got <= set(repo_register.indicators)
    decimals = {rule["indicator"]: int(rule["decimals"]) for rule in rules}
    assert decimals == {name: repo_register.indicators[name].decimals for name in decimals}
