"""Say what holds of all schools' contributions together: spread, places, change, our average."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from tilstand.value_added.layers.ranks import layered_ranks, pairs_apart
from tilstand.value_added.layers.results import LayeredResults

# Sure to lie in an outer fifth, and ruled out from one.
_SURE = 0.9
_RULED_OUT = 0.025


def municipality_average(results: LayeredResults, municipality: str) -> dict[str, float]:
    """Return a municipality's mean contribution; missing where it is no level of the model.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    municipality : str
        Its name.

    Returns
    -------
    dict
        ``estimate, low, high``; 0 is the average school of the fit.
    """
    if "municipality" not in results.model.tree.levels:
        return dict.fromkeys(("estimate", "low", "high"), float("nan"))
    rows = results.municipality_effects()
    ours = rows[rows["municipality"] == municipality]
    named = {"estimate": "mean", "low": "low", "high": "high"}
    return {name: float(ours[column].iloc[0]) for name, column in named.items()}


def spread_between(results: LayeredResults) -> dict[str, float]:
    """Say how much schools and pupils differ.

    Parameters
    ----------
    results : LayeredResults
        A fit.

    Returns
    -------
    dict
        ``school_sd`` of a school's contribution to a cohort, what municipalities, schools and
        their cohorts share in, with its 95 % interval ``_low, _high``, and ``pupil_sd``; scale
        points.
    """
    nodes = results.nodes()
    total = nodes.ratio.sum(axis=1)
    order = np.argsort(total)
    reached = np.cumsum(nodes.weights[order]) - nodes.weights[order] / 2
    low, high = np.interp([0.025, 0.975], reached, total[order])
    pupil = results.scale**0.5
    return {
        "school_sd": pupil * float(results.ratio.sum()) ** 0.5,
        "school_sd_low": pupil * float(low) ** 0.5,
        "school_sd_high": pupil * float(high) ** 0.5,
        "pupil_sd": pupil,
    }


def places(
    results: LayeredResults, shown: Collection[str], seed: int = 1
) -> tuple[dict[str, float], dict[str, float]]:
    """Count what can be said of places and of two schools at a time, naming none.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    shown : collection of str
        Our schools that are shown.
    seed : int
        Start of the random numbers.

    Returns
    -------
    everyone : dict
        ``places``, the median length of all schools' 95 % rank intervals, ``schools`` and
        ``share``, the first in percent of the second.
    ours : dict
        ``places``, ours among ``ranked``; ``sure``, our schools that lie in the top or in the
        bottom fifth with a probability of at least 0.9; ``open``, those for which neither can be
        ruled out at 95 %; ``compared``, our schools; ``pairs`` of them, those ``told`` apart by
        the interval of their difference.

    References
    ----------
    Goldstein & Spiegelhalter (1996), JRSS A 159:385-443.
    """
    ranks = layered_ranks(results, np.random.default_rng(seed))
    ours = ranks[ranks["school"].isin(list(shown))]
    apart = pairs_apart(results, list(ours["school"]))["apart"]
    ends = ours[["p_top", "p_bottom"]]
    median = _median_places(ranks)
    return {
        "places": median,
        "schools": float(len(ranks)),
        "share": 100 * median / len(ranks),
    }, {
        "places": _median_places(ours),
        "ranked": float(len(ranks)),
        "sure": float((ends.max(axis=1) >= _SURE).sum()),
        "open": float((ends.min(axis=1) > _RULED_OUT).sum()),
        "compared": float(len(ours)),
        "pairs": float(len(apart)),
        "told": float(apart.sum()),
    }


def change_numbers(turned: pd.DataFrame, schools: int) -> dict[str, float]:
    """Say how the test of change was made.

    Parameters
    ----------
    turned : DataFrame
        From `turned_rows`.
    schools : int
        Our schools.

    Returns
    -------
    dict
        ``schools``; ``tested`` of those shown, ``turned``, ``first`` and ``newest`` cohort, and the
        ``class_share`` that the test allows for; missing with one cohort.
    """
    if turned.empty:
        rest = dict.fromkeys(("tested", "turned", "first", "newest", "class_share"), float("nan"))
        return {"schools": float(schools), **rest}
    row = turned.iloc[0]
    return {
        "schools": float(schools),
        "tested": float(turned["p"].notna().sum()),
        "turned": float(turned["turned"].sum()),
        **{name: float(row[name]) for name in ("first", "newest", "class_share")},
    }


def between_cohorts(results: LayeredResults) -> dict[str, float]:
    """Return the correlation of a school's true contributions to two cohorts.

    Parameters
    ----------
    results : LayeredResults
        A fit.

    Returns
    -------
    dict
        ``estimate`` (mean of what the data leave possible), ``ci_low, ci_high``; missing with one
        cohort.
    """
    found = results.correlation()
    return {"estimate": found["mean"], "ci_low": found["low"], "ci_high": found["high"]}


def _median_places(ranks: pd.DataFrame) -> float:
    return float((ranks["rank_high"] - ranks["rank_low"] + 1).median())
