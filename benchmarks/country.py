"""Measure a batch over national files: seconds of the processor and memory a municipality.

    python benchmarks/country.py [--municipalities 60] [--schools 2700]

Generates the nine kinds of export for a whole invented country (357 municipalities in 15 counties,
2,700 schools), builds the complete Norwegian book of so many of them in one batch, one at a time so
that each can be measured, and prints the first and the last ten beside each other. What it says of
357 is an extrapolation, which it says itself.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "site"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "corpus"))

from books import copy_project
from nine_files import write_national
from tilstand.pipeline.batch.batch import Batch, run_batch
from tilstand.project import Project
from tilstand.register import Register

YEAR = 2025
COUNTRY, COUNTIES, FIRST_COUNTY = 357, 15, 80
EDGE = 10


def settle(project: Project, schools: int) -> list[str]:
    """Put an invented country into a copy of the project; list the municipalities' codes."""
    towns, units = [], []
    for number in range(COUNTIES):
        code = f"{FIRST_COUNTY + number}"
        name = f"Prøvefylke {code}"
        units.append((f"provefylke-{code}", code, "county", name, name, "", "2020", ""))
    for number in range(COUNTRY):
        county = f"{FIRST_COUNTY + number % COUNTIES}"
        code = f"{county}{number // COUNTIES + 1:02d}"
        name = f"Prøveby {code}"
        units.append((f"proveby-{code}", code, "municipality", name, name, county, "2020", ""))
        towns.append((county, f"Prøvefylke {county}", code, name))
    with (project.register / "units.csv").open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(units)
    write_national(project.open / str(YEAR), towns, schools)
    return [town[2] for town in towns]


def family() -> list[tuple[Path, list[str]]]:
    """List the processes that live and descend from this one, itself first, as /proc has them."""
    parents: dict[int, list[str]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(file.parent.name)] = file.read_text().rpartition(")")[2].split()
    found = [os.getpid()]
    for parent in found:
        found += [one for one, said in parents.items() if int(said[1]) == parent]
    return [(Path(f"/proc/{one}"), parents[one]) for one in found]


def spent() -> float:
    """Give seconds of the processor of this process, of those that live below it and their dead."""
    ticks = sum(int(tick) for _, said in family() for tick in said[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


class Watch(threading.Thread):
    """Look every second how many megabytes the largest process has, and all together.

    To look takes a while, and longer where others keep the machine busy: `cost` says how long.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.largest = self.together = self.cost = 0.0

    def peaks(self) -> tuple[float, float]:
        """Give the most since this was last asked, and begin anew."""
        found = self.largest, self.together
        self.largest = self.together = 0.0
        return found

    def run(self) -> None:
        """Look, and look again."""
        while True:
            own, shared = [], []
            for home, _ in family():
                with contextlib.suppress(OSError, ValueError):
                    rollup = (home / "smaps_rollup").read_text().split()
                    own.append(int(rollup[rollup.index("Rss:") + 1]) / 1024)
                    shared.append(int(rollup[rollup.index("Pss:") + 1]) / 1024)
            self.largest = max(self.largest, *own, 0)
            self.together = max(self.together, sum(shared))
            self.cost = time.thread_time()
            time.sleep(1)


def main() -> None:
    """Generate, build and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--municipalities", type=int, default=60)
    parser.add_argument("--schools", type=int, default=2700)
    parser.add_argument("--output", type=Path, help="where the books go; thrown away if not given")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        codes = settle(project, asked.schools)[: asked.municipalities]
        print(f"{len(codes)} of {COUNTRY} municipalities, {asked.schools} schools, nine kinds")
        print(f"processors: {os.cpu_count()}; load when begun: {os.getloadavg()[0]:.1f}")
        batch = Batch(codes, YEAR, asked.output or Path(folder) / "out", "nb")
        watch = Watch()
        watch.start()
        began, at = time.perf_counter(), [(spent(), 0.0, 0.0)]

        def told(line: str) -> None:
            at.append((spent() - watch.cost, *watch.peaks()))
            seconds = at[-1][0] - at[-2][0]
            most, together = at[-1][1:]
            print(
                f"  {line}: {seconds:.1f} s of the processor, largest process {most:.0f} MB, "
                f"all together {together:.0f} MB",
                flush=True,
            )

        outcomes = run_batch(project, Register.load(project.register), batch, told)
        wall = time.perf_counter() - began
    seconds = [later[0] - earlier[0] for earlier, later in itertools.pairwise(at)]
    done = sum(outcome.status == "done" for outcome in outcomes)
    print(f"\ncomplete {done} of {len(codes)}; {wall:.0f} s on the wall")
    if len(seconds) > 1:
        print(f"the first one, which reads the national files: {seconds[0]:.1f} s of the processor")
        for name, part in (("next", slice(2, EDGE + 2)), ("last", slice(-EDGE, None))):
            used = statistics.mean(seconds[1:][slice(0, EDGE) if name == "next" else part])
            most, together = (max(one[n] for one in at[part]) for n in (1, 2))
            print(
                f"the {name} {len(at[part])}: {used:.1f} s a municipality, largest process "
                f"{most:.0f} MB, all together, what they share counted once, {together:.0f} MB"
            )
        hours = COUNTRY * statistics.mean(seconds[1:]) / 2 / 3600
        print(f"extrapolated, not measured: {COUNTRY} on two cores in {hours:.1f} hours")


if __name__ == "__main__":
    main()
