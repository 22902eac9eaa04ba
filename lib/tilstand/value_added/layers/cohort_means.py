"""Cohorts have means of their own: the formula says so, or is made to."""

from __future__ import annotations

import keyword
import re

import pandas as pd

from tilstand.value_added.errors import FormulaError
from tilstand.value_added.formula import described


def with_cohort_means(formula: str, cohort: str, frame: pd.DataFrame) -> str:
    """Add the cohorts' means to a formula that lacks them.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    cohort : str
        The column of cohorts.
    frame : DataFrame
        Some of the pupils.

    Returns
    -------
    str
        With ``C(cohort)`` among the terms.

    Raises
    ------
    FormulaError
        If the cohort enters as a number, whose line the cohorts' means would hide.

    Examples
    --------
    >>> with_cohort_means("y ~ x", "year", pd.DataFrame({"year": [2020, 2021]}))
    'y ~ x + C(year)'
    """
    quoted = rf"Q\(\s*[\"']{re.escape(cohort)}[\"']\s*\)"
    alone = re.compile(rf"{re.escape(cohort)}|{quoted}")
    category = re.compile(rf"C\(\s*(?:{alone.pattern})\s*(?:,.*)?\)")
    numeric = pd.api.types.is_numeric_dtype(frame[cohort].dtype)
    for term in described(formula).rhs_termlist:
        if len(term.factors) != 1:
            continue
        code = term.factors[0].code
        if category.fullmatch(code):
            return formula
        if alone.fullmatch(code):
            if numeric:
                raise FormulaError(
                    f"{cohort}: enters the formula as a number, but every cohort gets a mean of "
                    "its own: leave it out of the formula"
                )
            return formula
    plain = cohort.isidentifier() and not keyword.iskeyword(cohort)
    return f"{formula} + C({cohort})" if plain else f'{formula} + C(Q("{cohort}"))'
