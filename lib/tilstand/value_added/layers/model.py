"""The layered model: pupils in classes in cohorts in schools in municipalities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.calibration import calibrate_statistics, check_reliability
from tilstand.value_added.checks import check_columns
from tilstand.value_added.design import Design, RowCount
from tilstand.value_added.errors import FormulaError, ReliabilityError, TooFewSchoolsError
from tilstand.value_added.formula import build_design, formula_columns
from tilstand.value_added.layers.class_share import (
    ClassShareError,
    check_class_share,
    effective_pupils,
    within_divisor,
)
from tilstand.value_added.layers.cohort_means import add_cohort_means, without_cohort_means
from tilstand.value_added.layers.leaves import LeafIds, reduce_leaves
from tilstand.value_added.layers.recursion import LayeredLikelihood
from tilstand.value_added.layers.tree import ROLES, build_tree
from tilstand.value_added.parquet import parquet_columns, parquet_frames
from tilstand.value_added.random_intercept import Pupils, _Once
from tilstand.value_added.sufficient import SufficientStatistics

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults

_BY_COUNT = {
    1: ("school",),
    2: ("school", "cohort"),
    3: ("school", "cohort", "class"),
    4: ROLES,
}


class LayeredIntercept:
    """Model ``y = x' b + m_k + u_j + v_jt + w_c + e``, random intercepts nested in each other.

    ``m_k`` is a municipality's, ``u_j`` what stays with a school, ``v_jt`` one cohort's in it,
    ``w_c`` a class's, ``e`` the pupil's; all independent and normal. Only the levels that are
    named and that can be told apart are in the model.

    Parameters
    ----------
    statistics : SufficientStatistics
        The pupils, reduced by leaf; the leaves' names are the ids, outermost first, parted by
        `tree.JOINT`. Statistics of several files add up.
    columns : mapping of str to str
        Role (``municipality``, ``school``, ``cohort``, ``class``) to column of ids, outermost
        first.
    values : mapping, optional
        For each column the ids as text and as they are in the data.
    orders : mapping, optional
        For columns with an order of their own, the ids as text in it.
    class_share : float, optional
        Borrowed class variance over class and pupil variance, where there are no class ids.
    rows : RowCount, optional
        Rows read, used and lost.
    design : Design, optional
        How the columns were made, those of the cohorts' means excepted.
    frames : callable, optional
        Returns the pupils again, needed to certify a fit.
    excess : ndarray, shape (p, p), optional
        What measurement error adds to the means' variance, see
        `calibration.calibrate_statistics`.

    References
    ----------
    Goldstein (2011), Multilevel statistical models, chapters 2 and 3. Bates, Maechler, Bolker &
    Walker (2015), Fitting linear mixed-effects models using lme4, Journal of Statistical Software
    67(1).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> pupils = pd.DataFrame({"school": np.repeat(np.arange(12), 60)})
    >>> pupils["cohort"] = np.tile(np.repeat([2020, 2021, 2022], 20), 12)
    >>> pupils["y"] = 0.5 * rng.normal(size=12)[pupils["school"]] + rng.normal(size=720)
    >>> model = LayeredIntercept.from_formula("y ~ C(cohort)", pupils, ["school", "cohort"])
    >>> results = model.fit()
    >>> sorted(results.variances)
    ['residual', 'school', 'school_cohort']
    """

    def __init__(
        self,
        statistics: SufficientStatistics,
        columns: Mapping[str, str],
        *,
        values: Mapping[str, Mapping[str, object]] | None = None,
        orders: Mapping[str, Sequence[str]] | None = None,
        class_share: float | None = None,
        rows: RowCount | None = None,
        design: Design | None = None,
        frames: Callable[[], Iterable[pd.DataFrame]] | None = None,
        excess: np.ndarray | None = None,
    ) -> None:
        self.statistics, self.columns = statistics, dict(columns)
        self.values, self.orders = values, orders
        self.rows = rows or RowCount(statistics.pupils, statistics.pupils)
        self.design, self.frames, self.excess = design, frames, excess
        self.tree = build_tree(statistics.schools, self.columns, values, orders)
        self.class_share = None if class_share is None else check_class_share(class_share)
        if self.class_share is not None and "class" in self.tree.levels:
            raise ClassShareError(
                f"the classes are known from {self.columns['class']}: a class share is borrowed "
                "only where they are not"
            )
        if statistics.n.max() < 2:
            lowest = self.columns[self.tree.levels[0]]
            raise TooFewSchoolsError(
                f"{lowest}: every unit has a single pupil, so it cannot be told from its pupils"
            )

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: Pupils,
        groups: Sequence[str] | Mapping[str, str],
        *,
        class_share: float | None = None,
    ) -> LayeredIntercept:
        """Build the model from a formula and pupils in memory or out of it.

        Parameters
        ----------
        formula : str
            ``outcome ~ predictors``, as in statsmodels; write ``C(cohort)`` to let cohorts have
            means of their own.
        data : DataFrame, path of a Parquet file, iterable of frames, or callable giving one
            The pupils, as for `RandomIntercept.from_formula`.
        groups : sequence of str, or mapping of str to str
            Columns of ids, outermost first: school; school and cohort; school, cohort and class;
            municipality, school, cohort and class. A mapping of roles to columns names any
            choice of them. Ids count within the unit they lie in, so that every school may have
            a class 9A.
        class_share : float, optional
            Borrowed class variance over class and pupil variance, where there are no class ids.

        Returns
        -------
        LayeredIntercept
            Ready to fit.

        Raises
        ------
        ValueAddedError
            One line for each fault of the formula or the data.
        """
        columns = roles_of(groups)
        frames = _frames(data, formula, list(columns.values()))
        ids = LeafIds(columns)
        # The cohorts' means are known of every leaf and need no pass over the pupils.
        pupils_part, term = formula, None
        if "cohort" in columns:
            pupils_part, term = without_cohort_means(formula, columns["cohort"])
        design = build_design(pupils_part, frames)
        again = not isinstance(frames, _Once)
        statistics, rows = reduce_leaves(design, ids, frames, again=again)
        if term is not None:
            cohort, part = columns["cohort"], list(columns).index("cohort")
            statistics = add_cohort_means(
                statistics, term, part, ids.values[cohort], ids.orders.get(cohort)
            )
            design = replace(design, formula=formula)
        return cls(
            statistics,
            columns,
            values=ids.values,
            orders=ids.orders,
            class_share=class_share,
            rows=rows,
            design=design,
            frames=frames,
        )

    def likelihood(self, *, reml: bool = True) -> LayeredLikelihood:
        """Return the model's likelihood as a function of the variance ratios.

        Parameters
        ----------
        reml : bool
            Restricted maximum likelihood; maximum likelihood if false.

        Returns
        -------
        LayeredLikelihood
            With the borrowed class share, if any, in the leaves' precision.
        """
        if not self.class_share:
            return LayeredLikelihood(self.statistics, self.tree, reml=reml)
        n = self.statistics.n
        return LayeredLikelihood(
            self.statistics,
            self.tree,
            reml=reml,
            precision=effective_pupils(n, self.class_share),
            within_divisor=within_divisor(n, self.class_share),
        )

    def calibrated(self, reliability: Mapping[str, float]) -> LayeredIntercept:
        """Return the model with priors corrected for measurement error.

        Parameters
        ----------
        reliability : mapping of str to float
            True over observed variance, among all pupils, of priors that the formula takes as
            they are.

        Returns
        -------
        LayeredIntercept
            With calibrated priors, and their error in the intervals.

        Raises
        ------
        ReliabilityError
            If a prior is not in the formula as it is, or its error is larger than what varies.
        """
        bent = [name for name in reliability if name not in self.statistics.names[:-1]]
        if bent:
            raise ReliabilityError(
                [f"{name}: not a predictor of the formula as it is" for name in bent]
            )
        for name, value in reliability.items():
            check_reliability(name, value)
        calibrated = calibrate_statistics(self.statistics, reliability)
        return LayeredIntercept(
            calibrated.statistics,
            self.columns,
            values=self.values,
            orders=self.orders,
            class_share=self.class_share,
            rows=self.rows,
            design=self.design,
            excess=calibrated.excess,
        )

    def fit(self, method: str = "reml") -> LayeredResults:
        """Estimate by restricted maximum likelihood or maximum likelihood.

        Parameters
        ----------
        method : str
            ``reml`` or ``ml``.

        Returns
        -------
        LayeredResults
            The estimates and what follows from them.

        Raises
        ------
        ValueAddedError
            If the model cannot be told from these pupils.
        """
        from tilstand.value_added.layers.results import LayeredResults

        if method not in ("reml", "ml"):
            raise FormulaError(f"method: {method!r} is neither of reml, ml")
        return LayeredResults(self, self.likelihood(reml=method == "reml"))


def roles_of(groups: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    """Match columns of ids with their roles.

    Parameters
    ----------
    groups : sequence of str, or mapping of str to str
        As for `LayeredIntercept.from_formula`.

    Returns
    -------
    dict of str to str
        Role to column, outermost first.

    Raises
    ------
    FormulaError
        If there is no school among them, or a column stands for two roles.

    Examples
    --------
    >>> roles_of(["skole", "kull"])
    {'school': 'skole', 'cohort': 'kull'}
    """
    if isinstance(groups, str):
        groups = [groups]
    if not isinstance(groups, Mapping):
        if len(groups) not in _BY_COUNT:
            raise FormulaError(f"groups: {len(groups)} columns, one to four were expected")
        groups = dict(zip(_BY_COUNT[len(groups)], groups, strict=True))
    unknown = [role for role in groups if role not in ROLES]
    if unknown:
        raise FormulaError(f"groups: {unknown[0]!r} is none of {', '.join(ROLES)}")
    if "school" not in groups:
        raise FormulaError("groups: the column of schools is missing")
    columns = {role: groups[role] for role in ROLES if role in groups}
    if len(set(columns.values())) < len(columns):
        double = next(one for one in columns.values() if [*columns.values()].count(one) > 1)
        raise FormulaError(f"groups: {double} is named for two levels")
    return columns


def _frames(data: Any, formula: str, groups: Sequence[str]) -> Callable[[], Iterable[pd.DataFrame]]:
    if isinstance(data, pd.DataFrame):
        return lambda: (data,)
    if isinstance(data, (str, Path)):
        path = Path(data)
        header = pd.DataFrame(columns=parquet_columns(path))
        check_columns(header, groups)
        wanted = list(dict.fromkeys([*groups, *formula_columns(formula, header)]))
        return lambda: parquet_frames(path, wanted)
    if callable(data):
        return data  # type: ignore[no-any-return]
    if isinstance(data, Iterator):
        return _Once(data)
    return lambda: data
