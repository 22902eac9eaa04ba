"""Put comparisons into words: how much, which way, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tilstand.analysis import proportions
from tilstand.report.numbers import Value, computed

if TYPE_CHECKING:
    from tilstand.analysis.proportions import Difference

HIGHER = {"nb": "høyere", "en": "higher"}
LOWER = {"nb": "lavere", "en": "lower"}
MORE = {"nb": "flere", "en": "more"}
FEWER = {"nb": "færre", "en": "fewer"}
AS_MANY = {"nb": "verken flere eller færre", "en": "neither more nor fewer"}
EQUAL = {"nb": "verken høyere eller lavere", "en": "neither higher nor lower"}
VERDICTS = {
    "difference": {
        "clear": {"nb": "forskjellen er tydelig", "en": "the difference is clear"},
        "sign": {"nb": "det er tegn til en forskjell", "en": "there is a sign of a difference"},
        "chance": {
            "nb": "forskjellen kan ikke skilles fra tilfeldigheter",
            "en": "the difference could be due to chance",
        },
    },
    "change": {
        "clear": {"nb": "endringen er tydelig", "en": "the change is clear"},
        "sign": {"nb": "det er tegn til en endring", "en": "there is a sign of a change"},
        "chance": {
            "nb": "endringen kan ikke skilles fra tilfeldigheter",
            "en": "the change could be due to chance",
        },
    },
}


@dataclass(frozen=True)
class Comparison:
    """Hold a comparison ready for prose.

    Parameters
    ----------
    size : Value
        Size of the difference without sign.
    low, high : Value
        Ends of the 95 % interval, signed; missing where no interval can be given.
    direction : dict
        "høyere" or "lavere" in both languages.
    verdict : dict
        How sure it is, as a clause in both languages; empty where no n is published.
    certainty : str
        clear, sign, chance, or unknown.
    needed : int
        How many answers would make an unknown one clear; 0 where that is not known either.
    """

    size: Value
    low: Value
    high: Value
    direction: dict[str, str]
    verdict: dict[str, str]
    certainty: str
    needed: int = 0

    @property
    def same(self) -> bool:
        """Tell whether the size is nought as it is printed."""
        number = self.size.number
        return number is not None and round(number, self.size.decimals) == 0

    @property
    def amount(self) -> dict[str, str]:
        """Say the direction of a number of things: "flere" or "færre" in both languages.

        Examples
        --------
        >>> from tilstand.report.numbers import Value
        >>> from tilstand.report.page.compare import published
        >>> published(Value(80, 0), Value(95, 0)).amount["en"]
        'fewer'
        """
        pairs = ((HIGHER, MORE), (LOWER, FEWER), (EQUAL, AS_MANY))
        found = (amount for direction, amount in pairs if self.direction == direction)
        return next(found, {"nb": "", "en": ""})


@dataclass(frozen=True)
class Estimate:
    """Hold a share with its 95 % interval, all in percent."""

    share: Value
    low: Value
    high: Value


def estimate(count: Value, n: Value) -> Estimate:
    """Return a share of counts with its Wilson interval; missing when a count is.

    Examples
    --------
    >>> from tilstand.report.numbers import Value
    >>> from tilstand.report.page.compare import estimate
    >>> found = estimate(Value(45, 0), Value(300, 0))
    >>> [value.text("en") for value in (found.share, found.low, found.high)]
    ['15.0', '11.4', '19.5']
    """
    share = count.share_of(n)
    if share.missing:
        return Estimate(share, share, share)
    ends = proportions.share_interval(float(count), float(n))
    low = computed(ends.low, count, n, recipe="Wilson")
    high = computed(ends.high, count, n, recipe="Wilson")
    return Estimate(share, low, high)


def shares(count: Value, n: Value, other_count: Value, other_n: Value, kind: str) -> Comparison:
    """Compare two shares of counts; ``kind`` is ``difference`` or ``change``.

    Examples
    --------
    >>> from tilstand.report.numbers import Value
    >>> from tilstand.report.page.compare import shares
    >>> found = shares(Value(45, 0), Value(300, 0), Value(30, 0), Value(310, 0), "change")
    >>> found.size.text("en"), found.verdict["en"]
    ('5.3', 'the change is clear')
    """
    sources = (count, n, other_count, other_n)
    if any(value.missing for value in sources):
        return _nothing()
    found = proportions.share_difference(*(float(value) for value in sources))
    return _worded(found, sources, kind, "Newcombe")


def share_with_reference(count: Value, n: Value, reference: Value) -> Comparison:
    """Compare a share of counts with a published share without counts, taken as given.

    Examples
    --------
    >>> from tilstand.report.numbers import Value
    >>> from tilstand.report.page.compare import share_with_reference
    >>> share_with_reference(Value(45, 0), Value(300, 0), Value(11.2, 1)).verdict["en"]
    'the difference is clear'
    """
    sources = (count, n, reference)
    if any(value.missing for value in sources):
        return _nothing()
    found = proportions.share_against_reference(*(float(value) for value in sources))
    return _worded(found, sources, "difference", "Wilson against a given share")


def counts(count: Value, other_count: Value) -> Comparison:
    """Compare two counts of events, in percent of the other.

    Examples
    --------
    >>> from tilstand.report.numbers import Value
    >>> from tilstand.report.page.compare import counts
    >>> counts(Value(120, 0), Value(80, 0)).amount["en"]
    'more'
    """
    if count.missing or other_count.missing:
        return _nothing()
    found = proportions.count_change(float(count), float(other_count))
    return _worded(found, (count, other_count), "change", "Poisson ratio")


def means(found: Difference | None, *sources: Value, decimals: int = 0) -> Comparison:
    """Put a difference of published means into words.

    The size is missing when both are printed with the same number: prose then says that instead.

    Examples
    --------
    >>> from tilstand.report.numbers import Value
    >>> from tilstand.report.page.compare import means
    >>> means(None).certainty
    'missing'
    """
    if found is None:
        return _nothing()
    made = _worded(found, sources, "difference", "margins")
    size = None if found.estimate == 0 else abs(found.estimate)
    return replace(made, size=computed(size, *sources, decimals=decimals, recipe="difference"))


def published(value: Value, other: Value) -> Comparison:
    """Compare two published numbers whose n is not known: a size and a direction, no interval.

    Examples
    --------
    >>> from tilstand.report.numbers import Value
    >>> from tilstand.report.page.compare import published
    >>> found = published(Value(91.2, 1), Value(88.1, 1))
    >>> found.size.text("en"), found.direction["en"], found.certainty
    ('3.1', 'higher', 'unknown')
    """
    difference = value - other
    if difference.missing:
        return _nothing()
    nothing = {"nb": "", "en": ""}
    number = round(float(difference), difference.decimals)
    missing = Value(None)
    return Comparison(abs(difference), missing, missing, _direction(number), nothing, "unknown")


def _nothing() -> Comparison:
    missing = Value(None)
    blank = {"nb": "", "en": ""}
    return Comparison(missing, missing, missing, blank, blank, "missing")


def _worded(found: Difference, sources: tuple[Value, ...], kind: str, recipe: str) -> Comparison:
    return Comparison(
        size=computed(abs(found.estimate), *sources, recipe="difference"),
        low=computed(found.interval.low, *sources, recipe=recipe),
        high=computed(found.interval.high, *sources, recipe=recipe),
        direction=_direction(found.estimate),
        verdict=VERDICTS[kind][found.certainty],
        certainty=found.certainty,
    )


def _direction(number: float) -> dict[str, str]:
    if number == 0:
        return EQUAL
    return HIGHER if number > 0 else LOWER
