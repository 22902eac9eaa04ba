"""Choose what an edition says first, and what it leaves to be discussed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tilstand.report import wording
from tilstand.report.chapters.summary.chosen import has_chosen, list_chosen
from tilstand.report.chapters.summary.findings import answer
from tilstand.report.page import exhibits

if TYPE_CHECKING:
    from collections.abc import Container

    from tilstand.report.chapters.summary.findings import Finding
    from tilstand.report.chapters.summary.question import Question
    from tilstand.report.page.page import Page

MOST = 5
ORDER = ("clear", "sign", "unknown", "chance")
#: What the law asks the council to hear of first: learning environment, results, completion.
THEMES = {
    "elevundersokelsen": 0,
    "laeringsmiljo": 0,
    "fravar": 0,
    "nasjonale-prover": 1,
    "nasjonale-prover-skoler": 1,
    "kommunebidrag": 1,
    "karakterer": 1,
    "gjennomforing": 2,
}
NAMED, REST = len(set(THEMES.values())), len(set(THEMES.values())) + 1
ASKED = {
    "nb": {
        "before": "Hva ligger bak endringen, og hva kan kommunen gjøre med den?",
        "unsure": "Er det en varig endring, og hva ligger i så fall bak?",
        "nation": "Hvorfor er det annerledes her, og er det slik kommunen vil ha det?",
        "cohort": "Hva har kullet møtt på veien fra 5. til 8. trinn?",
    },
    "en": {
        "before": "What lies behind the change, and what can the municipality do about it?",
        "unsure": "Is the change lasting, and if so, what lies behind it?",
        "nation": "Why is it different here, and is that as the municipality wants it?",
        "cohort": "What did the cohort meet on its way from grade 5 to grade 8?",
    },
}


def choose(
    found: list[Finding], most: int = MOST, challenges: Container[str] = ()
) -> list[Finding]:
    """Choose the findings that an edition opens with.

    Parameters
    ----------
    found : list of Finding
        All answers, in the order of the questions.
    most : int
        How many at most.
    challenges : container of str
        Chapters in which the owner itself sees a challenge.

    Returns
    -------
    list of Finding
        What is more than chance first; of that what weighs most: the themes of the law, then
        what the owner sees as challenges, then the rest; of equal weight the surest, then the
        largest. One a theme (a chapter, if the question names none), so that none fills the
        page.
    """

    def rank(one: Finding) -> tuple[bool, int, int, float]:
        chapter = one.question.chapter
        weight = THEMES.get(chapter, NAMED if chapter in challenges else REST)
        return one.certainty == "chance", weight, ORDER.index(one.certainty), -one.size

    ranked = sorted(found, key=rank)
    chosen: dict[str, Finding] = {}
    for finding in ranked:
        chosen.setdefault(finding.question.theme or finding.question.chapter, finding)
    return list(chosen.values())[:most]


def list_headlines(page: Page, questions: list[Question], most: int = MOST) -> None:
    """Show the findings that an edition opens with: its own, or those that weigh most.

    Parameters
    ----------
    page : Page
        The page.
    questions : list of Question
        What to ask.
    most : int
        How many at most.
    """
    if has_chosen(page):
        list_chosen(page)
        return
    challenges = set(page.statements("", "challenge")["chapter"])
    chosen = choose(_answers(page, questions), most, challenges)
    items = [_headline(page, finding) for finding in chosen]
    if items:
        exhibits.show_block(f'<ol class="headlines">{"".join(items)}</ol>')


def list_discussion(page: Page, questions: list[Question], most: int = 3) -> None:
    """Show what the numbers leave to be discussed: what to watch first, then what differs.

    Parameters
    ----------
    page : Page
        The page.
    questions : list of Question
        What to ask.
    most : int
        How many at most.
    """
    found = _answers(page, questions)
    watch = [finding for finding in found if finding.kind == "watch"]
    rest = [finding for finding in found if finding.kind in ("changed", "differs")]
    challenges = set(page.statements("", "challenge")["chapter"])
    chosen = choose(watch, most, challenges)
    taken = {finding.question.chapter for finding in chosen}
    left = [one for one in rest if one.question.chapter not in taken]
    chosen += choose(left, most, challenges)
    items = [_question(page, finding) for finding in chosen[:most]]
    if items:
        exhibits.show_block(f'<ul class="discussion">{"".join(items)}</ul>')


def _answers(page: Page, questions: list[Question]) -> list[Finding]:
    """Answer the questions that the edition has an answer to."""
    return [found for question in questions if (found := answer(page, question))]


def _headline(page: Page, finding: Finding) -> str:
    counted = page.register.indicators[finding.question.indicator].unit == "count"
    known = finding.certainty != "unknown" or not counted
    certainty = wording.word(
        f"certainty_{finding.certainty}" if known else "certainty_counted", page.language
    )
    return (
        f'<li><a href="{finding.question.chapter}.html">{escape(finding.name)}</a>: '
        f"<span>{finding.numbers}.</span> "
        f'<span class="certainty certainty-{finding.certainty}">{escape(certainty)}</span></li>'
    )


def _question(page: Page, finding: Finding) -> str:
    against = finding.question.against
    unsure = against == "before" and finding.certainty == "unknown"
    asked = ASKED[page.language]["unsure" if unsure else against]
    return f"<li><strong>{escape(finding.name)}</strong>: {finding.numbers}. {escape(asked)}</li>"
