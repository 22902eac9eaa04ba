"""What is believed of the school variance before the data are seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Prior:
    """State what is believed of the school SD, in units of the residual SD, beforehand.

    Parameters
    ----------
    rise : float
        Power of the SD near zero: 0 is flat in the SD, 1 flat in the variance.
    scale : float
        SD ratio from which the density falls off; 0.5 is a school-variance share of a fifth.
    ratio : float, optional
        A borrowed (national) variance ratio, school over residual, instead of the above.
    ratio_se : float
        The borrowed ratio's standard error; 0 takes it as known.

    Notes
    -----
    For the SD ratio ``t`` the density is proportional to
    ``t^rise (1 + (t / scale)^2)^(-(rise + 2) / 2)``: a half-Cauchy for ``rise = 0``, and flat in
    the variance near zero for ``rise = 1``; both are proper, so that two or three schools do not
    give infinite intervals. A borrowed ratio has a log-normal density.

    References
    ----------
    Gelman (2006), Prior distributions for variance parameters in hierarchical models, Bayesian
    Analysis 1:515-534. Morris & Tang (2011), Estimating random effects via adjustment for
    density maximization, Statistical Science 26:271-287, for the density flat in the variance and
    its frequency coverage.
    """

    rise: float = 1.0
    scale: float = 0.5
    ratio: float | None = None
    ratio_se: float = 0.0

    @classmethod
    def borrowed(cls, share: float, share_se: float = 0.0) -> Prior:
        """Borrow a school-variance share from a larger population.

        Parameters
        ----------
        share : float
            School variance over total variance given the predictors, between 0 and 1.
        share_se : float
            Its standard error; 0 takes it as known.

        Returns
        -------
        Prior
            A belief centred on the share.
        """
        if not 0 < share < 1:
            raise ValueError(f"a variance share lies between 0 and 1, not {share}")
        return cls(ratio=share / (1 - share), ratio_se=share_se / (1 - share) ** 2)

    def log_density(self, sd_ratio: np.ndarray) -> np.ndarray:
        """Evaluate the density's logarithm up to a constant, at SD ratios above zero."""
        if self.ratio is None:
            fall = (self.rise + 2) / 2 * np.log1p((sd_ratio / self.scale) ** 2)
            return np.asarray(self.rise * np.log(sd_ratio) - fall)
        width = self.ratio_se / self.ratio / 2
        distance = np.log(sd_ratio) - np.log(self.ratio) / 2
        return np.asarray(-((distance / width) ** 2) / 2 - np.log(sd_ratio))


DEFAULT_PRIOR = Prior()
