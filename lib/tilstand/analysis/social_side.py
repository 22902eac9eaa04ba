"""Adjust wellbeing and bullying for grade and sex, from answers whose school's mean is shown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tilstand.alphabet import by_name
from tilstand.analysis.pupil_data import PupilData
from tilstand.value_added.doubts import quietly
from tilstand.value_added.errors import ValueAddedError
from tilstand.value_added.random_intercept import RandomIntercept

#: Grade and school, both as text.
Group = tuple[str, str]

WELLBEING, BULLIED = "wellbeing", "bullied"
#: The index of the survey that wellbeing is.
INDEX = "survey_wellbeing"
COLUMNS = ("outcome", "school", "n", "estimate", "ci_low", "ci_high")
#: Decimals: those of the school's mean that stands elsewhere, so that no digit is new.
DECIMALS = {WELLBEING: 2, BULLIED: 1}
# Fewer schools than this tell nothing of how schools differ.
_FEWEST = 3


def social_rows(data: PupilData, shown: Mapping[str, frozenset[Group]], least: int) -> pd.DataFrame:
    """Estimate how schools' answers differ when grade and sex are allowed for.

    Parameters
    ----------
    data : PupilData
        ``answers`` and ``bullying`` are looked at.
    shown : mapping of str to frozenset of (str, str)
        By outcome, the grades and schools whose answers are used: those whose mean, or share, of
        all years together is shown.
    least : int
        Answers of each grade, and of each sex, that it takes to allow for it.

    Returns
    -------
    DataFrame, one row an outcome and school
        ``outcome`` (`WELLBEING`, points of 1-5, or `BULLIED`, percentage points), ``school, n``
        (answers), and ``estimate, ci_low, ci_high``: how far the answers of all years lie above
        the average school, shrunken, with a 95 % interval. By name, never by result; no rows of an
        outcome with fewer than three schools.

    Notes
    -----
    It describes how pupils have it, and is no contribution of the school's: there is no earlier
    answer of the same pupils. Answers of a grade and school whose mean is hidden are not in the
    model at all, so nothing here can tell of them; nor are single years, which may be hidden where
    all together are shown. What is added to what stands in the book is the share of each sex.

    Examples
    --------
    >>> social_rows(PupilData(), {}, 10).empty
    True
    """
    values = pd.to_numeric(data.answers["value"], errors="coerce")
    wellbeing = data.answers.assign(value=values)[data.answers["index"] == INDEX]
    bullied = data.bullying["bullied"].astype("boolean").fillna(False).astype(float)
    asked = {WELLBEING: wellbeing, BULLIED: data.bullying.assign(value=100 * bullied)}
    found = [
        _rows_of(name, _used(rows, shown.get(name, frozenset())), least)
        for name, rows in asked.items()
    ]
    filled = [table for table in found if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(COLUMNS))


def _used(rows: pd.DataFrame, shown: frozenset[Group]) -> pd.DataFrame:
    known = rows["value"].notna().tolist()
    groups = zip(rows["grade"].astype(str), rows["school"].astype(str), known, strict=True)
    kept = [there and (grade, school) in shown for grade, school, there in groups]
    return rows[pd.Series(kept, index=rows.index, dtype=bool)]


@quietly()
def _rows_of(outcome: str, used: pd.DataFrame, least: int) -> pd.DataFrame:
    if used["school"].nunique() < _FEWEST:
        return pd.DataFrame()
    pupils = pd.DataFrame(
        {
            "value": used["value"].astype(float),
            "school": used["school"].astype(str),
            "grade": used["grade"].astype(str),
            "sex": used["gender"].astype(object).where(used["gender"].notna(), "").astype(str),
        }
    ).reset_index(drop=True)
    terms = [name for name in ("grade", "sex") if _apart(pupils[name], least)]
    formula = "value ~ " + (" + ".join(f"C({name})" for name in terms) or "1")
    try:
        table = RandomIntercept.from_formula(formula, pupils, "school").fit().school_effects()
    except ValueAddedError:  # all answers alike: nothing to compare
        return pd.DataFrame()
    ends = {"estimate": "expected", "ci_low": "ci_low", "ci_high": "ci_high"}
    rows = pd.DataFrame({"outcome": outcome, "school": table["school"], "n": table["n"]})
    rows = rows.assign(**{to: table[one].round(DECIMALS[outcome]) for to, one in ends.items()})
    return rows.sort_values("school", key=_names)[list(COLUMNS)].reset_index(drop=True)


def _apart(column: pd.Series, least: int) -> bool:
    sizes = column.value_counts()
    return len(sizes) > 1 and int(sizes.min()) >= least


def _names(schools: pd.Series) -> pd.Series:
    return schools.map(lambda name: by_name(str(name)))
