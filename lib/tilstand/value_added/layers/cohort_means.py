"""Cohorts have means of their own: the formula says so, or is made to."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import patsy

from tilstand.value_added.columns import names_in
from tilstand.value_added.errors import FormulaError
from tilstand.value_added.formula import described
from tilstand.value_added.layers.tree import JOINT, sorted_positions
from tilstand.value_added.sufficient import SufficientStatistics


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
    category, alone = _patterns(cohort)
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
    mark = "'" if '"' in cohort else '"'
    name = cohort if plain else f"Q({mark}{cohort}{mark})"
    return f"{formula} + C({name})"


def _patterns(cohort: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    quoted = rf"Q\(\s*[\"']{re.escape(cohort)}[\"']\s*\)"
    alone = re.compile(rf"{re.escape(cohort)}|{quoted}")
    return re.compile(rf"C\(\s*(?:{alone.pattern})\s*(?:,.*)?\)"), alone


def without_cohort_means(formula: str, cohort: str) -> tuple[str, str | None]:
    """Take the cohorts' means out of a formula, since they are known of every leaf.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    cohort : str
        The column of cohorts.

    Returns
    -------
    formula : str
        Without ``C(cohort)``, if the cohort is in that term alone and there is an intercept.
    term : str or None
        What was taken out.

    Examples
    --------
    >>> without_cohort_means("y ~ x + C(year)", "year")
    ('y ~ x', 'C(year)')
    >>> without_cohort_means("y ~ x * C(year)", "year")
    ('y ~ x * C(year)', None)
    """
    description = described(formula)
    terms = description.rhs_termlist
    used = [term for term in terms if any(cohort in names_in(f.code) for f in term.factors)]
    if patsy.INTERCEPT not in terms or len(used) != 1 or len(used[0].factors) != 1:
        return formula, None
    code = used[0].factors[0].code
    category, _ = _patterns(cohort)
    # A coding of its own, such as C(cohort, Sum), is left to the formula package.
    if not category.fullmatch(code) or "," in code:
        return formula, None
    rest = patsy.ModelDesc(description.lhs_termlist, [t for t in terms if t is not used[0]])
    return rest.describe(), code


def add_cohort_means(
    statistics: SufficientStatistics,
    term: str,
    part: int,
    values: Mapping[str, object],
    order: Sequence[str] | None = None,
) -> SufficientStatistics:
    """Add the cohorts' columns to statistics by leaf.

    Parameters
    ----------
    statistics : SufficientStatistics
        By leaf, without the cohorts.
    term : str
        The term that the columns are named after.
    part : int
        Which part of a leaf's name is the cohort.
    values : mapping of str to object
        Each cohort's id as text and as it is in the data.
    order : sequence of str, optional
        The cohorts as text in order, where they have one of their own.

    Returns
    -------
    SufficientStatistics
        With a column, after the intercept, for every cohort but the first; treatment coding as in
        statsmodels.
    """
    text = np.array([str(leaf).split(JOINT)[part] for leaf in statistics.schools], dtype=object)
    number, unique = pd.factorize(text)
    found = unique.tolist()
    place = sorted_positions(found, values, order)
    names = tuple(f"{term}[T.{values.get(found[k], found[k])}]" for k in place[1:])
    at, count = statistics.names.index("Intercept") + 1, len(names)
    dummies = (number[:, None] == np.array(place[1:], dtype=int)).astype(float)
    within = np.insert(statistics.within, [at] * count, 0.0, axis=0)
    return replace(
        statistics,
        names=(*statistics.names[:at], *names, *statistics.names[at:]),
        origin=np.insert(statistics.origin, [at] * count, 0.0),
        means=np.hstack([statistics.means[:, :at], dummies, statistics.means[:, at:]]),
        within=np.insert(within, [at] * count, 0.0, axis=1),
    )
