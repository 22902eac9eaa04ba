"""Ask Statistics Norway's PxWebApi 2, and keep its three kinds of missing apart."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from tilstand.errors import DataError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    Get = Callable[..., bytes]

MOST_CELLS = 800_000
#: A longer address is answered 404: the selection is posted instead.
LONGEST_ADDRESS = 2000
# Not applicable, not available, confidential: three reasons for no number, none of them zero.
STATUSES = {".": "not_applicable", "..": "missing", ":": "suppressed"}
CONTENTS = "ContentsCode"


@dataclass(frozen=True)
class Dimension:
    """Describe one dimension of a table.

    Parameters
    ----------
    code, label : str
        What the service and people call it.
    values : dict
        Label by code, in the table's order.
    units : dict
        Unit by content code.
    optional : bool
        Whether it may be left out of a call: the service then gives the total.
    """

    code: str
    label: str
    values: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """Describe a table as its metadata do.

    Parameters
    ----------
    number, label : str
        Five digits, and its title.
    updated : str
        When it was last changed, ISO.
    time, geo : str
        Codes of the dimensions of time and place; ``geo`` is blank where there is none.
    dimensions : dict
        Each by code.
    notes : tuple of str
        What the service says beside the numbers, what it calls mandatory first.
    """

    number: str
    label: str
    updated: str
    time: str
    geo: str
    dimensions: dict[str, Dimension]
    notes: tuple[str, ...] = ()

    @property
    def contents(self) -> Dimension:
        """The dimension of contents."""
        return self.dimensions.get(CONTENTS, Dimension(CONTENTS, CONTENTS, {}))


def describe_table(get: Get, number: str, base: str, final_from: dt.date | None = None) -> Table:
    """Ask for a table's dimensions, labels, units and notes.

    Parameters
    ----------
    get : callable
        Answers a call.
    number : str
        Five digits, such as ``13502``.
    base : str
        Address of the interface.
    final_from : datetime.date, optional
        Day from which the figures are final.

    Returns
    -------
    Table
        As the service describes it.

    Raises
    ------
    DataError
        When the answer is no json-stat2 dataset.
    """
    url = f"{base}/tables/{number}/metadata?lang=no&outputFormat=json-stat2"
    about = _dataset(get(url, final_from=final_from), url)
    role = about.get("role", {})
    dimensions = {}
    for name in about["id"]:
        one = about["dimension"][name]
        category = one["category"]
        labels = category.get("label", {})
        units = {code: str(unit.get("base", "")) for code, unit in category.get("unit", {}).items()}
        dimensions[name] = Dimension(
            code=name,
            label=str(one.get("label", name)),
            values={code: str(labels.get(code, code)) for code in _codes(one)},
            units=units,
            optional=bool(one.get("extension", {}).get("elimination")),
        )
    named = next((name for name in about["id"] if name == "Region" or name.startswith("KOK")), "")
    return Table(
        number=number,
        label=str(about.get("label", number)),
        updated=str(about.get("updated", "")),
        time=(role.get("time") or ["Tid"])[0],
        geo=(role.get("geo") or [named])[0],
        dimensions=dimensions,
        notes=_notes(about),
    )


def _notes(about: dict[str, Any]) -> tuple[str, ...]:
    """Gather a table's notes and those of its dimensions, mandatory ones first."""
    told: list[tuple[bool, str]] = []
    for part in (about, *about["dimension"].values()):
        must = part.get("extension", {}).get("noteMandatory", {})
        for place, text in enumerate(part.get("note") or []):
            told.append((not must.get(str(place), False), " ".join(str(text).split())))
    return tuple(dict.fromkeys(text for _, text in sorted(told, key=lambda note: note[0])))


def fetch_cells(
    get: Get,
    table: Table,
    chosen: dict[str, list[str]],
    base: str,
    final_from: dt.date | None = None,
) -> pd.DataFrame:
    """Fetch some of a table's cells, in as many calls as its limit asks for.

    Parameters
    ----------
    get : callable
        Answers a call.
    table : Table
        As `describe_table` gives it.
    chosen : dict
        Codes by dimension; each code is asked for once, and an optional dimension that is not
        among them is left to the service.
    base : str
        Address of the interface.
    final_from : datetime.date, optional
        Day from which the figures are final.

    Returns
    -------
    pandas.DataFrame
        As `read_json_stat` gives it; a selection that makes the address too long is posted.

    Raises
    ------
    DataError
        When one year alone is more than 800,000 cells, or an answer is no dataset.
    """
    codes = {name: list(dict.fromkeys(values)) for name, values in chosen.items()}
    others = {name: values for name, values in codes.items() if name != table.time}
    cells_a_year = math.prod(len(values) for values in others.values())
    name = f"SSB, table {table.number}"
    if cells_a_year > MOST_CELLS:
        raise DataError(f"{name}: {cells_a_year} cells a year, expected at most {MOST_CELLS}")
    step = MOST_CELLS // max(cells_a_year, 1)
    parts = []
    for start in range(0, len(codes[table.time]), step):
        part = {**codes, table.time: codes[table.time][start : start + step]}
        url = data_url(table.number, part, base)
        body = None
        if len(url) > LONGEST_ADDRESS:
            url = f"{base}/tables/{table.number}/data?lang=no&outputFormat=json-stat2"
            selection = [{"variableCode": key, "valueCodes": part[key]} for key in part]
            body = {"selection": selection}
        parts.append(read_json_stat(get(url, body, final_from), name))
    return pd.concat(parts, ignore_index=True)


def data_url(table: str, codes: dict[str, list[str]], base: str) -> str:
    """Write the address of a data call, with every dimension's codes."""
    chosen = "&".join(
        f"valueCodes[{name}]={quote(','.join(values), safe=',')}" for name, values in codes.items()
    )
    return f"{base}/tables/{table}/data?lang=no&{chosen}&outputFormat=json-stat2"


def _dataset(content: bytes, url: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if (
        not isinstance(answer, dict)
        or answer.get("class") != "dataset"
        or "dimension" not in answer
    ):
        shown = content[:60].decode("utf-8", "replace")
        raise DataError(f"{url}: '{shown}', expected a json-stat2 dataset")
    return answer


def _codes(dimension: dict[str, Any]) -> list[str]:
    index = dimension["category"].get("index")
    if index is None:
        return list(dimension["category"]["label"])
    return sorted(index, key=index.__getitem__) if isinstance(index, dict) else list(index)


def read_json_stat(content: bytes, name: str) -> pd.DataFrame:
    """Read a json-stat2 dataset.

    Parameters
    ----------
    content : bytes
        An answer of PxWebApi 2.
    name : str
        How errors name it.

    Returns
    -------
    pandas.DataFrame
        A column of codes for each dimension, ``value`` (NaN where there is none), ``status``
        (ok, suppressed, missing or not_applicable) and ``said`` (a mark that we do not know,
        which counts as missing), one row a cell.

    Raises
    ------
    DataError
        When it is no json-stat2 dataset, or cells and dimensions don't fit.

    References
    ----------
    .. [1] JSON-stat 2.0: https://json-stat.org/full/. ``value`` and ``status`` may be lists or
       objects by position; a single string is the status of every cell.
    """
    dataset = _dataset(content, name)
    names = dataset["id"]
    cells = list(product(*(_codes(dataset["dimension"][part]) for part in names)))
    table = pd.DataFrame(cells, columns=names)
    values, marks = dataset.get("value", []), dataset.get("status", {})
    if isinstance(values, list) and len(values) != len(cells):
        raise DataError(f"{name}: {len(values)} values, expected {len(cells)} as in its dimensions")
    numbers = [_at(values, place) for place in range(len(cells))]
    table["value"] = pd.to_numeric(pd.Series(numbers, dtype=object), errors="coerce")
    told = [_at(marks, place) for place in range(len(cells))]
    table["status"] = [_status(*pair) for pair in zip(numbers, told, strict=True)]
    table["said"] = [str(mark) if mark and mark not in STATUSES else "" for mark in told]
    table.loc[table["status"] != "ok", "value"] = math.nan
    return table


def _at(held: Any, place: int) -> Any:
    if isinstance(held, dict):
        return held.get(str(place))
    if isinstance(held, list):
        return held[place]
    return held


def _status(number: Any, mark: Any) -> str:
    return STATUSES.get(mark, "missing") if mark or number is None else "ok"
