"""Say in the titles of one school's page what its numbers show, all schools seen together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis.school_measures import ABOUT, OVER, UNDER
from tilstand.report import wording
from tilstand.report.chapters.pupils.pupil_titles import (
    NAMED,
    Phrases,
    finding,
    subjects_named,
    tests_named,
    with_certainty,
)
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.report.chapters.pupils.shown import PupilBook

    Named = Callable[[PupilBook, pd.DataFrame, pd.DataFrame], str]

SIDES = {OVER: 1, UNDER: -1}


def apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Make sides and certainty of verdicts, which hold for all schools together.

    Parameters
    ----------
    rows : DataFrame
        With ``verdict``: over, about, under, or blank where hidden.

    Returns
    -------
    DataFrame
        The rows that are shown, with ``side`` and ``certainty``.
    """
    shown = rows[rows["verdict"].isin([OVER, ABOUT, UNDER])]
    told = shown["verdict"].isin(list(SIDES))
    return shown.assign(
        side=shown["verdict"].map(SIDES).fillna(1).astype(int),
        certainty=np.where(told, "clear", "chance"),
    )


def beside_the_rest(
    book: PupilBook, rows: pd.DataFrame, what: str, named: Named = tests_named
) -> str:
    """Say which of a school's means are above or below the rest of the municipality's.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``grade, subject, verdict``.
    what : str
        What the numbers are, in the page's language.
    named : callable
        Names what something holds for: `pupil_titles.tests_named` or `indexes_named`.

    Returns
    -------
    str
        The finding and what it is about; the latter alone where all is hidden.
    """
    pick, told = book.page.pick, apart(rows)
    if told.empty:
        return wording.sentence(what)
    parts = []
    for side, (nb, en) in ((1, ("over", "above")), (-1, ("under", "below"))):
        chosen = told[(told["certainty"] == "clear") & (told["side"] == side)]
        if len(chosen):
            names = named(book, chosen, told)
            parts.append(
                pick(
                    nb=f"{nb} resten av kommunen i {names}",
                    en=f"{en} the rest of the municipality in {names}",
                )
            )
    even = pick(
        nb="ingen tydelige forskjeller fra resten av kommunen",
        en="no clear differences from the rest of the municipality",
    )
    return f"{wording.sentence(what)}: {'; '.join(parts) or even}"


def indexes_named(book: PupilBook, chosen: pd.DataFrame, every: pd.DataFrame) -> str:
    """Name indexes of the survey, or say how many of how many where they are too many."""
    if len(chosen) <= NAMED:
        return wording.listing([*map(book.subject, chosen["subject"])], book.page.language)
    return book.page.pick(
        nb=f"{len(chosen)} av {len(every)} indekser", en=f"{len(chosen)} of {len(every)} indexes"
    )


def counted(book: PupilBook, rows: pd.DataFrame, what: str) -> str:
    """Say how many of a school's numbers can be distinguished from the rest of the municipality's.

    Parameters
    ----------
    book : PupilBook
        Gives the language.
    rows : DataFrame
        With ``verdict``.
    what : str
        What the numbers are, in the page's language.
    """
    pick, told, language = book.page.pick, apart(rows), book.page.language
    if told.empty:
        return wording.sentence(what)
    clear = int((told["certainty"] == "clear").sum())
    found, several = (write_number(number, 0, language) for number in (clear, len(told)))
    if clear and len(told) == 1 < len(rows):
        return pick(
            nb=f"{wording.sentence(what)}: det ene tallet vi kan vise, skiller seg tydelig fra "
            "resten av kommunen",
            en=f"{wording.sentence(what)}: the one number we can show differs clearly from the "
            "rest of the municipality",
        )
    if clear and len(told) == 1:
        side = pick(nb="over", en="above") if told["side"].iloc[0] > 0 else ""
        side = side or pick(nb="under", en="below")
        return pick(
            nb=f"{wording.sentence(what)}: {side} resten av kommunen",
            en=f"{wording.sentence(what)}: {side} the rest of the municipality",
        )
    if clear:
        return pick(
            nb=f"{wording.sentence(what)}: {found} av {several} tall skiller seg tydelig fra "
            "resten av kommunen",
            en=f"{wording.sentence(what)}: {found} of {several} numbers differ clearly from the "
            "rest of the municipality",
        )
    return pick(
        nb=f"{wording.sentence(what)}: ingen tydelige forskjeller fra resten av kommunen",
        en=f"{wording.sentence(what)}: no clear differences from the rest of the municipality",
    )


def levels_title(book: PupilBook, rows: pd.DataFrame, grade: str) -> str:
    """Say where a school has more or fewer on the ends of the scale than the municipality.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        The school's ``kind`` (lowest_level or highest_level), ``subject`` and ``verdict`` of one
        grade, of the subjects that the figure shows.
    grade : str
        The grade.
    """
    pick, told, name = book.page.pick, apart(rows), book.grade(grade)
    parts = []
    ends = {
        "lowest_level": pick(nb="på laveste nivå", en="at the lowest level"),
        "highest_level": pick(nb="på høyeste nivå", en="at the highest level"),
    }
    for kind, end in ends.items():
        of_kind = told[told["kind"] == kind]
        for side, (nb, en) in ((1, ("flere", "more")), (-1, ("færre", "fewer"))):
            chosen = of_kind[(of_kind["certainty"] == "clear") & (of_kind["side"] == side)]
            if len(chosen):
                names, word = subjects_named(book, chosen, of_kind), pick(nb=nb, en=en)
                parts.append(pick(nb=f"{word} {end} i {names}", en=f"{word} {end} in {names}"))
    if parts:
        said = wording.sentence("; ".join(parts))
        return pick(
            nb=f"{said} enn i resten av kommunen på {name}"
            if len(parts) == 1
            else f"Mot resten av kommunen på {name}: {'; '.join(parts)}",
            en=f"{said} than in the rest of the municipality in {name}"
            if len(parts) == 1
            else f"Beside the rest of the municipality in {name}: {'; '.join(parts)}",
        )
    if told.empty:
        return pick(
            nb=f"Nivåene på {name}, skolen og kommunen",
            en=f"The levels in {name}, the school and the municipality",
        )
    return pick(
        nb=f"Nivåene på {name}: ingen tydelige forskjeller fra resten av kommunen",
        en=f"The levels in {name}: no clear differences from the rest of the municipality",
    )


def development_title(book: PupilBook, found: pd.DataFrame, grade: str) -> str:
    """Say whether a school has come nearer to or further from the municipality.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    found : DataFrame
        The school's rows of `school_moves.moved`.
    grade : str
        The grade.
    """
    pick, name = book.page.pick, book.grade(grade)
    same = found["first"].nunique() == 1
    since = int(found["first"].min()) if len(found) else 0
    when = pick(nb=f"enn i {since}", en=f"than in {since}") if same else ""
    when = when or pick(nb="enn første år", en="than in the first year")
    phrases = Phrases(
        over=pick(
            nb=f"høyere {when} i {{}} på {name}, målt mot kommunen",
            en=f"higher {when} in {{}} in {name}, beside the municipality",
        ),
        under=pick(
            nb=f"lavere {when} i {{}} på {name}, målt mot kommunen",
            en=f"lower {when} in {{}} in {name}, beside the municipality",
        ),
        even=pick(
            nb=f"Ingen tydelig endring i avstanden til kommunen på {name}",
            en=f"No clear change in the distance from the municipality in {name}",
        ),
    )
    return finding(book.page.language, found, phrases, partial(subjects_named, book, every=found))


def contribution_title(book: PupilBook, rows: pd.DataFrame) -> str:
    """Say which of a school's contributions can be distinguished from the average school's.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``grade, subject`` and the contribution with its interval, scale points.
    """
    pick, told = book.page.pick, with_certainty(rows)
    # What the page says of them knows two answers, and so does the title: no signs.
    told["certainty"] = told["certainty"].where(told["certainty"] == "clear", "chance")
    phrases = Phrases(
        over=pick(
            nb="høyere bidrag enn gjennomsnittsskolen i {}",
            en="higher contribution than the average school in {}",
        ),
        under=pick(
            nb="lavere bidrag enn gjennomsnittsskolen i {}",
            en="lower contribution than the average school in {}",
        ),
        even=pick(
            nb="Skolebidraget kan ikke skilles fra gjennomsnittsskolens",
            en="The contribution cannot be distinguished from the average school’s",
        ),
    )
    return finding(book.page.language, told, phrases, partial(tests_named, book, every=told))
