"""An independent check of a fit by statsmodels' own mixed model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.value_added.sufficient import school_codes

if TYPE_CHECKING:
    from tilstand.value_added.results import RandomInterceptResults

# MixedLM inverts the school variance, so a boundary optimum is judged right beside it.
_NEXT_TO_ZERO = 1e-10


def mixedlm_log_likelihood(results: RandomInterceptResults) -> float:
    """Evaluate MixedLM's log-likelihood at our estimates.

    MixedLM is a good judge of a point and a poor finder of one: it is asked only for the height
    of the likelihood where we say the optimum is.

    Parameters
    ----------
    results : RandomInterceptResults
        A fit whose pupils can be read again; they are held in memory for this.

    Returns
    -------
    float
        MixedLM's log-likelihood.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

    model = results.model
    if model.design is None or model.frames is None:
        raise ValueError("a model made from sufficient statistics cannot be certified")
    frame = pd.concat(list(model.frames()), ignore_index=True)
    needed = [model.groups, *model.design.variables]
    frame = frame.dropna(subset=needed)
    columns = model.design.columns(frame)
    filled = [np.ones(len(frame)) if c is None else np.asarray(c, float) for c in columns]
    data = np.column_stack(filled)
    complete = np.isfinite(data).all(axis=1)
    codes, _ = school_codes(frame[model.groups])
    judge = MixedLM(data[complete, -1], data[complete, :-1], groups=codes[complete])
    # What its own fit() would set before it asks for the likelihood.
    judge.reml, judge.cov_pen, judge.fe_pen = results.reml, None, None
    judge._cov_sing = 0  # noqa: SLF001  what its `fit` would set
    # MixedLM profiles the residual variance out, so it takes the ratio of the variances.
    point = MixedLMParams.from_components(
        fe_params=results.params.to_numpy(), cov_re=np.array([[max(results.ratio, _NEXT_TO_ZERO)]])
    )
    return float(judge.loglike(point, profile_fe=False))
