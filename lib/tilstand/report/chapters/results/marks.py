"""Set exam marks beside teacher-assessed marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report.chapters.open.told import is_open, own_rows
from tilstand.report.page.across import source_of
from tilstand.report.page.groups import name_of
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.numbers import Value
    from tilstand.report.page.page import Page

EXAM, TEACHER, NATION = "exam_mark", "teacher_mark", "norge"
SUBJECTS = ["norwegian_main", "norwegian_second", "mathematics", "english"]


def _marks(page: Page, subject: str, place: str = "") -> tuple[Value, Value]:
    """Return teacher and exam mark of a year that has both: the edition's own in documents."""
    given, exam = (page.series(one, place, grade="10", subject=subject) for one in (TEACHER, EXAM))
    both = set(given.years) & set(exam.years) if is_open(page, EXAM) else set()
    year = max(both, default=page.year)
    return given.at(year), exam.at(year)


def lead(page: Page, subject: str, place: str = "") -> Value:
    """Return how much higher the teacher-assessed mark is than the exam mark."""
    given, exam = _marks(page, subject, place)
    return given - exam


def leads(page: Page) -> pd.DataFrame:
    """Return teacher-assessed mark, exam mark and their distance, one line a subject.

    Returns
    -------
    pandas.DataFrame
        ``subject``, ``label``, ``given``, ``exam``, ``own`` and ``nation`` (the distances);
        empty where the edition has no exam marks.
    """
    open_subjects = list(dict.fromkeys(own_rows(page, EXAM)["subject"]))
    rows = []
    for subject in dict.fromkeys([*SUBJECTS, *open_subjects]):
        own, nation = lead(page, subject), lead(page, subject, NATION)
        if own.missing or (nation.missing and not open_subjects):
            continue
        given, exam = (float(value) for value in _marks(page, subject))
        label = name_of(page, "category", subject)
        marks = {"given": given, "exam": exam, "own": float(own), "nation": float(nation)}
        rows.append({"subject": subject, "label": label, **marks})
    return pd.DataFrame(rows)


def show_leads(page: Page) -> None:
    """Show how far the teacher-assessed mark is above the exam mark, and both where open."""
    frame = leads(page)
    if frame.empty:
        return
    pick, nation = page.pick, page.register.name(NATION, page.year, page.language)
    found = list(frame.pop("subject"))
    origin = [page.rows(one, grade="10", subject=found) for one in (TEACHER, EXAM)]
    origin = [rows[rows["year"] == rows["year"].max()] for rows in origin]
    frame = frame.assign(ref=origin[0]["ref"].iloc[0])
    marks = [
        Column("given", pick(nb="Standpunkt", en="Teacher-assessed mark"), 1),
        Column("exam", pick(nb="Eksamen", en="Exam"), 1),
    ]
    page.table(
        frame,
        [
            Column("label", pick(nb="Fag", en="Subject")),
            *(marks if is_open(page, EXAM) else []),
            Column(
                "own", pick(nb="Avstand", en="Distance") if is_open(page, EXAM) else page.name, 1
            ),
            Column("nation", page.title("{n}", "{n}", n=nation), 1, absent="–"),
        ],
        name="kar-avstand",
        title=pick(
            nb="Standpunkt minus skriftlig eksamen, i karakterer",
            en="Teacher-assessed mark minus written exam mark, in marks",
        ),
        source=source_of(page, *origin),
    )
