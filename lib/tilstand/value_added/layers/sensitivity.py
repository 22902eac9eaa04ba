"""Schools' contributions under slopes of their own, movers by share of time, and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from tilstand.value_added.checks import check_columns
from tilstand.value_added.defaults import LEVEL
from tilstand.value_added.errors import (
    NonNumericError,
    PupilsNotKeptError,
    UnknownColumnError,
    ValueAddedError,
    check_level,
)
from tilstand.value_added.layers.mixed import Block, BlockModel
from tilstand.value_added.layers.observations import id_text, observed_part
from tilstand.value_added.layers.quadrature import (
    DEFAULT_LAYERED_PRIOR,
    LayeredPrior,
    gauss_legendre,
    posterior_box,
    product_of,
    stretched,
)
from tilstand.value_added.layers.tree import JOINT
from tilstand.value_added.mixture import mixture_interval

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults

_NODES = {1: (24,), 2: (16, 12), 3: (14, 12, 10)}
_NO_WEIGHT = 1e-7
#: Effects that a dense factor is still quick for.
MOST_EFFECTS = 3000


@dataclass(frozen=True)
class Sensitivity:
    """Hold contributions under a weaker assumption.

    Parameters
    ----------
    schools : DataFrame, one row a school
        ``school, n, cohorts`` and of ``mean_observed, newest, stable, change`` the centre with
        ``_low`` and ``_high``, as in `LayeredResults.school_effects`; outcome's units.
    slope_sd : float
        Posterior mean of the SD of the schools' slopes, in outcome's units per SD of the
        predictor; missing without slopes.
    """

    schools: pd.DataFrame
    slope_sd: float = float("nan")


def sensitivity(
    results: LayeredResults,
    *,
    slope: str | None = None,
    moved: tuple[str, str] | None = None,
    weights: str | None = None,
    level: float = LEVEL,
    prior: LayeredPrior | None = None,
) -> Sensitivity:
    """Estimate contributions under a weaker assumption than the fit's.

    Parameters
    ----------
    results : LayeredResults
        A fit whose pupils can be read again. Classes are joined to their cohorts and
        municipalities are left out.
    slope : str, optional
        A predictor of the fit, such as the prior score, for which every school gets a slope of
        its own; the contribution is that for pupils at its mean.
    moved : tuple of str, optional
        The columns of the school that a pupil came from, blank for those who did not move, and
        of the share of the time spent at the present one: multiple membership.
    weights : str, optional
        The column of pupils' weights, precisions as in lme4: a pupil's residual variance is the
        common one over its weight.
    level : float
        Level of the intervals.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand; that of the class SD serves for slopes, per
        SD of the predictor.

    Returns
    -------
    Sensitivity
        Intervals of the same targets as the fit's.

    Raises
    ------
    ValueAddedError
        For a column or value that is not what it must be, and for more effects than a dense
        factor takes.

    Notes
    -----
    Weights are divided by their mean, so that only their proportions count: the common residual
    variance is that of a pupil of mean weight, and contributions and intervals are the same for
    weights ten times as large. A weight of two is not two rows: it halves a pupil's residual
    variance but adds no pupil, and leaves the degrees of freedom as they are. Sampling weights,
    by which pupils stand for others, are something else and not handled.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), Journal of Statistical Software 67(1), for the
    weights. Goldstein (2011), Multilevel statistical models, chapters 2 (random slopes) and 13
    (multiple membership).

    Examples
    --------
    >>> from tilstand.value_added import LayeredIntercept
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"school": np.repeat(np.arange(8), 40), "x": rng.normal(size=320)})
    >>> slopes = np.linspace(0, 1.5, 8)
    >>> frame["y"] = slopes[frame["school"]] * frame["x"] + rng.normal(size=320)
    >>> fit = LayeredIntercept.from_formula("y ~ x", frame, "school").fit()
    >>> bool(abs(sensitivity(fit, slope="x").slope_sd - slopes.std(ddof=1)) < 0.1)
    True
    """
    check_level(level)
    prior = prior or DEFAULT_LAYERED_PRIOR
    seen = _read(results, [one for one in (*(moved or ()), weights) if one is not None])
    blocks, sums, schools = _effects(results, seen, moved)
    if slope is not None:
        if slope not in results.names:
            raise UnknownColumnError(f"slope: {slope!r} is none of {', '.join(results.names)}")
        x = seen.exog[:, results.names.index(slope)]
        spread = float(x.std())
        if not spread:
            raise ValueAddedError(f"slope: {slope} is the same for all pupils")
        z = sparse.csr_array(blocks[0].loads.multiply(((x - x.mean()) / spread)[:, None]))
        blocks.append(Block("slope", z))
        sums = np.hstack([sums, np.zeros((len(sums), z.shape[1]))])
    count = sums.shape[1]
    if count > MOST_EFFECTS:
        raise ValueAddedError(f"{count} effects, at most {MOST_EFFECTS} are looked at together")
    given = None if weights is None else _numbers(seen.more, weights, low=0.0)
    if given is not None:
        given = given / given.mean()
    model = BlockModel(seen.exog, seen.endog, blocks, given)
    names = [one.name for one in blocks]
    ratios, mass = _weighed(model, names, prior)
    mean, sd = model.predict(ratios, sums)
    ends = mixture_interval(mass, mean, sd, model.degrees, level)
    for i, name in enumerate(_TARGETS):
        part = slice(i * len(schools), (i + 1) * len(schools))
        if name in ("stable", "change") and "cohort" not in names:
            continue
        columns = {name: ends.mean, f"{name}_low": ends.low, f"{name}_high": ends.high}
        schools = schools.assign(**{key: value[part] for key, value in columns.items()})
    found = float("nan")
    if slope is not None:
        found = float(mass @ (np.sqrt(ratios[:, -1]) * model.residual_sd(ratios)))
    return Sensitivity(schools, found)


_TARGETS = ("mean_observed", "newest", "stable", "change")


@dataclass(frozen=True)
class _Seen:
    exog: np.ndarray
    endog: np.ndarray
    leaf: np.ndarray
    more: pd.DataFrame


def _read(results: LayeredResults, columns: list[str]) -> _Seen:
    model = results.model
    if model.design is None or model.frames is None:
        raise PupilsNotKeptError(
            "the pupils are not kept with this fit, only their sums: fit again from the data"
        )
    parts, more = [], []
    for frame in model.frames():
        check_columns(frame, columns)
        plain = frame.reset_index(drop=True)
        part = observed_part(model, model.design, plain)
        parts.append(part)
        more.append(plain.loc[part.index, columns])
    return _Seen(
        np.vstack([part.exog for part in parts]),
        np.concatenate([part.endog for part in parts]),
        np.concatenate([part.school for part in parts]),
        pd.concat(more, ignore_index=True),
    )


def _numbers(frame: pd.DataFrame, column: str, *, low: float, high: float = np.inf) -> np.ndarray:
    try:
        values = frame[column].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise NonNumericError(
            column, 1, f"{frame[column].iloc[0]!r}, a number was expected"
        ) from None
    wrong = np.flatnonzero(~((values > low) & (values <= high)))
    if len(wrong):
        wanted = f"above {low:g}" + ("" if high == np.inf else f" and at most {high:g}")
        raise NonNumericError(
            column, int(wrong[0]) + 1, f"{values[wrong[0]]:g}, a number {wanted} was expected"
        )
    return np.asarray(values)


def _effects(
    results: LayeredResults, seen: _Seen, moved: tuple[str, str] | None
) -> tuple[list[Block], np.ndarray, pd.DataFrame]:
    tree = results.model.tree
    cell_level, school_level = tree.level("cohort"), tree.level("school")
    cell = tree.ancestors(0, cell_level)[seen.leaf]
    owner = tree.ancestors(cell_level, school_level)
    schools, cells = len(tree.ids[school_level]), len(tree.ids[cell_level])
    several = "cohort" in tree.levels
    here, before = np.ones(len(cell)), np.full(len(cell), -1)
    cell_before = before
    if moved is not None:
        before, cell_before, schools, cells = _before(results, seen, moved[0], cell)
        stay = np.where(before >= 0, seen.more[moved[1]], 1.0)
        here = _numbers(pd.DataFrame({moved[1]: stay}), moved[1], low=-1e-12, high=1.0)
    blocks = [Block("school", _loads(owner[cell], here, before, schools))]
    if several:
        blocks.append(Block("cohort", _loads(cell, here, cell_before, cells)))
    known = len(tree.ids[school_level])
    counts = np.bincount(owner)
    last = np.cumsum(counts) - 1
    first = last - counts + 1
    own = np.eye(known, schools)
    of_cells = {
        "mean_observed": (owner == np.arange(known)[:, None]) / counts[:, None],
        "newest": (np.arange(len(owner)) == last[:, None]) * 1.0,
        "stable": np.zeros((known, len(owner))),
    }
    of_cells["change"] = of_cells["newest"] - (np.arange(len(owner)) == first[:, None])
    rows = []
    for name in _TARGETS:
        left = own if name != "change" else np.zeros_like(own)
        right = np.zeros((known, cells))
        right[:, : len(owner)] = of_cells[name]
        rows.append(np.hstack([left, right]) if several else left)
    ids = tree.ids[school_level]
    table = ids[[c for c in ("municipality", "school") if c in ids]].assign(
        n=results.pupils(school_level), cohorts=counts
    )
    return blocks, np.vstack(rows), table


def _loads(unit: np.ndarray, here: np.ndarray, before: np.ndarray, count: int) -> sparse.csr_array:
    rows = np.arange(len(unit))
    there = np.flatnonzero((before >= 0) & (here < 1))
    return sparse.csr_array(
        (
            np.concatenate([here, 1 - here[there]]),
            (np.concatenate([rows, there]), np.concatenate([unit, before[there]])),
        ),
        shape=(len(unit), count),
    )


def _before(
    results: LayeredResults, seen: _Seen, column: str, cell: np.ndarray
) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Find the earlier schools and their cohorts; those not in the fit get effects of their own."""
    tree, roles = results.model.tree, list(results.model.columns)
    level, cell_level = tree.level("school"), tree.level("cohort")
    part = roles.index("school")
    parts = [str(leaf).split(JOINT) for leaf in results.model.statistics.schools[tree.order]]
    at_school, at_cell = tree.ancestors(0, level), tree.ancestors(0, cell_level)
    number = {one[part]: int(unit) for one, unit in zip(parts, at_school, strict=True)}
    asked = id_text(seen.more[column])
    schools = len(tree.ids[level])
    before = np.full(len(asked), -1)
    fresh = [one for one in asked.unique() if one and one not in number]
    number |= {name: schools + i for i, name in enumerate(fresh)}
    given = np.flatnonzero(asked != "")
    before[given] = [number[name] for name in asked[given]]
    cohort = np.zeros(len(tree.ids[cell_level]), dtype=int)
    if "cohort" in roles:
        text = np.empty(len(cohort), dtype=object)
        text[at_cell] = [one[roles.index("cohort")] for one in parts]
        cohort = pd.factorize(text)[0]
    owner = tree.ancestors(cell_level, level)
    cells = {(int(s), int(c)): i for i, (s, c) in enumerate(zip(owner, cohort, strict=True))}
    cell_before = np.full(len(asked), -1)
    for i in given.tolist():
        cell_before[i] = cells.setdefault((int(before[i]), int(cohort[cell[i]])), len(cells))
    return before, cell_before, schools + len(fresh), len(cells)


def _weighed(
    model: BlockModel, names: list[str], prior: LayeredPrior
) -> tuple[np.ndarray, np.ndarray]:
    axes = ["total", *(one for one in ("cohort", "slope") if one in names)]

    def at(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        of = {axis: points[:, i] for i, axis in enumerate(axes)}
        sd, density = stretched(of["total"])
        density = density + prior.total.log_density(sd)
        ratios = np.zeros((len(points), len(names)))
        ratios[:, 0] = sd**2
        if "cohort" in of:
            angle = of["cohort"] * np.pi / 2
            a, b = prior.share
            with np.errstate(divide="ignore"):
                density += (2 * a - 1) * np.log(np.cos(angle)) + (2 * b - 1) * np.log(np.sin(angle))
            ratios[:, 0] = sd**2 * np.cos(angle) ** 2
            ratios[:, names.index("cohort")] = sd**2 * np.sin(angle) ** 2
        if "slope" in of:
            spread, stretch = stretched(of["slope"])
            density += prior.class_sd.log_density(spread) + stretch
            ratios[:, names.index("slope")] = spread**2
        return ratios, density

    def height(points: np.ndarray) -> np.ndarray:
        ratios, density = at(points)
        return model.heights(ratios) + density

    low, high = posterior_box(height, len(axes))
    rules = [gauss_legendre(count) for count in _NODES[len(axes)]]
    points = low + (high - low) * (product_of([one[0] for one in rules]) + 1) / 2
    ratios, density = at(points)
    log_weight = model.heights(ratios) + density
    mass = product_of([one[1] for one in rules]).prod(axis=1)
    mass = mass * np.exp(log_weight - log_weight.max())
    kept = mass > _NO_WEIGHT * mass.sum()
    return ratios[kept], mass[kept] / mass[kept].sum()
