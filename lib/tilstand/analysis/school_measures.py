"""Set each number of a school beside the municipality's, and say whether they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.analysis.school_levels import (
    overdispersion,
    overdispersion_of_means,
    school_shares,
)
from tilstand.analysis.school_tests import means_apart, shares_apart
from tilstand.analysis.table_forms import TOOK, TOTAL, WITH_POINTS

if TYPE_CHECKING:
    from tilstand.analysis.shown_tables import ShownTables

COLUMNS = (
    "kind",
    "grade",
    "subject",
    "value",
    "low",
    "high",
    "n",
    "whole",
    "whole_low",
    "whole_high",
    "verdict",
    "status",
    "decimals",
    "ref",
    "n_ref",
    "whole_ref",
    "period",
)
OVER, ABOUT, UNDER = "over", "about", "under"


@dataclass(frozen=True)
class Measure:
    """Say where a measure's means lie and what tells its parts apart."""

    kind: str
    table: str
    decimals: int = 1
    grade: str = ""  # where the table itself does not say
    subject: str = ""


MEANS = (
    Measure("score", "scores"),
    Measure("progress", "progress", grade="9"),
    Measure("points", "points", grade="10"),
    Measure("survey", "survey", decimals=2),
)
#: Counts: kind, table, dimension, category, and whether the lowest or the highest level is meant.
SHARES = (
    ("lowest_level", "results", "result", "1"),
    ("highest_level", "results", "result", ""),
    ("few_points", "grade_points", "band", "below_30"),
    ("bullied", "bullying", "bullied", "yes"),
)

#: Groups that a share is of, where they are not all pupils of the table.
BASES = {"results": TOOK, "grade_points": WITH_POINTS}


def every_measure(protected: ShownTables) -> pd.DataFrame:
    """Return every number that the schools' pages may show, beside the municipality's.

    Parameters
    ----------
    protected : ShownTables
        The tables with their blanks.

    Returns
    -------
    DataFrame
        One row a school and measure: ``kind``, ``grade``, ``subject`` (index of the survey), the
        school's ``value`` with ``low, high`` and ``n``, the municipality's ``whole`` (shares with
        ``whole_low, whole_high``), ``verdict``
        (over, about, under; blank where hidden), ``status``, ``decimals``, ``ref``, ``n_ref``,
        ``whole_ref`` and ``period``. Means are of the last year, shares of all years together.
        A verdict other than about holds for all schools together: few are expected to be wrong.
    """
    rows = [*_mean_rows(protected), *_share_rows(protected)]
    return pd.DataFrame(rows, columns=["school", *COLUMNS])


def has_table(protected: ShownTables, table: str) -> bool:
    """Tell whether the pupils fill a table."""
    return any(layout.table == table for layout in protected.layouts.values())


def years_of(protected: ShownTables, table: str) -> list[str]:
    """List the years of a table, oldest first."""
    found: set[str] = set()
    for name, layout in protected.layouts.items():
        if layout.table == table and "year" in layout.view:
            at = layout.dimensions[layout.view.index("year")]
            found |= set(protected.frames[name][at])
    return sorted(found - {TOTAL})


def _mean_rows(protected: ShownTables) -> Iterator[dict[str, Any]]:
    for measure in MEANS:
        if not has_table(protected, measure.table):
            continue
        found = protected.means(measure.table, "year", "school")
        year = years_of(protected, measure.table)[-1]
        found = found[(found["year"] == year) & (found["status"] != "empty")]
        for about, part in _parts(found, ("grade", "subject", "index")):
            schools = part[part["school"] != TOTAL]
            whole = part[part["school"] == TOTAL].iloc[0]
            told = _verdicts(means_apart(schools, whole)) if pd.notna(whole["value"]) else {}
            for row in schools.to_dict("records"):
                yield {
                    **{str(name): number for name, number in row.items()},
                    "kind": measure.kind,
                    "grade": about.get("grade", measure.grade),
                    "subject": about.get("subject", about.get("index", measure.subject)),
                    "whole": whole["value"],
                    "whole_ref": whole["ref"],
                    "verdict": told.get(row["school"], ""),
                    "decimals": measure.decimals,
                    "period": year,
                }


def _share_rows(protected: ShownTables) -> Iterator[dict[str, Any]]:
    for kind, table, along, category in SHARES:
        if not has_table(protected, table):
            continue
        by_year = table != "results"  # levels are shown for a school's years together only
        view = (*(("year",) if by_year else ()), "school", along)
        found = protected.counts(table, *view).assign(**({} if by_year else {"year": TOTAL}))
        shares = protected.shares(table, *view).assign(**({} if by_year else {"year": TOTAL}))
        years = years_of(protected, table)
        for about, part in _parts(found, ("grade", "subject")):
            wanted = category or _highest(part[along])
            base = BASES.get(table, TOTAL)
            cells = part[part[along] == wanted].merge(
                part.loc[part[along] == base, ["year", "school", "count"]],
                on=["year", "school"],
                suffixes=("", "_n"),
            )
            cells = cells.rename(columns={"count_n": "n"})
            schools = cells[cells["school"] != TOTAL]
            pooled = schools[schools["year"] == TOTAL]
            if cells.empty:  # nobody is in the category, so no school can be told apart by it
                continue
            whole = cells[(cells["school"] == TOTAL) & (cells["year"] == TOTAL)].iloc[0]
            named = _named(shares, about, along, wanted)
            shown = bool(whole[["count", "n"]].notna().all())
            told = _verdicts(shares_apart(pooled, whole)) if shown else {}
            yearly = schools[schools["year"] != TOTAL].dropna(subset=["count", "n"])
            unrest = overdispersion(yearly) if by_year else _unrest(protected, about)
            of_whole = school_shares(whole.to_frame().T, unrest).iloc[0] if told else pd.Series()
            for row in school_shares(pooled, unrest).to_dict("records"):
                yield {
                    **{str(name): number for name, number in row.items()},
                    **named[row["school"]],
                    "value": row["percent"],
                    "kind": kind,
                    "grade": about.get("grade", "10"),
                    "subject": about.get("subject", ""),
                    "whole": of_whole.get("percent", np.nan),
                    "whole_low": of_whole.get("low", np.nan),
                    "whole_high": of_whole.get("high", np.nan),
                    "whole_ref": named[TOTAL]["ref"],
                    "verdict": told.get(row["school"], ""),
                    "decimals": 0,
                    "period": f"{years[0]}\N{EN DASH}{years[-1]}",
                }


def _unrest(protected: ShownTables, about: dict[str, str]) -> float:
    """Return how far cohorts of a test lie apart, from its means by school and year."""
    if not has_table(protected, "scores"):
        return 1.0
    means = protected.means("scores", "year", "school")
    means = means[(means["year"] != TOTAL) & (means["school"] != TOTAL) & means["value"].notna()]
    for name, value in about.items():
        means = means[means[name] == value]
    return overdispersion_of_means(means.dropna(subset=["n"]))


def _parts(
    rows: pd.DataFrame, separate: tuple[str, ...]
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    names = [name for name in separate if name in rows]
    if not names:
        yield {}, rows
        return
    for key, part in rows.groupby(names, sort=True):
        yield dict(zip(names, map(str, key), strict=True)), part


def _highest(categories: pd.Series) -> str:
    return max(category for category in set(categories) if category.isdigit())


def _named(
    shares: pd.DataFrame, about: dict[str, str], along: str, category: str
) -> dict[str, dict[str, str]]:
    """Find what the pooled shares are called, by school."""
    rows = shares[(shares["year"] == TOTAL) & (shares[along] == category)]
    for name, value in about.items():
        rows = rows[rows[name] == value]
    return {
        str(school): {"ref": str(ref), "n_ref": str(n_ref)}
        for school, ref, n_ref in zip(rows["school"], rows["ref"], rows["n_ref"], strict=True)
    }


def _verdicts(tested: pd.DataFrame) -> dict[str, str]:
    side = np.where(tested["difference"] > 0, OVER, UNDER)
    told = np.where(tested["apart"], side, ABOUT)
    return dict(zip(tested["school"], told, strict=True))
