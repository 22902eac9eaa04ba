"""The reference and the examples of the estimator, as pages of the book."""

import re

import pytest
from bs4 import BeautifulSoup

from tilstand import value_added
from tilstand.report.chapters.contribution import reference
from tilstand.report.page import exhibits


@pytest.fixture
def shown(monkeypatch):
    blocks = []
    monkeypatch.setattr(exhibits, "show_block", blocks.append)
    return blocks


def test_every_public_name_stands_in_one_group():
    named = [name for group in reference.GROUPS.values() for name in group]

    assert sorted(named) == sorted(value_added.__all__)


@pytest.mark.parametrize("group", reference.GROUPS)
def test_each_name_has_its_signature_and_its_words(shown, group):
    reference.show_group(group)
    page = BeautifulSoup(shown[0], "html.parser")
    tops = page.select(".api > details")

    assert [one.summary.code.get_text() for one in tops] == list(reference.GROUPS[group])
    for one in page.select("details"):
        assert one.summary.get_text().removeprefix(one.summary.code.get_text()).strip()
    assert "system-message" not in shown[0]
    assert " at 0x" not in shown[0]


def test_methods_stand_with_their_class(shown):
    reference.show_group("models")

    for name in ("from_formula", "fit", "calibrated"):
        assert f"LayeredIntercept.{name}" in shown[0]
    for name in ("school_effects", "t_test", "plot_cohorts", "to_r", "certify", "save"):
        assert f"LayeredResults.{name}" in shown[0]


def test_reference_is_the_same_bytes_twice(shown):
    for _ in range(2):
        reference._html.cache_clear()
        reference.show_group("schools")

    assert shown[0] == shown[1]


@pytest.mark.parametrize("number", range(6))
def test_examples_are_those_that_the_tests_run(shown, number):
    reference.show_example(number)
    code = BeautifulSoup(shown[0], "html.parser").get_text()
    text = reference._EXAMPLES.read_text(encoding="utf-8")

    assert code.startswith(">>>")
    for line in code.splitlines():
        assert f"    {line}\n" in text
    assert re.search(r"va\.|import", code)
