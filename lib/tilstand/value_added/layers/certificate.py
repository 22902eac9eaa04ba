"""An independent check of a layered fit by statsmodels' own mixed model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.layers.class_share import ClassShareError
from tilstand.value_added.pupil_model import Observations

# MixedLM inverts variances, so a variance of zero is judged right beside it.
_NEXT_TO_ZERO = 1e-10


def mixedlm_log_likelihood(results: Any, pupils: Observations) -> float:
    """Evaluate MixedLM's log-likelihood at our estimates.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    pupils : Observations
        Its pupils, with their leaves as "schools".

    Returns
    -------
    float
        MixedLM's log-likelihood, with the outermost level as its groups and the others as its
        variance components; those estimated at zero are left out.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams, VCSpec

    model = results.model
    if model.class_share:
        raise ClassShareError(
            "a borrowed class share is no likelihood of pupils: nothing to certify"
        )
    data, at = np.column_stack([pupils.exog, pupils.endog]), pupils.school
    tree, ratio = model.tree, results.ratio
    top = tree.depth - 1
    units = {level: tree.ancestors(0, level)[at] for level in range(tree.depth)}
    order = np.argsort(units[top], kind="stable")
    data = data[order]
    groups = units[top][order]
    names, mats, labels, present = [], [], [], []
    for level in range(top):
        if ratio[level] <= 0:
            continue
        codes = units[level][order]
        blocks = [pd.get_dummies(codes[groups == g], dtype=float) for g in np.unique(groups)]
        names.append(tree.levels[level])
        mats.append([block.to_numpy() for block in blocks])
        labels.append([[str(one) for one in block.columns] for block in blocks])
        present.append(ratio[level])
    components = VCSpec(names, labels, mats) if names else None
    judge = MixedLM(
        data[:, -1],
        data[:, :-1],
        groups=groups,
        exog_re=np.ones((len(data), 1)),
        exog_vc=components,
    )
    # What its own fit() would set before it asks for the likelihood.
    judge.reml, judge.cov_pen, judge.fe_pen = results.reml, None, None
    judge._cov_sing = 0  # noqa: SLF001
    # MixedLM profiles the residual variance out, so it takes the ratios of the variances.
    point = MixedLMParams.from_components(
        fe_params=results.params.to_numpy(),
        cov_re=np.array([[max(float(ratio[top]), _NEXT_TO_ZERO)]]),
        vcomp=np.array(present),
    )
    return float(judge.loglike(point, profile_fe=False))
