"""The random-intercept model: a school's contribution on top of what its pupils bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.arrays import frame_of_arrays, frame_with_groups
from tilstand.value_added.calibration_variance import CalibrationVariance
from tilstand.value_added.checks import check_columns
from tilstand.value_added.design import Design, RowCount, reduce_pupils
from tilstand.value_added.doubts import FirstFrame, warn_of_fit, warn_of_rows
from tilstand.value_added.errors import FormulaError, NoPupilsError
from tilstand.value_added.formula import build_design, formula_columns
from tilstand.value_added.likelihood import ProfileLikelihood
from tilstand.value_added.parquet import parquet_columns, parquet_frames
from tilstand.value_added.pupil_model import PupilModel
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.sufficient import SufficientStatistics

Pupils = (
    pd.DataFrame
    | Mapping[str, Any]
    | str
    | Path
    | Iterable[pd.DataFrame]
    | Callable[[], Iterable[pd.DataFrame]]
)


class RandomIntercept(PupilModel):
    """Model ``y_ij = x_ij' b + u_j + e_ij`` for pupil i in school j.

    ``u_j ~ N(0, school variance)`` is the school's contribution relative to the average school of
    the population the data stand for, given the predictors; ``e_ij ~ N(0, residual variance)``.
    The arguments are those of statsmodels' `MixedLM`; `from_formula` takes a formula, and
    `from_statistics` pupils that are already reduced.

    Parameters
    ----------
    endog : array_like, shape (n,)
        Outcome.
    exog : array_like, shape (n, p)
        Predictors, the intercept among them: no column is added.
    groups : array_like, shape (n,)
        School ids of any type.

    Attributes
    ----------
    statistics : SufficientStatistics
        The pupils, reduced; the outcome is the last column.
    rows : RowCount
        Rows read, used and lost to missing values.

    Raises
    ------
    ValueAddedError
        One line for each fault of the arrays.

    Warns
    -----
    RepeatedRowsWarning, OutlyingValuesWarning
        For rows that repeat wholly and values far outside the bulk.

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4,
    Journal of Statistical Software 67(1). Raudenbush & Bryk (2002), Hierarchical linear models,
    chapter 3.

    Examples
    --------
    Eight schools of thirty pupils whose contributions have an SD of 2 points:

    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> school = np.repeat(np.arange(8), 30)
    >>> prior = rng.normal(50, 10, 240)
    >>> score = 10 + 0.8 * prior + 2 * rng.normal(size=8)[school] + 5 * rng.normal(size=240)
    >>> pupils = pd.DataFrame({"score": score, "prior": prior, "school": school})
    >>> results = RandomIntercept.from_formula("score ~ prior", pupils, groups="school").fit()
    >>> print(results.params.round(2).to_string())
    Intercept    12.33
    prior         0.75
    >>> results.school_effects().loc[0, ["n", "estimate", "ci_low", "ci_high"]].round(2).tolist()
    [30.0, -0.6, -3.06, 1.82]

    With arrays, as for `MixedLM`:

    >>> RandomIntercept(score, np.column_stack([np.ones(240), prior]), school).exog_names
    ['const', 'x1']
    """

    def __init__(self, endog: Any, exog: Any, groups: Any) -> None:
        frame, names, outcome, group_name = frame_of_arrays(endog, exog, groups)
        formula = f"{outcome} ~ {' + '.join(names)}"
        design = Design(formula, outcome, names, (*names, outcome), plain=True)
        first = FirstFrame()
        built = _built(design, lambda: (frame,), group_name, again=True, first=first)
        self.__dict__.update(built.__dict__)
        warn_of_rows(frame, group_name, design.variables, first.columns, first.centred)

    @classmethod
    def from_statistics(
        cls,
        statistics: SufficientStatistics,
        *,
        rows: RowCount | None = None,
        design: Design | None = None,
        frames: Callable[[], Iterable[pd.DataFrame]] | None = None,
        groups: str = "school",
        mean_error: np.ndarray | None = None,
        calibration: CalibrationVariance | None = None,
    ) -> RandomIntercept:
        """Build the model from pupils that are already reduced.

        Parameters
        ----------
        statistics : SufficientStatistics
            The pupils; the outcome is the last column.
        rows, design, frames, groups, mean_error, calibration
            As for `PupilModel`.

        Returns
        -------
        RandomIntercept
            Ready to fit.

        Examples
        --------
        Cohorts add up, without going back to the pupils of the first:

        >>> import numpy as np, pandas as pd
        >>> rng = np.random.default_rng(1)
        >>> first, second = (
        ...     pd.DataFrame({"y": rng.normal(size=40), "school": list("abcdefgh") * 5})
        ...     for _ in range(2)
        ... )
        >>> both = sum(
        ...     (RandomIntercept.from_formula("y ~ 1", f, "school").statistics for f in (first,)),
        ...     start=RandomIntercept.from_formula("y ~ 1", second, "school").statistics,
        ... )
        >>> RandomIntercept.from_statistics(both).statistics.pupils
        80
        """
        model = cls.__new__(cls)
        PupilModel.__init__(
            model,
            statistics,
            rows=rows,
            design=design,
            frames=frames,
            groups=groups,
            mean_error=mean_error,
            calibration=calibration,
        )
        return model

    @classmethod
    def from_formula(cls, formula: str, data: Pupils, groups: Any) -> RandomIntercept:
        """Build the model from a formula and pupils in memory or out of it.

        Parameters
        ----------
        formula : str
            ``outcome ~ predictors``, as in statsmodels.
        data : DataFrame, path of a Parquet file, iterable of frames, or callable giving one
            The pupils. Frames of an iterable are reduced one at a time; a formula with categories
            or splines needs an iterable that can be read twice.
        groups : str, or array_like of shape (n,)
            The column of school ids, or with a frame the ids themselves.

        Returns
        -------
        RandomIntercept
            Ready to fit.

        Raises
        ------
        ValueAddedError
            One line for each fault of the formula or the data.

        Warns
        -----
        RepeatedRowsWarning, OutlyingValuesWarning
            For rows that repeat wholly and values far outside the bulk, looked for in the first
            frame.
        """
        data, groups = frame_with_groups(data, groups)
        frames = _frames(data, formula, groups)
        design = build_design(formula, frames)
        if isinstance(frames, _Once):
            model = _built(design, frames, groups, again=False)
            model.frames = None
            return model
        first = FirstFrame()
        model = _built(design, frames, groups, again=True, first=first)
        if first.frame is not None:
            warn_of_rows(first.frame, groups, design.variables, first.columns, first.centred)
        return model

    def fit(self, reml: bool = True) -> RandomInterceptResults:  # noqa: FBT001, FBT002
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

        Warns
        -----
        BoundaryWarning, FewSchoolsWarning
            If the school variance is estimated as zero, and if there are five schools or fewer.
        """
        results = RandomInterceptResults(self, ProfileLikelihood(self.statistics, reml=reml))
        warn_of_fit(boundary=results.boundary, schools=len(results.schools))
        return results

    def __repr__(self) -> str:
        """Name the model, its formula and its size."""
        size = f"{self.statistics.pupils} pupils, {len(self.statistics.schools)} schools"
        return f"<{type(self).__name__}: {self.formula}, {size}>"


def _built(
    design: Design,
    frames: Callable[[], Iterable[pd.DataFrame]],
    groups: str,
    *,
    again: bool,
    first: FirstFrame | None = None,
) -> RandomIntercept:
    statistics, rows = reduce_pupils(design, groups, frames, again=again, first=first)
    if statistics is None:
        raise NoPupilsError(_nobody(rows))
    return RandomIntercept.from_statistics(
        statistics, rows=rows, design=design, frames=frames, groups=groups
    )


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
