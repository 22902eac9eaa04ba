"""Stable part and drift: how what stays looks if a school's cohorts follow on one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.linalg import lapack

from tilstand.value_added.basis import working_basis
from tilstand.value_added.errors import ValueAddedError
from tilstand.value_added.layers.cells import cell_statistics
from tilstand.value_added.layers.class_share import effective_pupils, within_divisor
from tilstand.value_added.layers.quadrature import (
    DEFAULT_LAYERED_PRIOR,
    LayeredPrior,
    gauss_legendre,
    posterior_box,
    product_of,
    stretched,
)
from tilstand.value_added.layers.tables import check_level
from tilstand.value_added.mixture import mixture_interval

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults

_NODES = (14, 12, 10)
_NO_WEIGHT = 1e-7
_AT_ONCE = 60_000


@dataclass(frozen=True)
class Drift:
    """Hold what a stable part and a drift say of the schools.

    Parameters
    ----------
    schools : DataFrame, one row a school
        ``school, n, cohorts`` and, each with ``_low`` and ``_high``, ``stable, mean_observed,
        newest, change`` (from the first to the newest cohort); outcome's units.
    share : float
        Mean of the stable share of the variance of schools and cohorts.
    persistence : float
        Mean of the correlation of the drift from one cohort to the next.
    """

    schools: pd.DataFrame
    share: float
    persistence: float


def stable_and_drift(
    results: LayeredResults, level: float = 0.95, *, prior: LayeredPrior | None = None
) -> Drift:
    """Estimate what stays with a school beside a drift, as a sensitivity.

    Parameters
    ----------
    results : LayeredResults
        A fit of three or more cohorts. Classes are joined to their cohorts and municipalities
        are left out.
    level : float
        Level of the intervals.
    prior : LayeredPrior, optional
        What is believed of total SD and stable share beforehand; the drift's persistence is
        uniform from 0 to 1.

    Returns
    -------
    Drift
        Intervals of the same targets as `LayeredResults.school_effects`.

    Raises
    ------
    ValueAddedError
        With fewer than three cohorts, where drift cannot be told from what stays.

    Notes
    -----
    A school's contributions to T cohorts have covariance ``s 11' + c phi^|t - s|`` in place of
    ``s 11' + c I``; with ``V = G + diag(1 / n)`` over the cohorts that a school has, the
    likelihood rests on the same statistics. Distances are those of the cohorts' years where they
    are numbers, else their order.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from tilstand.value_added.layers import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> school, cohort = (at.ravel() for at in np.indices((12, 3, 20))[:2])
    >>> score = 50 + 3 * rng.normal(size=12)[school] + 8 * rng.normal(size=720)
    >>> pupils = pd.DataFrame({"score": score, "school": school, "cohort": 2022 + cohort})
    >>> model = LayeredIntercept.from_formula("score ~ 1", pupils, ["school", "cohort"])
    >>> results = model.fit()
    >>> from tilstand.value_added.layers import stable_and_drift
    >>> drift = stable_and_drift(results)
    >>> type(drift).__name__
    'Drift'

    References
    ----------
    Goldstein (2011), Multilevel statistical models, chapter 5, for autocorrelated residuals.
    """
    check_level(level)
    model = _Cohorts(results)
    prior = prior or DEFAULT_LAYERED_PRIOR

    def at(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        sd, log_stretch = stretched(points[:, 0])
        angle = points[:, 1] * np.pi / 2
        share = np.cos(angle) ** 2
        a, b = prior.share
        with np.errstate(divide="ignore"):
            density = (2 * a - 1) * np.log(np.cos(angle)) + (2 * b - 1) * np.log(np.sin(angle))
        density = density + prior.total.log_density(sd) + log_stretch
        return np.column_stack([sd**2 * share, sd**2 * (1 - share), points[:, 2]]), density

    def height(points: np.ndarray) -> np.ndarray:
        values, density = at(points)
        return model.heights(values) + density

    low, high = posterior_box(height, 3)
    rules = [gauss_legendre(count) for count in _NODES]
    points = low + (high - low) * (product_of([one[0] for one in rules]) + 1) / 2
    values, density = at(points)
    log_weight = model.heights(values) + density
    weights = product_of([one[1] for one in rules]).prod(axis=1)
    weights = weights * np.exp(log_weight - log_weight.max())
    kept = weights > _NO_WEIGHT * weights.sum()
    values, weights = values[kept], weights[kept] / weights[kept].sum()
    found = model.predict(values)
    columns: dict[str, np.ndarray] = {}
    for name, (mean, sd) in found.items():
        ends = mixture_interval(weights, mean, sd, model.degrees, level)
        columns |= {name: ends.mean, f"{name}_low": ends.low, f"{name}_high": ends.high}
    schools = model.schools.assign(**columns)
    several = schools["cohorts"] > 1
    for name in ("change", "change_low", "change_high"):
        schools[name] = schools[name].where(several)
    share = values[:, 0] / (values[:, 0] + values[:, 1])
    return Drift(schools, float(weights @ share), float(weights @ values[:, 2]))


class _Cohorts:
    """Hold the cohorts of each school in a table with gaps, and their likelihood."""

    def __init__(self, results: LayeredResults) -> None:
        model = results.model
        tree = model.tree
        cells = tree.ids[tree.level("cohort")]
        labels = sorted(cells["cohort"].unique()) if "cohort" in cells else []
        if len(labels) < 3 or "cohort" not in tree.levels:
            raise ValueAddedError(
                "drift needs three cohorts: with fewer it cannot be told from what stays"
            )
        statistics, school = cell_statistics(model)
        basis = working_basis(statistics)
        time = np.searchsorted(np.array(labels), cells["cohort"].to_numpy())
        count, width = len(tree.ids[tree.level("school")]), len(labels)
        share = model.class_share or 0.0
        self.k = basis.means.shape[1]
        n = np.zeros((count, width))
        n[school, time] = effective_pupils(statistics.n, share)
        self.z = np.zeros((count, width, self.k))
        self.z[school, time] = basis.means
        self.root_n = np.sqrt(n)
        self.basis = basis
        self.within = basis.within / within_divisor(statistics.n, share)
        self.degrees = statistics.pupils - self.k + 1
        years = pd.Series(labels)
        numeric = pd.api.types.is_numeric_dtype(years)
        place = years.to_numpy(dtype=float) if numeric else np.arange(width, dtype=float)
        self.gap = np.abs(place[:, None] - place)
        self.weights = _weights(n > 0)
        ids = tree.ids[tree.level("school")]
        self.schools = ids[[c for c in ("municipality", "school") if c in ids]].assign(
            n=results.pupils(tree.level("school")), cohorts=(n > 0).sum(axis=1)
        )

    def _parts(self, values: np.ndarray) -> Iterator[np.ndarray]:
        step = max(1, _AT_ONCE // self.z.size)
        for start in range(0, len(values), step):
            yield values[start : start + step]

    def covariance(self, values: np.ndarray) -> np.ndarray:
        """Return the cohorts' covariance over the residual variance, shape (g, T, T)."""
        s, c, phi = values.T[:, :, None, None]
        return np.asarray(s + c * np.maximum(phi, 1e-300) ** self.gap)

    def _solved(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``V^-1`` of every school, its share of the log determinant, and the factor."""
        g = self.covariance(values)[:, None]
        b = np.eye(g.shape[-1]) + self.root_n[:, :, None] * g * self.root_n[:, None, :]
        factor = np.linalg.cholesky(b)
        log_det = 2 * np.log(np.diagonal(factor, axis1=2, axis2=3)).sum(axis=(1, 2))
        q = self.root_n[:, :, None] * np.linalg.inv(b) * self.root_n[:, None, :]
        flat = self.z.reshape(-1, self.k)
        cross = self.within + flat.T @ (q @ self.z).reshape(len(values), -1, self.k)
        return q, log_det, np.linalg.cholesky(cross)

    def heights(self, values: np.ndarray) -> np.ndarray:
        """Evaluate the restricted log-likelihood up to a constant."""
        found = []
        for part in self._parts(values):
            _, log_det, factor = self._solved(part)
            pivots = np.log(np.diagonal(factor, axis1=1, axis2=2))
            found.append(-log_det / 2 - self.degrees * pivots[:, -1] - pivots[:, :-1].sum(axis=1))
        return np.concatenate(found)

    def predict(self, values: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return mean and standard deviation of each target, both of shape (g, J)."""
        found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
        for part in self._parts(values):
            q, _, factor = self._solved(part)
            g = self.covariance(part)
            inverse = np.stack([lapack.dtrtri(one, lower=1)[0] for one in factor])
            scale = self.basis.outcome_scale
            contrast = inverse[:, -1] * factor[:, -1, -1:]
            variance = (factor[:, -1, -1] * scale) ** 2 / self.degrees
            stable = np.broadcast_to(part[:, :1, None], (len(part), *self.root_n.shape))
            wanted = {"stable": (stable, np.broadcast_to(part[:, :1], (len(part), len(self.z))))}
            for name, w in self.weights.items():
                covariance = np.einsum("gts,js->gjt", g, w)
                wanted[name] = covariance, np.einsum("gjt,jt->gj", covariance, w)
            for name, (covariance, before) in wanted.items():
                pull = np.einsum("gjt,gjts->gjs", covariance, q)
                h = np.einsum("gjt,jtk->gjk", pull, self.z)
                mean = np.einsum("gjk,gk->gj", h, contrast) * scale
                left = before - np.einsum("gjt,gjt->gj", pull, covariance)
                turned = h[:, :, :-1] @ inverse[:, :-1, :-1].swapaxes(1, 2)
                spread = np.maximum(left, 1e-24) + (turned**2).sum(axis=2)
                found.setdefault(name, []).append((mean, np.sqrt(spread * variance[:, None])))
        return {
            name: (np.concatenate([m for m, _ in parts]), np.concatenate([s for _, s in parts]))
            for name, parts in found.items()
        }


def _weights(there: np.ndarray) -> dict[str, np.ndarray]:
    count = there.sum(axis=1, keepdims=True)
    rows = np.arange(len(there))
    newest, first = np.zeros(there.shape), np.zeros(there.shape)
    newest[rows, there.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)] = 1
    first[rows, np.argmax(there, axis=1)] = 1
    return {"mean_observed": there / count, "newest": newest, "change": newest - first}
