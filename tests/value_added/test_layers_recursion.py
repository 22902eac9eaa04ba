"""The recursion against the multivariate normal density, written out."""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest

from tilstand.value_added.layers import LayeredIntercept
from tilstand.value_added.layers.targets import Target, evaluate

DESIGNS = [
    {"municipality": "m", "school": "s", "cohort": "t", "class": "k"},
    {"municipality": "m", "school": "s", "cohort": "t"},
    {"school": "s", "cohort": "t"},
    {"school": "s", "class": "k"},
    {"municipality": "m", "school": "s"},
    {"school": "m"},
]


def pupils(rng) -> pd.DataFrame:
    """Draw an unbalanced design with gaps, in random order."""
    rows = []
    for m in range(rng.integers(3, 6)):
        for s in range(rng.integers(1, 4)):
            for t in range(3):
                if t and rng.random() < 0.25:
                    continue
                for k in range(rng.integers(1, 4)):
                    n = rng.integers(1, 6)
                    unit = {"m": m, "s": s, "t": 2020 + t, "k": k, "z": rng.normal()}
                    rows += [{**unit, "x": rng.normal(), "y": rng.normal() + m} for _ in range(n)]
    return pd.DataFrame(rows).sample(frac=1, random_state=int(rng.integers(1e6)))


class Dense:
    """The same model with every covariance matrix written out."""

    def __init__(self, frame, model, ratio, reml):
        tree = model.tree
        self.x = np.column_stack([np.ones(len(frame)), frame["x"], frame["z"]])
        self.y = frame["y"].to_numpy()
        ids = [frame[column].astype(str) for column in tree.columns.values()]
        keys = pd.MultiIndex.from_frame(tree.ids[0][list(tree.columns)].astype(str))
        place = pd.Series(range(len(keys)), index=keys)
        self.leaf = place.loc[list(zip(*ids, strict=True))].to_numpy()
        self.units = [tree.ancestors(0, level)[self.leaf] for level in range(tree.depth)]
        cov = np.eye(len(frame))
        for r, unit in zip(ratio, self.units, strict=True):
            cov = cov + r * (unit[:, None] == unit)
        self.inverse = np.linalg.inv(cov)
        self.information = self.x.T @ self.inverse @ self.x
        self.b = np.linalg.solve(self.information, self.x.T @ self.inverse @ self.y)
        self.residual = self.y - self.x @ self.b
        d = len(frame) - 3 if reml else len(frame)
        self.s2 = self.residual @ self.inverse @ self.residual / d
        log_det = np.linalg.slogdet(cov)[1]
        if reml:
            log_det += np.linalg.slogdet(self.information)[1]
        self.log_likelihood = -0.5 * (d * (1 + np.log(2 * np.pi * self.s2)) + log_det)

    def predict(self, tree, ratio, target, unit, excess):
        owner = tree.ancestors(target.level, target.over)
        weights = np.where(owner == unit, target.weights, 0)
        cov, before = np.zeros(len(self.y)), 0.0
        for level in range(target.level, tree.depth):
            at = tree.ancestors(target.level, level)
            summed = np.bincount(at, weights, minlength=len(tree.ids[level]))
            cov += ratio[level] * summed[self.units[level]]
            before += ratio[level] * (summed**2).sum()
        pull = cov @ self.inverse
        fixed = pull @ self.x
        left = before - pull @ cov + fixed @ np.linalg.solve(self.information, fixed)
        by_leaf = np.bincount(self.leaf, pull)
        noise = (by_leaf**2 / np.bincount(self.leaf)).sum() * (self.b @ excess @ self.b)
        return pull @ self.residual, np.sqrt(self.s2 * left + noise)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("columns", DESIGNS, ids=["-".join(one) for one in DESIGNS])
def test_likelihood_and_predictions_are_the_densitys(columns, seed):
    rng = np.random.default_rng(seed)
    frame = pupils(rng)
    model = LayeredIntercept.from_formula("y ~ x + z", frame, columns)
    reml = bool(seed % 2)
    likelihood, tree = model.likelihood(reml=reml), model.tree
    ratio = rng.exponential(size=tree.depth)
    dense = Dense(frame, model, ratio, reml)
    assert likelihood.heights(ratio[None])[0] == pytest.approx(dense.log_likelihood, abs=1e-9)
    targets = [
        Target(low, rng.exponential(size=len(tree.ids[low])), high)
        for low, high in combinations_with_replacement(range(tree.depth), 2)
    ]
    error = rng.normal(size=(2, 2))
    excess = np.zeros((3, 3))
    excess[1:, 1:] = error @ error.T
    for target, got in zip(
        targets, evaluate(likelihood, ratio[None], targets, excess=excess), strict=True
    ):
        exp = [
            dense.predict(tree, ratio, target, unit, excess)
            for unit in range(len(tree.ids[target.over]))
        ]
        np.testing.assert_allclose(np.stack([got.mean[0], got.sd[0]], axis=1), exp, atol=1e-8)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("columns", DESIGNS, ids=["-".join(one) for one in DESIGNS])
def test_scores_are_the_slopes_of_the_log_likelihood(columns, reml):
    model = LayeredIntercept.from_formula("y ~ x", pupils(np.random.default_rng(5)), columns)
    likelihood = model.likelihood(reml=reml)
    ratio = np.full(model.tree.depth, 0.3)
    step = 1e-5 * np.eye(len(ratio))
    exp = (likelihood.heights(ratio + step) - likelihood.heights(ratio - step)) / 2e-5
    np.testing.assert_allclose(likelihood.gradient(ratio[None])[1][0], exp, rtol=1e-5, atol=1e-5)


def test_many_variances_at_once_give_what_each_alone_gives():
    model = LayeredIntercept.from_formula("y ~ x", pupils(np.random.default_rng(6)), DESIGNS[0])
    ratio = np.random.default_rng(1).exponential(size=(50, 4))
    likelihood = model.likelihood()
    exp = [likelihood.heights(one[None])[0] for one in ratio]
    np.testing.assert_allclose(likelihood.heights(ratio), exp, rtol=1e-13)
