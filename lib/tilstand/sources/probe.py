"""Hold what is assumed of the open interfaces against what they say today."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tilstand.errors import DataError
from tilstand.sources import registers_api, reporting_api, ssb_api
from tilstand.sources.client import Client, RefusedError
from tilstand.sources.open_sources import Bases, read_assumptions
from tilstand.sources.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.sources.open_sources import Assumption

#: The survey's filters, each with its "all" or its first value: one row is enough.
ONE_ROW = ("TidID", "EnhetID", "TrinnID", "KjoennID", "EierformID")
KLASS = {
    "131": ("classifications/131/codesAt.json?date={year}-10-01", "codes"),
    "131/changes": (
        "classifications/131/changes.json?from=2020-01-01&to={year}-01-02",
        "codeChanges",
    ),
    "131/112": (
        "classifications/131/correspondsAt.json?targetClassificationId=112&date={year}-10-01",
        "correspondenceItems",
    ),
}
YEAR = 2025
#: A municipality that every register has.
OSLO = "0301"


def probe_sources(
    folder: Path,
    bases: Bases,
    progress: Callable[[str], None] = lambda _line: None,
    client: Client | None = None,
) -> tuple[list[str], int]:
    """Call each source once and tell what differs from the table of assumptions.

    Parameters
    ----------
    folder : Path
        The register's folder with ``open-sources.csv``.
    bases : Bases
        Addresses of the services.
    progress : callable
        Is told which source is asked.
    client : Client, optional
        Does the calls; nothing is kept of them if not given.

    Returns
    -------
    differing : list of str
        A line a label, endpoint, field or table that is not as assumed: where the assumption
        stands, what the service says, what was expected.
    held : int
        How many assumptions were compared.

    Raises
    ------
    FetchError
        When a service does not answer at all.
    """
    wanted = read_assumptions(folder)
    lines: list[str] = []
    with TemporaryDirectory() as empty:
        asked = client or Client(Snapshots(Path(empty)))
        for (service, source), group in groupby(wanted, key=lambda one: (one.service, one.source)):
            ours = list(group)
            progress(f"{service} {source}".strip())
            try:
                lines += PROBES[service](asked.get, ours, bases[service])
            except (RefusedError, DataError) as error:
                lines += [f"{ours[0].where}: {service} {source}: {line}" for line in error.lines]
    return list(dict.fromkeys(lines)), len(wanted)


def _differs(one: Assumption, what: str, said: str, expected: str) -> str:
    named = " ".join(part for part in (one.service, one.source, one.name) if part)
    return f"{one.where}: {named}: {what} '{said}', expected {expected}"


def _pages(get: Callable[..., bytes], wanted: list[Assumption], base: str) -> list[str]:
    if wanted[0].kind == "search":
        titles = reporting_api.list_pages(get, base)
        return [
            _differs(one, "page", "none", f"a title that fits '{one.label}'")
            for one in wanted
            if one.sure != "label" and not reporting_api.search(titles, one)
        ]
    page = reporting_api.describe_page(get, wanted[0].source, base)
    # Several lines on one page say the same of it: told once, of the first.
    one = wanted[0]
    lines = []
    if not page.endpoint.rstrip("/").endswith(one.name):
        lines.append(_differs(one, "endpoint", page.endpoint, f"'{one.name}'"))
    if page.title != page.code and not one.fits(page.title):
        lines.append(_differs(one, "title", page.title, f"one that fits '{one.label}'"))
    return lines


def _survey(get: Callable[..., bytes], wanted: list[Assumption], base: str) -> list[str]:
    address = f"{base}/{wanted[0].source}"
    values = _json(get(f"{address}/filterVerdier"), address)
    chosen = []
    for name in ONE_ROW:
        ids = [item["id"] for item in values.get(name, [])]
        if ids:
            chosen.append(f"{name}({-10 if -10 in ids else ids[0]})")
    rows = _json(get(f"{address}/data?filter={'_'.join(chosen)}&format=0&sideNummer=1"), address)
    return _fields(rows, wanted)


def _table(get: Callable[..., bytes], wanted: list[Assumption], base: str) -> list[str]:
    table = ssb_api.describe_table(get, wanted[0].source, base)
    labels, lines = table.contents.values, []
    for one in wanted:
        expected = f"one that fits '{one.label}'"
        fitting = [code for code, label in labels.items() if one.fits(label)]
        if one.name in labels and not one.fits(labels[one.name]):
            lines.append(_differs(one, "label", labels[one.name], expected))
        elif one.name and one.name not in labels:
            found = ", ".join(fitting) or "none"
            lines.append(_differs(one, "content code", found, f"'{one.name}' or a label that fits"))
        elif not one.name and len(fitting) != 1:
            said = "; ".join(labels[code] for code in fitting) or "none"
            lines.append(_differs(one, "label", said, expected))
    return lines


def _register(get: Callable[..., bytes], wanted: list[Assumption], base: str) -> list[str]:
    url = f"{base}/{wanted[0].source}?sidenummer=1&antallPerSide=100"
    answer = _json(get(url), url)
    lists = answer.values() if isinstance(answer, dict) else [answer]
    return _fields(next((one for one in lists if isinstance(one, list)), []), wanted)


def _norm(get: Callable[..., bytes], wanted: list[Assumption], base: str) -> list[str]:
    url = f"{base}/{wanted[0].source}/{OSLO}"
    answer = _json(get(url), url)
    told = answer.get("indikatorDataKommune") if isinstance(answer, dict) else None
    return _fields([told] if isinstance(told, dict) else [], wanted)


def _klass(get: Callable[..., bytes], wanted: list[Assumption], base: str) -> list[str]:
    path, key = KLASS[wanted[0].source]
    url = f"{base}/{path.format(year=YEAR)}"
    answer = _json(get(url), url)
    return _fields(answer.get(key, []) if isinstance(answer, dict) else [], wanted)


def _fields(rows: Any, wanted: list[Assumption]) -> list[str]:
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    there = list(dict.fromkeys(name for row in rows for name in row))
    known = {one.name for one in wanted}
    others = ", ".join(name for name in there if name not in known)
    missing = registers_api.lacking_fields(rows, wanted)
    return [
        _differs(one, "field", "none", f"it among the answer's fields; there are: {others}"[:200])
        for one in wanted
        if one.name in missing
    ]


def _json(content: bytes, url: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        shown = content[:60].decode("utf-8", "replace")
        raise DataError(f"{url}: '{shown}', expected JSON") from None


PROBES = {
    "udir": _pages,
    "eksport": _survey,
    "ssb": _table,
    "nsr": _register,
    "nbr": _register,
    "barnehagefakta": _norm,
    "klass": _klass,
}
