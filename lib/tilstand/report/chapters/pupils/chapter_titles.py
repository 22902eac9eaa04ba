"""Say what each figure of the chapters on pupils shows, one function a figure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.certainty import gap
from tilstand.analysis.proportions import share_against_reference
from tilstand.analysis.table_forms import LEVELS
from tilstand.report import wording
from tilstand.report.chapters.pupils.pupil_titles import (
    Phrases,
    finding,
    subjects_named,
    tests_named,
    with_certainty,
)
from tilstand.report.numbers import write_number

if TYPE_CHECKING:
    from tilstand.report.chapters.pupils.shown import PupilBook
    from tilstand.report.page.page import Page

ENDS = ["value", "low", "high"]
EVEN = {"side": 1, "certainty": "chance"}


def ends_title(book: PupilBook, rows: pd.DataFrame, grade: str) -> str:
    """Say whether more pupils of a grade are at the highest level than at the lowest.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``subject, result, percent, n`` of one grade; a level that nobody is on may be left out.
    grade : str
        The grade.

    Returns
    -------
    str
        The title. Of the pupils on either end, the share at the top is held against half: that
        is exact for two parts of one distribution.
    """
    pick, name = book.page.pick, book.grade(grade)
    found = pd.DataFrame(
        [
            {"subject": subject, **_more_at_the_top(part, str(LEVELS[int(grade)][-1]))}
            for subject, part in rows.groupby("subject", sort=False)
        ]
    )
    phrases = Phrases(
        over=pick(
            nb=f"flere på høyeste enn på laveste nivå på {name} i {{}}",
            en=f"more at the highest than at the lowest level in {name} in {{}}",
        ),
        under=pick(
            nb=f"færre på høyeste enn på laveste nivå på {name} i {{}}",
            en=f"fewer at the highest than at the lowest level in {name} in {{}}",
        ),
        even=pick(
            nb=f"Elevene på {name}: om flest er på høyeste eller laveste nivå, er ikke sikkert",
            en=f"Pupils in {name}: whether more are at the highest or the lowest level is not sure",
        ),
    )
    return finding(book.page.language, found, phrases, partial(subjects_named, book, every=found))


def _more_at_the_top(rows: pd.DataFrame, highest: str) -> dict[str, Any]:
    share = rows.set_index("result")["percent"].astype(float)
    n = float(rows["n"].iloc[0])
    top, bottom = (n * float(share.get(level, 0.0)) / 100 for level in (highest, "1"))
    if not top + bottom > 0:
        return EVEN
    told = share_against_reference(min(top, top + bottom), top + bottom, 50.0)
    return {"side": 1 if told.estimate > 0 else -1, "certainty": told.certainty}


def split_title(book: PupilBook, rows: pd.DataFrame) -> str:
    """Say which is larger, the difference between schools or that within them.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``grade, subject`` and the share between schools with its interval, per cent.
    """
    pick = book.page.pick
    phrases = Phrases(
        over=pick(
            nb="større forskjell mellom skolene enn mellom elever på samme skole i {}",
            en="more difference between schools than between pupils of one school in {}",
        ),
        under=pick(
            nb="større forskjell mellom elever på samme skole enn mellom skolene i {}",
            en="more difference between pupils of one school than between schools in {}",
        ),
        even=pick(
            nb="Forskjell mellom skoler og inne i dem: hva som er størst, er ikke sikkert",
            en="Difference between schools and within them: which is larger is not certain",
        ),
    )
    told = with_certainty(rows, reference=50.0)
    return finding(book.page.language, told, phrases, partial(tests_named, book, every=rows))


def cohorts_title(book: PupilBook, rows: pd.DataFrame) -> str:
    """Say which way the same pupils' results moved from grade 8 to grade 9.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``subject, year`` and the change with its interval, scale points.

    Returns
    -------
    str
        Of all cohorts where it holds for each of them, else of the last one.
    """
    pick, told = book.page.pick, with_certainty(rows)
    alike = told.groupby("subject")["side"].transform("nunique") == 1
    sure = told.groupby("subject")["certainty"].transform(lambda part: (part == "clear").all())
    years, last = told["year"].nunique(), told[told["year"] == told["year"].max()]
    everywhere = last[(alike & sure.astype(bool)).reindex(last.index)]
    when = pick(nb=" i siste kull", en=" in the last cohort") if years > 1 else ""
    if years > 1 and len(everywhere):
        last = everywhere
        when = pick(nb=" i alle kull", en=" in every cohort")
    phrases = Phrases(
        over=pick(
            nb=f"framgang fra 8. til 9. trinn i {{}}{when}",
            en=f"higher results in grade 9 than in grade 8 in {{}}{when}",
        ),
        under=pick(
            nb=f"tilbakegang fra 8. til 9. trinn i {{}}{when}",
            en=f"lower results in grade 9 than in grade 8 in {{}}{when}",
        ),
        even=pick(
            nb=f"Endringen fra 8. til 9. trinn{when} kan ikke skilles fra tilfeldigheter",
            en=f"The change from grade 8 to grade 9{when} could be due to chance",
        ),
    )
    return finding(book.page.language, last, phrases, partial(subjects_named, book, every=last))


def starts_title(book: PupilBook, rows: pd.DataFrame) -> str:
    """Say whether those who started lowest or highest moved most, and what chance makes of it.

    Parameters
    ----------
    book : PupilBook
        Gives language and names; whether the test's reliability is known.
    rows : DataFrame
        ``subject, start``, the change with its interval, what chance ``returned`` of it and what
        is left ``beyond``, scale points.

    Returns
    -------
    str
        The title. Where the lowest moved most, it says whether chance alone could explain that.
    """
    pick, language = book.page.pick, book.page.language
    found, beyond = [], []
    for subject, years in rows.groupby("subject", sort=False):
        part = years.sort_values("start", key=lambda codes: codes.astype(int))
        low, high = part.iloc[0], part.iloc[-1]
        if len(part) > 1:
            found.append({"subject": subject, **_apart(low, high)})
            beyond.append({"subject": subject, **_apart(*(_beyond(row) for row in (low, high)))})
    told, left = (pd.DataFrame(list_, columns=["subject", *EVEN]) for list_ in (found, beyond))
    phrases = Phrases(
        over=pick(
            nb="større framgang for dem som startet lavest, i {}",
            en="more progress for those who started lowest, in {}",
        ),
        under=pick(
            nb="større framgang for dem som startet høyest, i {}",
            en="more progress for those who started highest, in {}",
        ),
        even=pick(
            nb="Framgangen til dem som startet lavest og høyest, kan ikke skilles fra hverandre",
            en="The progress of those who started lowest and highest cannot be distinguished",
        ),
    )
    title = finding(language, told, phrases, partial(subjects_named, book, every=told))
    clear = told[told["certainty"] == "clear"]
    risen = clear[clear["side"] == 1].index
    if not len(risen) or len(risen) < len(clear):
        return title
    if book.reliability is None:
        return title + pick(
            nb="; hvor mye av det som er tilfeldigheter, er ikke kjent",
            en="; how much of it is chance is not known",
        )
    stays = (left.loc[risen, "certainty"] == "clear") & (left.loc[risen, "side"] == 1)
    if stays.any():
        return title + pick(nb="; noe av det er tilfeldig", en="; some of it is chance")
    return title + pick(
        nb="; tilfeldigheter alene kan forklare det", en="; chance alone can explain it"
    )


def _apart(first: pd.Series, second: pd.Series) -> dict[str, Any]:
    found = gap(_ends(first), _ends(second))
    if found is None:
        return EVEN
    return {"side": 1 if found.estimate > 0 else -1, "certainty": found.certainty}


def _ends(row: pd.Series) -> tuple[float, float, float]:
    value, low, high = (float(row[name]) for name in ENDS)
    return value, low, high


def _beyond(row: pd.Series) -> pd.Series:
    """Move a change and its interval by what chance returned."""
    return row[ENDS].astype(float) - float(row["returned"])


def sexes_title(book: PupilBook, rows: pd.DataFrame) -> str:
    """Say whether girls or boys moved most from grade 8 to grade 9.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``subject, gender`` and the change with its interval, scale points.
    """
    pick, found = book.page.pick, []
    for subject, part in rows.groupby("subject", sort=False):
        girls, boys = (part[part["gender"] == sex] for sex in ("female", "male"))
        if len(girls) and len(boys):
            found.append({"subject": subject, **_apart(girls.iloc[0], boys.iloc[0])})
    told = pd.DataFrame(found, columns=["subject", *EVEN])
    phrases = Phrases(
        over=pick(nb="større framgang for jentene i {}", en="more progress for the girls in {}"),
        under=pick(nb="større framgang for guttene i {}", en="more progress for the boys in {}"),
        even=pick(
            nb="Jenters og gutters framgang kan ikke skilles fra hverandre",
            en="Girls’ and boys’ progress cannot be distinguished",
        )
        if found
        else pick(nb="Endringen for jenter og gutter", en="The change for girls and boys"),
    )
    return finding(book.page.language, told, phrases, partial(subjects_named, book, every=told))


def gaps_title(book: PupilBook, rows: pd.DataFrame) -> str:
    """Say in which tests girls or boys have the higher mean.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``grade, subject`` and girls' mean less boys' with its interval, scale points.
    """
    told = with_certainty(rows)
    return finding(
        book.page.language,
        told,
        _leads(book.page, book.page.pick(nb=" i {}", en=" in {}")),
        partial(tests_named, book, every=told),
    )


def marks_title(book: PupilBook, rows: pd.DataFrame) -> str:
    """Say in which teacher-assessed marks and exams girls or boys have the higher mean.

    Parameters
    ----------
    book : PupilBook
        Gives language and names.
    rows : DataFrame
        ``subject, measure, label`` (final or exam, and its name) and girls' mean less boys' with
        its interval, marks.
    """

    def named(chosen: pd.DataFrame) -> str:
        language, link = book.page.language, book.page.pick(nb="i", en="in")
        parts = [
            f"{label} {link} {wording.listing([*map(book.subject, part['subject'])], language)}"
            for label, part in chosen.groupby("label", sort=False)
        ]
        return ", ".join(parts)

    told = with_certainty(rows).sort_values("measure", ascending=False, kind="stable")
    return finding(book.page.language, told, _leads(book.page, ": {}"), named)


def _leads(page: Page, where: str) -> Phrases:
    return Phrases(
        over=page.pick(nb="høyere snitt for jentene", en="higher means for the girls") + where,
        under=page.pick(nb="høyere snitt for guttene", en="higher means for the boys") + where,
        even=page.pick(
            nb="Forskjellen mellom jenter og gutter kan ikke skilles fra tilfeldigheter",
            en="The difference between girls and boys could be due to chance",
        ),
    )


def left_out_title(page: Page, rows: pd.DataFrame) -> str:
    """Say where the lowest level could lie in the test of which most is not known.

    Parameters
    ----------
    page : Page
        Gives the language.
    rows : DataFrame
        ``test`` and the bounds ``low`` and ``high``, per cent: what is possible, not likely.
    """
    wide = rows.iloc[int((rows["high"] - rows["low"]).argmax())]
    test = wide["test"]
    low, high = (write_number(float(wide[end]), 0, page.language) for end in ("low", "high"))
    if low == high:
        return page.pick(
            nb="Så å si alle tok prøvene: de som mangler, flytter ikke laveste nivå",
            en="Almost all sat the tests: those missing do not move the lowest level",
        )
    return page.pick(
        nb=f"Med alle regnet med kan {low} til {high} prosent være på laveste nivå i {test}",
        en=f"Counting everyone, {low} to {high} per cent may be at the lowest level in {test}",
    )
