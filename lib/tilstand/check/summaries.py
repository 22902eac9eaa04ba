"""Check what editions choose to open with: statements and measures that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.project import Project
    from tilstand.register import Register


def check_summary(project: Project, register: Register, edition: Edition) -> list[str]:
    """Check that an edition's summary names what is known.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Knows the measures.
    edition : Edition
        The edition.

    Returns
    -------
    list of str
        One line for each statement or measure that there is none of.
    """
    chosen = [*edition.summary.findings, *edition.summary.charts]
    if not chosen:
        return []
    told = set(load_statements(project, "", contracts.STATEMENT_COLUMNS)["id"])
    name = f"data/editions/{edition.name}.toml:summary"
    lines = [
        f"{name}: no statement '{one['statement']}', expected the id of one in data/statements"
        for one in chosen
        if "statement" in one and one["statement"] not in told
    ]
    measures = [spec for one in chosen for spec in one.get("measure", "").split(";") if spec]
    return lines + [
        f"{name}: no measure '{code}', expected one of data/register/indicators"
        for code in (spec.partition("|")[0].strip() for spec in measures)
        if code not in register.indicators
    ]
