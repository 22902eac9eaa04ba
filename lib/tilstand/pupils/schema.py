"""Read a pupil file by its Table Schema, check it across rows, and let no pupil be known."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.disclosure.cells import TOTAL
from tilstand.errors import CallError
from tilstand.tabular.cells import bare, decimal_sign, expected_number, number
from tilstand.tabular.kinds import BOOK, Limits
from tilstand.tabular.names import NO_TOTAL, is_total
from tilstand.tabular.raw import read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.errors import Fault
    from tilstand.tabular.raw import RawTable

ROW = "_row"
SHORTEST_SALT = 16
LONGEST_NAME = 100
# What parts the names of a published cell: see `tilstand.pupils.protection.tables`.
MARKS = "|;="
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
HIDDEN = "(not shown)"
PLACES = ("school", "feeder_school", "municipality")
# A child starts in the autumn of the year it turns six.
START_AGE = 6
TRUTHS = {
    **dict.fromkeys(("ja", "j", "1", "1.0", "sann", "yes"), "true"),
    **dict.fromkeys(("nei", "n", "0", "0.0", "usann", "no"), "false"),
}
WORDS = {
    **dict.fromkeys(("jente", "j", "k", "f", "kvinne", "girl"), "female"),
    **dict.fromkeys(("gutt", "g", "m", "mann", "boy"), "male"),
}


@dataclass(frozen=True)
class Pupils:
    """Hold a pupil file that was read.

    Parameters
    ----------
    table : pandas.DataFrame
        The schema's fields; ``pupil`` is a salted hash. Empty when there are faults.
    faults : list of Fault
        Row, column and the faulty cell, and nothing else of the row; a pupil's id is never told.
    quality : pandas.DataFrame
        A row a field: ``filled``, ``missing`` and ``share_missing`` over the pupils.
    """

    table: pd.DataFrame
    faults: list[Fault]
    quality: pd.DataFrame


def read_pupils(
    path: Path,
    name: str,
    fields: list[dict[str, Any]],
    columns: dict[str, str],
    schools: set[str] | None,
    salt: bytes,
    limits: Limits = BOOK,
) -> Pupils:
    """Read and check a pupil file.

    Parameters
    ----------
    path : Path
        CSV, Excel or Parquet.
    name : str
        How faults name the file.
    fields : list of dict
        The schema's fields.
    columns : dict
        Column of the file for each field whose name differs.
    schools : set of str or None
        Organisation numbers that the register knows; None where there is no such register.
    salt : bytes
        Secret of at least 16 bytes; the same salt gives the same hashes.
    limits : Limits
        How large the file may be.

    Returns
    -------
    Pupils
        The table without ids, or every fault.

    Raises
    ------
    CallError
        When the salt is too short to hide anything.
    """
    if len(salt) < SHORTEST_SALT:
        raise CallError(f"salt: {len(salt)} bytes, expected {SHORTEST_SALT} or more, kept secret")
    raw, form = read_raw(path, name, limits)
    names = [field["name"] for field in fields]
    if not raw.header:
        return Pupils(pd.DataFrame(columns=names), _quiet(form), _quality(pd.DataFrame(), names))
    own = {field: columns.get(field, field) for field in names}
    faults = _quiet(form) + _lacking(raw, fields, own)
    table = _texts(raw, own)
    for field in fields:
        faults += _cells(raw, table, field, own[field["name"]])
    faults = _without_totals(faults + _across(raw, table, own, schools))
    quality = _quality(table, names)
    if faults:
        return Pupils(pd.DataFrame(columns=names), sorted(set(faults)), quality)
    if "pupil" in table:
        table["pupil"] = [_hash(text, salt) for text in table["pupil"]]
    return Pupils(_typed(table[names], fields), [], quality)


def _quiet(faults: list[Fault]) -> list[Fault]:
    """Keep the shape of a row in a fault of form, never its text."""
    told = re.compile(r"[0-9]+ cells|byte 0x..|sep=.?|no rows|an empty file|not readable")
    return [
        fault if told.fullmatch(fault.value) or not fault.row else _without_value(fault)
        for fault in faults
    ]


def _without_value(fault: Fault) -> Fault:
    return type(fault)(fault.file, fault.row, fault.column, HIDDEN, fault.expected)


def _without_totals(faults: list[Fault]) -> list[Fault]:
    """Say of a row that is a total this one thing."""
    totals = {fault.row: fault for fault in reversed(faults) if NO_TOTAL in fault.expected}
    return [fault for fault in faults if totals.get(fault.row, fault) == fault]


def _lacking(raw: RawTable, fields: list[dict[str, Any]], own: dict[str, str]) -> list[Fault]:
    return [
        raw.fault(raw.header_row, own[field["name"]], "", f"a column for '{field['name']}'")
        for field in fields
        if own[field["name"]] not in raw.header
        and field.get("column_required", field.get("constraints", {}).get("required"))
    ]


def _texts(raw: RawTable, own: dict[str, str]) -> pd.DataFrame:
    places = {
        field: raw.header.index(column) for field, column in own.items() if column in raw.header
    }
    texts: dict[str, list[Any]] = {ROW: [row for row, _ in raw.rows]}
    for field in own:
        at = places.get(field)
        found = ["" if at is None else cells[at] for _, cells in raw.rows]
        plain = {text: bare(text) for text in dict.fromkeys(found)}
        texts[field] = [plain[text] for text in found]
    return pd.DataFrame(texts, columns=[ROW, *own])


def _plain(text: str, kind: str, sign: str) -> str | None:
    if kind in ("integer", "number"):
        plain = number(text, sign)
        # A whole number that another program has saved with decimals, such as 2020.0.
        whole = kind == "integer" and re.fullmatch(r"-?[0-9]+[.,]0+", text)
        return re.split("[.,]", text)[0] if whole else plain
    words = TRUTHS if kind == "boolean" else WORDS
    return words.get(text.lower(), text.lower() if kind == "boolean" else text)


def _cells(raw: RawTable, table: pd.DataFrame, field: dict[str, Any], column: str) -> list[Fault]:
    """Check one field's cells against its constraints, and write them plainly in place."""
    name = field["name"]
    texts = table[name].tolist()
    sign = decimal_sign(texts) if field["type"] == "number" else ","
    # Most fields hold few different texts; what one is judged to be, all like it are.
    judged = {text: _judged(text, field, sign) for text in dict.fromkeys(texts)}
    faults = []
    for row, text in zip(table[ROW].tolist(), texts, strict=True):
        expected = judged[text][1]
        if expected and (text or column in raw.header):
            told = HIDDEN if name == "pupil" else text
            faults.append(raw.fault(row, column, told, expected))
    table[name] = [judged[text][0] for text in texts]
    return faults


def _judged(text: str, field: dict[str, Any], sign: str) -> tuple[str, str]:
    """Write a cell plainly, and say what was expected instead where it breaks a rule."""
    kind, rules = field["type"], field.get("constraints", {})
    if text == "":
        return "", "a value" if rules.get("required") else ""
    if kind == "string" and "enum" not in rules:
        value: str | None = text
    else:
        value = _plain(text, "word" if kind == "string" else kind, sign)
    if value is None:
        return text, expected_number(text, "a number")
    if field["name"] in PLACES and is_total(text, of_schools=True):
        return value, NO_TOTAL
    expected = _broken_rule(value, kind, rules)
    if kind == "string" and field["name"] != "pupil":
        expected = expected or _no_name(value)
    return value, expected


def _broken_rule(value: str, kind: str, rules: dict[str, Any]) -> str:
    if "enum" in rules and value not in rules["enum"]:
        return "one of " + ", ".join(rules["enum"])
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        return "an organisation number of 9 digits"
    if kind == "integer" and not re.fullmatch(r"-?[0-9]+", value):
        return "a whole number"
    if "minimum" in rules and not rules["minimum"] <= float(value) <= rules["maximum"]:
        return f"a number from {rules['minimum']:g} to {rules['maximum']:g}"
    return ""


def _no_name(value: str) -> str:
    """Say what a name has to be instead, where it could not name a row of a published table."""
    if any(mark in value for mark in MARKS) or CONTROL.search(value):
        return f"a name without {' '.join(MARKS)}, tabs and line breaks"
    if value in (TOTAL, "nan", "None"):
        return f"a name other than {TOTAL}, nan and None"
    return f"a name of at most {LONGEST_NAME} characters" if len(value) > LONGEST_NAME else ""


def _across(
    raw: RawTable, table: pd.DataFrame, own: dict[str, str], schools: set[str] | None
) -> list[Fault]:
    """Find pupils that stand twice, schools nobody knows, and ages that do not fit the grade."""
    faults = []
    if "pupil" in table:
        key = [name for name in ("pupil", "cohort") if name in table]
        twice = table[(table["pupil"] != "") & table.duplicated(key, keep="first")]
        expected = "each pupil once in a cohort"
        faults += [raw.fault(int(row), own["pupil"], HIDDEN, expected) for row in twice[ROW]]
    for field in ("school", "feeder_school"):
        if schools is None or field not in table:
            continue
        cells = table[table[field].str.fullmatch("[0-9]{9}") & ~table[field].isin(schools)]
        expected = "a school that the register knows"
        faults += [
            raw.fault(int(row), own[field], text, expected)
            for row, text in zip(cells[ROW], cells[field], strict=True)
        ]
    if not {"cohort", "grade", "birth_year"} <= set(table):
        return faults
    for row in table[[ROW, "cohort", "grade", "birth_year"]].to_dict("records"):
        known = [row[field] for field in ("cohort", "grade", "birth_year")]
        if not all(text.isdigit() for text in known):
            continue
        cohort, grade, born = map(int, known)
        usual = cohort - grade - START_AGE + 1
        if abs(born - usual) > 1:
            expected = f"{usual}, a year earlier or later, for grade {grade} in {cohort}"
            faults.append(raw.fault(int(row[ROW]), own["birth_year"], row["birth_year"], expected))
    return faults


def _quality(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    filled = [int((table[name] != "").sum()) if len(table) else 0 for name in names]
    quality = pd.DataFrame({"field": names, "filled": filled})
    quality["missing"] = len(table) - quality["filled"]
    quality["share_missing"] = quality["missing"] / max(len(table), 1)
    return quality


def _hash(text: str, salt: bytes) -> str:
    return hmac.digest(salt, text.encode(), "sha256").hex()[:16]


def _typed(table: pd.DataFrame, fields: list[dict[str, Any]]) -> pd.DataFrame:
    typed = table.copy()
    for field in fields:
        name = field["name"]
        if field["type"] == "number":
            typed[name] = pd.to_numeric(typed[name], errors="coerce")
        elif field["type"] == "integer":
            typed[name] = pd.to_numeric(typed[name], errors="coerce").astype("Int64")
        elif field["type"] == "boolean":
            words = {"true": True, "false": False}
            typed[name] = typed[name].map(words).astype("boolean")
    return typed
