"""Say in the title of a figure about pupils what its numbers show, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis.certainty import certainty_of
from tilstand.report import wording
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.page.page import Page

#: What stands before a phrase, by how sure it is.
SURELY = {
    "clear": {"nb": "tydelig", "en": "clearly"},
    "sign": {"nb": "tegn til", "en": "signs of"},
}
#: So many tests are named; of more than these, only how many they are.
NAMED = 4
#: More subjects than this in one grade are "all tests" where something holds for all of them.
FEW = 2


@dataclass(frozen=True)
class Phrases:
    """Hold how a finding is said, in one language; ``{}`` stands for what it holds for.

    Parameters
    ----------
    over, under : str
        What is said of those on either side, so that "tydelig" and "tegn til" ("clearly" and
        "signs of") can go before it.
    even : str
        What is said where neither side can be told.
    """

    over: str
    under: str
    even: str


def with_certainty(rows: pd.DataFrame, reference: float = 0.0) -> pd.DataFrame:
    """Add to estimates on which side of a reference they lie, and how surely.

    Parameters
    ----------
    rows : DataFrame
        ``value, low, high``; the ends are those of a 95 % interval.
    reference : float
        What they are held against, same unit.

    Returns
    -------
    DataFrame
        With ``side`` (1 or -1) and ``certainty`` (clear, sign or chance).
    """
    ends = zip(rows["value"], rows["low"], rows["high"], strict=True)
    certainty = [certainty_of(float(v), float(a), float(b), reference) for v, a, b in ends]
    return rows.assign(
        side=np.where(rows["value"].astype(float) > reference, 1, -1),
        certainty=pd.Series(certainty, index=rows.index, dtype=object),
    )


def finding(
    language: str,
    rows: pd.DataFrame,
    phrases: Phrases,
    named: Callable[[pd.DataFrame], str],
) -> str:
    """Say what is sure; where nothing is, what there are signs of; else that it is even.

    Parameters
    ----------
    language : {"nb", "en"}
        Language of the title.
    rows : DataFrame
        As `with_certainty` gives them.
    phrases : Phrases
        How it is said.
    named : callable
        Names the rows that something holds for.

    Returns
    -------
    str
        A title. Rows that chance may explain are never named beside those that it cannot.
    """
    for certainty, words in SURELY.items():
        parts = []
        for side, phrase in ((1, phrases.over), (-1, phrases.under)):
            chosen = rows[(rows["certainty"] == certainty) & (rows["side"] == side)]
            if len(chosen):
                parts.append(f"{words[language]} {phrase.format(named(chosen))}")
        if parts:
            return wording.sentence("; ".join(parts))
    return phrases.even


def tests_named(book: PupilBook, chosen: pd.DataFrame, every: pd.DataFrame) -> str:
    """Name tests, grade by grade: "engelsk og lesing på 5. trinn, regning på 8. og 9. trinn".

    Parameters
    ----------
    book : PupilBook
        Names subjects and grades.
    chosen, every : DataFrame
        ``grade, subject`` of the tests to name, and of all that the figure shows.

    Returns
    -------
    str
        "alle prøvene" where they are all of several; how many of how many where they are too
        many to name.
    """
    pick = book.page.pick
    if len(chosen) == len(every) > NAMED:
        return pick(nb="alle prøvene", en="every test")
    if len(chosen) > NAMED:
        return pick(
            nb=f"{len(chosen)} av {len(every)} prøver", en=f"{len(chosen)} of {len(every)} tests"
        )
    together: dict[str, list[str]] = {}
    for grade, part in chosen.groupby("grade", sort=False):
        subjects = wording.listing([*map(book.subject, part["subject"])], book.page.language)
        together.setdefault(subjects, []).append(str(grade))
    link, language = pick(nb="på", en="in"), book.page.language
    parts = [
        f"{subjects} {link} {grades_named(sorted(grades, key=int), language)}"
        for subjects, grades in together.items()
    ]
    return _joined(parts, language)


def _joined(parts: list[str], language: str) -> str:
    """Join what may itself be joined: a comma tells the last "and" from those within."""
    last = f" {wording.word('and', language)} "
    if len(parts) > 1 and any(last in part for part in parts):
        return f"{', '.join(parts[:-1])},{last}{parts[-1]}"
    return wording.listing(parts, language)


def grades_named(grades: list[str], language: str) -> str:
    """Name several grades at once: "8. og 9. trinn", "grades 8 and 9"."""
    if len(grades) == 1:
        return wording.grade_name(grades[0], language)
    if language == "nb":
        return f"{wording.listing([f'{grade}.' for grade in grades], language)} trinn"
    return f"grades {wording.listing(grades, language)}"


def subjects_named(book: PupilBook, chosen: pd.DataFrame, every: pd.DataFrame) -> str:
    """Name the subjects of tests of one grade: "engelsk og lesing"; all of three as such."""
    if len(chosen) == len(every) > FEW:
        return book.page.pick(nb="alle prøvene", en="every test")
    names = [*map(book.subject, chosen["subject"])]
    return wording.listing(list(dict.fromkeys(names)), book.page.language)


def schools_apart(page: Page, verdicts: pd.Series, about: str) -> str:
    """Say how many schools can be distinguished from the others; never which.

    Parameters
    ----------
    page : Page
        Gives the language.
    verdicts : Series of str
        over, about or under, a school a row: all schools have been looked at together.
    about : str
        What they are told apart in, in the page's language: "andelen på laveste nivå".

    Returns
    -------
    str
        The title.
    """
    apart, number = int(verdicts.isin(["over", "under"]).sum()), len(verdicts)
    several = write_number(number, 0, page.language)
    if not apart:
        return page.pick(
            nb=f"Ingen av {several} skoler kan skilles fra de andre i {about}",
            en=f"None of {several} schools can be distinguished from the others in {about}",
        )
    found = write_number(apart, 0, page.language)
    return page.pick(
        nb=f"{found} av {several} skoler kan skilles fra de andre i {about}",
        en=f"{found} of {several} schools can be distinguished from the others in {about}",
    )
