"""Measure how often nominal 95 % school intervals hold the truth, and write the table as CSV.

The table in data/evidence/coverage.csv was made by

    python benchmarks/coverage.py --replications 2000 --output data/evidence/coverage.csv

Every cell starts from the seed and its own position, so a cell can be remade alone. The bootstrap
refits the model 199 times a data set: it is compared on the designs named by --bootstrap-designs,
with --bootstrap-replications data sets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from tilstand.value_added.coverage import COMPARED, DESIGNS, SHARES, coverage_table


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    replications: Annotated[int, typer.Option(help="Data sets for each cell.")] = 2000,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
    designs: Annotated[str, typer.Option(help="Designs, comma-separated; all if empty.")] = "",
    bootstrap_designs: Annotated[str, typer.Option()] = "10x30,20x20",
    bootstrap_replications: Annotated[int, typer.Option()] = 200,
) -> None:
    """Write the coverage table."""
    wanted = [name for name in designs.split(",") if name] or list(DESIGNS)
    tables = []
    for name in wanted:
        cell = {name: DESIGNS[name]}
        table = coverage_table(cell, SHARES, COMPARED, replications=replications, seed=seed)
        tables.append(table)
        if name in bootstrap_designs.split(",") and bootstrap_replications:
            tables.append(
                coverage_table(
                    cell,
                    SHARES,
                    {"bootstrap": ("bootstrap", None)},
                    replications=bootstrap_replications,
                    seed=seed,
                )
            )
        shown = table[table["method"] == "integrated"]
        print(shown.to_string(index=False, header=name == wanted[0]), flush=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    pd.concat(tables).to_csv(output, index=False, float_format="%.5f")
    print(f"wrote {output}")


if __name__ == "__main__":
    typer.run(main)
