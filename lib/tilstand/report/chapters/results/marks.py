"""Set exam marks beside teacher marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report.page.groups import name_of

if TYPE_CHECKING:
    from tilstand.report.numbers import Value
    from tilstand.report.page.page import Page

EXAM, TEACHER = "exam_mark", "teacher_mark"
SUBJECTS = ["norwegian_main", "norwegian_second", "mathematics", "english"]


def lead(page: Page, subject: str, place: str = "") -> Value:
    """Return how much higher the teacher mark is than the exam mark, in the edition's year."""
    exam = page.now(EXAM, place, grade="10", subject=subject)
    return page.now(TEACHER, place, grade="10", subject=subject) - exam


def leads(page: Page) -> pd.DataFrame:
    """Return a table: teacher mark minus exam mark, one line a subject, ours and the country's.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``own`` and ``nation``; empty where the edition has no exam marks.
    """
    rows = []
    for subject in SUBJECTS:
        own, nation = lead(page, subject), lead(page, subject, "norge")
        if not own.missing and not nation.missing:
            values = {"own": float(own), "nation": float(nation)}
            rows.append({"label": name_of(page, "category", subject), **values})
    origin = page.rows(TEACHER, grade="10", subject=SUBJECTS, years=[page.year])
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    return table.assign(
        source=origin["source"].iloc[0],
        section=origin["section"].iloc[0],
        ref=origin["ref"].iloc[0],
    )
