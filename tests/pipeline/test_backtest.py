"""Hold an edition to the results that were accepted last."""

import json

import pytest

from tilstand.edition import load_edition
from tilstand.errors import BuildError
from tilstand.pipeline.basis.contents import read_contents
from tilstand.pipeline.basis.environment import library_digest
from tilstand.pipeline.basis.inputs import inputs_of
from tilstand.pipeline.reproduce import backtest as bt

KEY = ("elevtall", "tabell", "Bærum; 2020", "Elever")
HEADER = "page,exhibit,row,column,value\n"


@pytest.mark.parametrize(
    ("before", "now", "exp"),
    [
        ({KEY: "1"}, {KEY: "1"}, []),
        ({KEY: "0.3333333333"}, {KEY: "0.3333333334"}, []),
        ({KEY: "1"}, {KEY: "1.001"}, ["elevtall: tabell: Bærum; 2020, Elever: 1 -> 1.001"]),
        ({}, {KEY: "2"}, ["elevtall: tabell: Bærum; 2020, Elever: new, 2"]),
        ({KEY: "2"}, {}, ["elevtall: tabell: Bærum; 2020, Elever: gone, 2"]),
        ({("a", "", "x", ""): "2"}, {("a", "", "x", ""): "3"}, ["a: x: 2 -> 3"]),
    ],
)
def test_every_number_that_moved_is_named(before, now, exp):
    assert [str(move) for move in bt.moves(before, now)] == exp


@pytest.fixture
def edition(tiny):
    return load_edition(tiny.project, tiny.register(), 2020)


@pytest.fixture
def site(tiny):
    """A site whose record says that it was made from today's code and data."""
    inputs = inputs_of(tiny.project, read_contents(tiny.project), 2020)
    said = {
        "library": {"sha256": library_digest()},
        "inputs": [one.entry() for one in inputs],
    }
    tiny.write("book/site/2020/nb/results.csv", HEADER + "elevtall,,pupils,,1727\n")
    tiny.write("book/site/2020/nb/record.json", json.dumps(said))
    return tiny


@pytest.fixture
def builds(monkeypatch):
    def build(project, words):
        path = project.site / "2020" / "nb" / "results.csv"
        path.parent.mkdir(parents=True)
        path.write_text(HEADER + "elevtall,,pupils,,1800\n", encoding="utf-8")

    monkeypatch.setattr(bt, "run_build", build)


def quiet(_line: str) -> None:
    pass


def test_without_stored_results_the_way_to_keep_some_is_told(tiny, edition):
    with pytest.raises(BuildError, match=r"data/results/2020.csv: no results yet.*--accept"):
        bt.backtest(tiny.project, edition, quiet)


def test_accepted_results_hold(site, edition):
    assert bt.backtest(site.project, edition, quiet, accept=True) == []
    assert bt.backtest(site.project, edition, quiet) == []


def test_changed_data_are_built_and_compared_though_the_site_is_old(site, edition, builds):
    bt.backtest(site.project, edition, quiet, accept=True)
    site.write_figures({"value": "1800"})
    got = [str(move) for move in bt.backtest(site.project, edition, quiet)]
    assert got == ["elevtall: pupils: 1727 -> 1800"]


def test_accepting_says_what_moved_and_keeps_it(site, edition, builds):
    bt.backtest(site.project, edition, quiet, accept=True)
    site.write_figures({"value": "1800"})
    assert len(bt.backtest(site.project, edition, quiet, accept=True)) == 1
    assert bt.backtest(site.project, edition, quiet) == []


def test_site_of_other_code_is_not_of_today(site, edition):
    path = site.project.site / "2020" / "nb"
    assert bt.is_of_today(site.project, edition, path)
    said = json.loads((path / "record.json").read_text(encoding="utf-8"))
    said["library"]["sha256"] = "0"
    (path / "record.json").write_text(json.dumps(said), encoding="utf-8")
    assert not bt.is_of_today(site.project, edition, path)


def test_stored_results_are_no_input_of_an_edition(site, edition):
    bt.backtest(site.project, edition, quiet, accept=True)
    inputs = inputs_of(site.project, read_contents(site.project), 2020)
    assert [one.name for one in inputs if "results" in one.name] == []
