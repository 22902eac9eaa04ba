"""Put intervals on shares and on the differences between them.

The functions behind them are imported where they are called: a build opens pages without asking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LEVEL = 0.95
# A difference whose 80 % interval excludes zero, but whose 95 % does not, is a sign of one.
SIGN_LEVEL = 0.80

Certainty = Literal["clear", "sign", "chance"]


@dataclass(frozen=True)
class Interval:
    """Hold the two ends of an interval, in the unit of what it is about."""

    low: float
    high: float

    def excludes(self, value: float = 0.0) -> bool:
        """Tell whether a value lies outside the interval.

        Examples
        --------
        >>> from tilstand.analysis.proportions import Interval
        >>> Interval(1.2, 4.5).excludes(0)
        True
        >>> Interval(-0.4, 4.5).excludes(0)
        False
        """
        return value < self.low or self.high < value


@dataclass(frozen=True)
class Difference:
    """Hold a difference with its 95 % interval and how sure it is.

    Parameters
    ----------
    estimate : float
        The difference: percentage points for shares, percent for counts.
    interval : Interval
        95 % interval of the difference, same unit.
    certainty : {"clear", "sign", "chance"}
        ``clear`` when the 95 % interval excludes zero, ``sign`` when only the 80 % interval
        does, ``chance`` when neither does.
    """

    estimate: float
    interval: Interval
    certainty: Certainty


def share_interval(count: float, n: float, level: float = LEVEL) -> Interval:
    """Compute the Wilson interval of a share.

    Parameters
    ----------
    count : float
        Number of units that have the property, 0 to ``n``.
    n : float
        Number of units.
    level : float
        Confidence level, 0 to 1.

    Returns
    -------
    Interval
        Ends in percent, 0 to 100.

    Raises
    ------
    ValueError
        When ``count`` is not between 0 and ``n``, or ``n`` is 0.

    Examples
    --------
    >>> from tilstand.analysis.proportions import share_interval
    >>> ends = share_interval(45, 300)
    >>> round(ends.low, 1), round(ends.high, 1)
    (11.4, 19.5)

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
    inference. Journal of the American Statistical Association 22, 209-212: with
    p = count / n and z the normal quantile, the ends are
    (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    """
    if n <= 0 or not 0 <= count <= n:
        message = f"a share needs 0 <= count <= n and n > 0, got {count:g} of {n:g}"
        raise ValueError(message)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(count, n, alpha=1 - level, method="wilson")
    return Interval(100 * float(low), 100 * float(high))


def share_difference(count: float, n: float, other_count: float, other_n: float) -> Difference:
    """Compare two independent shares.

    Parameters
    ----------
    count, n : float
        The share of interest.
    other_count, other_n : float
        The share it is compared with.

    Returns
    -------
    Difference
        First share minus the other, in percentage points.

    Examples
    --------
    >>> from tilstand.analysis.proportions import share_difference
    >>> found = share_difference(45, 300, 30, 310)
    >>> round(found.estimate, 1), found.certainty
    (5.3, 'clear')
    >>> round(found.interval.low, 1), round(found.interval.high, 1)
    (0.1, 10.6)

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent
    proportions. Statistics in Medicine 17, 873-890, method 10 (Wilson score ends combined).
    """
    share_interval(count, n), share_interval(other_count, other_n)
    estimate = 100 * (count / n - other_count / other_n)

    def interval(level: float) -> Interval:
        from statsmodels.stats.proportion import confint_proportions_2indep

        low, high = confint_proportions_2indep(
            count, n, other_count, other_n, method="newcomb", compare="diff", alpha=1 - level
        )
        return Interval(100 * float(low), 100 * float(high))

    return Difference(estimate, interval(LEVEL), _certainty(interval(LEVEL), interval(SIGN_LEVEL)))


def share_against_reference(count: float, n: float, reference: float) -> Difference:
    """Compare a share with one whose own count is not published.

    The reference is taken as given: right for a whole country, whose share hardly varies by
    chance beside a municipality's.

    Parameters
    ----------
    count, n : float
        The share of interest.
    reference : float
        The other share, in percent.

    Returns
    -------
    Difference
        Share minus reference, in percentage points.

    Examples
    --------
    >>> from tilstand.analysis.proportions import share_against_reference
    >>> found = share_against_reference(45, 300, 11.2)
    >>> round(found.estimate, 1), found.certainty
    (3.8, 'clear')

    References
    ----------
    Wilson (1927), see `share_interval`; the interval is moved by the reference.
    """
    estimate = 100 * count / n - reference
    wide, narrow = (
        Interval(ends.low - reference, ends.high - reference)
        for ends in (share_interval(count, n), share_interval(count, n, SIGN_LEVEL))
    )
    return Difference(estimate, wide, _certainty(wide, narrow))


def count_change(count: float, other_count: float) -> Difference:
    """Compare two counts of events, such as children who were granted help in two years.

    Parameters
    ----------
    count : float
        The later count, above 0.
    other_count : float
        The earlier count, above 0.

    Returns
    -------
    Difference
        Change in percent of the earlier count, as if each count came from a Poisson process.

    Examples
    --------
    >>> from tilstand.analysis.proportions import count_change
    >>> found = count_change(120, 80)
    >>> round(found.estimate, 1), found.certainty
    (50.0, 'clear')

    References
    ----------
    Gu, K., Ng, H. K. T., Tang, M. L. & Schucany, W. R. (2008). Testing the ratio of two
    Poisson rates. Biometrical Journal 50, 283-298; score interval as in
    ``statsmodels.stats.rates.confint_poisson_2indep``.
    """
    if min(count, other_count) <= 0:
        message = f"a relative change needs two counts above 0, got {count:g} and {other_count:g}"
        raise ValueError(message)

    def interval(level: float) -> Interval:
        from statsmodels.stats.rates import confint_poisson_2indep

        low, high = confint_poisson_2indep(
            count, 1, other_count, 1, method="score", compare="ratio", alpha=1 - level
        )
        return Interval(100 * (float(low) - 1), 100 * (float(high) - 1))

    estimate = 100 * (count / other_count - 1)
    return Difference(estimate, interval(LEVEL), _certainty(interval(LEVEL), interval(SIGN_LEVEL)))


def _certainty(wide: Interval, narrow: Interval) -> Certainty:
    if wide.excludes():
        return "clear"
    return "sign" if narrow.excludes() else "chance"
