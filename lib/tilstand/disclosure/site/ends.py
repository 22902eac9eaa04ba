"""Read a count off the ends of a share's interval: they tell more than a share in whole percent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from tilstand.disclosure.attack.published import ALL, Fact, Key, Published, key

from .numbers import Said

# The normal quantile of 95 %; a share's interval in the book is Wilson's.
Z = 1.959963984540054


def counts_behind(said: Sequence[Said], page: Published) -> list[Fact]:
    """Bound the counts behind shares that are printed with an interval.

    Parameters
    ----------
    said : sequence of Said
        What the site says of one population.
    page : Published
        The counts that are printed: of the whole, a share's own count follows.

    Returns
    -------
    list of Fact
        One for each share whose printed ends some count explains. Ends that no count explains are
        of another kind, and say nothing here.

    References
    ----------
    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22:209-212.
    """
    printed: dict[tuple[Key, Key], list[Said]] = defaultdict(list)
    for one in said:
        if one.measure.startswith("percent:") and one.number is not None:
            dimension, _, group = one.measure.removeprefix("percent:").partition(":")
            cell = dict(one.cell)
            printed[key(cell), key({**cell, dimension: group or ALL})].append(one)
    facts = []
    for (part, whole), shares in sorted(printed.items()):
        n = page.cells.get(whole)
        if n and any(one.of in ("low", "high") for one in shares):
            counts = _explaining(shares, n)
            if len(counts):
                facts.append(Fact({part: 1.0}, float(counts.min()), float(counts.max())))
    return facts


def _explaining(shares: Sequence[Said], n: int) -> np.ndarray:
    """List the counts of n that all that is printed of a share agrees with."""
    counts = np.arange(n + 1)
    middle = (counts + Z**2 / 2) / (n + Z**2)
    half = Z / (n + Z**2) * np.sqrt(counts * (n - counts) / n + Z**2 / 4)
    of = {"": counts / n, "low": middle - half, "high": middle + half}
    fits = np.ones(n + 1, dtype=bool)
    for one in shares:
        if one.of in of and one.number is not None:
            slack = 0.5 * 10.0**-one.decimals + 1e-6
            fits &= np.abs(100 * of[one.of] - one.number) <= slack
    return counts[fits]
