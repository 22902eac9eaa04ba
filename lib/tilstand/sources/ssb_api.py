"""Ask Statistics Norway's PxWebApi 2, and keep its three kinds of missing apart."""

from __future__ import annotations

import json
import math
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from tilstand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Get = Callable[[str], bytes]

BASE = "https://data.ssb.no/api/pxwebapi/v2"
MOST_CELLS = 800_000
# Not applicable, not available, confidential: three reasons for no number, none of them zero.
STATUSES = {".": "not_applicable", "..": "missing", ":": "suppressed"}
REGIONS = ("Region", "KOKkommuneregion0000", "KOKfylkesregion0000")


def fetch_table(
    get: Get, table: str, regions: Iterable[str], years: Iterable[int], base: str = BASE
) -> list[bytes]:
    """Fetch one table for some regions and years, in as many calls as its limit asks for.

    Parameters
    ----------
    get : callable
        Answers a call.
    table : str
        Five digits, such as ``13719``.
    regions : iterable of str
        Region codes; those that the table lacks are left out.
    years : iterable of int
        Years; those that the table lacks are left out.
    base : str
        Address of the interface.

    Returns
    -------
    list of bytes
        json-stat2 answers; every dimension is stated in the call, so that none is summed away.

    Raises
    ------
    DataError
        When the answer is not json-stat2, or one year alone is more than 800,000 cells.
    """
    url = f"{base}/tables/{table}/metadata?lang=no&outputFormat=json-stat2"
    about = _dataset(get(url), url)
    codes = {name: _codes(about["dimension"][name]) for name in about["id"]}
    time = about.get("role", {}).get("time", ["Tid"])[0]
    geo = next((name for name in about["id"] if name in REGIONS), None)
    chosen_years = [code for code in codes[time] if code[:4] in {str(year) for year in years}]
    if geo:
        codes[geo] = [code for code in codes[geo] if code in set(regions)]
    if not chosen_years or not all(codes.values()):
        return []
    others = {name: values for name, values in codes.items() if name != time}
    cells_a_year = math.prod(len(values) for values in others.values())
    if cells_a_year > MOST_CELLS:
        raise DataError(f"{url}: {cells_a_year} cells a year, expected at most {MOST_CELLS}")
    step = MOST_CELLS // cells_a_year
    answers = []
    for start in range(0, len(chosen_years), step):
        part = {**codes, time: chosen_years[start : start + step]}
        answers.append(get(data_url(table, part, base)))
    return answers


def data_url(table: str, codes: dict[str, list[str]], base: str = BASE) -> str:
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
        A column of codes for each dimension, ``value`` (NaN where there is none) and ``status``
        (ok, suppressed, missing or not_applicable), one row a cell.

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
    table["status"] = [
        _status(number, _at(marks, place), name) for place, number in enumerate(numbers)
    ]
    table.loc[table["status"] != "ok", "value"] = math.nan
    return table


def _at(held: Any, place: int) -> Any:
    if isinstance(held, dict):
        return held.get(str(place))
    if isinstance(held, list):
        return held[place]
    return held


def _status(number: Any, mark: Any, name: str) -> str:
    if mark in STATUSES:
        return STATUSES[mark]
    if mark:
        raise DataError(f"{name}: status '{mark}', expected one of {', '.join(STATUSES)}")
    return "missing" if number is None else "ok"
