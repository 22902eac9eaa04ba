"""Round what is shown of contributions to what pages print, before anything is made of it."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any, TypeVar

import pandas as pd

#: A dataclass of tables and numbers, such as `contribution.Contribution`.
Made = TypeVar("Made", bound=Any)

#: Significant digits of what is said about the model.
DIGITS = 3
#: Decimals of what is not an estimate of a school's, which has one.
DECIMALS = {
    "aic": 0,
    "reliability": 2,
    "slope": 3,
    "naive_slope": 3,
    "school_sd": 2,
    "school_sd_low": 2,
    "school_sd_high": 2,
    "residual_sd": 2,
    "correlation": 3,
    "expected_false": 2,
    "class_share": 2,
    "p": 3,
    "p_holm": 3,
}
#: Parts whose numbers are about the model, not about a school: never more digits than `DIGITS`.
MODEL = ("fit", "between", "checks", "treatments", "grid", "ladder", "agreement")
#: Parts that are correlations and slopes, what compares two programs' likelihoods, and answers
#: from 1 to 5.
FINE = {"between": 2, "checks": 2, "agreement": 9, "social": 2}
#: The estimates of our municipality, and how sure the comparisons are, have one decimal.
PLAIN = 1


def as_printed(made: Made) -> Made:
    """Round every number that leaves, so that no download holds more than its page.

    Parameters
    ----------
    made : dataclass
        As estimated.

    Returns
    -------
    dataclass
        Estimates of schools and their intervals with one decimal; what is said about the model
        with the decimals of its page, and at most three significant digits. The AIC is given as
        its change from the first model's, which three digits can tell. Whole numbers (pupils,
        schools, flags) and what the edition itself states stay.

    Notes
    -----
    Whoever has estimates, shrinkage and numbers of pupils has the sums of their results; digits
    that nobody reads turn such a sum into a single pupil's result.
    """
    changed: dict[str, object] = {}
    for field in fields(made):
        whole = getattr(made, field.name)
        if isinstance(whole, pd.DataFrame):
            changed[field.name] = _table(field.name, whole)
        elif isinstance(whole, dict):
            changed[field.name] = {
                key: _rounded(field.name, key, number) for key, number in whole.items()
            }
    return replace(made, **changed)


def _table(part: str, table: pd.DataFrame) -> pd.DataFrame:
    if "aic" in table:
        table = table.assign(aic=table["aic"] - table["aic"].iloc[0])
    numbers = [name for name in table if pd.api.types.is_float_dtype(table[name])]
    rounded = {
        str(name): [_rounded(part, str(name), number) for number in table[name]] for name in numbers
    }
    return table.assign(**rounded)


def _rounded(part: str, name: str, number: float) -> float:
    if not math.isfinite(number):
        return number
    if part in MODEL:
        number = float(f"{number:.{DIGITS}g}")
    # A minus nought is nought.
    return round(float(number), DECIMALS.get(name, FINE.get(part, PLAIN))) + 0.0
