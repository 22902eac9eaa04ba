"""Hold estimates against known truth over many data sets, and write the table as CSV.

The table in data/evidence/recovery.csv was made by

    python benchmarks/recovery.py --replications 500 --output data/evidence/recovery.csv
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tilstand.value_added.bands import BandRule
from tilstand.value_added.evidence import recovery_table
from tilstand.value_added.scenarios import standard_scenarios


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    replications: Annotated[int, typer.Option(help="Data sets for each scenario.")] = 500,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
) -> None:
    """Write the recovery table."""
    rule = BandRule()
    table = recovery_table(standard_scenarios(), replications=replications, seed=seed, rule=rule)
    output.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(output, float_format="%.5f")
    print(table.T.to_string())


if __name__ == "__main__":
    typer.run(main)
