"""Check what editions choose to open with: statements and measures that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand import contracts
from tilstand.edition import edition_names, load_edition
from tilstand.register import Register
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    from tilstand.edition import Edition
    from tilstand.errors import Fault
    from tilstand.project import Project


def check_summaries(project: Project) -> list[Fault | str]:
    """Check that all editions' summaries name what is known.

    The rest of ``data/`` has to be free of faults. A build leaves this check out: it
    makes some editions, and what another one opens with is no reason against them.

    Parameters
    ----------
    project : Project
        The checkout.

    Returns
    -------
    list of Fault or str
        One line for each statement or measure that there is none of.
    """
    register = Register.load(project.register)
    told = set(load_statements(project, "", contracts.STATEMENT_COLUMNS)["id"])
    return [
        line
        for name in edition_names(project)
        for line in _unknown(load_edition(project, register, name), told, register)
    ]


def _unknown(edition: Edition, told: set[str], register: Register) -> list[str]:
    chosen = [*edition.summary.findings, *edition.summary.charts]
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
