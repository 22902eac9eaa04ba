"""Derive values and words that the sources do not print from those that they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.analysis import nonresponse
from tilstand.report.numbers import Value, computed
from tilstand.report.page.compare import Estimate

if TYPE_CHECKING:
    import pandas as pd

    from tilstand.report.series import Series


def part_of(share: Value, whole: Value, decimals: int = 0) -> Value:
    """Turn a share of a known whole into the part itself.

    Parameters
    ----------
    share : Value
        In percent.
    whole : Value
        What it is a share of.
    decimals : int
        Decimals to print.

    Returns
    -------
    Value
        Missing when one of the two is.
    """
    return computed(
        float(share) * float(whole) / 100, share, whole, decimals=decimals, recipe="part"
    )


def everyone(share: Value, response: Value) -> Estimate:
    """Bound a survey's share among everyone asked, whatever the silent ones would have said.

    Parameters
    ----------
    share : Value
        Share among those who answered, in percent.
    response : Value
        Response rate, in percent.

    Returns
    -------
    Estimate
        The share with the ends of `nonresponse.bounds`; missing when one of the two is.
    """
    if share.missing or response.missing:
        return Estimate(share, Value(None), Value(None))
    ends = nonresponse.bounds(float(share), float(response))
    low = computed(ends.low, share, response, recipe="none of the silent ones")
    high = computed(ends.high, share, response, recipe="all of the silent ones")
    return Estimate(share, low, high)


def lately(series: Series, within: int) -> Value:
    """Give the latest value unless it is too old to speak of in the edition.

    Parameters
    ----------
    series : Series
        The measure.
    within : int
        Years between the value and the edition at most.

    Returns
    -------
    Value
        Missing when there is none or it is older.
    """
    years = [year for year in series.years if series.year - within <= year <= series.year]
    return series.at(years[-1] if years else series.year)


def split_of_everyone(
    data: pd.DataFrame, share: Value, response: Value, labels: list[str]
) -> pd.DataFrame:
    """Split everyone who was asked into those who agreed, those who did not, and the silent.

    Parameters
    ----------
    data : pandas.DataFrame
        The row of the share among those who answered, as ``page.rows`` gives it.
    share : Value
        The share, in percent.
    response : Value
        The response rate, in percent.
    labels : list of str
        What to call the three parts.

    Returns
    -------
    pandas.DataFrame
        Three rows for a bar chart, in percent of everyone asked; none when a value is missing.
    """
    if data.empty or share.missing or response.missing:
        return data.iloc[:0]
    ends = nonresponse.bounds(float(share), float(response))
    values = [ends.low, float(response) - ends.low, 100 - float(response)]
    three = data.iloc[[0, 0, 0]].reset_index(drop=True)
    return three.assign(label=labels, value=values, role=["own", "own", "other"])
