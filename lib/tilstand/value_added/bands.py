"""Over, around and under the reference, with the number of false flags to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from tilstand.value_added.mixture import Interval, mixture_interval
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
    min_pupils : int
        Schools with fewer pupils get no band. They stay in the model.
    level : float
        Level of the interval that has to lie wholly on the flag's side of the reference, margin
        included.

    Notes
    -----
    A share of wrong flags is not asked for besides: at the level .95 no more than 2.5 % of the
    flags are expected to be wrong, so a limit of 5 % on that share could never bind, and alone it
    would let doubtful flags ride on sure ones.
    """

    reference: float = 0.0
    margin: float = 0.0
    min_pupils: int = 1
    level: float = 0.95

    def sentence(self) -> str:
        """Say the rule in one English sentence for print beside the bands."""
        beyond = f" by more than {self.margin:g}" if self.margin else ""
        return (
            f"A school is 'over' or 'under' only if its whole {self.level:.0%} interval lies on "
            f"one side of {self.reference:g}{beyond}; schools with fewer than {self.min_pupils} "
            "pupils are not flagged."
        )

    def outcome_sentence(self, bands: pd.DataFrame) -> str:
        """Say in one English sentence how many flags there are and how many may be wrong.

        Parameters
        ----------
        bands : DataFrame
            From `band_table`.

        Returns
        -------
        str
            For print below the bands.
        """
        flagged = bands["band"].isin(["over", "under"])
        wrong = bands.loc[flagged, "error_probability"].sum()
        return f"Of {int(flagged.sum())} flags {wrong:.2f} are expected to be on the wrong side."


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

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added import RandomIntercept
    >>> rng = np.random.default_rng(1)
    >>> school = np.repeat(np.arange(8), 30)
    >>> score = 50 + 4 * rng.normal(size=8)[school] + 5 * rng.normal(size=240)
    >>> pupils = pd.DataFrame({"score": score, "school": school})
    >>> results = RandomIntercept.from_formula("score ~ 1", pupils, groups="school").fit()
    >>> from tilstand.value_added import band_table
    >>> band_table(results)["band"].value_counts().sort_index().to_dict()
    {'around': 6, 'under': 2}

    References
    ----------
    Jones, Ohlssen & Spiegelhalter (2008), Use of the false discovery rate when comparing multiple
    health care providers, J Clin Epidemiol 61:232-240, for the expected number of wrong flags.
    """
    rule = rule or BandRule()
    mixture = posterior(results.likelihood, prior, results.mean_noise)
    weights = mixture.weights[:, None]
    over = weights * tail(
        (mixture.mean - rule.reference - rule.margin) / mixture.sd, mixture.degrees
    )
    under = weights * tail(
        (rule.reference - rule.margin - mixture.mean) / mixture.sd, mixture.degrees
    )
    p_over, p_under = over.sum(axis=0), under.sum(axis=0)
    n = results.model.statistics.n
    ends = mixture_interval(mixture.weights, mixture.mean, mixture.sd, mixture.degrees, rule.level)
    return pd.DataFrame(
        {
            "school": results.schools,
            "n": n.astype(int),
            "estimate": results.conditional_mode,
            "p_over": p_over,
            "p_under": p_under,
            "band": band_of(rule, n, ends),
            "error_probability": 1 - np.maximum(p_over, p_under),
        }
    )


def band_of(rule: BandRule, n: np.ndarray, ends: Interval) -> np.ndarray:
    """Name each school's band by its interval alone.

    Parameters
    ----------
    rule : BandRule
        When a school is flagged.
    n : ndarray, shape (J,)
        Pupils per school.
    ends : Interval
        Of the rule's level.

    Returns
    -------
    ndarray of str, shape (J,)
        ``over``, ``around``, ``under`` or ``too few``.
    """
    over = ends.low > rule.reference + rule.margin
    under = ends.high < rule.reference - rule.margin
    band = np.where(over, "over", np.where(under, "under", "around"))
    return np.where(n >= rule.min_pupils, band, "too few")


def tail(z: np.ndarray, degrees: int) -> np.ndarray:
    """Return the probability below standardised distances, Student's t or normal from 200 on.

    Parameters
    ----------
    z : ndarray
        Distances over standard deviations.
    degrees : int
        Degrees of freedom.

    Returns
    -------
    ndarray
        Probabilities.
    """
    return np.asarray(special.stdtr(degrees, z) if degrees < 200 else special.ndtr(z))


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

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.value_added import band_summary
    >>> bands = pd.DataFrame({"band": ["over", "around"], "error_probability": [0.02, 0.4]})
    >>> band_summary(bands)["schools"].to_dict()
    {'over': 1, 'around': 1, 'under': 0, 'too few': 0}
    """
    flagged = bands["band"].isin(["over", "under"])
    false = bands["error_probability"].where(flagged, 0.0)
    grouped = pd.DataFrame({"band": bands["band"], "false": false}).groupby("band")
    table = pd.DataFrame(
        {"schools": grouped.size(), "expected_false_flags": grouped["false"].sum()}
    )
    return table.reindex(["over", "around", "under", "too few"], fill_value=0)
