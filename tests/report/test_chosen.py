"""Try what an edition chooses to open its book with."""

import pytest

from tilstand.edition.summary import checked_summary
from tilstand.errors import DataError
from tilstand.report import open_page
from tilstand.report.chapters.summary import chosen
from tilstand.report.chapters.summary.owner_questions import show_owner_questions
from tilstand.report.page.exhibits import BLOCK, EXHIBIT


@pytest.mark.parametrize(
    ("said", "exp"),
    [
        ([], "summary: '[]', expected a table"),
        ({"finding": []}, "summary: 'finding' is no key here; did you mean 'findings'?"),
        ({"nb": "A"}, "summary: expected its sentence in nb and en"),
        ({"findings": "a"}, "summary.findings: 'a', expected tables"),
        ({"findings": [{"measure": "m"}]}, "summary.findings:1: expected a statement"),
        (
            {"findings": [{"statement": "s", "x": "y"}]},
            "summary.findings:1: 'x' is no key here; expected one of",
        ),
        ({"findings": [{"nb": " ", "en": "a"}]}, "summary.findings:1:nb: '', expected words"),
        ({"nb": "", "en": "a"}, "summary: a sentence is blank"),
        (
            {"charts": [{"form": "pie"}]},
            "summary.charts:1: form 'pie', expected one of lines, bars",
        ),
    ],
)
def test_a_broken_summary_is_a_line(said, exp):
    faults = []
    checked_summary(said, "2020.toml", faults)
    assert any(exp in line for line in faults), faults


def test_no_summary_is_no_fault():
    faults = []
    assert checked_summary(None, "2020.toml", faults).findings == []
    assert faults == []


def test_a_summary_can_be_kept_by(repo):
    assert isinstance(hash(open_page(2020, "nb", repo).edition), int)


@pytest.mark.parametrize("edition", [2010, 2020])
def test_the_edition_s_findings_and_charts_are_shown(repo, shown, edition):
    page = open_page(edition, "nb", repo)
    chosen.list_chosen(page)
    chosen.show_charts(page)
    assert shown[0][BLOCK]["html"].count("<li>") == len(page.edition.summary.findings) >= 8
    assert [EXHIBIT in one for one in shown[1:]] == [True] * 3


def test_a_statement_that_is_not_known_is_a_line(repo, shown):
    with pytest.raises(DataError, match=r"data/editions/2020.toml:summary: no statement 'nope'"):
        chosen._item(open_page(2020, "nb", repo), {"statement": "nope"})


def test_a_measure_that_is_not_known_is_a_line(repo, shown):
    with pytest.raises(DataError, match="no measure 'nope'"):
        chosen._item(open_page(2020, "nb", repo), {"nb": "A", "en": "A", "measure": "nope"})


@pytest.mark.parametrize(
    ("edition", "exp"),
    [
        (
            2020,
            [
                "oppfolging.html#tab-neste",
                "oppfolging.html#tab-maal",
                "oppfolging.html#tab-virkning",
                "nasjonale-prover.html#u-sr-np5-gender",
                "konklusjoner.html",
                "tiltak.html#tab-navn-school",
            ],
        ),
        (
            2010,
            [
                "oppfolging.html#tab-neste",
                "oppfolging.html#tab-egne-maal",
                "nasjonale-prover.html#u-sm-kjonn",
                "konklusjoner.html",
            ],
        ),
    ],
)
def test_the_readers_questions_lead_to_the_answers(repo, shown, edition, exp):
    show_owner_questions(open_page(edition, "nb", repo))
    html = shown[0][BLOCK]["html"]
    assert [href for href in exp if f'href="{href}"' not in html] == []
