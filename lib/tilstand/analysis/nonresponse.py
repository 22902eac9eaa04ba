"""Say what a survey can tell about everyone when only some of them answered."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE = 100.0


@dataclass(frozen=True)
class Bounds:
    """Hold the lowest and the highest share that the answers leave possible, in percent."""

    low: float
    high: float


def bounds(share: float, response: float) -> Bounds:
    """Bound a share among everyone asked, whatever those who did not answer would have said.

    Nothing is assumed about the silent ones: the low end lets none of them agree, the high end
    all of them. With the share *s* among those who answered and the response rate *r*, the ends
    are *s r* and *s r + (1 - r)*. This is no interval of chance: everyone was asked.

    Parameters
    ----------
    share : float
        Share among those who answered, in percent.
    response : float
        Those who answered, in percent of everyone asked.

    Returns
    -------
    Bounds
        Ends in percent; they meet when everyone answered.

    Raises
    ------
    ValueError
        When one of the two is no percentage.

    References
    ----------
    Horowitz, J. L. and Manski, C. F. (1998). Censoring of outcomes and regressors due to survey
    nonresponse: identification and estimation using weights and imputations. *Journal of
    Econometrics*, 84, 37-58.
    """
    for name, value in (("share", share), ("response", response)):
        if not 0 <= value <= WHOLE:
            message = f"{name} is {value}, expected a percentage from 0 to 100"
            raise ValueError(message)
    low = share * response / WHOLE
    return Bounds(low, low + WHOLE - response)
