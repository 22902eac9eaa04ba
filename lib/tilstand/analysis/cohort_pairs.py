"""Find the same cohort's two means in public tables, through mergers, splits and new codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.analysis.proportions import LEVEL
from tilstand.analysis.published_means import sampling_variance
from tilstand.store import remembered

INDICATOR = "np_scale_points"
PAIRED = (
    *("unit", "place", "subject", "kind", "prior", "prior_n", "outcome", "outcome_n"),
    *("prior_variance", "outcome_variance", "coverage", "partial"),
)
LEFT_OUT = ("unit", "place", "subject", "reason")
REASONS = ("no_prior", "prior_hidden", "outcome_hidden", "split")
#: The earlier test holds fewer than this share of the later one's pupils.
PARTIAL = 0.8


@dataclass(frozen=True)
class Cohort:
    """Hold one cohort's pairs and the units without one.

    Parameters
    ----------
    pairs : DataFrame
        One row a unit and subject, `PAIRED`: means in scale points, number of pupils, sampling
        variances, ``kind`` (same, renumbered, merged), ``coverage`` (earlier pupils for each
        later one) and ``partial`` (less than 80 %).
    left_out : DataFrame
        One row a unit and subject, `LEFT_OUT`, of the later year's units.
    """

    pairs: pd.DataFrame
    left_out: pd.DataFrame


def follow_codes(changes: pd.DataFrame, codes: list[str], first: int, last: int) -> pd.DataFrame:
    """Follow municipality codes from one year to another.

    Parameters
    ----------
    changes : DataFrame
        ``year`` (the first with the new code), ``from``, ``to`` and ``kind`` (renumbered, merged
        or split), as text.
    codes : list of str
        Codes of the first year.
    first, last : int
        Years.

    Returns
    -------
    DataFrame
        ``from``, ``to`` and ``kind``: same, renumbered, merged or split; a split code has a row
        for each part. Whatever receives a part of a split municipality counts as split.
    """
    years = changes["year"].astype(int)
    between = changes[(first < years) & (years <= last)].assign(year=years)
    between = between.sort_values("year", kind="stable")
    rows = [(code, code, "same") for code in codes]
    for _, steps in between.groupby("year"):
        split = set(steps.loc[steps["kind"] == "split", "to"])
        onward: dict[str, list[tuple[str, str]]] = {}
        for step in steps.to_dict("records"):
            onward.setdefault(step["from"], []).append((step["to"], step["kind"]))
        rows = [
            (start, to, _worse(kind, "split" if to in split else how))
            for start, now, kind in rows
            for to, how in onward.get(now, [(now, "split" if now in split else "same")])
        ]
    return pd.DataFrame(rows, columns=["from", "to", "kind"])


def _worse(one: str, other: str) -> str:
    order = ("same", "renumbered", "merged", "split")
    return max(one, other, key=order.index)


def follow_places(prior: pd.DataFrame, outcome: pd.DataFrame) -> pd.DataFrame:
    """Link schools that stand for the same place over time, as `follow_codes` links codes."""
    units = [rows[["unit", "place"]].drop_duplicates() for rows in (prior, outcome)]
    linked = units[0].merge(units[1], on="place", suffixes=("_from", "_to"))
    kind = np.where(linked["unit_from"] == linked["unit_to"], "same", "renumbered")
    kind = np.where(linked.duplicated("unit_to", keep=False), "merged", kind)
    return pd.DataFrame({"from": linked["unit_from"], "to": linked["unit_to"], "kind": kind})


@remembered
def cohort_pairs(
    figures: pd.DataFrame,
    changes: pd.DataFrame,
    year: int,
    *,
    level: str = "municipality",
    prior_grade: str = "5",
    outcome_grade: str = "8",
    margin_level: float = LEVEL,
) -> Cohort:
    """Pair a later year's means with the same cohort's earlier ones.

    Parameters
    ----------
    figures : DataFrame
        *Figures* with ``place``; ``value``, ``n`` and ``margin`` as numbers.
    changes : DataFrame
        What became of municipality codes, as for `follow_codes`.
    year : int
        Autumn of the later test; the earlier one is as many years before as grades lie between.
    level : {"municipality", "school"}
        What the units are. A school is paired with itself, so only those with both grades are.
    prior_grade, outcome_grade : str
        Grades of the two tests.
    margin_level : float
        Confidence level of the published margins, which is not documented.

    Returns
    -------
    Cohort
        A unit that was several before gets their mean, weighted by pupils, when all of them are
        published; one that was split, or received a part of a split one, is left out.
    """
    before = year - (int(outcome_grade) - int(prior_grade))
    prior = _means(figures, before, level, prior_grade, margin_level)
    outcome = _means(figures, year, level, outcome_grade, margin_level)
    if level == "school":
        links = follow_places(prior, outcome)
    else:
        links = follow_codes(changes, sorted(set(prior["unit"])), before, year)
    linked = prior.merge(links, left_on="unit", right_on="from").drop(columns=["unit", "place"])
    pairs, left = [], []
    groups = dict(list(linked.groupby(["to", "subject"])))
    for row in outcome.to_dict("records"):
        parts = groups.get((row["unit"], row["subject"]))
        reason = _reason(row, parts)
        told = {"unit": row["unit"], "place": row["place"], "subject": row["subject"]}
        if reason or parts is None:
            left.append({**told, "reason": reason})
        else:
            pairs.append({**told, **_pair(row, parts)})
    return Cohort(
        pd.DataFrame(pairs, columns=list(PAIRED)), pd.DataFrame(left, columns=list(LEFT_OUT))
    )


def _means(
    figures: pd.DataFrame, year: int, level: str, grade: str, margin_level: float
) -> pd.DataFrame:
    rows = figures[
        (figures["indicator"] == INDICATOR)
        & (figures["level"] == level)
        & (figures["grade"] == grade)
        & (figures["year"] == year)
        & (figures["gender"] == "")
        & (figures["category"] == "")
    ]
    rows = rows[["unit", "place", "subject", "value", "n", "margin", "status"]]
    known = (rows["status"] == "ok") & rows[["value", "n", "margin"]].notna().all(axis=1)
    variance = sampling_variance(rows["margin"], margin_level)
    return rows.assign(known=known, variance=variance).drop_duplicates(["unit", "subject"])


def _reason(row: dict, parts: pd.DataFrame | None) -> str:
    if parts is not None and (parts["kind"] == "split").any():
        return "split"
    if not row["known"]:
        return "outcome_hidden"
    if parts is None:
        return "no_prior"
    return "" if parts["known"].all() else "prior_hidden"


def _pair(row: dict, parts: pd.DataFrame) -> dict:
    n = parts["n"].to_numpy(float)
    share = n / n.sum()
    coverage = n.sum() / row["n"]
    return {
        "kind": parts["kind"].iloc[0],
        "prior": float(share @ parts["value"]),
        "prior_n": float(n.sum()),
        "prior_variance": float(share**2 @ parts["variance"]),
        "outcome": row["value"],
        "outcome_n": row["n"],
        "outcome_variance": row["variance"],
        "coverage": float(coverage),
        "partial": bool(coverage < PARTIAL),
    }
