"""Read an export of questions, whose units stand in the headers by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tilstand.sources.headers import DOT, EXPECTED, is_wide, note_part, read_part
from tilstand.sources.measurements import named_by_spring, span_of
from tilstand.sources.subjects import code_of
from tilstand.sources.triplets import half_hidden, read_numbers, read_status
from tilstand.sources.units import ALL_SCHOOLS, plain_name
from tilstand.tabular.cells import bare, decimal_sign
from tilstand.tabular.names import folded

if TYPE_CHECKING:
    from tilstand.errors import Fault
    from tilstand.register import Register
    from tilstand.sources.headers import Form, Vocabulary
    from tilstand.tabular.raw import RawTable

COUNTRY, ALL_COUNTIES, ALL_MUNICIPALITIES = "Hele landet", "Alle fylker", "Alle kommuner"
KEYS = ("SpoersmaalNivaa", "Spoersmaalgruppekode", "Spoersmaalkode")
NAMES = ("Spoersmaalgruppe", "Spoersmaalnavn")
INDEX, QUESTION = "1", "2"
#: Country, county, municipality and school stand in this order.
LEVELS = ("nation", "county", "municipality", "school")
BULLIED = "bullied_share"
MOST_NAMES = 3


@dataclass(frozen=True)
class Questions:
    """Hold what an export of questions says.

    Parameters
    ----------
    rows : list of dict
        One a question, unit and breakdown, in the columns of `statistikkbanken.EXPORT_COLUMNS`.
    faults : list of Fault
        Headers and cells that cannot be understood.
    notes : list of str
        Units that are left out, since their names point at no one unit.
    labels : dict
        Name of each question that the register has none for, by the code it got.
    """

    rows: list[dict[str, Any]]
    faults: list[Fault]
    notes: list[str]
    labels: dict[str, str]


@dataclass(frozen=True)
class _Header:
    """Hold one wide header: which unit, which breakdown, which measure."""

    unit: tuple[str, str, str]
    parts: tuple[tuple[str, str], ...]
    meaning: dict[str, str]


def read_questions(
    table: RawTable,
    form: Form,
    vocabulary: Vocabulary,
    register: Register,
    schools: dict[tuple[str, str], str],
) -> Questions:
    """Read an export of questions.

    Parameters
    ----------
    table : RawTable
        The file: a row a question, a column a unit, year and breakdown.
    form : Form
        Its kind.
    vocabulary : Vocabulary
        The words of the headers.
    register : Register
        Codes of counties and municipalities by name and year.
    schools : dict
        Organisation number by municipality code and folded name.

    Returns
    -------
    Questions
        A unit whose name stands for none, or for several, is left out and noted.
    """
    faults: list[Fault] = []
    notes: list[str] = []
    lacking = [key for key in (*KEYS, *NAMES) if key not in table.header]
    if lacking:
        expected = "this column of Udir's export"
        faults = [table.fault(table.header_row, name, "", expected) for name in lacking]
        return Questions([], faults, [], {})
    later = named_by_spring(form, vocabulary, register)
    headers: dict[int, _Header] = {}
    for place, column in enumerate(table.header):
        if not is_wide(column):
            if column and column not in (*KEYS, *NAMES):
                expected = "a column of Udir's export (delete the column, or download anew)"
                faults.append(table.fault(table.header_row, column, column, expected))
            continue
        header, expected = _header(column, form, vocabulary, later)
        if header is None:
            faults.append(table.fault(table.header_row, column, column, expected))
        elif header.meaning["role"] != "aside":
            headers[place] = header
    codes, unclear = _codes(headers, register, schools)
    notes += unclear_names(table, unclear)
    rows, cell_faults, odd = _rows(table, headers, codes, vocabulary)
    labels = _labels(table, {row["indicator"] for row in rows}, vocabulary)
    if odd:
        notes.append(f"{table.name}: read as hidden: measurements with * beside a blank: {odd}")
    return Questions(rows, faults + cell_faults, notes, labels)


def _header(
    column: str,
    form: Form,
    vocabulary: Vocabulary,
    later: bool,  # noqa: FBT001
) -> tuple[_Header | None, str]:
    """Read a header from both ends: the units' names in the middle may hold anything."""
    parts: dict[str, str] = {}
    names: list[str] = []
    for word in DOT.split(column):
        found = read_part(word.strip(), form, vocabulary)
        if found is None or (found[0] in parts and found[0] != "grade"):
            names.append(word)
        else:
            note_part(parts, *found, word)
    lacking = [EXPECTED[kind] for kind in form.parts if kind not in parts]
    if lacking:
        return None, f"the header to say {' and '.join(lacking)} too"
    if len(names) < len(LEVELS):
        return None, "country, county, municipality and school in the header"
    unit = (names[1], names[2], ".".join(names[3:]))
    meaning = vocabulary.meaning(form, parts.pop("measure"), "")
    parts["year"] = str(int(parts["year"]) + later)
    return _Header(unit, tuple(sorted(parts.items())), meaning), ""


def _level(unit: tuple[str, str, str]) -> str:
    county, municipality, school = unit
    if bare(school) != ALL_SCHOOLS:
        return "school"
    if bare(municipality) != ALL_MUNICIPALITIES:
        return "municipality"
    return "county" if bare(county) != ALL_COUNTIES else "nation"


def _codes(
    headers: dict[int, _Header], register: Register, schools: dict[tuple[str, str], str]
) -> tuple[dict[tuple, tuple[str, str, str]], list[str]]:
    """Find level, code and municipality of each unit and year; list the names that are unclear."""
    codes: dict[tuple, tuple[str, str, str]] = {}
    unclear: list[str] = []
    for header in headers.values():
        year = dict(header.parts)["year"]
        if (header.unit, year) in codes:
            continue
        level = _level(header.unit)
        found = _code(level, header.unit, int(year), register, schools)
        if found is None:
            unclear.append(bare(header.unit[LEVELS.index(level) - 1]))
        else:
            codes[header.unit, year] = (level, *found)
    return codes, unclear


def _code(
    level: str,
    unit: tuple[str, str, str],
    year: int,
    register: Register,
    schools: dict[tuple[str, str], str],
) -> tuple[str, str] | None:
    if level == "nation":
        return "0", ""
    county = codes_named(register, "county", unit[0], year)
    if level == "county":
        return (county[0], "") if len(county) == 1 else None
    places = codes_named(register, "municipality", unit[1], year, set(county))
    if level == "municipality" or len(places) != 1:
        return (places[0], "") if len(places) == 1 else None
    number = schools.get((places[0], folded(unit[2])))
    return (number, places[0]) if number else None


def codes_named(
    register: Register, level: str, name: str, year: int, within: set[str] | None = None
) -> list[str]:
    """List the codes of a level's units by a name, valid in a year; "Oslo - Oslove" is Oslo too."""
    wanted = {folded(plain_name(part)) for part in (name, *name.split(" - "))}
    return [
        str(row["code"])
        for row in register.valid_rows(level, year)
        if not (within and row["county"] not in within) and _called(row["name_nb"]) & wanted
    ]


@lru_cache(maxsize=10_000)
def _called(name: str) -> frozenset[str]:
    """List all that a unit is called, as names are compared."""
    return frozenset(folded(part) for part in (name, *name.split(" - ")))


def unclear_names(table: RawTable, names: list[str]) -> list[str]:
    """Say in one line which units are left out, since their names stand for no one unit."""
    if not names:
        return []
    shown = list(Counter(names))
    first = ", ".join(f"'{name}'" for name in shown[:MOST_NAMES])
    more = f" and {len(shown) - MOST_NAMES} more" if len(shown) > MOST_NAMES else ""
    why = "the file has names only, and these stand for no one unit; an export with organisation"
    way = "numbers beside it (such as Elever og skoler) tells which school is meant"
    return [f"{table.name}: left out {first}{more}: {why} {way}"]


def _rows(
    table: RawTable,
    headers: dict[int, _Header],
    codes: dict[tuple, tuple[str, str, str]],
    vocabulary: Vocabulary,
) -> tuple[list[dict[str, Any]], list[Fault], int]:
    together = _together(headers)
    sign = decimal_sign(bare(cells[place]) for _, cells in table.rows for place in headers)
    faults: list[Fault] = []
    rows: list[dict[str, Any]] = []
    odd = 0
    places = {name: table.header.index(name) for name in (*KEYS, *NAMES)}
    for row, cells in table.rows:
        told = {name: bare(cells[place]) for name, place in places.items()}
        if told["SpoersmaalNivaa"] not in (INDEX, QUESTION):
            expected = "1 (index) or 2 (question)"
            faults.append(table.fault(row, KEYS[0], told["SpoersmaalNivaa"], expected))
            continue
        for (unit, parts, indicator), found in together.items():
            texts = {role: bare(cells[place]) for role, place in found.items()}
            ranges = {role: span_of(headers[place].meaning) for role, place in found.items()}
            numbers, wrong = read_numbers(texts, sign, ranges)
            status, torn = read_status(texts) if not wrong else ("", {})
            for role, expected in {**wrong, **torn}.items():
                column = table.header[found[role]]
                faults.append(table.fault(row, column, texts[role], expected))
            said = dict(parts)
            code = codes.get((unit, said["year"]))
            if wrong or torn or code is None:
                continue
            odd += status == "suppressed" and half_hidden(texts)
            status = "provisional" if status == "ok" and "early" in said else status
            category = [_category(told, indicator, vocabulary)[0], said.get("ownership", "")]
            level, number, municipality = code
            name = unit[LEVELS.index(level) - 1] if level != "nation" else COUNTRY
            rows.append(
                {
                    **{part: said.get(part, "") for part in ("year", "grade", "gender")},
                    "subject": "",
                    "margin": "",
                    "n": "",
                    "value": "",
                    "source": "",
                    "category": "/".join(part for part in category if part),
                    "indicator": indicator,
                    "level": level,
                    "unit": number,
                    "name": plain_name(name),
                    "municipality": municipality,
                    **numbers,
                    "status": status,
                    "section": table.header[found["value"]],
                    "_n": table.header[found["n"]] if "n" in found else "",
                    "_row": row,
                }
            )
    return rows, faults, odd


def _together(headers: dict[int, _Header]) -> dict[tuple, dict[str, int]]:
    """Put each value beside the n of the same unit and breakdown."""
    beside: dict[tuple, dict[str, int]] = {}
    for place, header in headers.items():
        if header.meaning["role"] != "value":
            beside.setdefault((header.unit, header.parts), {})[header.meaning["role"]] = place
    return {
        (header.unit, header.parts, header.meaning["indicator"]): {
            "value": place,
            **beside.get((header.unit, header.parts), {}),
        }
        for place, header in headers.items()
        if header.meaning["role"] == "value"
    }


def _category(told: dict[str, str], indicator: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """Code a question: blank for bullying of any kind, the theme of an index, or the question."""
    if told["SpoersmaalNivaa"] == INDEX:
        if indicator == BULLIED:
            return "", ""
        theme = told["Spoersmaalgruppe"]
        return vocabulary.words["question_group"].get(theme) or code_of(theme), theme
    question = told["Spoersmaalnavn"]
    if indicator == BULLIED:
        for words, code in vocabulary.words["question"].items():
            if words.casefold() in question.casefold():
                return code, question
    return told["Spoersmaalkode"] or code_of(question), question


def _labels(table: RawTable, indicators: set[str], vocabulary: Vocabulary) -> dict[str, str]:
    """Name the questions and themes that the register has no label for."""
    places = {name: table.header.index(name) for name in (*KEYS, *NAMES)}
    ours = {*vocabulary.words["question"].values(), *vocabulary.words["question_group"].values()}
    labels = {}
    for _, cells in table.rows:
        told = {name: bare(cells[place]) for name, place in places.items()}
        for indicator in indicators:
            code, name = _category(told, indicator, vocabulary)
            if code and code not in ours:
                labels[code] = name
    return labels
