"""Measure a batch over a Dask cluster on this machine, one of whose two workers is killed.

    python benchmarks/batch.py [--municipalities 30] [--chapters tiltak] [--languages nb]

Builds a short book for many municipalities twice over: first for a third of them on one worker,
then for all of them on two workers, of which one is killed after a quarter of the work. Prints
seconds a municipality, whether they grow with the number of municipalities, what the second worker
was worth, and what that says of 357 municipalities and of 2,700 schools: an extrapolation, which
it says itself. `--chapters all` builds the whole book.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "site"))

from books import copy_project, shorten
from cluster import LIBRARY, cluster
from tilstand.pipeline.basis.contents import read_contents
from tilstand.pipeline.batch.municipalities import all_municipalities
from tilstand.project import VARIABLE
from tilstand.register import Register

ROOT = Path(__file__).resolve().parents[1]
YEAR = 2020
COUNTRY, SCHOOLS = 357, 2700


def main() -> None:
    """Run both batches and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--municipalities", type=int, default=30)
    parser.add_argument("--chapters", default="tiltak", help="slugs joined by commas, or all")
    parser.add_argument("--languages", default="nb", help="nb, en or all")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        project = copy_project(home / "project")
        if asked.chapters != "all":
            shorten(project, *asked.chapters.split(","))
        codes = all_municipalities(Register.load(project.register), YEAR)[: asked.municipalities]
        print(f"{len(codes)} municipalities, chapters {asked.chapters}, language {asked.languages}")
        print(f"processors: {os.cpu_count()}; load when begun: {os.getloadavg()[0]:.1f}")
        few = codes[: max(len(codes) // 3, 1)]
        alone = run(project, home / "alone", few, asked.languages, workers=1, kill=None)
        report("one worker", few, *alone)
        kill = max(len(codes) // 4, 1)
        both = run(project, home / "both", codes, asked.languages, workers=2, kill=kill)
        report(f"two workers, one killed after {kill}", codes, *both)
        chapters = _executed(project) * (2 if asked.languages == "all" else 1)
        extrapolate(alone[1], both[1], chapters)


def _executed(project) -> int:
    """Count the chapters that are executed."""
    return sum(one.is_notebook for one in read_contents(project).chapters)


def run(project, home: Path, codes: list[str], language: str, workers: int, kill: int | None):
    """Run one batch; return its wall time, seconds a municipality in order, and its folder."""
    home.mkdir()
    (home / "codes.txt").write_text("\n".join(codes), encoding="utf-8")
    with cluster(home, workers) as made:
        command = [sys.executable, "-m", "tilstand.cli", "batch"]
        command += ["--municipalities", str(home / "codes.txt"), "--year", str(YEAR)]
        command += ["--language", language, "--output", str(home / "out")]
        settings = os.environ | {VARIABLE: str(project.root), "PYTHONPATH": LIBRARY}
        began = time.perf_counter()
        with subprocess.Popen(
            [*command, "--scheduler", made.address], stderr=subprocess.PIPE, text=True, env=settings
        ) as running:
            for number, line in enumerate(running.stderr, start=1):
                print("   ", line.rstrip(), flush=True)
                if kill is not None and number == kill:
                    made.workers[0].kill()
                    print("    --- one worker killed ---", flush=True)
        wall = time.perf_counter() - began
        if running.returncode:
            sys.exit("the batch failed")
    with (home / "out" / "summary.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    done = [row for row in rows if row["status"] == "done"]
    placed = sorted((home / "out").glob("*/done.json"), key=lambda path: path.stat().st_mtime)
    seconds = {row["municipality"]: float(row["seconds"]) for row in done}
    return wall, [seconds[path.parent.name] for path in placed], rows


def report(title: str, codes: list[str], wall: float, seconds: list[float], rows: list) -> None:
    """Print what became of one batch."""
    names = [row["municipality"] for row in rows]
    twice = len(names) - len(set(names))
    half = len(seconds) // 2
    first, last = statistics.median(seconds[:half] or seconds), statistics.median(seconds[half:])
    print(f"\n{title}")
    print(f"  complete            {len(seconds)} of {len(codes)}, twice {twice}")
    print(f"  wall time           {wall:.0f} s, {wall / len(codes):.1f} s a municipality")
    print(f"  one municipality    {statistics.median(seconds):.1f} s (median), last half")
    print(f"                      {last / first:.2f} times the first half")


def extrapolate(alone: list[float], both: list[float], chapters: int) -> None:
    """Say what the measurement means for a country, as the guess that it is."""
    one, two = statistics.median(alone), statistics.median(both)
    print(f"\n  a municipality beside another one takes {two / one:.2f} times as long as alone")
    print("  extrapolated, not measured:")
    print(f"    {COUNTRY} municipalities on 2 workers: {COUNTRY * two / 2 / 3600:.1f} hours")
    print(f"    {COUNTRY} municipalities on 32 cores:  {COUNTRY * one / 32 / 60:.0f} minutes")
    page = two / max(chapters, 1)
    print(f"    {SCHOOLS} school pages beside them, if a page costs no more than a chapter here,")
    print(f"    which counts the start of each book ({page:.1f} s), on 32 cores:")
    print(f"                                   {SCHOOLS * page / 32 / 60:.0f} minutes")


if __name__ == "__main__":
    main()
