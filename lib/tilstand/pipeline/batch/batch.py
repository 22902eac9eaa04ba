"""Build one edition for each of many municipalities, over processes or a Dask cluster."""

from __future__ import annotations

import json
import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.errors import BuildError, CallError
from tilstand.pipeline.basis.digests import joint_digest, tree_digests
from tilstand.pipeline.basis.environment import COMMIT_FILE
from tilstand.pipeline.batch.answers import answer_folders, set_aside
from tilstand.pipeline.batch.batch_task import DONE, Outcome, Task, build_task, finished
from tilstand.pipeline.batch.index_page import write_index
from tilstand.pipeline.batch.workshop import closing
from tilstand.pipeline.reproduce.workcopy import copy_project
from tilstand.safe_text import csv_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tilstand.project import Project
    from tilstand.register import Register

RUNS = ".runs"
FAILED = ".failed"
COLUMNS = ("municipality", "name", "status", "attempts", "seconds", "message")


@dataclass(frozen=True)
class Batch:
    """Say what to build for whom.

    Parameters
    ----------
    codes : list of str
        Municipality codes valid in the year.
    year : int
        Data year.
    output : Path
        Folder of the results, one folder a municipality.
    language : str
        ``nb``, ``en`` or ``all``.
    jobs : int
        Municipalities at the same time, where there is no scheduler.
    scheduler : str
        Address of a Dask scheduler; this machine's processes if empty.
    retries : int
        Times to try a failed build again.
    again : bool
        Whether to try once more what failed before though nothing has changed.
    """

    codes: list[str]
    year: int
    output: Path
    language: str = "all"
    jobs: int = 1
    scheduler: str = ""
    retries: int = 1
    again: bool = False


def run_batch(
    project: Project, register: Register, batch: Batch, progress: Callable[[str], None]
) -> list[Outcome]:
    """Build every municipality that is not finished, and write the summary and the index page.

    One that failed is told again and not tried again, unless what it is made from has changed.

    Parameters
    ----------
    project : Project
        The checkout; a snapshot of it is built from, so that it may change meanwhile.
    register : Register
        Names the municipalities.
    batch : Batch
        What to build for whom.
    progress : callable
        Takes one line of text for each municipality.

    Returns
    -------
    list of Outcome
        One a municipality, in the order of the batch.

    Raises
    ------
    CallError
        When no scheduler answers, or `distributed` is not installed.
    """
    output = batch.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    _sweep(output / RUNS)
    run = output / RUNS / f"{socket.gethostname()}-{os.getpid()}"
    run.mkdir(parents=True)
    try:
        without = answer_folders(project, batch.year)
        snapshot = copy_project(project, run / "snapshot", without=without)
        answers = set_aside(project, batch.year, batch.codes, run)
        tasks = _tasks(register, batch, snapshot, run, output, answers)
        made_from = {task.code: task.fingerprint for task in tasks}
        outcomes = {}
        waiting = []
        for task in tasks:
            before = None if batch.again else _failed_before(output, task)
            if before is None:
                waiting.append(task)
                continue
            outcomes[task.code] = before
            progress(f"[{len(outcomes)}/{len(tasks)}] {_line(before)}")
        spread = _over_cluster if batch.scheduler else _over_processes
        for outcome in spread(batch, waiting):
            outcomes[outcome.code] = outcome
            progress(f"[{len(outcomes)}/{len(tasks)}] {_line(outcome)}")
            _note(output, outcome, made_from[outcome.code])
    finally:
        shutil.rmtree(run, ignore_errors=True)
        rows = write_summary(output)
        write_index(output, project, register, rows)
    return [outcomes[code] for code in batch.codes]


def _tasks(
    register: Register,
    batch: Batch,
    snapshot: Project,
    run: Path,
    output: Path,
    answers: dict[str, str],
) -> list[Task]:
    digests = {
        name: digest
        for name, digest in tree_digests(snapshot.root, leave=(COMMIT_FILE,)).items()
        if not name.startswith("data/editions/")
    }
    digests |= {"year": str(batch.year), "language": batch.language}
    tasks = []
    for code in batch.codes:
        unit = register.unit(code, batch.year)
        tasks.append(
            Task(
                code=code,
                name=register.name(str(unit["place"]), batch.year, "nb"),
                year=batch.year,
                language=batch.language,
                comparators='["county", "nation"]' if unit["county"] else '["nation"]',
                snapshot=str(snapshot.root),
                run=str(run),
                output=str(output),
                fingerprint=joint_digest(digests | {"answers": answers.get(code, "")}),
                retries=batch.retries,
            )
        )
    return tasks


def _over_processes(batch: Batch, tasks: list[Task]) -> Iterator[Outcome]:
    """Build in processes of this machine; each thread only waits for one of them."""
    libraries = {task.library for task in tasks}
    with ThreadPoolExecutor(max_workers=max(1, batch.jobs)) as pool, closing(libraries):
        waiting = [pool.submit(build_task, task) for task in tasks]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _over_cluster(batch: Batch, tasks: list[Task]) -> Iterator[Outcome]:
    """Build on the workers of a Dask cluster, which gives a dead worker's work to another."""
    try:
        import distributed
    except ImportError:
        message = "--scheduler: the package distributed is missing; pip install 'tilstand[batch]'"
        raise CallError(message) from None
    try:
        client = distributed.Client(batch.scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError):
        message = f"--scheduler: '{batch.scheduler}', no Dask scheduler answers there"
        raise CallError(message) from None
    with client:
        known = {client.submit(build_task, task, pure=False): task for task in tasks}
        for future in distributed.as_completed(known, loop=client.loop):
            task = known[future]
            try:
                yield future.result()
            except Exception as error:  # noqa: BLE001  such as a task that took worker after worker with it
                first = (str(error).splitlines() or [type(error).__name__])[0]
                yield Outcome(task.code, task.name, "failed", lines=(first,))


def _line(outcome: Outcome) -> str:
    why = outcome.lines[0] if outcome.lines else "no reason given"
    again = "" if outcome.attempts else " before, nothing has changed since (--again tries it)"
    said = {
        "done": f"done ({outcome.seconds:.1f} s)",
        "there": "finished before",
        "failed": f"failed{again}: {why}",
    }
    return f"{outcome.code} {outcome.name}: {said[outcome.status]}"


# -- what is kept ----------------------------------------------------------------------------


def _failed_before(output: Path, task: Task) -> Outcome | None:
    """Find the failure of a municipality that is made from the same as then."""
    try:
        said = json.loads((output / FAILED / f"{task.code}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if said.get("fingerprint") != task.fingerprint or not said.get("lasting"):
        return None
    return Outcome(task.code, task.name, "failed", 0, 0.0, tuple(said["lines"]))


def _note(output: Path, outcome: Outcome, fingerprint: str) -> None:
    """Keep what became of a failed municipality, so that every summary can tell it."""
    file = output / FAILED / f"{outcome.code}.json"
    if outcome.status == "failed":
        file.parent.mkdir(exist_ok=True)
        said = asdict(outcome) | {"fingerprint": fingerprint}
        file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


def write_summary(output: Path) -> list[dict[str, object]]:
    """Write ``summary.csv`` and ``summary.json`` from all that lies in the folder.

    Several batches may share the folder, as the parts of a Slurm array do: each writes the state
    of them all.

    Parameters
    ----------
    output : Path
        Folder of the results.

    Returns
    -------
    list of dict
        One a municipality: `COLUMNS`, ``year`` and ``language``.
    """
    rows: dict[str, dict[str, object]] = {}
    for path in sorted((output / FAILED).glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        message = " | ".join(said["lines"])
        rows[said["code"]] = _row(said, "failed", said["attempts"], message)
    for path in sorted(output.glob(f"[!.]*/{DONE}")):
        said = json.loads(path.read_text(encoding="utf-8"))
        if finished(output, said["code"], said["fingerprint"]):
            rows.setdefault(said["code"], _row(said, "done", "", ""))
    whole = [rows[code] for code in sorted(rows)]
    ordered = [{name: row[name] for name in COLUMNS} for row in whole]
    _replace(output / "summary.csv", csv_lines([COLUMNS, *(row.values() for row in ordered)]))
    counts = {s: sum(row["status"] == s for row in ordered) for s in ("done", "failed")}
    said = counts | {"municipalities": ordered}
    _replace(output / "summary.json", json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    return whole


def _row(said: dict, status: str, attempts: object, message: str) -> dict[str, object]:
    values = (said["code"], said["name"], status, attempts, round(said["seconds"], 1), message)
    more = {"year": said.get("year", 0), "language": said.get("language", "")}
    return dict(zip(COLUMNS, values, strict=True)) | more


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _sweep(runs: Path) -> None:
    """Remove what a batch on this machine left behind that was killed."""
    if os.name != "posix":  # asking whether a process lives would end it on Windows
        return
    for folder in runs.glob(f"{socket.gethostname()}-*"):
        number = folder.name.rpartition("-")[2]
        try:
            os.kill(int(number), 0)
        except (ProcessLookupError, ValueError):
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            continue


def check_complete(outcomes: list[Outcome]) -> None:
    """Stop with a line for each municipality that could not be built.

    Raises
    ------
    BuildError
        When there is one.
    """
    lines = [_line(outcome) for outcome in outcomes if outcome.status == "failed"]
    if lines:
        raise BuildError(lines)
