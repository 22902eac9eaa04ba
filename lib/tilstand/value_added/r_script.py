"""A fit for R: the pupils without ids, and an lme4 script that reproduces it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tilstand.value_added.pupil_model import Observations

_SCRIPT = """\
# Reproduces a fit of random intercepts by lme4. Run in this folder: Rscript fit.R
suppressMessages(library(lme4))
pupils <- read.csv("pupils.csv")
for (level in c({levels})) pupils[[level]] <- factor(pupils[[level]])
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
    groups: Mapping[str, np.ndarray],
    names: Sequence[str],
    *,
    reml: bool,
    llf: float,
    params: np.ndarray,
    variances: Mapping[str, float],
) -> list[Path]:
    """Write the pupils, without ids, and an lme4 script that reproduces a fit.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    pupils : Observations
        The pupils of the fit.
    groups : mapping of str to ndarray of int, shape (n,)
        For each level, innermost first, the pupils' units, numbered from 0 over all schools.
    names : sequence of str
        The p predictors.
    reml : bool
        Restricted maximum likelihood.
    llf : float
        Log-likelihood.
    params : ndarray, shape (p,)
        Fixed effects.
    variances : mapping of str to float
        Of each level, innermost first, and ``residual``.

    Returns
    -------
    list of Path
        ``pupils.csv`` with ``outcome, x1, ..., xp, school`` and any other levels (units numbered
        in the results' order, rows ordered by value within them, so that no order is that of the
        file) and ``fit.R``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = [f"x{i + 1}" for i in range(len(names))]
    frame = pd.DataFrame(pupils.exog, columns=columns)
    frame.insert(0, "outcome", pupils.endog)
    levels = list(groups)[::-1]
    for level in levels:
        frame[level] = groups[level] + 1
    data, script = folder / "pupils.csv", folder / "fit.R"
    frame = frame.sort_values([*levels, "outcome", *columns])
    frame.to_csv(data, index=False, encoding="utf-8")
    legend = "; ".join(f"{x} is {name}" for x, name in zip(columns, names, strict=True))
    numbers = [llf, *variances.values(), *params]
    labels = ["log-likelihood", *(f"{level} variance" for level in variances), *columns]
    random = " + ".join(f"(1 | {level})" for level in groups)
    script.write_text(
        _SCRIPT.format(
            legend=legend.replace("\n", " "),
            formula=f"outcome ~ 0 + {' + '.join(columns)} + {random}",
            levels=", ".join(f'"{level}"' for level in groups),
            reml="TRUE" if reml else "FALSE",
            numbers=", ".join(repr(float(number)) for number in numbers),
            labels=", ".join(f'"{label}"' for label in labels),
        ),
        encoding="utf-8",
    )
    return [data, script]
