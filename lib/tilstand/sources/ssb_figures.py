"""Turn Statistics Norway's tables into figures: by label, by place over time, by year."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.sources.ssb_api import CONTENTS, describe_table, fetch_cells

if TYPE_CHECKING:
    import datetime as dt

    from tilstand.edition import Edition
    from tilstand.register import Register
    from tilstand.sources.open_sources import Assumption
    from tilstand.sources.ssb_api import Dimension, Get, Table

FIRST_YEAR = 2015
AHEAD, YEARS_AHEAD = "ahead", 10
TOTAL, EVERY = "total", "*"
#: What the sum of all is called; a dimension that is not chosen from has to have it.
TOTALS = re.compile(
    r"^(i alt|alle|begge|both|all|total|sum|totalt)\b|^(eigar|eier)formar? i alt", re.IGNORECASE
)
#: Codes of the country, in order: KOSTRA's own, and those of tables by Region.
NATION = ("EAK", "0", "01-99", "00")
COUNTY = "EKA"
GENDERS = (
    (re.compile(r"^(kvinner|jenter|females|girls|women)", re.IGNORECASE), "female"),
    (re.compile(r"^(menn|gutter|males|boys|men)", re.IGNORECASE), "male"),
)
GRADE = re.compile(r"\b(\d{1,2})\. ?(års)?(trinn|klasse)")
AGE = re.compile(r"(\d{1,3}) år$")
#: Units whose parts may be summed where the table has no total.
SUMMED = ("count", "fte")
SUBJECTS = {"lesing": "reading", "regning": "numeracy", "engelsk": "english"}
YEAR = re.compile(r"\d{4}")
#: The gravest state of the parts of a sum.
WORST = ("suppressed", "not_applicable", "missing", "ok")
KEYS = ["year", "level", "unit", "grade", "gender", "subject", "category"]


@dataclass(frozen=True)
class TableFigures:
    """Hold what one table says of an edition's places.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* columns as text.
    labels : dict
        Label of each category that came from the table.
    notes : list of str
        What was left out and why, and marks that we do not know.
    table : Table or None
        The table as it describes itself.
    """

    figures: pd.DataFrame
    labels: dict[str, str]
    notes: list[str]
    table: Table | None = None


@dataclass(frozen=True)
class _Wish:
    """One assumption, turned into codes of the table."""

    wanted: Assumption
    content: str
    codes: dict[str, list[str]]
    columns: dict[str, str] = field(default_factory=dict)


def fetch_figures(
    get: Get,
    wanted: list[Assumption],
    register: Register,
    edition: Edition,
    base: str,
    final_from: dt.date,
) -> TableFigures:
    """Fetch one table and read it.

    Parameters
    ----------
    get : callable
        Answers a call.
    wanted : list of Assumption
        Contents of one table.
    register : Register
        Tells which code was a place's in which year.
    edition : Edition
        Year, municipality and comparators.
    base : str
        Address of PxWebApi 2.
    final_from : datetime.date
        Day from which figures that are revised are final.

    Returns
    -------
    TableFigures
        Figures of the municipality, its counties, the comparators and the country. A cell of a
        code outside the years in which the code was valid is dropped, a bare 0 too.

    Raises
    ------
    FetchError, DataError
        As `describe_table` and `fetch_cells`.
    """
    number = wanted[0].source
    final = final_from if any(one.revised for one in wanted) else None
    table = describe_table(get, number, base, final)
    wishes, notes = plan(table, wanted)
    regions = places_in(table, register, edition)
    if table.geo and not regions:
        return TableFigures(_none(), {}, [*notes, f"{_name(table)}: none of our places"], table)
    parts: list[pd.DataFrame] = []
    labels: dict[str, str] = {}
    groups: dict[str, list[_Wish]] = {}
    for wish in wishes:
        groups.setdefault(f"{sorted(wish.codes.items())}{wish.wanted.years}", []).append(wish)
    for group in groups.values():
        years = periods(table, group[0].wanted.years, edition.year)
        if not years:
            notes.append(f"{_name(table)}: no year that edition {edition.name} wants")
            continue
        chosen = {**group[0].codes, CONTENTS: [wish.content for wish in group]}
        chosen = {name: chosen[name] for name in table.dimensions if name in chosen}
        if table.geo:
            chosen[table.geo] = list(regions)
        chosen[table.time] = list(years)
        cells = fetch_cells(get, table, chosen, base, final)
        notes += _marks(table, cells)
        cells = _placed(cells, table, regions, years, register)
        for wish in group:
            rows, named = _rows(cells, table, wish, register)
            parts.append(rows)
            labels |= named
    figures = pd.concat(parts, ignore_index=True) if parts else _none()
    return TableFigures(figures, labels, notes, table)


def _none() -> pd.DataFrame:
    return pd.DataFrame(columns=list(contracts.FIGURE_COLUMNS))


def _name(table: Table) -> str:
    return f"SSB, table {table.number}"


def content_code(table: Table, wanted: Assumption) -> tuple[str, str]:
    """Find the content code whose label is the one expected.

    Returns
    -------
    code : str
        Blank when no label fits, or two do and neither is the code known.
    said : str
        What is wrong, or what has moved; blank when all is as expected.
    """
    labels = table.contents.values
    if wanted.name in labels and wanted.fits(labels[wanted.name]):
        return wanted.name, ""
    fitting = [code for code, label in labels.items() if wanted.fits(label)]
    known = f"'{wanted.name}'" if wanted.name else "a content"
    if len(fitting) == 1:
        moved = f"{wanted.fills} is taken from '{fitting[0]}', {known} was expected"
        return fitting[0], f"{_name(table)}: {moved}" if wanted.name else ""
    said = f" ('{labels[wanted.name]}')" if wanted.name in labels else ""
    which = "none has" if not fitting else f"{len(fitting)} have"
    return "", (
        f"{_name(table)}: {wanted.fills} left out: {known}{said} should have a label that fits "
        f"'{wanted.label}', {which} one ({wanted.where})"
    )


def plan(table: Table, wanted: list[Assumption]) -> tuple[list[_Wish], list[str]]:
    """Turn what is wanted of a table into its own codes; lines for what it does not have."""
    wishes, notes = [], []
    for one in wanted:
        content, said = content_code(table, one)
        notes += [said] if said else []
        if not content:
            continue
        codes: dict[str, list[str]] = {}
        columns: dict[str, str] = {}
        lacking = []
        for name, dimension in table.dimensions.items():
            if name in (CONTENTS, table.time, table.geo):
                continue
            chosen = _of(one.choices, dimension)
            column = _of(one.breakdown, dimension)
            found = _chosen(dimension, chosen or (EVERY if column else TOTAL))
            if column:
                columns[name] = column
            if found:
                codes[name] = found
            elif not (dimension.optional and not chosen):
                lacking.append(f"'{name}' ({dimension.label})")
        if lacking:
            told = f"it is not known what to choose from {', '.join(lacking)}"
            notes.append(f"{_name(table)}: {one.fills} left out: {told} ({one.where})")
        else:
            wishes.append(_Wish(one, content, codes, columns))
    return wishes, notes


def _of(said: dict[str, str], dimension: Dimension) -> str:
    names = (dimension.code, dimension.label)
    return next(
        (
            value
            for pattern, value in said.items()
            if any(re.search(pattern, name, re.IGNORECASE) for name in names)
        ),
        "",
    )


def _chosen(dimension: Dimension, chosen: str) -> list[str]:
    """List the codes that a choice means; none where one of them is not there."""
    if chosen == EVERY:
        return list(dimension.values)
    if chosen == TOTAL:
        fitting = [code for code, label in dimension.values.items() if TOTALS.search(label)]
        return fitting[:1] or (list(dimension.values) if len(dimension.values) == 1 else [])
    found: list[str] = []
    for part in chosen.split(","):
        first, _, last = part.partition("..")
        inside = (
            [code for code in dimension.values if first <= code <= last and len(code) == len(first)]
            if last
            else [code for code in dimension.values if code == first]
        )
        if not inside:
            return []
        found += inside
    return found


def places_in(table: Table, register: Register, edition: Edition) -> dict[str, tuple[str, str]]:
    """Find an edition's places in a table: level and our code by the table's code.

    KOSTRA's tables call the country ``EAK``, a county ``EKA32`` and a group ``EKG01``; old and
    new codes of a municipality stand there together, and all of them are asked for.
    """
    if not table.geo:
        return {}
    kostra = table.geo.startswith("KOK")
    values = table.dimensions[table.geo].values
    wanted = {edition.municipality, *edition.comparators}
    places = {str(register.unit(code, edition.year)["place"]) for code in wanted}
    units = register.units
    own = units[units["place"] == register.unit(edition.municipality, edition.year)["place"]]
    counties = set(own["county"]) - {""}
    ours = units[units["place"].isin(places) | (units["code"].isin(counties))]
    found: dict[str, tuple[str, str]] = {}
    nation = next((code for code in (NATION if kostra else NATION[1:]) if code in values), "")
    if nation:
        found[nation] = ("nation", "0")
    for unit in ours.to_dict("records"):
        level, code = str(unit["level"]), str(unit["code"])
        theirs = f"{COUNTY}{code}" if kostra and level == "county" else code
        if theirs in values and level != "nation":
            found[theirs] = (level, code)
    return found


def periods(table: Table, said: str, year: int) -> dict[str, int]:
    """List the table's periods that are wanted; an interval is known by its last year."""
    first, last = FIRST_YEAR, year
    if said == AHEAD:
        first, last = year + 1, year + YEARS_AHEAD
    elif said:
        first = int(said.rstrip("-"))
    values = table.dimensions[table.time].values
    told = {code: [int(one) for one in YEAR.findall(code)] for code in values}
    return {
        code: max(found) for code, found in told.items() if found and first <= max(found) <= last
    }


def _marks(table: Table, cells: pd.DataFrame) -> list[str]:
    marks = cells.loc[cells["said"] != "", "said"].value_counts()
    return [
        f"{_name(table)}: mark '{mark}' is not among those known; read as missing ({count} cells)"
        for mark, count in marks.items()
    ]


def _placed(
    cells: pd.DataFrame,
    table: Table,
    regions: dict[str, tuple[str, str]],
    years: dict[str, int],
    register: Register,
) -> pd.DataFrame:
    """Assign each cell year, level and unit, and drop those of a code that was not valid then."""
    codes = cells[table.geo] if table.geo else pd.Series("", index=cells.index)
    units = {"": ("nation", "0"), **regions}
    placed = cells.assign(
        year=cells[table.time].map(years),
        level=codes.map({code: level for code, (level, _) in units.items()}),
        unit=codes.map({code: unit for code, (_, unit) in units.items()}),
    )
    keys = placed[["level", "unit", "year"]].drop_duplicates()
    valid = {key for key in keys.itertuples(index=False, name=None) if register.valid_unit(*key)}
    kept = [
        key in valid for key in placed[["level", "unit", "year"]].itertuples(index=False, name=None)
    ]
    return placed.loc[kept]


def _rows(
    cells: pd.DataFrame, table: Table, wish: _Wish, register: Register
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Read one content: sum what was chosen together, break down what was asked for."""
    wanted = wish.wanted
    mine = cells[cells[CONTENTS] == wish.content]
    for name, codes in wish.codes.items():
        mine = mine[mine[name].isin(codes)]
    labels: dict[str, str] = {}
    said = {name: pd.Series("", index=mine.index) for name in KEYS[3:]}
    given, _, word = wanted.category.rpartition("=")
    said[given or "category"] = pd.Series(word, index=mine.index)
    one = register.indicators[wanted.fills]
    for name, column in wish.columns.items():
        values = table.dimensions[name].values
        words = {code: _word(values[code], column, code) for code in wish.codes[name]}
        said[column] = mine[name].map(words)
        if column == "category":
            labels |= {word: _small(values[code]) for code, word in words.items() if word}
    # A value that is neither a total nor of a kind we know would be counted as the total.
    mine = mine.assign(**said).dropna(subset=list(said))
    for column in wish.columns.values():
        if one.unit in SUMMED and "" not in set(mine[column]) and len(mine):
            mine = pd.concat([mine, mine.assign(**{column: ""})], ignore_index=True)
    known = mine.groupby(KEYS, sort=False, dropna=False)
    whole = known.agg(value=("value", "sum"), status=("status", _gravest)).reset_index()
    decimals = max(one.decimals, 1) if one.unit in ("percent", "ratio", "points") else one.decimals
    early = whole["year"].map(lambda year: _provisional(wanted, table, int(year)))
    status = whole["status"].mask(early & (whole["status"] == "ok"), "provisional")
    value = [
        f"{number:.{decimals}f}" if state in contracts.STATUSES_WITH_VALUE else ""
        for number, state in zip(whole["value"], status, strict=True)
    ]
    rows = whole.assign(
        year=whole["year"].astype(str),
        indicator=wanted.fills,
        value=value,
        status=status,
        source=f"ssb-{table.number}",
        section=wish.content,
    )
    return rows.reindex(columns=list(contracts.FIGURE_COLUMNS), fill_value=""), labels


def _gravest(states: pd.Series) -> str:
    return min(states, key=WORST.index)


def _provisional(wanted: Assumption, table: Table, year: int) -> bool:
    """Tell whether a year's figures were not yet revised when the table was last changed."""
    return bool(wanted.revised) and table.updated[:10] < f"{year + 1}-{wanted.revised}"


def _small(label: str) -> str:
    """Begin a label with a small letter, as it stands within a line; a name keeps its own."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _word(label: str, column: str, code: str) -> str | None:
    """Code a value of a dimension: blank for the total, None for what we do not know."""
    if TOTALS.search(label):
        return ""
    if column == "gender":
        return next((said for pattern, said in GENDERS if pattern.search(label)), None)
    if column == "grade":
        found = GRADE.search(label)
        return found[1] if found else None
    if column == "subject":
        return next((said for word, said in SUBJECTS.items() if word in label.casefold()), None)
    if age := AGE.match(label):
        return f"age_{age[1]}"
    plain = re.sub(r"[^a-z0-9]+", "_", label.casefold().translate(str.maketrans("æøå", "eoa")))
    return f"ssb_{plain.strip('_') or code}"
