"""Measure how often the intervals about pupils hold the simulated truth, and write a table.

The table in data/evidence/pupil_intervals.csv was made by

    python benchmarks/pupil_intervals.py --output data/evidence/pupil_intervals.csv
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from tilstand.analysis.interval_coverage import CHECKS, coverage


def main(
    output: Annotated[Path, typer.Option(help="Where the CSV goes.")],
    municipalities: Annotated[int, typer.Option(help="Municipalities drawn for each.")] = 2000,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 2026,
) -> None:
    """Write the coverage table."""
    rows = [{"check": name, **coverage(name, municipalities, seed)} for name in CHECKS]
    table = pd.DataFrame(rows)
    output.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(output, index=False, float_format="%.3f")
    print(table.to_string(index=False))


if __name__ == "__main__":
    typer.run(main)
