"""Answer what readers ask of the municipality's own documents, each with a link to the answer."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from tilstand.report import wording
from tilstand.report.chapters.follow_up.conclusions import Conclusions
from tilstand.report.chapters.follow_up.goals import FollowUp
from tilstand.report.chapters.follow_up.named import named
from tilstand.report.page import documents, exhibits
from tilstand.report.page.blocks import number_html, statement_anchor
from tilstand.report.spoken import spoken

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

FIRST = 3  # plans that are named on the start page
#: What the documents say of girls and boys, the first that an edition has.
SEXES = ("sr-np5-gender", "sm-kjonn")
BULLYING = ("sr-bullying-duty", "sr-digital-trend")


def show_owner_questions(page: Page) -> None:
    """Show the questions and answers; nothing in an edition without documents of its own.

    Each answer follows from what the edition has: a question without one is left out.
    """
    follow = FollowUp(page)
    asked = (_planned, _goals, _effects, _sexes, _bullying, _concluded, _schools)
    answers = [answer for ask in asked if (answer := ask(page, follow))]
    if answers:
        exhibits.show_block(f'<div class="questions">{"".join(answers)}</div>')


def _answer(page: Page, nb: str, en: str, href: str, text: str) -> str:
    asked = escape(page.pick(nb, en))
    return f'<p><strong><a href="{href}">{asked}</a></strong> {text}</p>'


def _count(page: Page, number: int, *, begins: bool = False) -> str:
    counted = documents.counted(number)
    said = spoken(counted.text(page.language), page.language, "" if begins else " ", " ")
    return number_html(said, number, 0, counted.recipe, [])


def _said(text: str) -> str:
    """Write words from the documents, whose digits are theirs."""
    return (
        f'<span class="from-data">{escape(text)}</span>' if re.search(r"\d", text) else escape(text)
    )


def _planned(page: Page, follow: FollowUp) -> str:
    found = follow.promises()
    if found.empty:
        return ""
    first = [
        f"{row[f'title_{page.language}']} ({row['due']})"
        for row in found.head(FIRST).to_dict("records")
    ]
    plans, dated = _count(page, len(found), begins=True), _count(page, follow.dated(found))
    text = page.pick(
        nb=f"{plans} planer, {dated} tidfestet, blant dem: ",
        en=f"{plans} plans, {dated} with a date, among them: ",
    )
    return _answer(
        page,
        "Hva er planlagt videre, og når?",
        "What is planned next, by when?",
        "oppfolging.html#tab-neste",
        f"{text}{_said('; '.join(first))}.",
    )


def _goals(page: Page, follow: FollowUp) -> str:
    earlier = follow.goals(*follow.sources(earlier=True))
    if earlier.empty:
        own = follow.first_goals()
        if own.empty:
            return ""
        goals = int((own["kind"] == "goal").sum())
        set_out = _count(page, goals, begins=True)
        advised = _count(page, len(own) - goals)
        text = page.pick(
            nb=f"{set_out} mål og {advised} anbefalinger. De står med frist der de har en.",
            en=f"{set_out} goals and {advised} recommendations, with a date where they have one.",
        )
        where = "oppfolging.html#tab-egne-maal"
        return _answer(page, "Hva er målene?", "What are the goals?", where, text)
    told, paper = follow.told(earlier), follow.titles(earlier=True) or ""
    heard, all_of_them = _count(page, told), _count(page, len(earlier))
    text = page.pick(
        nb=f"Senere dokumenter forteller om {heard} av {all_of_them} mål og anbefalinger i "
        f"{_said(paper)}.",
        en=f"Later documents say what happened to {heard} of {all_of_them} goals and "
        f"recommendations of {_said(paper)}.",
    )
    where = "oppfolging.html#tab-maal"
    return _answer(page, "Hva ble det av målene?", "What happened to the goals?", where, text)


def _effects(page: Page, follow: FollowUp) -> str:
    tried = follow.tried()
    if tried.empty:
        return ""
    fates = follow.fates(tried)
    found = list(fates.loc[fates["state_code"] == "effect", "title"])
    names = wording.listing(
        [f"«{name}»" if page.language == "nb" else f"“{name}”" for name in found], page.language
    )
    rest = _count(page, len(fates) - len(found))
    text = page.pick(
        nb=f"Forskere har funnet bedre resultater i {_said(names)}. For {rest} andre vet vi bare "
        "hva deltakere eller kommunen sier.",
        en=f"Researchers have found better results in {_said(names)}. For {rest} others we only "
        "know what participants or the municipality say.",
    )
    return _answer(
        page,
        "Hvilke tiltak har vist virkning?",
        "Which measures have shown an effect?",
        "oppfolging.html#tab-virkning",
        text,
    )


def _sexes(page: Page, follow: FollowUp) -> str:
    found = follow.named([*SEXES, "sr-grunnskolepoeng-gender"])
    found = found[found["edition"] == str(page.year)]
    if found.empty:
        return ""
    first = found[found["id"].isin(SEXES)].iloc[0]
    points = found[found["id"] == "sr-grunnskolepoeng-gender"]
    text = _said(first[f"text_{page.language}"])
    if not points.empty:
        text += f" {_said(points.iloc[0][f'title_{page.language}'])}."
    return _answer(
        page,
        "Hvordan skiller jenter og gutter seg?",
        "How do girls and boys differ?",
        f"{first['chapter']}.html#{statement_anchor(first['id'])}",
        text,
    )


def _bullying(page: Page, follow: FollowUp) -> str:
    found = follow.named(BULLYING)
    found = found[found["edition"] == str(page.year)]
    if found.empty:
        return ""
    said = " ".join(found[f"text_{page.language}"])
    begin = page.pick(nb="Med kommunens egne vurderinger: ", en="In the municipality’s own words: ")
    return _answer(
        page,
        "Hva sier kommunen om retningen for mobbing?",
        "What does the municipality say about the trend in bullying?",
        f"elevundersokelsen.html#{statement_anchor(found.iloc[0]['id'])}",
        f"{begin}{_said(said)}",
    )


def _concluded(page: Page, follow: FollowUp) -> str:
    del follow
    said = Conclusions(page)
    if said.challenges.empty:
        return ""
    text = page.pick(
        nb=f"Den ser {_count(page, len(said.challenges))} utfordringer og gir "
        f"{_count(page, len(said.ahead))} mål, planer og anbefalinger. De står samlet.",
        en=f"It sees {_count(page, len(said.challenges))} challenges and gives "
        f"{_count(page, len(said.ahead))} goals, plans and recommendations, all on one page.",
    )
    return _answer(
        page,
        "Hva konkluderte kommunen selv?",
        "What did the municipality itself conclude?",
        "konklusjoner.html",
        text,
    )


def _schools(page: Page, follow: FollowUp) -> str:
    del follow
    found = named(page, "school")
    if found.empty:
        return ""
    count = _count(page, len(found), begins=True)
    text = page.pick(
        nb=f"{count} skoler er nevnt ved navn. Der står det dokumentene sier om hver.",
        en=f"{count} schools are mentioned by name, with what the documents say about each.",
    )
    where = f"{found['chapter'].iloc[0]}.html#tab-navn-school"
    return _answer(page, "Hvor er skolen min?", "Where is my school?", where, text)
