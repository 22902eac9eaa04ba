"""Hold what the estimate from open tables takes for given, and when schools may be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Subjects of the composite: the two tests that grade 8 and grade 9 both sit.
COMPOSITE = ("reading", "numeracy")


@dataclass(frozen=True)
class Settings:
    """Hold the assumptions and the gate's limits; the page prints each of them.

    Parameters
    ----------
    sem : float
        Standard error of measurement of one pupil's result, scale points.
    pupil_sd : float
        Standard deviation of pupils within a school, scale points.
    same_pupils : float
        Share of the earlier test's pupils who sit the later one at the same school, 0 to 1.
    fewest_pairs : int
        Pairs of autumns that a school needs to be shown.
    lowest_spread : float
        The lower end of the stable spread's 95 % interval has to lie above this, scale points.
    lowest_reliability : float
        Least reliability of a school that is shown, 0 to 1.
    largest_change : float
        A change of ``|log(n9 / n8)|`` above this is flagged.
    largest_absence : float
        A rise of the share that did not take part above this is flagged, percentage points.
    most_sigma2 : float
        A pupil variance above this is a sign of classes or tests that weigh more than pupils.
    expected_sigma2 : float
        Pupil variance of the mean growth in both tests that growth, test error and movers alone
        lead one to expect, scale points squared.
    top_level : float
        A share of pupils on the highest level above this is flagged, percent.

    References
    ----------
    Fuller, W. A. (1987). Measurement Error Models. Wiley.
    """

    sem: float = 3.9
    pupil_sd: float = 9.1
    same_pupils: float = 0.9
    fewest_pairs: int = 3
    lowest_spread: float = 0.1
    lowest_reliability: float = 0.5
    largest_change: float = 0.1
    largest_absence: float = 5.0
    most_sigma2: float = 40.0
    expected_sigma2: float = 26.0
    top_level: float = 25.0

    def prior_error(self, n: np.ndarray) -> np.ndarray:
        """Return the variance with which an earlier mean misses that of the pupils who come back.

        Parameters
        ----------
        n : ndarray
            Pupils behind each mean.

        Returns
        -------
        ndarray
            ``(sem**2 + (1 - same_pupils) * (pupil_sd**2 - sem**2)) / n``: the test's own error,
            and pupils who are in one of the two means only. The sampling of those in both is no
            error: it is the same pupils.
        """
        others = (1 - self.same_pupils) * (self.pupil_sd**2 - self.sem**2)
        return (self.sem**2 + others) / np.asarray(n, float)
