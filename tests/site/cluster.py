"""Start a Dask cluster of processes on this machine, whose workers can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import tilstand

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY = str(Path(tilstand.__file__).parents[1])


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen] = field(default_factory=list)


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Run a scheduler and workers of one thread each, without nannies that would revive them."""
    file = folder / "scheduler.json"
    log = (folder / "cluster.log").open("w")
    environment = os.environ | {"PYTHONPATH": LIBRARY}

    def start(kind: str, *words: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words]
        return subprocess.Popen(
            [*command, "--scheduler-file", str(file), "--no-dashboard"],
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
        )

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0")
    made = Cluster("")
    try:
        while not file.exists():
            assert scheduler.poll() is None, (folder / "cluster.log").read_text()
            time.sleep(0.1)
        made.address = json.loads(file.read_text())["address"]
        made.workers = [start("worker", "--nthreads", "1", "--no-nanny") for _ in range(workers)]
        yield made
    finally:
        for process in [*made.workers, scheduler]:
            process.kill()
            process.wait()
        log.close()
