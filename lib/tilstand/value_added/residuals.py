"""Residuals averaged over bins of the fitted value, so that no single pupil shows."""

from __future__ import annotations

import numpy as np
import pandas as pd


def residual_bins(fitted: pd.Series, residual: pd.Series, *, bins: int = 20) -> pd.DataFrame:
    """Average residuals over bins of the fitted value, to see whether the form fits.

    Parameters
    ----------
    fitted, residual : Series, shape (n,)
        A fit's `fittedvalues` and `resid`, outcome's units.
    bins : int
        Number of bins with about equally many pupils.

    Returns
    -------
    DataFrame, one row a bin
        ``fitted, residual, residual_se, residual_sd, n``; no single pupil's value.

    References
    ----------
    Gelman & Hill (2007), Data analysis using regression and multilevel models, section 5.6.

    Examples
    --------
    >>> import pandas as pd
    >>> table = residual_bins(pd.Series([1.0, 1.0, 3.0, 3.0]), pd.Series([1.0, -1, 2, 0]), bins=2)
    >>> table["residual"].tolist()
    [0.0, 1.0]
    """
    place = pd.qcut(fitted, bins, labels=False, duplicates="drop")
    grouped = pd.DataFrame({"fitted": fitted, "residual": residual}).groupby(place.to_numpy())
    n = grouped.size()
    sd = grouped["residual"].std()
    return pd.DataFrame(
        {
            "fitted": grouped["fitted"].mean(),
            "residual": grouped["residual"].mean(),
            "residual_se": sd / np.sqrt(n),
            "residual_sd": sd,
            "n": n,
        }
    ).reset_index(drop=True)
