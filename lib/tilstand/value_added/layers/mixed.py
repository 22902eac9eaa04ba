"""A mixed model with any blocks of independent effects, for sensitivities that nesting excludes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse


@dataclass(frozen=True)
class Block:
    """Hold effects of one variance.

    Parameters
    ----------
    name : str
        What they are.
    loads : sparse array, shape (n, q)
        How much of each effect is in each pupil's outcome.
    """

    name: str
    loads: sparse.csr_array


class BlockModel:
    """Evaluate ``y = X b + sum_k Z_k u_k + e`` with all but the variance ratios profiled out.

    Parameters
    ----------
    exog : ndarray, shape (n, p)
        Predictors.
    endog : ndarray, shape (n,)
        Outcome.
    blocks : sequence of Block
        Effects, ``u_k ~ N(0, r_k s2 I)``.
    weights : ndarray, shape (n,), optional
        ``Var(e_i) = s2 / w_i``.

    Notes
    -----
    With ``B = I + G^1/2 Z'Z G^1/2`` and ``G`` the variance ratios of all effects, everything that
    nesting would give by recursion follows from one Cholesky factor of ``B``, whose size is the
    number of effects.

    References
    ----------
    Henderson (1975), Biometrics 31:423-447. Browne, Goldstein & Rasbash (2001), Multiple
    membership multiple classification (MMMC) models, Statistical Modelling 1:103-124.

    Examples
    --------
    >>> z = Block("school", sparse.csr_array(np.kron(np.eye(4), np.ones((5, 1)))))
    >>> model = BlockModel(np.ones((20, 1)), np.arange(20.0), [z])
    >>> bool(model.heights(np.array([[0.0], [2.0]])).argmax())
    True
    """

    def __init__(
        self,
        exog: np.ndarray,
        endog: np.ndarray,
        blocks: Sequence[Block],
        weights: np.ndarray | None = None,
    ) -> None:
        root = np.ones(len(endog)) if weights is None else np.sqrt(weights)
        basis, _ = np.linalg.qr(exog * root[:, None])
        y = endog * root
        y = y - basis @ (basis.T @ y)
        self.scale = float(np.sqrt(y @ y / len(y)))
        columns = np.column_stack([basis * np.sqrt(len(y)), y / self.scale])
        loads = sparse.csr_array(sparse.hstack([block.loads for block in blocks]))
        loads = sparse.csr_array(loads.multiply(root[:, None]))
        self.cross = columns.T @ columns
        self.with_effects = loads.T @ columns
        self.of_effects = (loads.T @ loads).toarray()
        self.block = np.repeat(np.arange(len(blocks)), [one.loads.shape[1] for one in blocks])
        self.degrees = len(endog) - exog.shape[1]

    def _solved(self, ratio: np.ndarray) -> tuple[np.ndarray, ...]:
        root = np.sqrt(ratio)[self.block]
        b = np.eye(len(root)) + root[:, None] * self.of_effects * root
        lower = linalg.cholesky(b, lower=True, check_finite=False)
        pulled = linalg.solve_triangular(
            lower, root[:, None] * self.with_effects, lower=True, check_finite=False
        )
        factor = np.linalg.cholesky(self.cross - pulled.T @ pulled)
        return root, lower, pulled, factor

    def heights(self, ratios: np.ndarray) -> np.ndarray:
        """Evaluate the restricted log-likelihood up to a constant.

        Parameters
        ----------
        ratios : ndarray, shape (g, blocks)
            Variances over the residual variance.

        Returns
        -------
        ndarray, shape (g,)
            Heights.
        """
        found = []
        for ratio in ratios:
            _, lower, _, factor = self._solved(ratio)
            pivots = np.log(np.diagonal(factor))
            log_det = np.log(np.diagonal(lower)).sum()
            found.append(-log_det - self.degrees * pivots[-1] - pivots[:-1].sum())
        return np.array(found)

    def residual_sd(self, ratios: np.ndarray) -> np.ndarray:
        """Estimate the residual SD of a pupil of weight 1.

        Parameters
        ----------
        ratios : ndarray, shape (g, blocks)
            Variances over the residual variance.

        Returns
        -------
        ndarray, shape (g,)
            Given the variance ratios; outcome's units.
        """
        pivots = np.array([self._solved(ratio)[-1][-1, -1] for ratio in ratios])
        return pivots * self.scale / np.sqrt(self.degrees)

    def predict(self, ratios: np.ndarray, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict sums of effects.

        Parameters
        ----------
        ratios : ndarray, shape (g, blocks)
            Variances over the residual variance.
        sums : ndarray, shape (targets, effects)
            Weights of the effects in each sum.

        Returns
        -------
        mean, sd : ndarray, shape (g, targets)
            Given the variances, fixed effects' uncertainty included; outcome's units.
        """
        means, spreads = [], []
        for ratio in ratios:
            root, lower, pulled, factor = self._solved(ratio)
            half = linalg.solve_triangular(lower, (root * sums).T, lower=True, check_finite=False)
            h = half.T @ pulled
            inverse = linalg.solve_triangular(factor, np.eye(len(factor)), lower=True)
            contrast = inverse[-1] * factor[-1, -1]
            turned = h[:, :-1] @ inverse[:-1, :-1].T
            variance = (half**2).sum(axis=0) + (turned**2).sum(axis=1)
            scale = factor[-1, -1] * self.scale / np.sqrt(self.degrees)
            means.append(h @ contrast * self.scale)
            spreads.append(np.sqrt(np.maximum(variance, 1e-24)) * scale)
        return np.array(means), np.array(spreads)
