"""Ask the interface behind Udir's Export button for the very files that the button gives."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from tilstand.errors import DataError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from tilstand.sources.open_sources import Assumption

LIST = "rest/v1/Rapportside"
DATA = "/data"
#: The interface's own "all", where a page states no default.
ALL = -10
#: And its "no" to a question of what to show.
NOT_SHOWN = 0
TIME, PATH, EVERY = "TidID", "radSti", "*"
UNITS = ("EnhetID", "GeografiID", "RegionID")
MUNICIPALITY = 3
SCHOOL_YEAR = re.compile(r"(\d{4})-\d{2}")
FIRST_YEAR = 2021
MANUAL = (
    "the interface may change without notice: export the table by hand at "
    "https://www.udir.no/tall-og-forskning/statistikk/statistikk-grunnskole/ "
    "and put the file into data/open/{edition}/"
)


@dataclass(frozen=True)
class Page:
    """Say what a report page tells of itself.

    Parameters
    ----------
    code, title : str
        Its code, and its name for people.
    endpoint : str
        Where its data are, such as ``Statistikk/GSK/GSI/1/8``, without ``/data``.
    defaults : dict
        Values of each filter that the page starts with.
    filters : tuple of str
        Every filter that it takes.
    path : str
        Rows that it starts with.
    """

    code: str
    title: str
    endpoint: str
    defaults: dict[str, list[int]]
    filters: tuple[str, ...]
    path: str


def list_pages(get: Callable[[str], bytes], base: str) -> dict[str, str]:
    """List the interface's report pages: title by code."""
    url = f"{base}/{LIST}"
    answer = _json(get(url), url)
    rows = answer if isinstance(answer, list) else next(_lists(answer), [])
    found = {}
    for row in rows:
        code = _first(row, "kode", "code", "id")
        if code:
            found[str(code)] = str(_first(row, "tittel", "navn", "title") or "")
    if not found:
        raise DataError(f"{url}: no report page with a code, expected some 136 of them")
    return found


def search(pages: dict[str, str], wanted: Assumption) -> list[str]:
    """Find the codes of the pages whose title, or code, fits an assumption.

    Returns
    -------
    list of str
        In the list's order; pages of kindergartens and upper secondary schools are not meant.
    """
    ours = {code: title for code, title in pages.items() if not code.startswith(("BHG", "VGO"))}
    fitting = [code for code, title in ours.items() if wanted.fits(title)]
    return fitting or [code for code in ours if wanted.name and wanted.name in code]


def describe_page(get: Callable[[str], bytes], code: str, base: str) -> Page:
    """Ask a report page where its data are and what can be chosen.

    Parameters
    ----------
    get : callable
        Answers a call.
    code : str
        Code of the page, such as ``GSK_GSPoeng``.
    base : str
        Address of the interface.

    Returns
    -------
    Page
        Nothing of it is taken from the code: the endpoint carries a version that moves.

    Raises
    ------
    DataError
        When the answer is not of the form known.
    """
    url = f"{base}/{LIST}/{quote(code)}"
    side = _json(get(url), url)
    side = side.get("rappside", side) if isinstance(side, dict) else {}
    elements = side.get("rapportElementer") or []
    endpoint = elements[0].get("dataEndepunkt") if elements else None
    if not isinstance(endpoint, str) or not endpoint:
        raise DataError(f"{url}: no dataEndepunkt, expected where the page's data are")
    element = elements[0]
    defaults = _defaults(element.get("filterDefaultVerdier"))
    filters = tuple(
        dict.fromkeys(
            str(item if isinstance(item, str) else _first(item, "id", "navn", "kode"))
            for item in element.get("gyldigeFiltre") or defaults
        )
    )
    title = str(_first(side, "tittel", "navn", "title") or code)
    path = str(element.get("defaultRadsti") or "")
    return Page(code, title, endpoint.removesuffix(DATA), defaults, filters, path)


def _defaults(said: Any) -> dict[str, list[int]]:
    """Read the defaults, written as an object of lists or as one filter text."""
    if isinstance(said, str):
        return {
            name: [int(value) for value in values.split("_")]
            for name, values in re.findall(r"([A-Za-z]+)\((-?\d+(?:_-?\d+)*)\)", said)
        }
    told = said.items() if isinstance(said, dict) else ()
    return {
        str(name): [int(one) for one in (values if isinstance(values, list) else [values])]
        for name, values in told
    }


def fetch_export(
    get: Callable[..., bytes],
    page: Page,
    wanted: Assumption,
    codes: list[str],
    year: int,
    base: str,
    final_from: dt.date | None = None,
) -> list[str]:
    """Fetch the export of a page for a municipality, its county and the country.

    Parameters
    ----------
    get : callable
        Answers a call.
    page : Page
        As `describe_page` gives it.
    wanted : Assumption
        What is chosen beyond the page's defaults.
    codes : list of str
        Every code that the municipality has had: series are stored by the code of their time.
    year : int
        Autumn of the newest school year that the edition may know.
    base : str
        Address of the interface.
    final_from : datetime.date, optional
        Day from which the figures are final.

    Returns
    -------
    list of str
        Addresses of the files, one for each code that the page knows; none where it has neither
        the municipality nor a year. The files are among the snapshots.

    Raises
    ------
    DataError
        When the page cannot choose what is wanted.

    Notes
    -----
    ``barn`` and ``forelder`` are values of ``indeks``, which has gaps: units are looked up by it
    and never counted. Every filter of the page is stated, since one that is left out counts
    pupils several times. Values are joined by ``_``: a comma is refused.
    """
    address = _address(base, page.endpoint)
    values = _json(get(f"{address}/filterVerdier", final_from=final_from), address)
    if not isinstance(values, dict):
        raise DataError(f"{address}/filterVerdier: expected an object with values by filter")
    filters = _filters(page, values, wanted, year)
    named = next((name for name in UNITS if name in page.filters), "")
    if named:
        filters[named] = units_below(values.get(named, []), codes)
    if not filters[TIME] or (named and not filters[named]):
        return []
    stated = "_".join(f"{name}({'_'.join(map(str, ids))})" for name, ids in filters.items())
    urls = []
    for path in [page.path] if named else _paths(values, wanted, codes):
        url = f"{address}{DATA}.csv?radSti={quote(path, safe='*.-')}&filter={quote(stated)}"
        get(url, final_from=final_from)
        urls.append(url)
    return urls


def _filters(
    page: Page, values: dict[str, list[dict]], wanted: Assumption, year: int
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {TIME: _years(values.get(TIME, []), year)}
    for name in dict.fromkeys([*page.filters, *wanted.choices]):
        if name in (TIME, PATH, *UNITS):
            continue
        items = {int(item["id"]): item for item in values.get(name, []) if "id" in item}
        chosen = wanted.choices.get(name, "")
        if chosen == EVERY:
            found[name] = list(items)
        elif chosen:
            found[name] = [int(one) for one in chosen.split(",")]
        elif default := page.defaults.get(name, []):
            found[name] = default
        elif all_or_none := [one for one in (ALL, NOT_SHOWN) if one in items]:
            found[name] = all_or_none[:1]
        elif items:
            raise DataError(
                f"{page.code}: filter '{name}' has no default and no 'all'; say in "
                f"{wanted.where} which of {', '.join(map(str, list(items)[:8]))} is meant"
            )
    return {name: list(dict.fromkeys(ids)) for name, ids in found.items() if ids or name == TIME}


def _years(items: list[dict], year: int) -> list[int]:
    found = {}
    for item in items:
        told = SCHOOL_YEAR.search(str(item.get("navn", "")))
        if told and FIRST_YEAR <= int(told[1]) <= year:
            found[int(told[1])] = int(item["id"])
    return [found[one] for one in sorted(found)]


def _paths(values: dict[str, list[dict]], wanted: Assumption, codes: list[str]) -> list[str]:
    """Write the way from the country down to each of the municipality's codes."""
    if PATH in wanted.choices:
        return [wanted.choices[PATH]]
    units = next((values[name] for name in UNITS if name in values), [])
    lines = [[str(one["id"]) for one in line] for line in _lines(units, codes)]
    return [".".join([*line, EVERY]) for line in lines]


def _lines(units: list[dict], codes: list[str]) -> list[list[dict]]:
    """Find country, county and municipality of each code, by ``forelder`` and ``indeks``."""
    by_index = {item.get("indeks", item.get("id")): item for item in units}
    found = []
    for item in units:
        if item.get("nivaa") != MUNICIPALITY or str(item.get("kode")) not in codes:
            continue
        line, above = [item], item.get("forelder")
        while above in by_index and len(line) < MUNICIPALITY:
            line.insert(0, by_index[above])
            above = by_index[above].get("forelder")
        found.append(line)
    return found


def units_below(units: list[dict], codes: list[str]) -> list[int]:
    """List the ids of a municipality, all above it, and its schools.

    Parameters
    ----------
    units : list of dict
        Units of the interface; ``barn`` and ``forelder`` are values of ``indeks``.
    codes : list of str
        Every code of the municipality.

    Returns
    -------
    list of int
        Empty when the interface does not know it.
    """
    by_index = {item.get("indeks", place): item for place, item in enumerate(units)}
    found: list[int] = []
    for line in _lines(units, codes):
        found += [int(one["id"]) for one in line]
        below = line[-1].get("barn") or []
        found += [int(by_index[place]["id"]) for place in below if place in by_index]
    return list(dict.fromkeys(found))


def _address(base: str, endpoint: str) -> str:
    """Join an endpoint to the base; one at another host is refused, never called."""
    address = urljoin(f"{base}/", endpoint.lstrip("/") if "://" not in endpoint else endpoint)
    if urlsplit(address).netloc != urlsplit(base).netloc:
        raise DataError(f"{endpoint}: an endpoint at another host, expected one at {base}")
    return address.removesuffix(DATA)


def _json(content: bytes, url: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        shown = content[:60].decode("utf-8", "replace")
        raise DataError(f"{url}: '{shown}', expected JSON") from None


def _lists(answer: Any) -> Any:
    return (value for value in answer.values() if isinstance(value, list))


def _first(item: Any, *names: str) -> Any:
    return next((item[name] for name in names if isinstance(item, dict) and item.get(name)), None)
