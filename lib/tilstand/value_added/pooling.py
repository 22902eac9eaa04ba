"""Two or three cohorts in one model: what stays with a school and what was one year's.

Separately shrunken contributions of two years must not be correlated with each other: shrinkage
distorts the correlation. One model of both gives it directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from tilstand.value_added.calibration import calibrate_statistics
from tilstand.value_added.checks import check_columns
from tilstand.value_added.design import reduce_pupils
from tilstand.value_added.errors import NoPupilsError, ReliabilityError, TooFewSchoolsError
from tilstand.value_added.formula import build_design
from tilstand.value_added.likelihood import ProfileLikelihood
from tilstand.value_added.mixture import mixture_interval
from tilstand.value_added.prior import DEFAULT_PRIOR, Prior
from tilstand.value_added.school_ids import plain, school_codes

# Nodes for each of the two school SDs.
_NODES = 16
_NEGLIGIBLE = 12.0


@dataclass(frozen=True)
class Pooled:
    """Hold what several cohorts say of the schools.

    Parameters
    ----------
    schools : DataFrame, one row a school
        ``school, n, cohorts, estimate, se, ci_low, ci_high, reliability``: the contribution that
        a school keeps from cohort to cohort.
    cohorts : DataFrame, one row a school and cohort
        ``school, cohort, n, unshrunk, estimate, se, ci_low, ci_high``: the contribution to one
        cohort, informed by the others.
    variances : dict of str to float
        ``stable``, ``cohort`` and ``residual`` variance, outcome's units squared.
    correlation : dict of str to float
        ``estimate, ci_low, ci_high`` of the correlation between a school's true contributions to
        two cohorts.
    log_likelihood : float
        Restricted log-likelihood at the optimum.
    """

    schools: pd.DataFrame
    cohorts: pd.DataFrame
    variances: dict[str, float]
    correlation: dict[str, float]
    log_likelihood: float


def pool_cohorts(
    formula: str,
    groups: str,
    cohort: str,
    data: pd.DataFrame,
    *,
    level: float = 0.95,
    prior: Prior | None = None,
    reliability: Mapping[str, float] | None = None,
) -> Pooled:
    """Estimate contributions from several cohorts together.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``; add ``C(cohort)`` to let the cohorts' levels differ.
    groups, cohort : str
        The columns of school ids and of cohorts.
    data : DataFrame
        Pupils of all cohorts.
    level : float
        Level of the intervals.
    prior : Prior, optional
        What is believed beforehand of each school SD, in units of the residual SD.
    reliability : mapping of str to float, optional
        Reliability of priors that the formula takes as they are; they are calibrated.

    Returns
    -------
    Pooled
        Stable contributions, those to each cohort, and how far they go together.

    Raises
    ------
    ValueAddedError
        As for one cohort, and if no school has pupils in two cohorts.

    Notes
    -----
    ``y_ijt = x_ijt' b + u_j + v_jt + e_ijt`` with ``u_j`` stable and ``v_jt`` of the cohort; the
    correlation between cohorts is ``Var(u) / (Var(u) + Var(v))``. Both variance ratios are
    integrated over their restricted likelihood on a grid.

    References
    ----------
    Goldstein (2011), Multilevel statistical models, chapter 2; Leckie & Goldstein (2009), The
    limitations of using school league tables to inform school choice, JRSS A 172:835-851.
    """
    cells = _Cells(formula, groups, cohort, data, reliability or {})
    nodes = cells.grid(prior or DEFAULT_PRIOR)
    best = cells.optimum()
    fits = [cells.given(*ratios) for ratios in nodes.ratios]
    at_best = cells.given(*best)
    weights = nodes.weights
    share = np.array([s / (s + c) if s + c else 0.0 for s, c in nodes.ratios])
    order = np.argsort(share)
    reached = np.cumsum(weights[order])
    tail = (1 - level) / 2
    ends = share[order][np.minimum(np.searchsorted(reached, [tail, 1 - tail]), len(order) - 1)]
    stable, total = best[0], sum(best)

    def intervals(which: str) -> tuple[np.ndarray, ...]:
        mean = np.stack([getattr(fit, which) for fit in fits])
        sd = np.stack([getattr(fit, f"{which}_sd") for fit in fits])
        found = mixture_interval(weights, mean, sd, cells.degrees, level)
        return found.se, found.low, found.high

    se, low, high = intervals("stable")
    n = np.bincount(cells.school, cells.n)
    schools = pd.DataFrame(
        {
            "school": cells.schools,
            "n": n.astype(int),
            "cohorts": np.bincount(cells.school),
            "estimate": at_best.stable,
            "se": se,
            "ci_low": low,
            "ci_high": high,
            "reliability": at_best.reliability,
        }
    )
    se, low, high = intervals("cohort")
    by_cohort = pd.DataFrame(
        {
            "school": cells.schools[cells.school],
            "cohort": cells.cohort,
            "n": cells.n.astype(int),
            "unshrunk": at_best.residual,
            "estimate": at_best.cohort,
            "se": se,
            "ci_low": low,
            "ci_high": high,
        }
    )
    residual = at_best.residual_variance
    return Pooled(
        schools,
        by_cohort,
        {"stable": stable * residual, "cohort": best[1] * residual, "residual": residual},
        {
            "estimate": stable / total if total else float("nan"),
            "ci_low": float(ends[0]),
            "ci_high": float(ends[1]),
        },
        at_best.log_likelihood,
    )


@dataclass(frozen=True)
class _Given:
    log_likelihood: float
    residual_variance: float
    residual: np.ndarray
    stable: np.ndarray
    stable_sd: np.ndarray
    cohort: np.ndarray
    cohort_sd: np.ndarray
    reliability: np.ndarray


@dataclass(frozen=True)
class _Nodes:
    ratios: list[tuple[float, float]]
    weights: np.ndarray


class _Cells:
    """The sufficient statistics of school-cohort cells and their two-level likelihood."""

    def __init__(
        self,
        formula: str,
        groups: str,
        cohort: str,
        data: pd.DataFrame,
        reliability: Mapping[str, float],
    ) -> None:
        check_columns(data, [groups, cohort])
        design = build_design(formula, lambda: (data,))
        codes, schools = school_codes(data[groups])
        cohorts, labels = pd.factorize(data[cohort], sort=True)
        known = (codes >= 0) & (cohorts >= 0)
        cell = pd.Series(codes * len(labels) + cohorts, index=data.index).where(known)
        celled = data.assign(_cell=cell)
        statistics, _ = reduce_pupils(design, "_cell", lambda: (celled,), again=True)
        if statistics is None:
            raise NoPupilsError("no row is complete")
        bent = [name for name in reliability if name not in statistics.names[:-1]]
        if bent:
            raise ReliabilityError(
                [f"{name}: not a predictor of the formula as it is" for name in bent]
            )
        p = len(statistics.names) - 1
        self.excess = np.zeros((p, p))
        if reliability:
            found = calibrate_statistics(statistics, reliability)
            statistics, self.excess = found.statistics, found.excess
        number = statistics.schools.astype(int).to_numpy()
        used, self.school = np.unique(number // len(labels), return_inverse=True)
        self.schools = plain(schools)[used]
        self.cohort = np.asarray(labels)[number % len(labels)]
        if len(self.schools) < 2:
            raise TooFewSchoolsError("only one school: schools can be compared from two upwards")
        if np.bincount(self.school).max() < 2:
            raise TooFewSchoolsError("no school has pupils in two cohorts: nothing to pool")
        # The cells' own likelihood serves for its checks and its well-behaved basis.
        self.base = ProfileLikelihood(statistics)
        self.n = statistics.n
        self.z = self.base.means
        self.within = self.base.within
        self.degrees = self.base.degrees

    def given(self, stable: float, cohort: float) -> _Given:
        p = self.z.shape[1] - 1
        precision = 1 / (cohort + 1 / self.n)
        summed = np.bincount(self.school, precision)
        pull = stable / (1 + stable * summed)
        weighted = self.z * precision[:, None]
        by_school = np.stack([np.bincount(self.school, column) for column in weighted.T], axis=1)
        a = self.within + weighted.T @ self.z - (by_school * pull[:, None]).T @ by_school
        inverse = np.linalg.inv(a[:p, :p])
        b = inverse @ a[:p, p]
        scale = self.base.outcome_scale
        squares = a[p, p] - a[:p, p] @ b
        residual_variance = squares / self.degrees * scale**2
        log_likelihood = -0.5 * (
            self.degrees * (1 + np.log(2 * np.pi * residual_variance))
            + np.sum(np.log1p(self.n * cohort))
            + np.sum(np.log1p(stable * summed))
            + np.linalg.slogdet(a[:p, :p])[1]
            + self.base.log_volume
        )
        residual = (self.z[:, p] - self.z[:, :p] @ b) * scale
        own = np.bincount(self.school, precision * residual)
        u = pull * own
        x_school = by_school[:, :p] * pull[:, None]
        u_spread = pull + np.einsum("ji,ik,jk->j", x_school, inverse, x_school)
        kept = cohort * precision
        # What the priors' error adds to a cell's mean, and what of it reaches the estimates.
        back, _ = self.base.back
        slopes = back @ b * scale
        noise = float(slopes @ self.excess @ slopes) / residual_variance / self.n
        u_noise = pull**2 * np.bincount(self.school, precision**2 * noise)
        stays = 1 - kept
        cell_noise = stays**2 * u_noise[self.school] + kept * noise * (
            kept + 2 * stays * pull[self.school] * precision
        )
        v = kept * (residual - u[self.school])
        x_cell = x_school[self.school] + kept[:, None] * (self.z[:, :p] - x_school[self.school])
        cell_spread = (
            (1 - kept) ** 2 * pull[self.school]
            + kept / self.n
            + np.einsum("ji,ik,jk->j", x_cell, inverse, x_cell)
        )
        return _Given(
            float(log_likelihood),
            float(residual_variance),
            residual,
            u,
            np.sqrt(residual_variance * (u_spread + u_noise)),
            u[self.school] + v,
            np.sqrt(residual_variance * (cell_spread + cell_noise)),
            stable * summed / (1 + stable * summed),
        )

    def optimum(self) -> tuple[float, float]:
        start = max(self.base.optimum.ratio, 1e-3)

        def loss(sd: np.ndarray) -> float:
            return -self.given(float(sd[0] ** 2), float(sd[1] ** 2)).log_likelihood

        starts = [(0.8, 0.2), (0.2, 0.8), (0.5, 0.5)]
        found = [
            minimize(
                loss,
                np.sqrt(start * np.array(shares)),
                method="L-BFGS-B",
                bounds=[(0, None), (0, None)],
                options={"ftol": 1e-14, "gtol": 1e-8},
            )
            for shares in starts
        ]
        best = min(found, key=lambda one: float(one.fun))
        return float(best.x[0] ** 2), float(best.x[1] ** 2)

    def grid(self, prior: Prior) -> _Nodes:
        best = np.sqrt(self.optimum())
        top = self.given(*best**2).log_likelihood
        points, lengths = np.polynomial.legendre.leggauss(_NODES)
        axes = []
        for axis in (0, 1):
            ends = [0.0, 0.0]
            for side, factor in enumerate((0.7, 1.5)):
                at = max(best[axis], 0.05)
                for _ in range(20):
                    at *= factor
                    moved = best.copy()
                    moved[axis] = at
                    if self.given(*moved**2).log_likelihood < top - _NEGLIGIBLE:
                        ends[side] = at
                        break
                    # The other SD may take over what this one gives up, so reach further.
                    ends[side] = at if side else 0.0
            low = 0.0 if ends[0] < 0.3 * ends[1] else ends[0]
            axes.append((low + (ends[1] - low) * (points + 1) / 2, lengths))
        ratios, heights, areas = [], [], []
        for s, s_length in zip(*axes[0], strict=True):
            for c, c_length in zip(*axes[1], strict=True):
                ratios.append((float(s**2), float(c**2)))
                belief = prior.log_density(np.array([s, c])).sum()
                heights.append(self.given(*ratios[-1]).log_likelihood + belief)
                areas.append(s_length * c_length)
        height = np.array(heights)
        weights = np.array(areas) * np.exp(height - height.max())
        weights = weights / weights.sum()
        kept = weights > 1e-8
        return _Nodes(
            [ratio for ratio, keep in zip(ratios, kept, strict=True) if keep],
            weights[kept] / weights[kept].sum(),
        )
