"""Measure the build beside what people would do without it: one run, side by side, ratios.

Run from the repository's root on a machine that does nothing else::

    python benchmarks/build.py [--quick] [--jobs 2] [--kills 60] [--only execution]

- execution: every chapter of an edition, cold: papermill one by one, papermill in two processes,
  and this build's forked kernels.
- schools: the same for the one chapter that is run for every school.
- again: a whole build, then one with nothing changed and one with one chapter changed.
- pages: the pages of many schools, compiled by `jupyter-book build` with its own settings and by
  us, and all our steps from executed notebooks to pages that may be published.
- kills: builds that are killed at random moments, as many in each of their phases; they print their
  PDFs where there is a Chromium.
- cuts: every file under `.build` cut at a random byte, one at a time; each build has to be right.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

import yaml

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "site"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from cuts import cuts
from kills import kills
from small_book import CHAPTER, SmallBook
from tilstand.edition import load_edition
from tilstand.pipeline.basis.contents import for_schools, parameter_names, read_contents
from tilstand.pipeline.execute.execute import Run, execute_all
from tilstand.pipeline.outputs.audit import audit_editions
from tilstand.pipeline.outputs.pdf import find_browser
from tilstand.pipeline.sphinx.compile import Frame, compile_html, lay_out
from tilstand.pipeline.sphinx.recompile import publishable
from tilstand.pipeline.steps.pages import write_pages
from tilstand.project import VARIABLE, Project
from tilstand.pupils.roster import School, schools_of
from tilstand.register import Register

REPO = Path(__file__).resolve().parents[1]
PAPERMILL = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
STEPS = ("execution", "schools", "again", "pages", "kills", "cuts")
EDITION, YEAR, DATE = "eksempel", 2020, "2021-06-01"
STOCK = """
title: Skolene
author: Tilstandsboka
only_build_toc_files: true
execute:
  execute_notebooks: "off"
parse:
  myst_enable_extensions: [colon_fence, deflist]
"""
STOCK_UP_TO = 200  # beyond, the usual settings take longer than anybody waits for a measurement


def timed(work: Callable[..., object], *given: object, **named: object) -> float:
    """Give the seconds that a call takes."""
    started = time.perf_counter()
    work(*given, **named)
    return time.perf_counter() - started


@dataclass(frozen=True)
class Cost:
    """Hold what a step took: seconds, and seconds of the processor, which others change less."""

    seconds: float
    processor: float

    def __add__(self, other: Cost) -> Cost:
        """Join the costs of two steps."""
        return Cost(self.seconds + other.seconds, self.processor + other.processor)

    def __str__(self) -> str:
        """Say both."""
        return f"{self.seconds:.1f} s ({self.processor:.1f} s of the processor)"

    def beside(self, other: Cost) -> str:
        """Say how many times another cost this is."""
        of_seconds, of_processor = self.seconds / other.seconds, self.processor / other.processor
        return f"{of_seconds:.2f} ({of_processor:.2f} by the processor)"


def spent(work: Callable[..., object], *given: object) -> Cost:
    """Give what a call takes, with all processes that it starts."""
    began = time.process_time() + _processor_seconds()
    seconds = timed(work, *given)
    return Cost(seconds, time.process_time() + _processor_seconds() - began)


def plain_papermill(runs: list[Run], processes: int) -> None:
    """Execute with papermill's own command, so many at a time."""
    waiting, running = list(runs), []
    while waiting or running:
        while waiting and len(running) < processes:
            run = waiting.pop(0)
            words = [word for name, value in run.parameters.items() for word in ("-p", name, value)]
            run.output.parent.mkdir(parents=True, exist_ok=True)
            command = [*PAPERMILL, str(run.template), str(run.output), *map(str, words)]
            variables = os.environ | {VARIABLE: str(run.project)}
            running.append(
                subprocess.Popen(command, env=variables, stderr=subprocess.DEVNULL, cwd=REPO)
            )
        running[0].wait()
        for done in [process for process in running if process.poll() is not None]:
            assert done.returncode == 0, done.args
            running.remove(done)


def invented_schools() -> list[School]:
    """List the schools of the example municipality."""
    project = Project(REPO)
    return schools_of(project, load_edition(project, Register.load(project.register), EDITION))


def execution(folder: Path, jobs: int, quick: bool, *, schools: bool) -> None:
    """Compare three ways to execute all chapters, or the one chapter that each school has."""
    templates = sorted((REPO / "notebooks").glob("*.ipynb"))
    asked = {"edition": EDITION, "language": "nb"}
    chosen = [path for path in templates if ("school" in parameter_names(path)) == schools]
    if schools:
        keys = [school.key for school in invented_schools()][: 4 if quick else None]
        wanted = [(path, asked | {"school": key}) for path in chosen for key in keys]
    else:
        wanted = [(path, asked) for path in chosen[: 6 if quick else None]]
    name = "school pages" if schools else "chapters"

    def runs(way: str) -> list[Run]:
        return [
            Run(path.stem, path, folder / way / f"{n}.ipynb", said, REPO, folder / "store")
            for n, (path, said) in enumerate(wanted)
        ]

    # What chapters keep under .build (read exports, protected tables) is there for all three.
    execute_all(runs("before")[:1], 1, lambda _line: None)
    began = _processor_seconds()
    forked = timed(execute_all, runs("forked"), jobs, lambda _line: None)
    of_forked = _processor_seconds() - began
    two = timed(plain_papermill, runs("two"), 2)
    of_two = _processor_seconds() - began - of_forked
    serial = timed(plain_papermill, runs("serial"), 1)
    print(
        f"execution, {len(wanted)} {name}: papermill {serial:.1f} s, in two processes "
        f"{two:.1f} s, forked {forked:.1f} s: {serial / forked:.1f} and {two / forked:.1f} "
        "times as fast"
    )
    print(
        f"  seconds of the processor, which others on the machine change less: {of_two:.0f} in two "
        f"processes, {of_forked:.0f} forked: {of_two / of_forked:.1f} times"
    )


def _processor_seconds() -> float:
    """Give the seconds that all processes started from here have used and are done with."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def again(folder: Path, jobs: int, quick: bool) -> None:
    """Build a book, build it again, change one chapter and build it again."""
    book = SmallBook.make(folder / "again", *([CHAPTER, "rammeverk"] if quick else []))
    if not quick:  # the whole book instead of a short one
        shutil.copy(REPO / "_toc.yml", book.project.root / "_toc.yml")
    words = ("-j", str(jobs))
    cold = timed(book.build_apart, *words)
    nothing = timed(book.build_apart, *words)
    book.prose("# Tidlig innsats", "# Tidlig hjelp")
    one = timed(book.build_apart, *words)
    print(
        f"again: cold {cold:.1f} s, nothing changed {nothing:.2f} s (1/{cold / nothing:.0f}), "
        f"one chapter changed {one:.1f} s (1/{cold / one:.1f})"
    )


def pages(folder: Path, quick: bool) -> None:
    """Compile the pages of many schools with Jupyter Book's usual settings and with ours.

    The same Markdown for both: pages of four schools, executed once and repeated. Of ours the
    other steps are timed too, from notebooks to pages that may be published.
    """
    book = SmallBook.make(folder / "book", "om")
    toc = book.project.root / "_toc.yml"
    chapters = yaml.safe_load(toc.read_text(encoding="utf-8"))
    chapters["parts"][0]["chapters"].append({"file": "notebooks/skole"})
    toc.write_text(yaml.safe_dump(chapters), encoding="utf-8")
    executed = _executed(book.project, folder)
    taken: dict[int, dict[str, Cost]] = {}
    for count in (50, 100) if quick else (50, 200, 400):
        home = folder / str(count)
        source, ours = _composed(book.project, executed, home, count)
        html = home / "html"
        ours["compile"] = spent(compile_html, source, html, DATE)
        ours["publishable"] = spent(publishable, html, home / "site" / "nb")
        edition = load_edition(book.project, Register.load(book.project.register), YEAR)
        staged = [(edition, "nb", home / "site" / "nb")]
        ours["audit"] = spent(audit_editions, book.project, staged, lambda _line: None)
        told = ", ".join(f"{name} {cost.seconds:.1f}" for name, cost in ours.items())
        ours["all steps"] = sum(ours.values(), start=Cost(0, 0))
        taken[count] = ours
        print(f"pages, {count}: ours {ours['all steps']} ({told})", flush=True)
        if count <= STOCK_UP_TO:
            stock = spent(_stock, source, home / "stock")
            print(f"pages, {count}: jupyter-book build {stock}", flush=True)
            for name in ("compile", "all steps"):
                print(f"pages, {count}: our {name}: {ours[name].beside(stock)} of it", flush=True)
        shutil.rmtree(home)
    first, last = min(taken), max(taken)
    for name in ("compile", "all steps"):
        growth = taken[last][name].beside(taken[first][name])
        print(f"pages, {first} to {last}: {last / first:.0f} times the pages, {name}: {growth}")


def _executed(project: Project, folder: Path) -> list[Path]:
    """Execute the pages of four schools."""
    template = project.notebooks / "skole.ipynb"
    runs = [
        Run(
            template.stem,
            template,
            folder / "executed" / f"{school.key}.ipynb",
            {"edition": EDITION, "language": "nb", "school": school.key},
            project.root,
        )
        for school in invented_schools()[:4]
    ]
    execute_all(runs, 2, lambda _line: None)
    return [run.output for run in runs]


def _composed(
    project: Project, executed: list[Path], home: Path, count: int
) -> tuple[Path, dict[str, Cost]]:
    """Write the pages of so many schools; return their folder and what each step took."""
    real = invented_schools()[0]
    schools = [replace(real, key=f"N{n}", slug=f"nummer-{n}") for n in range(count)]
    contents = for_schools(project, read_contents(project), schools)
    frame = Frame(YEAR, "nb", ("nb",), "Eksempel kommune", DATE, EDITION, simulated=True)
    notebooks = home / "executed"
    notebooks.mkdir(parents=True)
    pages_of_schools = [chapter for chapter in contents.chapters if chapter.school]
    for number, chapter in enumerate(pages_of_schools):
        shutil.copy(executed[number % len(executed)], notebooks / f"{chapter.slug}.ipynb")
    source = home / "source"
    source.mkdir()
    took = {"compose": spent(write_pages, project, contents, frame, notebooks, source)}
    took["lay out"] = spent(lay_out, project, contents, frame, source)
    return source, took


def _stock(source: Path, home: Path) -> None:
    """Run Jupyter Book's own command on the same pages, with its own settings."""
    home.mkdir()
    for path in [*source.glob("*.md"), source / "_toc.yml"]:
        shutil.copy(path, home / path.name)
    (home / "_config.yml").write_text(STOCK, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "-q", str(home)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    parser.add_argument("--only", choices=STEPS)
    said = parser.parse_args()
    steps = {
        "execution": lambda folder: execution(folder, said.jobs, said.quick, schools=False),
        "schools": lambda folder: execution(folder, said.jobs, said.quick, schools=True),
        "again": lambda folder: again(folder, said.jobs, said.quick),
        "pages": lambda folder: pages(folder, said.quick),
        "kills": lambda folder: killed(folder, 6 if said.quick else said.kills, said.seed),
        "cuts": lambda folder: cut(folder, 40 if said.quick else None, said.seed),
    }
    for name, step in steps.items():
        if said.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="tilstand-bench-") as folder:
                step(Path(folder))


def cut(folder: Path, most: int | None, seed: int) -> None:
    """Cut every file of the work folder, one at a time, and tell what went wrong."""
    book = SmallBook.make(folder / "book", CHAPTER, "kommunebidrag")
    found = cuts(book, seed, folder / "clean", most, tell=_now)
    print(f"cuts (seed {seed}): {found}")
    for line in found.wrong:
        print(f"  {line}")


def _now(line: str) -> None:
    print(f"  {line}", flush=True)


def killed(folder: Path, times: int, seed: int) -> None:
    """Kill builds at random moments and tell what went wrong."""
    book = SmallBook.make(folder / "book")
    book.pdf = "--pdf" if find_browser() else "--no-pdf"
    tally = kills(book, times, seed=seed, tell=_now)
    print(f"kills (seed {seed}): {tally}")
    for line in tally.wrong:
        print(f"  {line}")


if __name__ == "__main__":
    main()
