"""Write simulated pupils to files that say so on every row."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tilstand.safe_text import csv_of, spreadsheet_safe_frame
from tilstand.simulation.country import simulate
from tilstand.simulation.plan import Plan, Simulated


def write(simulated: Simulated, output: Path) -> list[Path]:
    """Write simulated pupils, and the truth beside them.

    Parameters
    ----------
    simulated : Simulated
        What to write.
    output : Path
        ``.csv``, ``.xlsx`` or ``.parquet`` for the pupils; the true contributions go to a CSV of
        the same name with ``-truth`` added.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If the file's ending is not one of the three.
    """
    output = Path(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    kind = output.suffix.lower()
    if kind == ".csv":
        output.write_text(csv_of(simulated.pupils), encoding="utf-8", newline="")
    elif kind == ".parquet":
        simulated.pupils.to_parquet(output, index=False)
    elif kind == ".xlsx":
        spreadsheet_safe_frame(simulated.pupils).to_excel(output, index=False)
    else:
        raise ValueError(f"{output}: ends neither in .csv, .xlsx nor .parquet")
    truth = output.with_name(f"{output.stem}-truth.csv")
    truth.write_text(csv_of(simulated.contributions), encoding="utf-8", newline="")
    return [output, truth]


def simulate_file(pupils: int, schools: int, seed: int, output: Path) -> list[Path]:
    """Do what ``tilstand simulate`` does.

    Parameters
    ----------
    pupils, schools : int
        Size of the simulated country.
    seed : int
        Start of the random numbers; the same seed gives the same files.
    output : Path
        Where the pupils go.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        With one line if the plan cannot be carried out.
    """
    plan = Plan(pupils=pupils, schools=schools)
    return write(simulate(plan, np.random.default_rng(seed)), output)
