"""Ask Udir's open interface for the Pupil Survey, one municipality and year at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from tilstand import contracts
from tilstand.errors import DataError
from tilstand.tabular.cells import SUPPRESSED, bare, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.sources.headers import Vocabulary
    from tilstand.sources.open_sources import Assumption

    Get = Callable[[str], bytes]

ALL = -10
MOST_PAGES = 200
LEVELS = {1: "nation", 2: "county", 3: "municipality", 4: "school"}
GENDERS = {"A": "", "G": "male", "J": "female"}
BULLIED, ANSWER_SHARE = "bullied_share", "pupil_survey_answer_share"
#: What a field of the table of assumptions is besides an indicator.
N, LEVEL, ANSWER = "n", "level", "answer"
INDEX = "1"


@dataclass(frozen=True)
class Choice:
    """Say what is asked for.

    Parameters
    ----------
    school_year : str
        Such as ``2024-25``.
    municipality, county : str
        Codes valid in that year.
    schools : bool
        Whether the municipality's schools are asked for too.
    grades : tuple of str
        Grades, as numbers in text.
    """

    school_year: str
    municipality: str
    county: str
    schools: bool = True
    grades: tuple[str, ...] = ("5", "6", "7", "8", "9", "10")


def fetch_table(get: Get, table: int, choice: Choice, base: str) -> list[dict[str, Any]]:
    """Fetch all rows of one table for the country, a county, a municipality and its schools.

    Parameters
    ----------
    get : callable
        Answers a call.
    table : int
        148 indicators, 149 themes, 150 bullying, 151 participation.
    choice : Choice
        Year, units and grades.
    base : str
        Address of the interface.

    Returns
    -------
    list of dict
        The rows as the interface gives them; empty when the table lacks the year.

    Raises
    ------
    DataError
        When the answer is not of the documented form, a page comes twice, or a row does.

    Notes
    -----
    The interface knows units, years and grades by ids of its own, which are looked up first. A
    filter that is left out means every value it has: ``KjoennID`` and ``EierformID`` are always
    set to -10, "all", or pupils would be counted several times. Values are joined by ``_``: a
    comma is refused. A page beyond the last brings the last again, so the number of pages is
    asked for and never passed.
    """
    values = _json(get(f"{base}/{table}/filterVerdier"), f"{base}/{table}/filterVerdier", dict)
    filters = _filters(values, choice)
    if filters is None:
        return []
    query = quote("_".join(f"{key}({'_'.join(map(str, ids))})" for key, ids in filters.items()))
    about = f"{base}/{table}/sideData?filter={query}"
    pages = _pages(_json(get(about), about, list), about)
    rows: list[dict[str, Any]] = []
    before = b""
    for page in range(1, pages + 1):
        url = f"{base}/{table}/data?filter={query}&format=0&sideNummer={page}"
        content = get(url)
        if content == before:
            raise DataError(f"{url}: the page before over again; fetch the table anew")
        before = content
        rows += _json(content, url, list)
    _unrepeated(rows, f"{base}/{table}")
    return rows


def _json(content: bytes, url: str, kind: type) -> Any:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, kind):
        shown = content[:60].decode("utf-8", "replace")
        raise DataError(f"{url}: '{shown}', expected a JSON {kind.__name__}")
    return answer


def _filters(values: dict[str, list[dict]], choice: Choice) -> dict[str, list[int]] | None:
    """Look up the interface's own ids; None when it does not have the year."""
    years = _ids(values, "TidID", lambda item: item.get("navn") == choice.school_year)
    units = values.get("EnhetID", [])
    # `barn` holds values of `indeks`, which has gaps: no place in the list.
    by_index = {item.get("indeks", place): item for place, item in enumerate(units)}
    wanted = []
    for item in units:
        level, code = item.get("nivaa"), str(item.get("kode"))
        own = level == 3 and code == choice.municipality
        if own or level == 1 or (level == 2 and code == choice.county):
            wanted.append(int(item["id"]))
        if own and choice.schools:
            below = [by_index[place] for place in item.get("barn", []) if place in by_index]
            wanted += [int(one["id"]) for one in below]
    grades = _ids(values, "TrinnID", lambda item: str(item.get("kode")) in choice.grades)
    if not (years and wanted and grades):
        return None
    filters = {"TidID": years, "EnhetID": wanted, "TrinnID": grades}
    return filters | {key: [ALL] for key in ("KjoennID", "EierformID") if key in values}


def _ids(values: dict[str, list[dict]], key: str, fits: Callable[[dict], bool]) -> list[int]:
    return [int(item["id"]) for item in values.get(key, []) if fits(item)]


def _pages(answer: list, url: str) -> int:
    pages = answer[0].get("JSONSider") if answer and isinstance(answer[0], dict) else None
    if not isinstance(pages, int) or not 0 <= pages <= MOST_PAGES:
        raise DataError(f"{url}: '{pages}' pages, expected a number up to {MOST_PAGES}")
    return pages


def _unrepeated(rows: list[dict[str, Any]], name: str) -> None:
    seen = set()
    for row in rows:
        key = tuple(sorted((k, str(v)) for k, v in row.items()))
        if key in seen:
            raise DataError(f"{name}: {row.get('EnhetNavn')}: a row twice; fetch the table anew")
        seen.add(key)


def to_figures(
    rows: list[dict[str, Any]], wanted: list[Assumption], vocabulary: Vocabulary
) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """Turn the rows of a table into figures.

    Parameters
    ----------
    rows : list of dict
        Rows of `fetch_table`; numbers are text with decimal comma, ``*`` is suppressed.
    wanted : list of Assumption
        What each field of the table is.
    vocabulary : Vocabulary
        Names the themes as the manual exports do.

    Returns
    -------
    figures : pandas.DataFrame
        The *figures* columns as text, and ``name`` of the unit; one category a theme or question,
        and an answer alternative beside it where the table is of answers.
    names : dict
        The words behind each category.
    faults : list of str
        A line for a field that no row has, and for each cell that is no number.
    """
    fields = [one for one in wanted if one.fills not in (N, LEVEL, ANSWER)]
    there = {name for row in rows for name in row}
    faults = [
        f"no field {one.name} in table {one.source} ({one.where})"
        for one in wanted
        if rows and one.name not in there
    ]
    if faults:
        return pd.DataFrame(columns=[*contracts.FIGURE_COLUMNS, "name"]), {}, faults
    counts = next((one.name for one in wanted if one.fills == N), "")
    figures: list[dict[str, str]] = []
    names: dict[str, str] = {}
    for place, row in enumerate(rows, start=1):
        if str(row.get("EierformNavn", "Alle eierformer")) != "Alle eierformer":
            continue
        level = LEVELS[int(row["EnhetNivaa"])]
        about = {
            "year": str(row["Skoleaarnavn"])[:4],
            "level": level,
            "unit": _unit(row, level),
            "grade": str(row.get("TrinnKode", "")),
            "gender": GENDERS.get(str(row.get("KjoennKode", "A")), ""),
            "name": str(row.get("EnhetNavn", "")).strip(),
        }
        for one in fields:
            shown, own_count = one.fills == ANSWER_SHARE, one.fills.endswith("_responses")
            cells = {"value": _cell(row.get(one.name)), "n": _cell(row.get(counts))}
            cells |= {"n": ""} if own_count or not counts else {}
            plain = {
                role: "" if text in ("", SUPPRESSED) else number(text, ",")
                for role, text in cells.items()
            }
            wrong = [role for role, text in plain.items() if text is None]
            told = f"row {place}:{{}}: '{{}}', expected a number"
            faults += [told.format(role, cells[role]) for role in wrong]
            if wrong:
                continue
            category, named = _category(row, one.fills, vocabulary, answers=shown)
            names |= named
            hidden = "suppressed" if cells["value"] == SUPPRESSED else "missing"
            state = {"status": "ok" if plain["value"] else hidden}
            said = {"indicator": one.fills, "category": category}
            text = {role: str(value) for role, value in plain.items()}
            blank = dict.fromkeys(contracts.FIGURE_COLUMNS, "")
            figures.append({**blank, **about, **text, **state, **said})
    return pd.DataFrame(figures, columns=[*contracts.FIGURE_COLUMNS, "name"]), names, faults


def _category(
    row: dict[str, Any], indicator: str, vocabulary: Vocabulary, *, answers: bool
) -> tuple[str, dict[str, str]]:
    """Code a row's theme or question, and its answer: two answers are two figures."""
    code = str(row.get("Spoersmaalkode", "")).lower()
    words = str(row.get("Spoersmaalnavn", "")).strip()
    index = str(row.get("SpoersmaalNivaa", INDEX if code.startswith("euindeks") else ""))
    if index == INDEX:
        theme = str(row.get("Spoersmaalgruppe") or words).strip()
        ours = vocabulary.words["question_group"].get(theme) or ""
        code, words = ("", "") if indicator == BULLIED else (ours or code, "" if ours else theme)
    elif indicator == BULLIED:
        known = vocabulary.words["question"].items()
        ours = next((ours for said, ours in known if said.casefold() in words.casefold()), "")
        code, words = (ours, "") if ours else (code, words)
    named = {code: words} if code and words else {}
    if answers:
        answer = f"answer_{row.get('SvaralternativKode', '')}".lower()
        named |= {answer: str(row.get("SvaralternativNavn", "")).strip()}
        code = "/".join(part for part in (code, answer) if part)
    return code, named


def _cell(value: object) -> str:
    return "" if value is None else bare(str(value))


def _unit(row: dict[str, Any], level: str) -> str:
    fields = {"county": "Fylkekode", "municipality": "Kommunekode", "school": "Organisasjonsnummer"}
    return "0" if level == "nation" else str(row[fields[level]])
