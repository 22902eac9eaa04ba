"""State what is printed of groups' means, and which sums bind them."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field, replace

import scipy.sparse as sp


@dataclass(frozen=True)
class Measured:
    """Hold one sum of scores that a reader may ask for.

    Parameters
    ----------
    name : hashable
        Which quantity of which group; the same name is the same sum, wherever it is printed.
    n : int
        Pupils of the group.
    low, high : float
        Ends between which the mean lies for anyone who knows the scale.
    printed : float or None
        The mean as it is printed; None where it is not.
    half : float
        Half a unit of its last digit.
    fixed : bool
        Whether it is public already and cannot be withheld.
    need : float
        Least distance between the ends of what may be concluded about the mean; 0 for groups
        that are large enough.
    least : int
        Pupils from which on a group is large enough.
    whom : hashable
        Whose scores they are; the name itself where nothing is said.
    """

    name: Hashable
    n: int
    low: float
    high: float
    printed: float | None = None
    half: float = 0.05
    fixed: bool = False
    need: float = 0.0
    least: int = 0
    whom: Hashable = None


@dataclass
class ScoreProblem:
    """Gather sums of scores with the equations that bind them.

    Two groups' sums add up to the sum of both: ``add_sum``. Anything else that is linear in sums,
    a change that is a later sum less an earlier one say, is an equation as well.
    """

    sums: dict[Hashable, Measured] = field(default_factory=dict)
    equations: list[dict[Hashable, float]] = field(default_factory=list)

    def add(self, measured: Measured) -> None:
        """Take in a sum; of two with one name, what is public and what is needed stay so."""
        old = self.sums.get(measured.name)
        if old is None:
            self.sums[measured.name] = measured
            return
        said = old if old.fixed or measured.printed is None else measured
        self.sums[measured.name] = replace(
            said,
            low=min(old.low, measured.low),
            high=max(old.high, measured.high),
            fixed=old.fixed or measured.fixed,
            need=max(old.need, measured.need),
            least=max(old.least, measured.least),
        )

    def add_equation(self, terms: dict[Hashable, float]) -> None:
        """Take in an equation: the sums, each times its factor, add up to nothing."""
        self.equations.append(terms)

    def add_unions(self, withheld: Collection[Hashable]) -> bool:
        """Take in the groups that a reader is left with by subtracting; say whether there were any.

        Of a school's 36 pupils 28 are of one cohort. Whatever is in doubt about each of the two
        other cohorts, the sum of both is the difference between two printed sums: eight pupils,
        which are a small group like any other.

        Parameters
        ----------
        withheld : collection of hashable
            Sums whose means are not printed, beside those of small groups and those without one.
        """
        before = len(self.sums)
        # Of those whose mean is printed in one way, a later score less one slope times the earlier
        # one say, nearly as much is known in another: the linear program says how much.
        there = {_whom(one) for one in self.sums.values() if _is_open(one, withheld)}
        for terms in list(self.equations):
            left = [
                (self.sums[name], factor)
                for name, factor in terms.items()
                if name in self.sums and self.sums[name].n > 0
            ]
            left = [(one, factor) for one, factor in left if _whom(one) not in there]
            whose = [one for one, _ in left]
            n = sum(one.n for one in whose)
            if len(left) < 2 or len({factor for _, factor in left}) > 1:
                continue
            if any(one.need == 0 for one in whose) or n >= max(one.least for one in whose):
                continue
            name = frozenset(one.name for one in whose)
            if name in self.sums:
                continue
            low, high = min(one.low for one in whose), max(one.high for one in whose)
            need, least = max(one.need for one in whose), max(one.least for one in whose)
            self.add(Measured(name, n, low, high, need=need, least=least))
            self.add_equation({name: -1.0, **{one.name: 1.0 for one in whose}})
        return len(self.sums) > before

    def matrix(self) -> tuple[list[Measured], sp.csr_matrix]:
        """Return the sums in a fixed order, and one row an equation.

        Returns
        -------
        sums : list of Measured
            In the order in which they came.
        matrix : scipy.sparse.csr_matrix, shape (equations, sums)
            Its product with the true sums of scores is zero. Sums of nobody are left out.
        """
        there = [one for one in self.sums.values() if one.n > 0]
        at = {one.name: place for place, one in enumerate(there)}
        rows = [
            {at[name]: factor for name, factor in terms.items() if name in at}
            for terms in self.equations
        ]
        kept = {tuple(sorted(row.items())) for row in rows if len(row) > 0}
        entries = [(v, r, c) for r, row in enumerate(sorted(kept)) for c, v in row]
        values, where, cols = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = sp.csr_matrix((values, (where, cols)), shape=(len(kept), len(there)))
        return there, matrix


def _whom(one: Measured) -> Hashable:
    return one.name if one.whom is None else one.whom


def _is_open(one: Measured, withheld: Collection[Hashable]) -> bool:
    """Say whether a reader has the mean of a sum."""
    if one.printed is None or one.name in withheld:
        return False
    return one.fixed or one.need == 0


def ends_of(one: Measured, *, printed: bool) -> tuple[float, float]:
    """Return the bounds of a sum for a reader who sees its mean, or does not."""
    if printed and one.printed is not None:
        return one.n * (one.printed - one.half), one.n * (one.printed + one.half)
    return one.n * one.low, one.n * one.high
