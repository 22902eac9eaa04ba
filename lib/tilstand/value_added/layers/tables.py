"""Tables of a layered fit: schools, their cohorts, municipalities, and the model's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tilstand.value_added.errors import ValueAddedError, check_level
from tilstand.value_added.layers.quadrature import LayeredPrior
from tilstand.value_added.layers.targets import (
    Target,
    change_target,
    evaluate,
    intervals,
    mean_target,
    newest_target,
    units_target,
    with_classes,
)
from tilstand.value_added.mixture import Interval

if TYPE_CHECKING:
    from tilstand.value_added.layers.results import LayeredResults


def spread_of(
    results: LayeredResults,
    targets: list[Target],
    level: float,
    prior: LayeredPrior | None,
) -> list[Interval]:
    """Return intervals of targets over the variances' uncertainty.

    Parameters
    ----------
    results : LayeredResults
        The fit.
    targets : list of Target
        What is asked.
    level : float
        Level of the intervals.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand.

    Returns
    -------
    list of Interval
        One for each target.
    """
    check_level(level)
    nodes = results.nodes(prior)
    likelihood = results.restricted
    spreads = evaluate(likelihood, nodes.ratio, targets, excess=results.model.mean_error)
    return [intervals(likelihood, nodes, spread, level) for spread in spreads]


def observed_mean(results: LayeredResults, *, classes: bool = False) -> Target:
    """Ask for the mean of each school's observed cohorts, each cohort counting the same."""
    tree = results.model.tree
    target = mean_target(tree, tree.level("cohort"), tree.level("school"))
    return with_classes(tree, target, results.likelihood.n) if classes else target


def school_table(
    results: LayeredResults, level: float, prior: LayeredPrior | None, *, classes: bool = False
) -> pd.DataFrame:
    """Tabulate what the cohorts say of each school.

    Parameters
    ----------
    results : LayeredResults
        The fit.
    level : float
        Level of the intervals.
    prior : LayeredPrior, optional
        What is believed of the variances beforehand.
    classes : bool
        Let the classes' own effects count in.

    Returns
    -------
    DataFrame, one row a school
        Ids, ``n, cohorts``; ``unshrunk, unshrunk_se`` (mean residual); then of the average of
        the observed cohorts ``estimate`` (conditional mode), ``conditional_se`` (all parameters
        as known), ``expected, se, ci_low, ci_high, reliability``; ``stable_blup``, the
        conditional mode of the school's own effect; ``stable, stable_se, stable_low,
        stable_high``, what stays with the school (its municipality's share included), missing
        without two cohorts; ``mean_observed, mean_observed_low, mean_observed_high``, which are
        `expected` and its interval; ``newest_cohort, newest, newest_low, newest_high``; and
        ``change, change_low, change_high`` from the first to the newest cohort of the school,
        shrunken. All in the outcome's units.
    """
    tree, likelihood = results.model.tree, results.likelihood
    school, cell = tree.level("school"), tree.level("cohort")
    classes = classes and "class" in tree.levels
    several = "cohort" in tree.levels
    newest = newest_target(tree, cell, school)
    if classes:
        newest = with_classes(tree, newest, likelihood.n)
    targets = [observed_mean(results, classes=classes), newest]
    if several:
        targets += [units_target(tree, school), change_target(tree, cell, school)]
    found = spread_of(results, targets, level, prior)
    known = evaluate(likelihood, results.ratio[None], targets[:1], conditional=True)[0]
    n = results.pupils(school)
    residual = _mean_residual(results, school)
    mean, last = found[0], found[1]
    before = _prior_variance(results, targets[0])
    ids = tree.ids[school]
    cohorts = np.bincount(tree.ancestors(cell, school))
    table: dict[str, Any] = {
        **{role: ids[role] for role in ("municipality", "school") if role in tree.columns},
        "n": n,
        "cohorts": cohorts,
        "unshrunk": residual,
        "unshrunk_se": np.sqrt(results.scale / n),
        "estimate": known.mean[0] + 0.0,
        "conditional_se": known.sd[0],
        "expected": mean.mean,
        "se": mean.se,
        "ci_low": mean.low,
        "ci_high": mean.high,
        "reliability": np.where(before > 0, 1 - known.sd[0] ** 2 / np.maximum(before, 1e-300), 0.0),
    }
    gone = Interval(*(np.full(len(ids), np.nan) for _ in range(4)))
    stable, change = (found[2], found[3]) if several else (gone, gone)
    one_cohort = "cohort" in tree.columns and not several
    blup = np.full(len(ids), np.nan) if one_cohort else results.blups("school")["blup"]
    alone = cohorts < 2
    owner = tree.ancestors(cell, school)
    labels = tree.ids[cell].get("cohort")
    table |= {
        "stable_blup": blup,
        "stable": stable.mean,
        "stable_se": stable.se,
        "stable_low": stable.low,
        "stable_high": stable.high,
        "mean_observed": mean.mean,
        "mean_observed_low": mean.low,
        "mean_observed_high": mean.high,
        "newest": last.mean,
        "newest_low": last.low,
        "newest_high": last.high,
        "change": np.where(alone, np.nan, change.mean),
        "change_low": np.where(alone, np.nan, change.low),
        "change_high": np.where(alone, np.nan, change.high),
    }
    if labels is not None:
        newest_at = np.flatnonzero(np.append(owner[1:] != owner[:-1], True))
        table["newest_cohort"] = labels.to_numpy()[newest_at]
    return pd.DataFrame(table)


def cohort_table(
    results: LayeredResults, level: float, prior: LayeredPrior | None, *, classes: bool = False
) -> pd.DataFrame:
    """Tabulate each school's contribution to each cohort.

    Parameters
    ----------
    results, level, prior, classes
        As for `school_table`.

    Returns
    -------
    DataFrame, one row a school and cohort
        Ids, ``n, unshrunk, unshrunk_se, blup`` (conditional mode of the cohort's own effect),
        ``estimate`` (conditional mode of the whole contribution), ``expected, se, ci_low,
        ci_high``; outcome's units.
    """
    tree = results.model.tree
    cell = tree.level("cohort")
    target = units_target(tree, cell)
    if classes and "class" in tree.levels:
        target = with_classes(tree, target, results.likelihood.n)
    (found,) = spread_of(results, [target], level, prior)
    n = results.pupils(cell)
    own = "cohort" if "cohort" in tree.levels else "school"
    ids = tree.ids[cell]
    return pd.DataFrame(
        {
            **{role: ids[role] for role in ids if role != "class"},
            "n": n,
            "unshrunk": _mean_residual(results, cell),
            "unshrunk_se": np.sqrt(results.scale / n),
            "blup": results.blups(own)["blup"].to_numpy(),
            "estimate": results.at_optimum([target])[0],
            "expected": found.mean,
            "se": found.se,
            "ci_low": found.low,
            "ci_high": found.high,
        }
    )


def municipality_table(
    results: LayeredResults, level: float, prior: LayeredPrior | None
) -> pd.DataFrame:
    """Tabulate each municipality's mean contribution over its schools.

    Parameters
    ----------
    results, level, prior
        As for `school_table`.

    Returns
    -------
    DataFrame, one row a municipality
        ``municipality, schools, n, blup`` (conditional mode of the municipality's own effect),
        ``mean, se, low, high`` of the plain mean, over its schools, of the averages of their
        observed cohorts; outcome's units.

    Raises
    ------
    ValueAddedError
        If there are not several municipalities.
    """
    tree = results.model.tree
    if "municipality" not in tree.levels:
        raise ValueAddedError(
            tree.left_out.get("municipality", "the municipality is no level of this model")
        )
    top = tree.level("municipality")
    target = mean_target(tree, tree.level("cohort"), top)
    (found,) = spread_of(results, [target], level, prior)
    blups = results.blups("municipality")
    return blups[["municipality"]].assign(
        schools=np.bincount(tree.ancestors(tree.level("school"), top)),
        n=blups["n"],
        blup=blups["blup"],
        mean=found.mean,
        se=found.se,
        low=found.low,
        high=found.high,
    )


def _mean_residual(results: LayeredResults, level: int) -> np.ndarray:
    """Average the pupils' residuals from the fixed effects in each unit of a level."""
    likelihood = results.likelihood
    contrast = likelihood.sweep(results.ratio[None]).contrast[0]
    leaf = contrast @ likelihood.z * likelihood.scale
    at = results.model.tree.ancestors(0, level)
    total = np.bincount(at, likelihood.n * leaf)
    return np.asarray(total / np.bincount(at, likelihood.n))


def _prior_variance(results: LayeredResults, target: Target) -> np.ndarray:
    """Return the targets' variance before the data, at the optimum, outcome's units squared."""
    tree = results.model.tree
    weights, total = target.weights, np.zeros(len(tree.ids[target.over]))
    for level in range(target.level, tree.depth):
        if level > target.over:
            total += np.bincount(tree.ancestors(target.level, target.over), target.weights) ** 2 * (
                results.ratio[level] * results.scale
            )
            continue
        at = tree.ancestors(level, target.over)
        total += np.bincount(at, weights**2) * results.ratio[level] * results.scale
        if level < target.over:
            weights = np.bincount(tree.parent[level], weights)
    return total


def model_numbers(results: LayeredResults, level: float) -> dict[str, Any]:
    """Return a layered fit's numbers as plain values for JSON.

    Parameters
    ----------
    results : LayeredResults
        The fit.
    level : float
        Level of the interval of the correlation between cohorts.

    Returns
    -------
    dict
        Nested names and numbers.
    """
    model, optimum = results.model, results.optimum
    levels = model.tree.levels
    numbers: dict[str, Any] = {
        "outcome": results.outcome,
        "method": "reml" if results.reml else "ml",
        "groups": model.columns,
        "fixed_effects": {
            name: {"estimate": float(results.params[name]), "se": float(results.bse[name])}
            for name in results.names
        },
        "variance": results.variances,
        "log_likelihood": results.llf,
        "n": results.nobs,
        "units": {
            role: len(ids) for role, ids in zip(levels[::-1], model.tree.ids[::-1], strict=True)
        },
        "schools": len(model.tree.ids[model.tree.level("school")]),
        "converged": results.converged,
        "boundary": results.boundary,
        "convergence": {
            "score": dict(zip(levels, optimum.score.tolist(), strict=True)),
            "at_zero": [role for role, zero in zip(levels, optimum.boundary, strict=True) if zero],
            "evaluations": optimum.evaluations,
            "starts": optimum.starts,
        },
        "rows": {
            "read": model.rows.read,
            "used": model.rows.used,
            "lost": model.rows.lost,
            "missing": model.rows.missing,
        },
    }
    if "cohort" in levels:
        found = results.correlation(level)
        numbers["correlation_between_cohorts"] = {
            name: value if np.isfinite(value) else None for name, value in found.items()
        }
    if model.class_share is not None:
        numbers["class_share"] = model.class_share
    return numbers
