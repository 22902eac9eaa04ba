"""Know what was valid when: units, indicators, categories, sources and breaks in series."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand import contracts
from tilstand.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

# Text as objects: to ask anything of Arrow's strings takes half a millisecond, and a chapter asks
# its small tables a thousand times.
pd.set_option("mode.string_storage", "python")

LAST_YEAR = 9999
CELLS = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")  # what pandas says


def read_text_table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a CSV as text, with nothing guessed.

    Parameters
    ----------
    path : Path
        UTF-8 CSV with a header.
    columns : tuple of str
        Columns that have to be there.

    Returns
    -------
    pandas.DataFrame
        All columns as text; an empty cell is an empty string.

    Raises
    ------
    DataError
        When the file is missing, lacks a column, or is no CSV in UTF-8.
    """
    if not path.is_file():
        raise DataError(f"{path}: the file is missing")
    content = path.read_bytes()
    try:
        content.decode("utf-8-sig")
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise DataError(f"{path}:{row}: expected text in UTF-8 (save as CSV UTF-8)") from None
    except pd.errors.EmptyDataError:
        raise DataError(f"{path}:1: '', expected the header {','.join(columns)}") from None
    except pd.errors.ParserError as error:
        found = CELLS.search(str(error))
        if found is None:
            raise DataError(f"{path}: {error}, expected well-formed CSV") from None
        expected, line, cells = found.groups()
        raise DataError(f"{path}:{line}: '{cells} cells', expected {expected} cells") from None
    lacking = [column for column in columns if column not in table.columns]
    if lacking:
        raise DataError(f"{path}:1: the header lacks {', '.join(lacking)}")
    return table


def _read_folder(folder: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    parts = [read_text_table(path, columns) for path in sorted(folder.glob("*.csv"))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))


def _school_mergers(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    table = read_text_table(path, contracts.SCHOOL_MERGER_COLUMNS)
    return dict(zip(table["from"].str.strip(), table["to"].str.strip(), strict=True))


def _years(column: pd.Series, default: int) -> pd.Series:
    return column.where(column != "", str(default)).astype(int)


def _last(year: int) -> str:
    return "" if year == LAST_YEAR else str(year)


@dataclass(frozen=True)
class Indicator:
    """Describe one indicator of the catalogue, in both languages."""

    code: str
    name: dict[str, str]
    unit: str
    decimals: int
    direction: str
    year_kind: str
    people: str
    definition: dict[str, str]
    origin: str
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """Answer what a code means in a given year.

    Parameters
    ----------
    units, indicator_table, categories, sources, breaks, sums : pandas.DataFrame
        The tables under ``data/register`` as text.
    school_mergers : dict of str to str
        What is known to have become of schools that closed: the organisation number that goes on,
        or blank where none does.
    """

    units: pd.DataFrame
    indicator_table: pd.DataFrame
    categories: pd.DataFrame
    sources: pd.DataFrame
    breaks: pd.DataFrame
    sums: pd.DataFrame
    school_mergers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Register:
        """Load the register from its folder."""
        units = read_text_table(folder / "units.csv", contracts.UNIT_COLUMNS)
        units["valid_from"] = _years(units["valid_from"], 0)
        units["valid_to"] = _years(units["valid_to"], LAST_YEAR)
        return cls(
            units=units,
            indicator_table=_read_folder(folder / "indicators", contracts.INDICATOR_COLUMNS),
            categories=_read_folder(folder / "categories", contracts.CATEGORY_COLUMNS),
            sources=read_text_table(folder / "sources.csv", contracts.SOURCE_COLUMNS),
            breaks=read_text_table(folder / "breaks.csv", contracts.BREAK_COLUMNS),
            sums=read_text_table(folder / "sums.csv", contracts.SUM_COLUMNS),
            school_mergers=_school_mergers(folder / "school-mergers.csv"),
        )

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Catalogue of indicators by code."""
        return {
            row["indicator"]: Indicator(
                code=row["indicator"],
                name={"nb": row["name_nb"], "en": row["name_en"]},
                unit=row["unit"],
                decimals=int(row["decimals"] or 0),
                direction=row["direction"],
                year_kind=row["year_kind"],
                people=row["people"],
                definition={"nb": row["definition_nb"], "en": row["definition_en"]},
                origin=row["origin"],
                breaks=tuple(code for code in row["breaks"].split(";") if code),
            )
            for row in self.indicator_table.to_dict("records")
        }

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        return {
            row["category"]: {"nb": row["name_nb"], "en": row["name_en"]}
            for row in self.categories.to_dict("records")
        }

    def category_label(self, category: str, language: str) -> str:
        """Write a category, also a compound one such as ``municipal/spring``, as a label.

        A part that the register has no label for stands under its own name.
        """
        parts = [part for part in category.split("/") if part]
        labels = [self._labels.get(part, {}).get(language, part) for part in parts]
        return ", ".join(labels)

    def knows_category(self, category: str) -> bool:
        """Tell whether every part of a category has a label."""
        return all(part in self._labels for part in category.split("/") if part)

    @cached_property
    def _spans(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for row in self.units.to_dict("records"):
            span = (row["valid_from"], row["valid_to"])
            spans.setdefault((row["level"], row["code"]), []).append(span)
        return spans

    def knows_unit(self, level: str, code: str) -> bool:
        """Tell whether a code ever named a unit of this level."""
        return (level, code) in self._spans

    def valid_unit(self, level: str, code: str, year: int) -> bool:
        """Tell whether a code named a unit of this level in this year."""
        return any(first <= year <= last for first, last in self._spans.get((level, code), []))

    def is_its_county(self, municipality: str, year: int) -> bool:
        """Tell whether a municipality is a county of its own, such as Oslo.

        Parameters
        ----------
        municipality : str
            Code of the municipality.
        year : int
            Year in which the code is valid.

        Returns
        -------
        bool
            True where no other municipality lies in its county, which bears its name.
        """
        if (municipality, year) not in self._counties:
            self._counties[municipality, year] = self._is_county(municipality, year)
        return self._counties[municipality, year]

    @cached_property
    def _counties(self) -> dict[tuple[str, int], bool]:
        return {}

    def _is_county(self, municipality: str, year: int) -> bool:
        valid = self._valid(year)
        towns = valid[valid["level"] == "municipality"]
        own = towns[towns["code"] == municipality]
        county = own["county"].iloc[0] if len(own) else ""
        names = valid.loc[(valid["level"] == "county") & (valid["code"] == county), "name_nb"]
        alone = (towns["county"] == county).sum() == 1
        return bool(county and alone and (names == own["name_nb"].iloc[0]).any())

    def _valid(self, year: int) -> pd.DataFrame:
        return self.units[(self.units["valid_from"] <= year) & (year <= self.units["valid_to"])]

    @cached_property
    def _rows_of(self) -> dict[str, list[tuple[int, int, int]]]:
        """Where in the units' table each code stands, and from when to when."""
        found: dict[str, list[tuple[int, int, int]]] = {}
        table = zip(*(self.units[name] for name in ("code", "valid_from", "valid_to")), strict=True)
        for place, (code, first, last) in enumerate(table):
            found.setdefault(code, []).append((place, first, last))
        return found

    @cached_property
    def _valid_rows(self) -> dict[tuple[str, int], list[dict[str, Any]]]:
        return {}

    def valid_rows(self, level: str, year: int) -> list[dict[str, Any]]:
        """List the units of a level that were valid in a year; nobody changes them."""
        if (level, year) not in self._valid_rows:
            valid = self._valid(year)
            rows = valid[valid["level"] == level].to_dict("records")
            self._valid_rows[level, year] = [{str(k): row[k] for k in row} for row in rows]
        return self._valid_rows[level, year]

    def unit(self, code: str, year: int) -> pd.Series:
        """Look up the unit that a code named in a year.

        Raises
        ------
        DataError
            When no unit had the code in that year; the message says when it was valid.
        """
        for place, first, last in self._rows_of.get(code, ()):
            if first <= year <= last:
                return self.units.iloc[place]
        known = self.units[self.units["code"] == code]
        spans = "; ".join(
            f"{row['name_nb']} {row['valid_from']}-{_last(row['valid_to'])}"
            for row in known.to_dict("records")
        )
        hint = f"the code was valid for {spans}" if spans else "no unit ever had the code"
        raise DataError(f"data/register/units.csv: '{code}' was no unit in {year}; {hint}")

    @cached_property
    def _places(self) -> dict[str, list[dict[str, Any]]]:
        places: dict[str, list[dict[str, Any]]] = {}
        for row in self.units.to_dict("records"):
            places.setdefault(row["place"], []).append({str(key): row[key] for key in row})
        return places

    def name(self, place: str, year: int, language: str) -> str:
        """Name a place as it was named in a year."""
        spans = self._places[place]
        valid = [row for row in spans if row["valid_from"] <= year <= row["valid_to"]]
        return str((valid or spans[-1:])[0][f"name_{language}"])

    def codes(self, place: str) -> list[str]:
        """List every code that a place has had."""
        return sorted(set(self.units.loc[self.units["place"] == place, "code"]))

    def source_title(self, source: str, language: str, form: str = "short") -> str:
        """Name a source document, in its ``short`` form or with its full ``title``."""
        return str(self._documents[source][f"{form}_{language}"])

    @cached_property
    def _documents(self) -> dict[str, dict[Any, Any]]:
        return {row["source"]: row for row in self.sources.to_dict("records")}

    def breaks_of(self, indicator: str) -> list[dict[Any, Any]]:
        """List the breaks in one indicator's series, with the reasons; nobody changes them."""
        own = self.indicators[indicator].breaks
        return [
            row
            for row, codes in self._breaks_and_measures
            if row["break"] in own or indicator in codes
        ]

    @cached_property
    def _breaks_and_measures(self) -> list[tuple[dict[Any, Any], list[str]]]:
        """Each break, and the indicators that it names itself."""
        return [(row, row["indicators"].split(";")) for row in self.breaks.to_dict("records")]
