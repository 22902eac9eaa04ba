"""Read the fetched Pupil Survey without a call, and turn it into what an edition knows."""

from __future__ import annotations

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
    snapshots = snapshots_of(project, edition.name)
    if not snapshots.listed():
        return None
    with httpx.Client(transport=httpx.MockTransport(_refuse)) as nowhere:
        client = Client(snapshots, nowhere, tries=1)
        return fetch_edition(project, register, edition, client=client, bases=bases)


def survey_parts(register: Register, fetched: Fetched, edition: Edition) -> dict[str, pd.DataFrame]:
    """Turn the fetched survey into what it adds to an edition.

    Parameters
    ----------
    register : Register
        The edition's register, exports' schools included.
    fetched : Fetched
        What the snapshots say.
    edition : Edition
        Names the source's year.

    Returns
    -------
    dict
        ``figures`` (the *figures* columns as text, and ``file``; a category for each question),
        ``units`` (schools that the register lacks), ``categories`` (a label for each question,
        in the Norwegian that the pupils were asked in) and ``sources``.

    Raises
    ------
    DataError
        When a fetched cell is no number.
    """
    if fetched.faults:
        raise DataError(list(fetched.faults))
    source = f"udir-elevundersokelsen-{edition.year}"
    rows = fetched.survey.reindex(columns=list(contracts.FIGURE_COLUMNS)).fillna("")
    rows = rows.assign(source=source, section=rows["category"], file=source)
    unknown = ~rows["unit"].isin(register.units["code"])
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
    known = set(register.categories["category"])
    labels = [(code, name, name) for code, name in fetched.questions.items() if code not in known]
    about = _source(source, edition.year)
    return {
        "figures": rows,
        "units": units,
        "categories": pd.DataFrame(labels, columns=list(contracts.CATEGORY_COLUMNS)),
        "sources": pd.DataFrame([about] if len(rows) else [], columns=list(about)),
    }


def _source(code: str, year: int) -> dict[str, str]:
    return {
        "source": code,
        "data_year": str(year),
        "published": str(year + 1),
        "title_nb": f"Elevundersøkelsen {year}, Utdanningsdirektoratets åpne data",
        "title_en": f"The Pupil Survey {year}, open data of the Directorate",
        "publisher": "Utdanningsdirektoratet",
        "short_nb": f"Elevundersøkelsen {year}",
        "short_en": f"the Pupil Survey {year}",
        "cite": "udirElevundersokelsen",
        "place": "",
    }
