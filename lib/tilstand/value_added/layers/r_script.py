"""A layered fit for R."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tilstand.value_added.layers.class_share import ClassShareError
from tilstand.value_added.pupil_model import Observations
from tilstand.value_added.r_script import write_r


def write_layers_r(results: Any, pupils: Observations, folder: Path) -> list[Path]:
    """Write the pupils of a layered fit, without ids, and an lme4 script that reproduces it.

    Parameters
    ----------
    results : LayeredResults
        The fit.
    pupils : Observations
        Its pupils, with their leaves as "schools".
    folder : Path
        Made if it is not there.

    Returns
    -------
    list of Path
        ``pupils.csv`` and ``fit.R``.

    Raises
    ------
    ClassShareError
        If the fit borrows a class share, which lme4 knows nothing of.
    """
    if results.model.class_share:
        raise ClassShareError("a borrowed class share is no model of lme4's: nothing to reproduce")
    tree = results.model.tree
    groups = {
        role: tree.ancestors(0, level)[pupils.school] for level, role in enumerate(tree.levels)
    }
    variances = {
        role: float(results.ratio[level] * results.scale) for level, role in enumerate(tree.levels)
    }
    return write_r(
        folder,
        pupils,
        groups,
        results.names,
        reml=results.reml,
        llf=results.llf,
        params=results.params.to_numpy(),
        variances={**variances, "residual": results.scale},
    )
