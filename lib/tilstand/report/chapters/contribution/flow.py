"""Follow the pupils from the grade to the analysis, in counts that the tables show already.

No count of this table is its own: each is a cell of the tables of results, so that a step which
is hidden there is hidden here, and no difference of two steps tells more than theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.analysis.table_forms import ABSENT, EXEMPT, TOOK
from tilstand.disclosure.cells import TOTAL
from tilstand.report.chapters.pupils.shown import DERIVED, HIDDEN, open_pupils
from tilstand.report.columns import Column
from tilstand.report.numbers import Value

if TYPE_CHECKING:
    from tilstand.report.chapters.contribution.shown import Shown
    from tilstand.report.chapters.pupils.shown import PupilBook

#: Steps by name: what readers call them in both languages.
STEPS = {
    "enrolled": ("Elever på trinnet", "Pupils in the grade"),
    EXEMPT: ("Fritatt fra prøven", "Exempt from the test"),
    ABSENT: ("Ikke møtt, eller uten resultat", "Absent, or without a result"),
    TOOK: ("Tok prøven", "Sat the test"),
    "analysed": (
        "Tok prøven og har tidligere resultat: med i beregningen",
        "Sat the test and have an earlier result: in the analysis",
    ),
}
#: Keys of what prose can say.
SAID = ("enrolled", "analysed", "analysed_share", "exempt_share")


@dataclass(frozen=True)
class Flow:
    """Hold the steps of the newest cohort.

    Parameters
    ----------
    book : PupilBook or None
        What the door has handed out, in the words of the page.
    rows : DataFrame
        ``step, label, pupils, share, status, ref``; no rows where the tables do not have them.
    """

    book: PupilBook | None
    rows: pd.DataFrame

    def message(self) -> dict[str, Any]:
        """Return the whole, those in the analysis and the shares; missing where hidden."""
        said: dict[str, Any] = dict.fromkeys(SAID, Value(None))
        if self.book is None or self.rows.empty:
            return said
        steps = {str(row["step"]): row for _, row in self.rows.iterrows()}
        for step in ("enrolled", "analysed"):
            said[step] = self.book.value(steps[step], "pupils", 0)
        for step, key in (("analysed", "analysed_share"), (EXEMPT, "exempt_share")):
            about = self.rows[self.rows["step"].isin([step, "enrolled"])]
            share = float(steps[step]["share"]) if step in steps else None
            said[key] = self.book.computed(share, about)
        return said

    def show(self) -> None:
        """Show the steps as a table."""
        if self.book is None or self.rows.empty:
            return
        page = self.book.page
        page.table(
            self.rows,
            [
                Column("label", page.pick(nb="Elever i kommunens skoler", en="Pupils")),
                Column("pupils", page.pick(nb="Antall", en="Number"), 0, "ref", absent=HIDDEN),
                Column("share", page.pick(nb="Prosent", en="Per cent"), 1, *DERIVED, absent=HIDDEN),
            ],
            name="skr-flyt",
            title=page.pick(
                nb="Fra elever på trinnet til beregningen", en="From the grade to the analysis"
            ),
            **self.book.marks,
        )


def open_flow(shown: Shown) -> Flow:
    """Open the steps of the test that a chapter's contributions are about.

    Parameters
    ----------
    shown : Shown
        The chapter's contributions.

    Returns
    -------
    Flow
        Empty where the edition has no pupils, or its tables not both ends of the way.
    """
    book, found = open_pupils(shown.page), shown.found
    if book is None or found is None:
        return Flow(None, pd.DataFrame())
    cells = _cells(book, str(found.grade), found.subject)
    if not {"enrolled", "analysed"} <= set(cells):
        return Flow(book, pd.DataFrame())
    page = shown.page
    whole = cells["enrolled"][0]
    rows = [
        {
            "step": step,
            "label": page.pick(nb=nb, en=en),
            "pupils": cells[step][0],
            "share": 100 * cells[step][0] / whole,
            "status": "ok" if cells[step][0] == cells[step][0] else "suppressed",
            "ref": cells[step][1],
        }
        for step, (nb, en) in STEPS.items()
        if step in cells
    ]
    return Flow(book, pd.DataFrame(rows))


def _cells(book: PupilBook, grade: str, subject: str) -> dict[str, tuple[float, str]]:
    """Find count and reference of each step in the newest year of the tables."""
    found: dict[str, tuple[float, str]] = {}
    if not (book.has("results") and book.has("adjusted")):
        return found
    results = _of(book.protected.counts("results", "year", "gender", "result"), grade, subject)
    results = results[(results["gender"] == TOTAL) & (results["year"] != TOTAL)]
    means = _of(book.protected.means("adjusted", "year", "school"), grade, subject)
    means = means[(means["school"] == TOTAL) & (means["year"] != TOTAL)]
    if results.empty or means.empty:
        return found
    newest = results[results["year"] == results["year"].max()]
    for row in newest.to_dict("records"):
        step = "enrolled" if row["result"] == TOTAL else str(row["result"])
        found[step] = (float(row["count"]) if pd.notna(row["count"]) else float("nan"), row["ref"])
    for row in means[means["year"] == newest["year"].iloc[0]].to_dict("records")[:1]:
        found["analysed"] = (float(row["n"]) if pd.notna(row["n"]) else float("nan"), row["n_ref"])
    return found


def _of(table: pd.DataFrame, grade: str, subject: str) -> pd.DataFrame:
    return table[(table["grade"] == grade) & (table["subject"] == subject)]
