"""Over, around and under the reference, with the number of false flags to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from tilstand.value_added.mixture import mixture_interval
from tilstand.value_added.prior import Prior
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.uncertainty import posterior


@dataclass(frozen=True)
class BandRule:
    """State when a school is called over or under the reference.

    Parameters
    ----------
    reference : float
        Contribution that schools are held against, outcome's units; 0 is the average school.
    margin : float
        Differences from the reference up to this size are never flagged.
    false_discovery_rate : float
        Expected share of wrong ones among the flags.
    min_pupils : int
        Schools with fewer pupils get no band. They stay in the model.
    level : float
        Level of the interval that has to lie wholly on the flag's side of the reference: the
        false-discovery control alone lets doubtful flags ride on sure ones, and a school would
        be called under while its interval holds the reference.
    """

    reference: float = 0.0
    margin: float = 0.0
    false_discovery_rate: float = 0.05
    min_pupils: int = 1
    level: float = 0.95

    def sentence(self) -> str:
        """Say the rule in one English sentence for print beside the bands."""
        return (
            f"A school is 'over' or 'under' if its whole {self.level:.0%} interval lies on one "
            f"side of {self.reference:g}, and if its contribution is probably more than "
            f"{self.margin:g} above or below {self.reference:g}, so probably that at most "
            f"{self.false_discovery_rate:.0%} of all flags are expected to be wrong; schools with "
            f"fewer than {self.min_pupils} pupils are not flagged."
        )


def band_table(
    results: RandomInterceptResults, rule: BandRule | None = None, *, prior: Prior | None = None
) -> pd.DataFrame:
    """Place each school over, around or under the reference.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit.
    rule : BandRule, optional
        When a school is flagged.
    prior : Prior, optional
        What is believed of the variance ratio beforehand.

    Returns
    -------
    DataFrame, J rows
        ``school, n, estimate, p_over, p_under, band, error_probability``, where `band` is
        ``over``, ``around``, ``under`` or ``too few``.

    References
    ----------
    Newton, Noueiry, Sarkar & Ahlquist (2004), Detecting differential gene expression with a
    semiparametric hierarchical mixture method, Biostatistics 5:155-176, the direct posterior
    probability approach. Jones, Ohlssen & Spiegelhalter (2008), Use of the false discovery rate
    when comparing multiple health care providers, J Clin Epidemiol 61:232-240.
    """
    rule = rule or BandRule()
    mixture = posterior(results.likelihood, prior, results.mean_noise)
    weights = mixture.weights[:, None]
    over = weights * _tail(
        (mixture.mean - rule.reference - rule.margin) / mixture.sd, mixture.degrees
    )
    under = weights * _tail(
        (rule.reference - rule.margin - mixture.mean) / mixture.sd, mixture.degrees
    )
    p_over, p_under = over.sum(axis=0), under.sum(axis=0)
    n = results.model.statistics.n
    enough = n >= rule.min_pupils
    error = 1 - np.maximum(p_over, p_under)
    flagged = enough & flag(np.where(enough, error, 1.0), rule.false_discovery_rate)
    ends = mixture_interval(mixture.weights, mixture.mean, mixture.sd, mixture.degrees, rule.level)
    # Taking the doubtful flags away leaves the surer ones, so the expected share stays below.
    flagged &= (ends.low > rule.reference) | (ends.high < rule.reference)
    band = np.where(flagged, np.where(p_over > p_under, "over", "under"), "around")
    band = np.where(enough, band, "too few")
    return pd.DataFrame(
        {
            "school": results.schools,
            "n": n.astype(int),
            "estimate": results.conditional_mode,
            "p_over": p_over,
            "p_under": p_under,
            "band": band,
            "error_probability": error,
        }
    )


def _tail(z: np.ndarray, degrees: int) -> np.ndarray:
    return np.asarray(special.stdtr(degrees, z) if degrees < 200 else special.ndtr(z))


def flag(error_probability: np.ndarray, rate: float) -> np.ndarray:
    """Flag as many as keep the expected share of wrong flags at the rate.

    Parameters
    ----------
    error_probability : ndarray, shape (J,)
        Probability that flagging a school would be wrong.
    rate : float
        Expected share of wrong flags.

    Returns
    -------
    ndarray of bool, shape (J,)
        The flags.
    """
    order = np.argsort(error_probability, kind="stable")
    running = np.cumsum(error_probability[order]) / np.arange(1, len(order) + 1)
    count = int((running <= rate).sum())
    flags = np.zeros(len(order), dtype=bool)
    flags[order[:count]] = True
    return flags


def band_summary(bands: pd.DataFrame) -> pd.DataFrame:
    """Count the schools by band and the false flags to expect.

    Parameters
    ----------
    bands : DataFrame
        From `band_table`.

    Returns
    -------
    DataFrame
        By band: ``schools, expected_false_flags``.
    """
    flagged = bands["band"].isin(["over", "under"])
    false = bands["error_probability"].where(flagged, 0.0)
    grouped = pd.DataFrame({"band": bands["band"], "false": false}).groupby("band")
    table = pd.DataFrame(
        {"schools": grouped.size(), "expected_false_flags": grouped["false"].sum()}
    )
    return table.reindex(["over", "around", "under", "too few"], fill_value=0)
