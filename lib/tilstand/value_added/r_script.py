"""A fit for R: the pupils without ids, and an lme4 script that reproduces it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tilstand.value_added.pupil_model import Observations

_SCRIPT = """\
# Reproduces a random-intercept fit by lme4. Run in this folder: Rscript fit.R
suppressMessages(library(lme4))
pupils <- read.csv("pupils.csv")
pupils$school <- factor(pupils$school)
# {legend}
fit <- lmer({formula}, data = pupils, REML = {reml},
            control = lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, boundary.tol = 0,
                                  check.rankX = "silent.drop.cols", check.scaleX = "ignore",
                                  optCtrl = list(rhobeg = 1e-3, rhoend = 1e-13, maxfun = 1e5)))
print(summary(fit))
variance <- as.data.frame(VarCorr(fit))$vcov
theirs <- c(as.numeric(logLik(fit)), variance, fixef(fit))
ours <- c({numbers})
gap <- abs(theirs - ours) / pmax(1, abs(ours))
print(data.frame(lme4 = theirs, ours = ours, gap = gap, row.names = c({labels})))
if (max(gap) > 1e-5) stop("lme4 does not reproduce the fit")
cat("lme4 reproduces the fit\\n")
"""


def write_r(
    folder: Path,
    pupils: Observations,
    names: Sequence[str],
    *,
    reml: bool,
    llf: float,
    params: np.ndarray,
    variances: tuple[float, float],
) -> list[Path]:
    """Write the pupils, without ids, and an lme4 script that reproduces a fit.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    pupils : Observations
        The pupils of the fit.
    names : sequence of str
        The p predictors.
    reml : bool
        Restricted maximum likelihood.
    llf : float
        Log-likelihood.
    params : ndarray, shape (p,)
        Fixed effects.
    variances : tuple of float
        School and residual variance.

    Returns
    -------
    list of Path
        ``pupils.csv`` with ``outcome, x1, ..., xp, school`` (schools numbered in the results'
        order, rows ordered by value within them, so that no order is that of the file) and
        ``fit.R``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = [f"x{i + 1}" for i in range(len(names))]
    frame = pd.DataFrame(pupils.exog, columns=columns)
    frame.insert(0, "outcome", pupils.endog)
    frame["school"] = pupils.school + 1
    data, script = folder / "pupils.csv", folder / "fit.R"
    frame.sort_values(["school", "outcome", *columns]).to_csv(data, index=False, encoding="utf-8")
    legend = "; ".join(f"{x} is {name}" for x, name in zip(columns, names, strict=True))
    numbers = [llf, *variances, *params]
    labels = ["log-likelihood", "school variance", "residual variance", *columns]
    script.write_text(
        _SCRIPT.format(
            legend=legend.replace("\n", " "),
            formula=f"outcome ~ 0 + {' + '.join(columns)} + (1 | school)",
            reml="TRUE" if reml else "FALSE",
            numbers=", ".join(repr(float(number)) for number in numbers),
            labels=", ".join(f'"{label}"' for label in labels),
        ),
        encoding="utf-8",
    )
    return [data, script]
