"""Draw municipalities to try the protection on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tilstand.disclosure.cells import Table

LEVELS = 5
SEXES = ("boy", "girl")
BACKGROUNDS = ("none", "parents born abroad", "born abroad")


def draw_municipality(
    generator: np.random.Generator, schools: int, grade_size: float
) -> tuple[Table, Table]:
    """Draw one grade of a municipality as two tables on the same pupils.

    Parameters
    ----------
    generator : numpy.random.Generator
        Source of chance.
    schools : int
        Number of schools.
    grade_size : float
        Mean number of pupils a school has in the grade; sizes vary as much as real ones do.

    Returns
    -------
    tuple of Table
        School by sex by mastery level, and school by background by mastery level.
    """
    size = generator.negative_binomial(4, 4 / (4 + grade_size), schools) + 3
    rows = []
    for school in range(schools):
        levels = generator.dirichlet(6.0 * np.array([1, 2, 4, 2, 1]))
        background = generator.dirichlet([8.0, 1.5, 0.8])
        chance = np.einsum("s,b,l->sbl", [0.5, 0.5], background, levels).ravel()
        counts = generator.multinomial(size[school], chance).reshape(2, 3, LEVELS)
        for (sex, origin, level), count in np.ndenumerate(counts):
            place = (f"School {school + 1:02d}", SEXES[sex])
            rows.append((*place, BACKGROUNDS[origin], str(level + 1), int(count)))
    frame = pd.DataFrame(rows, columns=["school", "sex", "background", "level", "count"])
    return (
        _table(frame, ("school", "sex", "level")),
        _table(frame, ("school", "background", "level")),
    )


def draw_shape(generator: np.random.Generator) -> tuple[int, float]:
    """Draw how many schools a municipality has, and how large their grades are.

    Parameters
    ----------
    generator : numpy.random.Generator
        Source of chance.

    Returns
    -------
    tuple of int and float
        Schools (1 to 34, most municipalities have few) and mean grade size.
    """
    schools = int(np.clip(np.rint(np.exp(generator.normal(1.1, 0.7))), 1, 34))
    return schools, float(generator.uniform(12, 90))


def _table(frame: pd.DataFrame, dimensions: tuple[str, ...]) -> Table:
    counts = frame.groupby(list(dimensions))["count"].sum().reset_index()
    return Table(counts[counts["count"] > 0].reset_index(drop=True), dimensions)
