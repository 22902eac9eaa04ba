"""Slopes within schools beside those of the random-intercept model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.sufficient import SufficientStatistics


def with_school_means(statistics: SufficientStatistics, names: list[str]) -> SufficientStatistics:
    """Add the school means of predictors as predictors (Mundlak's form).

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils.
    names : list of str
        Predictors whose school means are added.

    Returns
    -------
    SufficientStatistics
        With a column ``name (school mean)`` for each; no pupil is needed, since the means are
        already known.

    References
    ----------
    Mundlak (1978), On the pooling of time series and cross section data, Econometrica 46:69-85.
    """
    at = [statistics.names.index(name) for name in names]
    p = len(statistics.names) - 1
    order = [*range(p), *at, p]
    within = np.zeros((len(order), len(order)))
    fresh = [*range(p), len(order) - 1]
    within[np.ix_(fresh, fresh)] = statistics.within
    labels = (
        *statistics.names[:-1],
        *(f"{name} (school mean)" for name in names),
        statistics.names[-1],
    )
    return SufficientStatistics(
        labels,
        statistics.schools,
        statistics.n,
        statistics.origin[order],
        statistics.means[:, order],
        within,
    )


def slope_table(model: RandomIntercept) -> pd.DataFrame:
    """Compare slopes within schools with those of the random-intercept model.

    Parameters
    ----------
    model : RandomIntercept
        The model; predictors that vary within schools are compared.

    Returns
    -------
    DataFrame
        By predictor: ``random`` (random intercept), ``fixed`` (school fixed effects),
        ``contextual`` (what the school mean adds, Mundlak) with their standard errors. A
        contextual slope away from zero says that contributions and intake go together, or that
        the prior has error.

    References
    ----------
    Mundlak (1978); Wooldridge (2010), Econometric analysis of cross section and panel data,
    section 10.5.
    """
    statistics = model.statistics
    names = list(statistics.names[:-1])
    varying = np.flatnonzero(np.diag(statistics.within)[:-1] > 0)
    labels = [names[i] for i in varying]
    random = model.fit()
    cross = statistics.within[np.ix_(varying, varying)]
    product = statistics.within[varying, -1]
    slopes = np.linalg.solve(cross, product)
    freedom = statistics.pupils - len(statistics.schools) - len(varying)
    residual = (statistics.within[-1, -1] - slopes @ product) / freedom
    mundlak = RandomIntercept.from_statistics(with_school_means(statistics, labels)).fit()
    means = [f"{name} (school mean)" for name in labels]
    return pd.DataFrame(
        {
            "random": random.params[labels].to_numpy(),
            "random_se": random.bse[labels].to_numpy(),
            "fixed": slopes,
            "fixed_se": np.sqrt(residual * np.diag(np.linalg.inv(cross))),
            "contextual": mundlak.params[means].to_numpy(),
            "contextual_se": mundlak.bse[means].to_numpy(),
        },
        index=pd.Index(labels, name="predictor"),
    )
