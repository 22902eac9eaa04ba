"""Follow pupil numbers: forecasts against counts, and cohorts from one autumn to the next."""

from __future__ import annotations

import numpy as np
import pandas as pd


def deviations(forecast: pd.DataFrame, actual: pd.DataFrame) -> pd.DataFrame:
    """Set what came beside what was expected.

    Parameters
    ----------
    forecast, actual : pandas.DataFrame
        Rows of ``year``, ``grade``, ``label`` and ``value``.

    Returns
    -------
    pandas.DataFrame
        One row for each year and grade that both have, with the columns of ``actual`` and
        ``forecast``, ``difference`` (actual minus forecast) and ``percent`` (the difference in
        percent of the forecast).
    """
    expected = forecast[["year", "grade", "value"]].rename(columns={"value": "forecast"})
    both = actual.merge(expected, on=["year", "grade"])
    difference = both["value"] - both["forecast"]
    return both.assign(difference=difference, percent=100 * difference / both["forecast"])


def cohort_changes(pupils: pd.DataFrame, year: int) -> pd.DataFrame:
    """Compare each grade with the grade below it the year before: the same cohort.

    Parameters
    ----------
    pupils : pandas.DataFrame
        Rows of ``year``, ``grade`` ("1" to "10") and ``value`` (pupils).
    year : int
        The later autumn.

    Returns
    -------
    pandas.DataFrame
        Rows of the later autumn from the second grade on, with ``from_grade``, ``before``
        (pupils), ``change`` (pupils) and ``percent`` (the change in percent of ``before``).
        Empty when one of the two autumns is missing.
    """
    earlier = pupils.loc[pupils["year"] == year - 1, ["grade", "value"]]
    earlier = earlier.rename(columns={"grade": "from_grade", "value": "before"})
    earlier["grade"] = [str(int(grade) + 1) for grade in earlier["from_grade"]]
    both = pupils[pupils["year"] == year].merge(earlier.astype({"grade": "object"}), on="grade")
    change = both["value"] - both["before"]
    found = both.assign(change=change, percent=100 * change / both["before"])
    return found.sort_values("grade", key=lambda grades: grades.astype(int), kind="stable")


def in_grade_order(pupils: pd.DataFrame) -> pd.DataFrame:
    """Order rows by year and then by grade, the tenth last.

    Parameters
    ----------
    pupils : pandas.DataFrame
        Rows of ``year`` and ``grade`` ("1" to "10").

    Returns
    -------
    pandas.DataFrame
        The same rows.
    """
    order = pupils.assign(_grade=[int(grade) for grade in pupils["grade"]])
    return order.sort_values(["year", "_grade"], kind="stable").drop(columns="_grade")


def interpolated(series: pd.DataFrame, year: int) -> float:
    """Read a value between two counts off the straight line that joins them.

    Parameters
    ----------
    series : pandas.DataFrame
        Rows of ``year`` and ``value``.
    year : int
        A year between the first and the last count.

    Returns
    -------
    float
        The value on the line; NaN outside the counts or when there are none.
    """
    if series.empty:
        return float("nan")
    ordered = series.sort_values("year")
    return float(
        np.interp(year, ordered["year"], ordered["value"], left=float("nan"), right=float("nan"))
    )


def beside_forecast(actual: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Put counts and a forecast made before them in one frame for lines.

    Parameters
    ----------
    actual : pandas.DataFrame
        Rows of the counts.
    planned : pandas.DataFrame
        Rows of the forecast, under labels of their own.

    Returns
    -------
    pandas.DataFrame
        Both, with ``dashed`` true for the forecast; empty where nothing was counted.
    """
    if actual.empty:
        return actual.assign(dashed=False)
    both = [actual.assign(dashed=False), planned.assign(dashed=True)]
    return pd.concat(both, ignore_index=True)


def ahead(
    counted: pd.DataFrame, forecast: pd.DataFrame, counted_word: str, forecast_word: str
) -> pd.DataFrame:
    """Continue counts by a forecast that starts where they end.

    Parameters
    ----------
    counted : pandas.DataFrame
        Rows of ``year``, ``grade``, ``label`` and ``value``.
    forecast : pandas.DataFrame
        Rows of later years, with the same labels.
    counted_word, forecast_word : str
        Put after the labels of the counted and the forecast lines: " nå", ", prognose".

    Returns
    -------
    pandas.DataFrame
        Both, the forecast ``dashed``; empty when there is no count or nothing is forecast.
    """
    if counted.empty or forecast.empty:
        return counted.iloc[:0].assign(dashed=False)
    last = counted[counted["year"] == counted["year"].max()]
    onward = pd.concat([last, forecast], ignore_index=True)
    onward = onward.assign(label=onward["label"] + forecast_word, dashed=True)
    known = counted.assign(label=counted["label"] + counted_word, dashed=False)
    return pd.concat([known, onward], ignore_index=True)
