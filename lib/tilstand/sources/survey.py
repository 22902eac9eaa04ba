"""Join the fetched Pupil Survey to the figures of an edition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pandas as pd

from tilstand import contracts
from tilstand.errors import DataError
from tilstand.sources.client import Client
from tilstand.sources.fetch import Fetched, fetch_edition, snapshots_of

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.project import Project
    from tilstand.register import Register
    from tilstand.sources.fetch import Bases

NUMBERS = ("value", "n", "margin")


def _refuse(request: httpx.Request) -> httpx.Response:
    return httpx.Response(400, text="not fetched yet: run tilstand fetch", request=request)


def read_fetched(
    project: Project, register: Register, edition: Edition, bases: Bases | None = None
) -> Fetched | None:
    """Read an edition's snapshots without a single call.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Units with their codes.
    edition : Edition
        The edition that was fetched for.
    bases : Bases, optional
        Addresses that it was fetched from.

    Returns
    -------
    Fetched or None
        None when nothing was ever fetched.

    Raises
    ------
    FetchError
        When a part is missing: an edition is not built from half an answer.
    """
    snapshots = snapshots_of(project, edition.year)
    if not snapshots.listed():
        return None
    with httpx.Client(transport=httpx.MockTransport(_refuse)) as nowhere:
        client = Client(snapshots, nowhere, tries=1)
        return fetch_edition(project, register, edition, client=client, bases=bases)


def with_survey(
    figures: pd.DataFrame, register: Register, fetched: Fetched, edition: Edition
) -> tuple[pd.DataFrame, Register]:
    """Add the survey's figures to an edition's, and its questions and source to the register.

    Parameters
    ----------
    figures : pandas.DataFrame
        As `load_edition_figures` gives them.
    register : Register
        The edition's register.
    fetched : Fetched
        What the snapshots say.
    edition : Edition
        Names the source's year.

    Returns
    -------
    figures : pandas.DataFrame
        With the survey's rows, a category for each question.
    register : Register
        With a label for each question, in the Norwegian that the pupils were asked in.

    Raises
    ------
    DataError
        When a fetched cell is no number.
    """
    if fetched.faults:
        raise DataError(list(fetched.faults))
    source = f"udir-elevundersokelsen-{edition.year}"
    rows = fetched.survey.reindex(columns=list(contracts.FIGURE_COLUMNS))
    rows = rows.assign(source=source, section=rows["category"], file=source, printed=rows["value"])
    rows["year"] = rows["year"].astype(int)
    for column in NUMBERS:
        rows[column] = pd.to_numeric(rows[column], errors="coerce")
    places = dict(zip(register.units["code"], register.units["place"], strict=True))
    unknown = ~rows["unit"].isin(places)
    schools = fetched.survey[unknown & (rows["level"] == "school")].drop_duplicates("unit")
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
    rows["place"] = rows["unit"].map(places).fillna("school-" + rows["unit"])
    labels = pd.DataFrame(
        [(code, name, name) for code, name in fetched.questions.items()],
        columns=list(contracts.CATEGORY_COLUMNS),
    )
    title = {"nb": "Elevundersøkelsen", "en": "the Pupil Survey"}
    about = pd.DataFrame(
        [
            {
                "source": source,
                "data_year": str(edition.year),
                "published": str(edition.year + 1),
                "title_nb": f"{title['nb']} {edition.year}, Utdanningsdirektoratets åpne data",
                "title_en": f"The Pupil Survey {edition.year}, open data of the Directorate",
                "publisher": "Utdanningsdirektoratet",
                "short_nb": f"{title['nb']} {edition.year}",
                "short_en": f"{title['en']} {edition.year}",
                "cite": "udirElevundersokelsen",
                "place": "",
            }
        ]
    )
    fuller = replace(
        register,
        units=pd.concat([register.units, units], ignore_index=True),
        categories=pd.concat([register.categories, labels], ignore_index=True),
        sources=pd.concat([register.sources, about], ignore_index=True),
    )
    joined = rows if figures.empty else pd.concat([figures, rows[figures.columns]])
    return joined.reset_index(drop=True), fuller
