"""Turn scale points into mastery levels."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Lowest whole scale point of each level above the first.
LIMITS = {5: (43, 57), 8: (38, 45, 56, 63), 9: (38, 45, 56, 63)}


def level_of(score: pd.Series, grade: int) -> pd.Series:
    """Return the mastery level of scale points.

    Parameters
    ----------
    score : Series
        Scale points; missing where the test was not sat.
    grade : int
        Grade of the test: 5 (three levels), 8 or 9 (five).

    Returns
    -------
    Series of Int64
        Level from 1; missing where the score is.

    Notes
    -----
    The limits are the whole points that split the scale of the base year (mean 50, SD 10) by the
    shares that the framework sets: 25-50-25 per cent on 5. trinn and 10-20-40-20-10 on 8. trinn.
    The official limits differ by a point in some subjects; a pupil file may bring its own levels.

    References
    ----------
    Utdanningsdirektoratet, Rammeverk for nasjonale prøver, 4.3 and 4.4.
    """
    points = score.astype(float).to_numpy()
    level = pd.Series(np.digitize(points, LIMITS[grade]) + 1, index=score.index, dtype="Int64")
    return level.mask(np.isnan(points))
