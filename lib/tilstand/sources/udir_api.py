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

    Get = Callable[[str], bytes]

BASE = "https://api.statistikkbanken.udir.no/api/rest/v2/Eksport"
INDICATORS, THEMES, BULLYING, PARTICIPATION = 148, 149, 150, 151
TABLES = (INDICATORS, THEMES, BULLYING, PARTICIPATION)
ALL = -10
MOST_PAGES = 200
LEVELS = {1: "nation", 2: "county", 3: "municipality", 4: "school"}
GENDERS = {"A": "", "G": "male", "J": "female"}
# The field of the table that holds its value, and the indicator that it is.
VALUES = {"AndelMobbet": "bullied_share", "Score": "pupil_survey_score"}
# Participation (151) has no score: there the number of answers is the value itself.
ANSWERS = "AntallBesvart"
RESPONSES = "pupil_survey_responses"
FIGURE_KEYS = ("year", "indicator", "level", "unit", "grade", "gender", "category")


@dataclass(frozen=True)
class Choice:
    """Say what is asked for.

    Parameters
    ----------
    school_year : str
        Such as ``2024-25``.
    municipality, county : str
        Codes valid in that year.
    grades : tuple of str
        Grades, as numbers in text.
    """

    school_year: str
    municipality: str
    county: str
    grades: tuple[str, ...] = ("5", "6", "7", "8", "9", "10")


def fetch_table(get: Get, table: int, choice: Choice, base: str = BASE) -> list[dict[str, Any]]:
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
    wanted = []
    for item in units:
        level, code = item.get("nivaa"), str(item.get("kode"))
        own = level == 3 and code == choice.municipality
        if own or level == 1 or (level == 2 and code == choice.county):
            wanted.append(int(item["id"]))
        if own:
            wanted += [int(units[place]["id"]) for place in item.get("barn", [])]
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


def to_figures(rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """Turn the rows of a table into figures.

    Parameters
    ----------
    rows : list of dict
        Rows of `fetch_table`; numbers are text with decimal comma, ``*`` is suppressed.

    Returns
    -------
    figures : pandas.DataFrame
        The *figures* columns as text, and ``name`` of the unit; one category a question.
    names : dict
        The question behind each category.
    faults : list of str
        A line for each cell that is no number.
    """
    figures, names, faults = [], {}, []
    for place, row in enumerate(rows, start=1):
        if str(row.get("EierformNavn", "Alle eierformer")) != "Alle eierformer":
            continue
        field = next((field for field in VALUES if field in row), "")
        if not field and ANSWERS not in row:
            continue
        cells = {"value": _cell(row.get(field or ANSWERS))}
        cells["n"] = _cell(row.get(ANSWERS)) if field else ""
        plain = {
            role: "" if text in ("", SUPPRESSED) else number(text, ",")
            for role, text in cells.items()
        }
        wrong = [role for role, text in plain.items() if text is None]
        faults += [f"row {place}:{role}: '{cells[role]}', expected a number" for role in wrong]
        if wrong:
            continue
        code = str(row.get("Spoersmaalkode", "")).lower()
        if code:
            names[code] = str(row.get("Spoersmaalnavn", "")).strip()
        level = LEVELS[int(row["EnhetNivaa"])]
        hidden = "suppressed" if cells["value"] == SUPPRESSED else "missing"
        figures.append(
            {
                **dict.fromkeys(contracts.FIGURE_COLUMNS, ""),
                **plain,
                "year": str(row["Skoleaarnavn"])[:4],
                "indicator": VALUES.get(field, RESPONSES),
                "level": level,
                "unit": _unit(row, level),
                "grade": str(row.get("TrinnKode", "")),
                "gender": GENDERS.get(str(row.get("KjoennKode", "A")), ""),
                "category": code,
                "status": "ok" if plain["value"] else hidden,
                "name": str(row.get("EnhetNavn", "")).strip(),
            }
        )
    return pd.DataFrame(figures, columns=[*contracts.FIGURE_COLUMNS, "name"]), names, faults


def _cell(value: object) -> str:
    return "" if value is None else bare(str(value))


def _unit(row: dict[str, Any], level: str) -> str:
    fields = {"county": "Fylkekode", "municipality": "Kommunekode", "school": "Organisasjonsnummer"}
    return "0" if level == "nation" else str(row[fields[level]])
