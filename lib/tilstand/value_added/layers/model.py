"""The layered model: pupils in classes in cohorts in schools in municipalities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.calibration import Sem, calibrate_statistics, check_reliability
from tilstand.value_added.design import Design, RowCount
from tilstand.value_added.doubts import FirstFrame, warn_of_fit, warn_of_rows
from tilstand.value_added.errors import FormulaError, ReliabilityError, TooFewSchoolsError
from tilstand.value_added.formula import build_design
from tilstand.value_added.layers.arrays import (
    frame_of_layers,
    layers_with_ids,
)
from tilstand.value_added.layers.class_share import (
    ClassShareError,
    check_class_share,
    effective_pupils,
    within_divisor,
)
from tilstand.value_added.layers.cohort_means import add_cohort_means, without_cohort_means
from tilstand.value_added.layers.leaves import LeafIds, reduce_leaves
from tilstand.value_added.layers.observations import observed_part
from tilstand.value_added.layers.recursion import LayeredLikelihood
from tilstand.value_added.layers.roles import frames_of, roles_of
from tilstand.value_added.layers.tree import Tree, build_tree, plural
from tilstand.value_added.pupil_model import Observations, PupilModel
from tilstand.value_added.random_intercept import Pupils, _Once
from tilstand.value_added.sufficient import SufficientStatistics

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults


class LayeredIntercept(PupilModel):
    """Model ``y = x' b + m_k + u_j + v_jt + w_c + e``, random intercepts nested in each other.

    ``m_k`` is a municipality's, ``u_j`` what stays with a school, ``v_jt`` one cohort's in it,
    ``w_c`` a class's, ``e`` the pupil's; all independent and normal. Only the levels that are
    named and that can be told apart are in the model. The arguments are those of statsmodels'
    `MixedLM`; `from_formula` takes a formula, and `from_statistics` pupils that are already
    reduced.

    Parameters
    ----------
    endog : array_like, shape (n,)
        Outcome.
    exog : array_like, shape (n, p)
        Predictors, the intercept and the cohorts' means among them: no column is added.
    groups : DataFrame, n rows, or mapping of role to array_like, shape (n,)
        Ids, outermost first, as for `from_formula`.
    class_share : float, optional
        Borrowed class variance over class and pupil variance, where there are no class ids.

    Attributes
    ----------
    statistics : SufficientStatistics
        The pupils, reduced by leaf; the leaves' names are the ids, outermost first, parted by
        `tree.JOINT`.
    columns : dict of str to str
        Role (``municipality``, ``school``, ``cohort``, ``class``) to column of ids, outermost
        first.
    tree : Tree
        The units of every level and where each lies.
    rows : RowCount
        Rows read, used and lost.

    Warns
    -----
    RepeatedRowsWarning, OutlyingValuesWarning
        For rows that repeat wholly and values far outside the bulk.

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
    >>> model
    <LayeredIntercept: y ~ C(cohort), 720 pupils, 12 schools, 36 cohorts of a school>
    >>> results = model.fit()
    >>> sorted(results.variances)
    ['residual', 'school', 'school_cohort']

    With arrays, as for `MixedLM`:

    >>> ids = pupils[["school", "cohort"]]
    >>> LayeredIntercept(pupils["y"], np.ones(720), ids).fit().params.index.tolist()
    ['const']
    """

    columns: dict[str, str]
    values: Mapping[str, Mapping[str, object]] | None
    orders: Mapping[str, Sequence[str]] | None
    tree: Tree
    class_share: float | None

    def __init__(
        self, endog: Any, exog: Any, groups: Any, *, class_share: float | None = None
    ) -> None:
        frame, names, outcome, columns = frame_of_layers(endog, exog, groups)
        formula = f"{outcome} ~ {' + '.join(names)}"
        design = Design(formula, outcome, names, (*names, outcome), plain=True)
        first = FirstFrame()
        built = self._built(
            design, LeafIds(roles_of(columns)), lambda: (frame,), None, class_share, first
        )
        self.__dict__.update(built.__dict__)
        warn_of_rows(frame, columns["school"], design.variables, first.columns)

    @classmethod
    def from_statistics(
        cls,
        statistics: SufficientStatistics,
        columns: Mapping[str, str],
        *,
        values: Mapping[str, Mapping[str, object]] | None = None,
        orders: Mapping[str, Sequence[str]] | None = None,
        class_share: float | None = None,
        rows: RowCount | None = None,
        design: Design | None = None,
        frames: Callable[[], Iterable[pd.DataFrame]] | None = None,
        mean_error: np.ndarray | None = None,
    ) -> LayeredIntercept:
        """Build the model from pupils that are already reduced.

        Parameters
        ----------
        statistics : SufficientStatistics
            The pupils by leaf. Statistics of several files add up.
        columns : mapping of str to str
            Role to column of ids, outermost first.
        values : mapping, optional
            For each column the ids as text and as they are in the data.
        orders : mapping, optional
            For columns with an order of their own, the ids as text in it.
        class_share : float, optional
            Borrowed class share.
        rows : RowCount, optional
            Rows read, used and lost.
        design : Design, optional
            How the columns were made, those of the cohorts' means excepted.
        frames : callable, optional
            Returns the pupils again, for residuals and to certify a fit.
        mean_error : ndarray, shape (p, p), optional
            What measurement error adds to the means' variance, see
            `calibration.calibrate_statistics`.

        Returns
        -------
        LayeredIntercept
            Ready to fit.
        """
        model = cls.__new__(cls)
        PupilModel.__init__(
            model,
            statistics,
            rows=rows,
            design=design,
            frames=frames,
            groups=columns["school"],
            mean_error=mean_error,
        )
        model.columns, model.values, model.orders = dict(columns), values, orders
        model.tree = build_tree(statistics.schools, model.columns, values, orders)
        model.class_share = None if class_share is None else check_class_share(class_share)
        if model.class_share is not None and "class" in model.tree.levels:
            raise ClassShareError(
                f"the classes are known from {model.columns['class']}: a class share is borrowed "
                "only where they are not"
            )
        if statistics.n.max() < 2:
            lowest = model.columns[model.tree.levels[0]]
            raise TooFewSchoolsError(
                f"{lowest}: every unit has a single pupil, so it cannot be told from its pupils"
            )
        return model

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: Pupils,
        groups: Any,
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
        groups : sequence of str, mapping of str to str, or DataFrame of n rows
            Columns of ids, outermost first: school; school and cohort; school, cohort and class;
            municipality, school, cohort and class. A mapping of roles to columns names any
            choice of them; with pupils in one frame, a frame holds the ids themselves. Ids count
            within the unit they lie in, so that every school may have a class 9A.
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
        data, groups = layers_with_ids(data, groups)
        columns = roles_of(groups)
        frames = frames_of(data, formula, list(columns.values()))
        # The cohorts' means are known of every leaf and need no pass over the pupils.
        pupils_part, term = formula, None
        if "cohort" in columns:
            pupils_part, term = without_cohort_means(formula, columns["cohort"])
        design = build_design(pupils_part, frames)
        first = None if isinstance(frames, _Once) else FirstFrame()
        model = cls._built(design, LeafIds(columns), frames, term, class_share, first)
        if model.design is not None:
            model.design = replace(design, formula=formula)
        if first is not None and first.frame is not None:
            warn_of_rows(first.frame, columns["school"], design.variables, first.columns)
        return model

    @classmethod
    def _built(
        cls,
        design: Design,
        ids: LeafIds,
        frames: Callable[[], Iterable[pd.DataFrame]],
        term: str | None,
        class_share: float | None,
        first: FirstFrame | None,
    ) -> LayeredIntercept:
        """Reduce the pupils; without a first frame to keep they can be read only once."""
        again = first is not None
        statistics, rows = reduce_leaves(design, ids, frames, again=again, first=first)
        if term is not None:
            cohort, part = ids.columns["cohort"], list(ids.columns).index("cohort")
            statistics = add_cohort_means(
                statistics, term, part, ids.values[cohort], ids.orders.get(cohort)
            )
        return cls.from_statistics(
            statistics,
            ids.columns,
            values=ids.values,
            orders=ids.orders,
            class_share=class_share,
            rows=rows,
            design=design,
            frames=frames if again else None,
        )

    def _part(self, design: Design, frame: pd.DataFrame) -> Observations:
        return observed_part(self, design, frame)

    def __repr__(self) -> str:
        """Name the model, its formula and its size."""
        units = "".join(f", {units}" for units in self.tree.counts())
        return f"<{type(self).__name__}: {self.formula}, {self.statistics.pupils} pupils{units}>"

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

    def calibrated(self, reliability: Mapping[str, float | Sem]) -> LayeredIntercept:
        """Return the model with priors corrected for measurement error.

        Parameters
        ----------
        reliability : mapping of str to (float or Sem)
            True over observed variance, among all pupils, of priors that the formula takes as
            they are; or their standard error of measurement, one for all pupils. See
            `files.fit_layers` for pupils' own.

        Returns
        -------
        LayeredIntercept
            With calibrated priors, their error in the intervals, and the estimation of the
            calibration in the fixed effects' standard errors.

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
            if not isinstance(value, Sem):
                check_reliability(name, value)
        calibrated = calibrate_statistics(self.statistics, reliability)
        model = LayeredIntercept.from_statistics(
            calibrated.statistics,
            self.columns,
            values=self.values,
            orders=self.orders,
            class_share=self.class_share,
            rows=self.rows,
            design=self.design,
            mean_error=calibrated.excess,
        )
        model.calibration = calibrated.variance
        return model

    def fit(self, reml: bool = True) -> LayeredResults:  # noqa: FBT001, FBT002
        """Estimate by restricted maximum likelihood or maximum likelihood.

        Parameters
        ----------
        reml : bool
            Restricted maximum likelihood; maximum likelihood if false.

        Returns
        -------
        LayeredResults
            The estimates and what follows from them.

        Raises
        ------
        ValueAddedError
            If the model cannot be told from these pupils.

        Warns
        -----
        BoundaryWarning, FewSchoolsWarning
            If a variance is estimated as zero, and if there are five schools or fewer.
        """
        from tilstand.value_added.layers.results import LayeredResults

        if not isinstance(reml, (bool, np.bool_)):
            raise FormulaError(f"reml: {reml!r}, True or False was expected")
        results = LayeredResults(self, self.likelihood(reml=bool(reml)))
        schools = len(self.tree.ids[self.tree.level("school")])
        at_zero = [
            role
            for role, zero in zip(self.tree.levels, results.optimum.boundary, strict=True)
            if zero
        ]
        warn_of_fit(boundary=bool(at_zero), schools=schools, between=plural(at_zero))
        return results
