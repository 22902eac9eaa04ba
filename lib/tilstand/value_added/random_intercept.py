"""The random-intercept model: a school's contribution on top of what its pupils bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.checks import check_columns
from tilstand.value_added.design import Design, RowCount, reduce_pupils
from tilstand.value_added.errors import FormulaError, NoPupilsError
from tilstand.value_added.formula import build_design, formula_columns
from tilstand.value_added.likelihood import ProfileLikelihood
from tilstand.value_added.reading import parquet_columns, parquet_frames
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.sufficient import SufficientStatistics

Pupils = pd.DataFrame | str | Path | Iterable[pd.DataFrame] | Callable[[], Iterable[pd.DataFrame]]


class RandomIntercept:
    """Model ``y_ij = x_ij' b + u_j + e_ij`` for pupil i in school j.

    ``u_j ~ N(0, school variance)`` is the school's contribution relative to the average school of
    the population the data stand for, given the predictors; ``e_ij ~ N(0, residual variance)``.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils, reduced; the outcome is the last column.
    rows : RowCount, optional
        Rows read, used and lost.
    design : Design, optional
        How the columns were made, needed for predictions.
    frames : callable, optional
        Gives the pupils again, needed to certify a fit.
    groups : str
        The name of the column of school ids.
    mean_error : ndarray, shape (p, p), optional
        What measurement error adds to the school means' variance, see
        `measurement_error.calibrate_statistics`.

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4,
    Journal of Statistical Software 67(1). Raudenbush & Bryk (2002), Hierarchical linear models,
    chapter 3.
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
    ) -> None:
        self.statistics = statistics
        self.rows = rows or RowCount(statistics.pupils, statistics.pupils)
        self.design = design
        self.frames = frames
        self.groups = groups
        self.mean_error = mean_error

    @classmethod
    def from_formula(cls, formula: str, groups: str, data: Pupils) -> RandomIntercept:
        """Build the model from a formula and pupils in memory or out of it.

        Parameters
        ----------
        formula : str
            ``outcome ~ predictors``, as in statsmodels.
        groups : str
            The column of school ids.
        data : DataFrame, path of a Parquet file, iterable of frames, or callable giving one
            The pupils. Frames of an iterable are reduced one at a time; a formula with categories
            or splines needs an iterable that can be read twice.

        Returns
        -------
        RandomIntercept
            Ready to fit.

        Raises
        ------
        ValueAddedError
            One line for each fault of the formula or the data.
        """
        frames = _frames(data, formula, groups)
        design = build_design(formula, frames)
        again = not isinstance(frames, _Once)
        statistics, rows = reduce_pupils(design, groups, frames, again=again)
        if statistics is None:
            raise NoPupilsError(_nobody(rows))
        return cls(statistics, rows=rows, design=design, frames=frames, groups=groups)

    def fit(self, *, reml: bool = True) -> RandomInterceptResults:
        """Estimate by restricted maximum likelihood or maximum likelihood.

        Parameters
        ----------
        reml : bool
            Restricted maximum likelihood; maximum likelihood if false.

        Returns
        -------
        RandomInterceptResults
            The estimates and what follows from them.

        Raises
        ------
        ValueAddedError
            If the model cannot be told from these pupils.
        """
        return RandomInterceptResults(self, ProfileLikelihood(self.statistics, reml=reml))


def _nobody(rows: RowCount) -> str:
    worst = [f"{name} missing in {count}" for name, count in rows.missing.items()]
    return f"none of {rows.read} rows is complete: {', '.join(worst) or 'no values'}"


def _frames(data: Any, formula: str, groups: str) -> Callable[[], Iterable[pd.DataFrame]]:
    if isinstance(data, pd.DataFrame):
        return lambda: (data,)
    if isinstance(data, (str, Path)):
        path = Path(data)
        known = parquet_columns(path)
        header = pd.DataFrame(columns=known)
        check_columns(header, [groups])
        wanted = list(dict.fromkeys([groups, *formula_columns(formula, header)]))
        return lambda: parquet_frames(path, wanted)
    if callable(data):
        return data  # type: ignore[no-any-return]
    if isinstance(data, Iterator):
        return _Once(data)
    return lambda: data


class _Once:
    """Let the first frame of a one-way stream be looked at before the stream is read."""

    def __init__(self, stream: Iterator[pd.DataFrame]) -> None:
        self._stream = stream
        self._first: pd.DataFrame | None = next(stream, None)
        self._read = False

    def __call__(self) -> Iterator[pd.DataFrame]:
        if self._read:
            raise FormulaError(
                "categories and splines need to see the pupils twice: "
                "give a list of frames, a file, or a function that gives the frames"
            )
        return self._again()

    def _again(self) -> Iterator[pd.DataFrame]:
        if self._first is None:
            return
        yield self._first
        self._read = True
        yield from self._stream
