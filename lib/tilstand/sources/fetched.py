"""Read what was fetched without a call, and turn it into what an edition knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pandas as pd

from tilstand import contracts
from tilstand.sources.client import Client
from tilstand.sources.fetch import SURVEY, Fetched, fetch_edition, snapshots_of
from tilstand.sources.open_sources import Bases

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.project import Project
    from tilstand.register import Register
    from tilstand.sources.ssb_api import Table

#: What makes a series; its years may not come from two counts.
SERIES = ("indicator", "place", "grade", "gender", "subject", "category")
#: Begins a table's title, which the number stands in front of anyway.
NUMBER = re.compile(r"^\d{5}:?\s*")
TABLE_COLUMNS = ("table", "title", "updated", "provisional", "notes")
EARLY = {"nb": "foreløpige tall", "en": "provisional figures"}
#: Sources that are no table: title and short title by language, publisher.
REGISTERS = {
    "nbr": {
        "title_nb": "Nasjonalt barnehageregister",
        "title_en": "The national register of kindergartens",
    },
    "barnehagefakta": {
        "title_nb": "Barnehagefakta: kommunens indikatorer",
        "title_en": "Barnehagefakta: indicators of the municipality",
    },
}


def read_fetched(project: Project, register: Register, edition: Edition) -> Fetched | None:
    """Read an edition's snapshots without a single call.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Units with their codes.
    edition : Edition
        The edition that was fetched for.

    Returns
    -------
    Fetched or None
        None when nothing was ever fetched.

    Raises
    ------
    FetchError
        When a part is missing: an edition is not built from half an answer.
    DataError
        When a snapshot is not what was fetched.
    """
    snapshots = snapshots_of(project, edition.name)
    if not snapshots.listed():
        return None
    with httpx.Client() as nowhere:
        client = Client(snapshots, nowhere, offline=True)
        bases = Bases.stored(snapshots.folder)
        return fetch_edition(project, register, edition, client=client, bases=bases)


def fetched_parts(
    register: Register, fetched: Fetched, edition: Edition
) -> dict[str, pd.DataFrame]:
    """Turn what was fetched into what it adds to an edition.

    Parameters
    ----------
    register : Register
        The edition's register, exports' schools included.
    fetched : Fetched
        What the snapshots say.
    edition : Edition
        Names the sources' year.

    Returns
    -------
    dict
        ``figures`` (the *figures* columns as text, and ``file``), ``units`` (schools that the
        register lacks), ``categories`` (a label for each question or value of a dimension, in
        the Norwegian that it came in), ``sources``, and ``tables`` (`TABLE_COLUMNS`: Statistics
        Norway's tables with when they were changed and what has to be read beside them).
    """
    rows = fetched.figures.reindex(columns=list(contracts.FIGURE_COLUMNS)).fillna("")
    rows = rows.assign(file=rows["source"])
    unknown = ~fetched.figures["unit"].isin(register.units["code"])
    schools = fetched.figures[unknown & (fetched.figures["level"] == "school")]
    schools = schools.drop_duplicates("unit")
    units = pd.DataFrame(
        {
            "place": "school-" + schools["unit"],
            "code": schools["unit"],
            "level": "school",
            "name_nb": schools["name"],
            "name_en": schools["name"],
            "county": edition.municipality[:2],
            "valid_from": edition.year,
            "valid_to": edition.year,
        }
    )
    known = set(register.categories["category"])
    labels = [(code, name, name) for code, name in fetched.labels.items() if code not in known]
    used = list(dict.fromkeys(rows["source"]))
    early = set(rows.loc[rows["status"] == "provisional", "source"])
    tables = {f"ssb-{number}": table for number, table in fetched.tables.items()}
    sources = [_source(code, edition.year, tables.get(code), early=code in early) for code in used]
    told = [
        (table.number, table.label, table.updated[:10], code in early, " ".join(table.notes))
        for code, table in tables.items()
    ]
    return {
        "figures": rows,
        "units": units,
        "categories": pd.DataFrame(labels, columns=list(contracts.CATEGORY_COLUMNS)),
        "sources": pd.DataFrame(sources, columns=list(contracts.SOURCE_COLUMNS)),
        "tables": pd.DataFrame(told, columns=list(TABLE_COLUMNS)),
    }


def without_mixing(
    fetched: pd.DataFrame, exports: pd.DataFrame, places: dict[str, str]
) -> pd.DataFrame:
    """Leave out what Statistics Norway has of a series that the exports have.

    Parameters
    ----------
    fetched, exports : pandas.DataFrame
        *Figures* as text.
    places : dict
        Place behind every code.

    Returns
    -------
    pandas.DataFrame
        The fetched rows without them: two counts of nearly the same never make one series.
    """

    def series(rows: pd.DataFrame) -> pd.MultiIndex:
        placed = rows.assign(place=rows["unit"].map(places).fillna(rows["unit"]))
        return pd.MultiIndex.from_frame(placed[list(SERIES)].fillna(""))

    doubled = series(fetched).isin(series(exports)) & fetched["source"].str.startswith("ssb-")
    return fetched[~doubled]


def closed_schools(units: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """End the years of schools that the register of schools says are closed.

    Parameters
    ----------
    units : pandas.DataFrame
        Schools that the exports told of.
    schools : pandas.DataFrame
        The municipality's schools in the register of schools.
    """
    if schools.empty or units.empty:
        return units
    ended = schools[schools["closed"] != ""]
    years = dict(zip(ended["unit"], ended["closed"].str[:4].astype(int), strict=True))
    last = units["code"].map(years)
    kept = units["valid_to"].where(last.isna() | (units["valid_to"] <= last), last)
    return units.assign(valid_to=kept.astype(int))


def _source(code: str, year: int, table: Table | None, *, early: bool) -> dict[str, str]:
    if code.startswith(SURVEY):
        titles = {
            "title_nb": f"Elevundersøkelsen {year}, Utdanningsdirektoratets åpne data",
            "title_en": f"The Pupil Survey {year}, open data of the Directorate",
            "short_nb": f"Elevundersøkelsen {year}",
            "short_en": f"the Pupil Survey {year}",
        }
        publisher, cite, published = "Utdanningsdirektoratet", "udirElevundersokelsen", year + 1
    elif table is not None:
        also = {language: f", {word}" if early else "" for language, word in EARLY.items()}
        day, label = table.updated[:10], NUMBER.sub("", table.label)
        titles = {
            "title_nb": f"Tabell {table.number}: {label}, sist endret {day}{also['nb']}",
            "title_en": f"Table {table.number}: {label}, last changed {day}{also['en']}",
            "short_nb": f"SSB tabell {table.number}{also['nb']}",
            "short_en": f"Statistics Norway table {table.number}{also['en']}",
        }
        publisher, cite = "Statistisk sentralbyrå", "ssbStatistikkbanken"
        published = int(day[:4]) if day[:4].isdigit() else year + 1
    else:
        named = REGISTERS[code]
        titles = {**named, "short_nb": named["title_nb"], "short_en": named["title_en"]}
        publisher, cite, published = "Utdanningsdirektoratet", "udirRegistre", year + 1
    return {
        "source": code,
        "data_year": str(year),
        "published": str(published),
        **titles,
        "publisher": publisher,
        "cite": cite,
        "place": "",
    }
