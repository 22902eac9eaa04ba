"""Understand the wide headers of Udir's exports by what each part is, in whatever order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tilstand.register import read_text_table

if TYPE_CHECKING:
    from pathlib import Path

FORM_COLUMNS = (
    "form",
    "name_nb",
    "name_en",
    "known_by",
    "parts",
    "keys",
    "tried",
    "grade",
    "layout",
)
MEASURE_COLUMNS = (
    "form",
    "measure",
    "assessment",
    "role",
    "indicator",
    "lowest",
    "highest",
    "levels",
    "zero",
    "category",
    "alone",
)
WORD_COLUMNS = ("kind", "word", "code")
ROLES = ("value", "margin", "n", "aside")
#: What the rows of an export of questions are named by.
QUESTION_COLUMNS = ("SpoersmaalNivaa", "Spoersmaalgruppekode", "Spoersmaalkode")
# The grade's own name holds a dot: "8. årstrinn". A dot before a space parts nothing.
DOT = re.compile(r"\.(?!\s)")
YEAR = re.compile(r"(?P<early>Foreløpige tall )?(?P<first>\d{4})-(?P<last>\d{2}|\d{4})")
GRADE = re.compile(r"(?P<grade>\d{1,2})\. ?(års)?trinn")
# A word this much like a known one (0 to 1) is a slip of the pen.
SLIP = 0.7
BREAK = "Brudd"
#: What stands before a year whose figures may still change.
EARLY = "Foreløpige tall"
EXPECTED = {
    "year": "a school year such as 2025-26",
    "subject": "a test (Lesing, Regning or Engelsk)",
    "grade": "a grade such as 8. årstrinn",
    "ownership": "an ownership such as Alle eierformer",
    "gender": "a gender such as Alle kjønn",
    "assessment": "Standpunkt, Skriftlig eksamen or Muntlig eksamen",
    "measure": "a measure such as Skalapoeng",
}


@dataclass(frozen=True)
class Form:
    """Describe one kind of export.

    Parameters
    ----------
    code : str
        Name of the kind, as in ``forms.csv``.
    known_by : tuple of str
        Measures of which a file of the kind holds at least one.
    parts : tuple of str
        What every wide header has to say.
    keys : tuple of str
        Columns beside the units' own that break the rows down further.
    grade : str
        The grade of every figure, where the headers say none.
    layout : {"units", "questions"}
        What a row is: a unit, or a question with the units in the headers.
    """

    code: str
    known_by: tuple[str, ...]
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    grade: str
    layout: str = "units"


@dataclass(frozen=True)
class Vocabulary:
    """Hold the words of the exports' headers, from ``data/register/exports``.

    Parameters
    ----------
    forms : list of Form
        Kinds of export; the one that knows most of a file's measures is its kind.
    measures : dict
        Rows of ``measures.csv`` by form: each measure is a value of an indicator, its margin,
        its n, or aside.
    words : dict
        Code of each word, by kind of part: ``words["gender"]["Jente"]`` is ``female``.
    names : dict
        Name of each form, by language and code.
    """

    forms: list[Form]
    measures: dict[str, list[dict[str, str]]]
    words: dict[str, dict[str, str]]
    names: dict[str, dict[str, str]]

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Load the words from the register's folder ``exports``."""
        forms = read_text_table(folder / "forms.csv", FORM_COLUMNS)
        measures = read_text_table(folder / "measures.csv", MEASURE_COLUMNS)
        words = read_text_table(folder / "words.csv", WORD_COLUMNS)
        return cls(
            forms=[
                Form(
                    code=row["form"],
                    known_by=_listed(row["known_by"]),
                    parts=_listed(row["parts"]),
                    keys=_listed(row["keys"]),
                    grade=row["grade"],
                    layout=row["layout"],
                )
                for row in forms.to_dict("records")
            ],
            measures={
                str(form): [{str(k): str(v) for k, v in row.items()} for row in rows]
                for form, group in measures.groupby("form")
                for rows in [group.to_dict("records")]
            },
            words={
                str(kind): dict(zip(group["word"], group["code"], strict=True))
                for kind, group in words.groupby("kind")
            },
            names={
                language: dict(zip(forms["form"], forms[f"name_{language}"], strict=True))
                for language in ("nb", "en")
            },
        )

    def form_of(self, header: list[str]) -> Form | None:
        """Tell which kind of export a header belongs to; None if to no known kind.

        One word names no kind: "Antall elever" stands in five. The kind is the one that has a
        value in the header and knows most of the header's words.
        """
        words = {word for column in header if is_wide(column) for word in DOT.split(column)}
        layout = "questions" if set(QUESTION_COLUMNS) <= set(header) else "units"
        fitting = [form for form in self.forms if words & set(form.known_by)]
        return max(
            fitting,
            key=lambda form: (form.layout == layout, len(words & self.measures_of(form))),
            default=None,
        )

    def measures_of(self, form: Form) -> set[str]:
        """List the measures that a form may hold."""
        return {row["measure"] for row in self.measures[form.code]}

    def indicators_of(self, form: Form) -> set[str]:
        """List the indicators that a form has values of."""
        return {row["indicator"] for row in self.measures[form.code]} - {""}

    def meaning(self, form: Form, measure: str, assessment: str) -> dict[str, str]:
        """Look up what a measure is: its role, the indicator of a value, the range."""
        return next(
            row
            for row in self.measures[form.code]
            if row["measure"] == measure and row["assessment"] in ("", assessment)
        )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split(";") if word)


def is_wide(column: str) -> bool:
    """Tell whether a column name is a wide header and not the name of an identifying column."""
    return len(DOT.split(column)) > 1


def read_header(column: str, form: Form, vocabulary: Vocabulary) -> tuple[dict[str, str], str]:
    """Read one wide header.

    Parameters
    ----------
    column : str
        Such as ``2025-26.Lesing.8. årstrinn.Alle eierformer.Alle kjønn.Skalapoeng``; the parts
        may stand in any order.
    form : Form
        The kind of export.
    vocabulary : Vocabulary
        The words of the headers.

    Returns
    -------
    parts : dict
        Code of each part: ``year`` (the first of the school year), ``subject``, ``grade``,
        ``ownership``, ``gender``, ``assessment``, and ``measure`` as it stands; ``early`` where
        the year is provisional.
    expected : str
        What the header lacks or says too much; empty when it was understood.
    """
    parts: dict[str, str] = {}
    for word in DOT.split(column):
        found = read_part(word.strip(), form, vocabulary)
        if found is None:
            known = [EXPECTED[kind] for kind in form.parts if kind not in parts]
            return {}, f"{' or '.join(known) or 'nothing more'} where it says '{word.strip()}'"
        kind, code = found
        if parts.get(kind, code) != code:
            return {}, f"one {kind} only, not '{word.strip()}' as well"
        note_part(parts, kind, code, word)
    lacking = [EXPECTED[kind] for kind in form.parts if kind not in parts]
    return parts, f"the header to say {' and '.join(lacking)} too" if lacking else ""


def other_measure(
    column: str, form: Form, vocabulary: Vocabulary
) -> tuple[dict[str, str], str] | None:
    """Read a header whose measure is none that the form knows, such as a share of pupils.

    Parameters
    ----------
    column : str
        A header that `read_header` did not understand.
    form : Form
        The kind of export.
    vocabulary : Vocabulary
        The words of the headers.

    Returns
    -------
    tuple or None
        The parts but for the measure, and the measure's word. None when anything else is wrong,
        and when the word is so like a known one that it is a slip and not another measure.
    """
    parts: dict[str, str] = {}
    unknown = []
    for word in DOT.split(column):
        found = read_part(word.strip(), form, vocabulary)
        if found is None:
            unknown.append(word.strip())
        elif parts.get(found[0], found[1]) != found[1]:
            return None
        else:
            note_part(parts, *found, word)
    lacking = [kind for kind in form.parts if kind not in parts]
    if lacking != ["measure"] or len(unknown) != 1:
        return None
    known = [
        *(row["measure"] for row in vocabulary.measures[form.code] if row["alone"] != "yes"),
        *(w for kind in vocabulary.words.values() for w in kind),
    ]
    if get_close_matches(unknown[0], known, 1, SLIP) or not unknown[0][:1].isalpha():
        return None
    return parts, unknown[0]


def note_part(parts: dict[str, str], kind: str, code: str, word: str) -> None:
    """Put a part among those of its header, and ``early`` beside a year that is provisional."""
    parts[kind] = code
    if kind == "year" and word.strip().startswith(EARLY):
        parts["early"] = "yes"


def read_part(word: str, form: Form, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """Tell what one word of a header is and the code it stands for; None if it is none we know."""
    if year := YEAR.fullmatch(word):
        first, last = int(year["first"]), year["last"]
        follows = last == str(first + 1)[-len(last) :]
        return ("year", str(first)) if follows else None
    if grade := GRADE.fullmatch(word):
        return "grade", str(int(grade["grade"]))
    if word in vocabulary.measures_of(form):
        return "measure", word
    if word == BREAK:
        return "break", word
    for kind in ("subject", "grade", "ownership", "gender", "assessment"):
        if word in vocabulary.words.get(kind, {}):
            return kind, vocabulary.words[kind][word]
    return None
