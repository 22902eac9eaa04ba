"""Decide whether schools may be shown, and which: where the tables cannot tell, nobody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tilstand.analysis.open_contribution.fit import OpenFit
    from tilstand.analysis.open_contribution.settings import Settings

#: Why no school is shown, in the order that they are looked at.
CLOSED = ("no_fit", "few_pairs", "spread", "placebo")
#: Why one school is not shown although others are.
NOT_SHOWN = ("pairs", "reliability")


@dataclass(frozen=True)
class Gate:
    """Hold whether the gate is open and what it was measured by.

    Parameters
    ----------
    closed : str
        Empty where the gate is open, else one of `CLOSED`.
    pairs : int
        Pairs of autumns in the national fit.
    low, median, high : float
        The stable spread and its 95 % interval, scale points; missing without a fit.
    placebo : float
        Median of the placebo's stable spread; missing where it cannot be computed, and then the
        gate stays shut.
    """

    closed: str
    pairs: int
    low: float
    median: float
    high: float
    placebo: float

    @property
    def open(self) -> bool:
        """Tell whether schools may be shown."""
        return not self.closed


def national_gate(fit: OpenFit | None, placebo: OpenFit | None, settings: Settings) -> Gate:
    """Decide for the whole country.

    Parameters
    ----------
    fit : OpenFit or None
        The fit of grade 8 to grade 9.
    placebo : OpenFit or None
        The fit of grade 8 to the next year's grade 8.
    settings : Settings
        The limits.

    Returns
    -------
    Gate
        Open where there are enough pairs of autumns, and the lower end of the stable spread's
        interval lies above the limit and above the placebo's median.
    """
    if fit is None:
        return Gate("no_fit", 0, np.nan, np.nan, np.nan, np.nan)
    pairs = len(fit.autumns)
    low, median, high = fit.weighed.spread(0)
    other = placebo.weighed.spread(0)[1] if placebo is not None else float("nan")
    closed = ""
    if pairs < settings.fewest_pairs:
        closed = "few_pairs"
    elif low <= settings.lowest_spread:
        closed = "spread"
    elif not low > other:
        closed = "placebo"
    return Gate(closed, pairs, low, median, high, other)


def shown_schools(fit: OpenFit, gate: Gate, settings: Settings) -> pd.DataFrame:
    """Mark the schools that may be shown.

    Parameters
    ----------
    fit : OpenFit
        The national fit.
    gate : Gate
        The decision for the country.
    settings : Settings
        The limits.

    Returns
    -------
    DataFrame
        The fit's schools without ``plain``, with ``kept_back`` (blank, or one of `NOT_SHOWN`, or
        the gate's own reason), ``flag_change`` (cohorts of very different size) and ``told``
        (above, below or unclear). Those kept back have no estimate.
    """
    table = fit.schools.drop(columns="plain")
    reason = np.where(
        table["pairs"] < settings.fewest_pairs,
        "pairs",
        np.where(table["reliability"] < settings.lowest_reliability, "reliability", ""),
    )
    reason = np.full(len(table), gate.closed, dtype=object) if gate.closed else reason
    shown = reason == ""
    told = np.select([table["low"] > 0, table["high"] < 0], ["above", "below"], "unclear")
    numbers = ["estimate", "se", "low", "high"]
    return table.assign(
        **{name: table[name].where(shown) for name in numbers},
        kept_back=reason,
        flag_change=table["change"] > settings.largest_change,
        told=np.where(shown, told, ""),
    )


def decisions(schools: pd.DataFrame) -> Mapping[str, int]:
    """Count schools by what became of them: shown, told apart, and kept back by reason."""
    counts = schools["kept_back"].value_counts().to_dict()
    told = int(schools["told"].isin(["above", "below"]).sum())
    return {"shown": counts.pop("", 0), "told": told, **{str(k): int(v) for k, v in counts.items()}}
