"""Tell which exports the contribution from open tables needs: there, thin or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.analysis.open_contribution.fit import FEWEST
from tilstand.analysis.open_contribution.pairs import INDICATOR
from tilstand.sources.contribution_tests import needed_tests, setting_rows, settings_of
from tilstand.sources.wanted import wanted_files

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.project import Project
    from tilstand.register import Register

CHAPTER = "skolebidrag-apne-tall"
FORM = "nasjonale-prover"


def contribution_lines(
    project: Project, register: Register, figures: pd.DataFrame, year: int
) -> list[str]:
    """Write what the chapter needs, one line an export.

    Parameters
    ----------
    project : Project
        The checkout.
    register : Register
        Knows the tests' scales.
    figures : DataFrame
        All that the edition knows.
    year : int
        Data year of the edition.

    Returns
    -------
    list of str
        The chapter, then each grade and autumn: there with its schools, without boys and girls,
        of too few schools, or missing. Nothing for a year before today's scale.
    """
    limits = settings_of(setting_rows(project.register, year))
    needed = needed_tests(register, year, limits.fewest_pairs)
    tests = figures[(figures["indicator"] == INDICATOR) & (figures["level"] == "school")]
    tests = tests[tests["margin"].notna() & (tests["category"] == "")]
    lines = []
    for wish in wanted_files(project, register, year):
        if wish.form != FORM or (wish.grade, wish.year) not in needed:
            continue
        rows = tests[(tests["grade"] == wish.grade) & (tests["year"] == wish.year)]
        lines.append(f"  {_line(rows, f'national tests grade {wish.grade} {wish.school_year}')}")
    return [CHAPTER, *lines] if lines else []


def _line(rows: pd.DataFrame, name: str) -> str:
    schools = rows["unit"].nunique()
    sexes = {"male", "female"} <= set(rows["gender"])
    whole = "the whole country with schools"
    if not schools:
        return f"missing: {name}: would come from Udir's export of {whole}, gender ticked"
    if schools < FEWEST:
        return f"too few: {name}: {schools} schools with a number; download it for {whole}"
    more = "boys and girls too" if sexes else "without boys and girls (tick gender: decimals)"
    return f"there: {name}: {schools} schools with a number, {more}"
