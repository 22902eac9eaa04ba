"""What every model of pupils in schools holds: the sums, and the way back to the pupils."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.calibration_variance import CalibrationVariance
from tilstand.value_added.design import Design, RowCount
from tilstand.value_added.errors import PupilsNotKeptError
from tilstand.value_added.school_ids import positions_in
from tilstand.value_added.sufficient import SufficientStatistics


@dataclass(frozen=True)
class Observations:
    """Hold the complete pupils' own values.

    Parameters
    ----------
    index : Index, shape (n,)
        Their labels in the data.
    school : ndarray of int, shape (n,)
        Positions of their schools in the statistics.
    exog : ndarray, shape (n, p)
        Predictors.
    endog : ndarray, shape (n,)
        Outcome.
    """

    index: pd.Index
    school: np.ndarray
    exog: np.ndarray
    endog: np.ndarray


class PupilModel:
    """Hold pupils, reduced to what a likelihood needs of them.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils, reduced; the outcome is the last column.
    rows : RowCount, optional
        Rows read, used and lost.
    design : Design, optional
        How the columns were made, needed for predictions.
    frames : callable, optional
        Returns the pupils again, needed for residuals and to certify a fit. It is never
        pickled: a saved fit holds no pupil.
    groups : str
        The name of the column of school ids.
    mean_error : ndarray, shape (p, p), optional
        What measurement error adds to the school means' variance, see
        `calibration.calibrate_statistics`.
    calibration : CalibrationVariance, optional
        What the estimated calibration adds to the fixed effects' covariance.
    """

    def __init__(
        self,
        statistics: SufficientStatistics,
        *,
        rows: RowCount | None = None,
        design: Design | None = None,
        frames: Callable[[], Iterable[pd.DataFrame]] | None = None,
        groups: str = "school",
        mean_error: np.ndarray | None = None,
        calibration: CalibrationVariance | None = None,
    ) -> None:
        self.statistics = statistics
        self.rows = rows or RowCount(statistics.pupils, statistics.pupils)
        self.design = design
        self.frames = frames
        self.groups = groups
        self.mean_error = mean_error
        self.calibration = calibration

    @property
    def endog_names(self) -> str:
        """The outcome's name, as statsmodels calls it."""
        return self.statistics.names[-1]

    @property
    def exog_names(self) -> list[str]:
        """The predictors' names, as statsmodels calls them."""
        return list(self.statistics.names[:-1])

    @property
    def formula(self) -> str:
        """The formula, or one written from the names where there was none."""
        if self.design is not None:
            return self.design.formula
        return f"{self.endog_names} ~ {' + '.join(self.exog_names)}"

    def observations(self) -> Observations:
        """Read the complete pupils again.

        Returns
        -------
        Observations
            In the data's order, held in memory.

        Raises
        ------
        PupilsNotKeptError
            If the model was made from sums, was saved, or its stream is used up.
        """
        if self.design is None or self.frames is None:
            raise PupilsNotKeptError(
                "the pupils are not kept with this fit, only their sums: fit again from the data"
            )
        parts = [self._part(self.design, frame) for frame in self.frames()]
        return Observations(
            parts[0].index.append([part.index for part in parts[1:]]),
            np.concatenate([part.school for part in parts]),
            np.vstack([part.exog for part in parts]),
            np.concatenate([part.endog for part in parts]),
        )

    def _part(self, design: Design, frame: pd.DataFrame) -> Observations:
        complete = frame[[self.groups, *design.variables]].notna().all(axis=1)
        used = frame[complete.to_numpy()]
        columns = design.columns(used)
        data = np.column_stack(
            [np.ones(len(used)) if c is None else np.asarray(c, dtype=float) for c in columns]
        )
        known = np.isfinite(data).all(axis=1)
        school = positions_in(self.statistics.schools, used[self.groups])
        return Observations(used.index[known], school[known], data[known, :-1], data[known, -1])

    def __getstate__(self) -> dict[str, Any]:
        """Leave the pupils out of pickles."""
        return {**self.__dict__, "frames": None}

    def __deepcopy__(self, _: dict[int, Any]) -> PupilModel:
        """Copy the model; what it holds is never changed, so it is shared."""
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin
