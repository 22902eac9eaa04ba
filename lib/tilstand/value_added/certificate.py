"""An independent check of a fit by statsmodels' own mixed model."""

from __future__ import annotations

import numpy as np

from tilstand.value_added.pupil_model import Observations

# MixedLM inverts the school variance, so a boundary optimum is judged right beside it.
_NEXT_TO_ZERO = 1e-10


def mixedlm_log_likelihood(
    pupils: Observations, params: np.ndarray, ratio: float, *, reml: bool
) -> float:
    """Evaluate MixedLM's log-likelihood at our estimates.

    MixedLM is a good judge of a point and a poor finder of one: it is asked only for the height
    of the likelihood where we say the optimum is.

    Parameters
    ----------
    pupils : Observations
        The pupils of the fit.
    params : ndarray, shape (p,)
        Fixed effects.
    ratio : float
        School variance over residual variance.
    reml : bool
        Restricted likelihood.

    Returns
    -------
    float
        MixedLM's log-likelihood.
    """
    # Half a second's import that only this check needs.
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

    judge = MixedLM(pupils.endog, pupils.exog, groups=pupils.school)
    # What its own fit() would set before it asks for the likelihood.
    judge.reml, judge.cov_pen, judge.fe_pen = reml, None, None
    judge._cov_sing = 0  # noqa: SLF001  what its `fit` would set
    # MixedLM profiles the residual variance out, so it takes the ratio of the variances.
    point = MixedLMParams.from_components(
        fe_params=params, cov_re=np.array([[max(ratio, _NEXT_TO_ZERO)]])
    )
    return float(judge.loglike(point, profile_fe=False))
