"""Measure the build beside what people would do without it: one run, side by side, ratios.

Run from the repository's root on a machine that does nothing else::

    python benchmarks/build.py [--quick] [--jobs 2] [--kills 60] [--only execution]

- execution: every chapter of an edition, cold: papermill one by one, papermill in two processes,
  and this build's forked kernels.
- schools: the same for the one chapter that is run for every school.
- again: a whole build, then one with nothing changed and one with one chapter changed.
- pages: many school pages, compiled with Jupyter Book's usual settings and with ours.
- kills: builds that are killed at random moments.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPO / "tests" / "site"), str(REPO / "tests")]

from small_book import CHAPTER, SmallBook, kills  # noqa: E402
from tilstand.build.compile import compile_html  # noqa: E402
from tilstand.build.contents import parameter_names  # noqa: E402
from tilstand.build.execute import Run, execute_all  # noqa: E402
from tilstand.project import VARIABLE  # noqa: E402
from tilstand.roster import example_schools  # noqa: E402

PAPERMILL = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
STOCK = """
extensions = ["myst_nb", "sphinx_external_toc"]
external_toc_path = "_toc.yml"
external_toc_exclude_missing = True
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"
"""
OURS = STOCK + 'html_sidebars = {"skole-*": []}\n'


def timed(work: object, *given: object, **named: object) -> float:
    """Give the seconds that a call takes."""
    started = time.perf_counter()
    work(*given, **named)  # type: ignore[operator]
    return time.perf_counter() - started


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


def execution(folder: Path, jobs: int, quick: bool, *, schools: bool) -> None:
    """Compare three ways to execute all chapters, or the one chapter that each school has."""
    templates = sorted((REPO / "notebooks").glob("*.ipynb"))
    asked = {"edition": 2020, "language": "nb"}
    chosen = [path for path in templates if ("school" in parameter_names(path)) == schools]
    if schools:
        keys = [school.key for school in example_schools(2020)][: 4 if quick else None]
        wanted = [(path, asked | {"school": key}) for path in chosen for key in keys]
    else:
        wanted = [(path, asked) for path in chosen[: 6 if quick else None]]
    name = "school pages" if schools else "chapters"

    def runs(way: str) -> list[Run]:
        return [
            Run(path.stem, path, folder / way / f"{n}.ipynb", said, REPO, folder / "results")
            for n, (path, said) in enumerate(wanted)
        ]

    # What chapters keep under .build (read exports, protected tables) is there for all three.
    execute_all(runs("before")[:1], 1, lambda _line: None)
    forked = timed(execute_all, runs("forked"), jobs, lambda _line: None)
    two = timed(plain_papermill, runs("two"), 2)
    serial = timed(plain_papermill, runs("serial"), 1)
    print(
        f"execution, {len(wanted)} {name}: papermill {serial:.1f} s, in two processes "
        f"{two:.1f} s, forked {forked:.1f} s: {serial / forked:.1f} and {two / forked:.1f} "
        "times as fast"
    )


def again(folder: Path, jobs: int, quick: bool) -> None:
    """Build a book, build it again, change one chapter and build it again."""
    book = SmallBook.make(folder / "again", *([CHAPTER, "rammeverk"] if quick else []))
    if not quick:  # the whole book instead of a short one
        shutil.copy(REPO / "_toc.yml", book.project.root / "_toc.yml")
    words = ("-j", str(jobs))
    cold = timed(book.build, *words)
    nothing = timed(book.build, *words)
    book.prose("# Tidlig innsats", "# Tidlig hjelp")
    one = timed(book.build, *words)
    print(
        f"again: cold {cold:.1f} s, nothing changed {nothing:.2f} s (1/{cold / nothing:.0f}), "
        f"one chapter changed {one:.1f} s (1/{cold / one:.1f})"
    )


def pages(folder: Path, quick: bool) -> None:
    """Compile many pages, with a list of all of them on each and without."""
    taken = {}
    for count in (50, 100) if quick else (50, 200, 400):
        for name, settings in (("stock", STOCK), ("ours", OURS)):
            source = folder / f"{name}-{count}"
            source.mkdir()
            chapters = "".join(f"  - file: skole-{n}\n" for n in range(count))
            toc = f"format: jb-book\nroot: index\nchapters:\n{chapters}"
            (source / "_toc.yml").write_text(toc, encoding="utf-8")
            (source / "conf.py").write_text(settings, encoding="utf-8")
            (source / "index.md").write_text("# Skolene\n", encoding="utf-8")
            for n in range(count):
                text = f"# Skole {n}\n\n" + "## Resultat\n\nTekst om resultatet.\n\n" * 8
                (source / f"skole-{n}.md").write_text(text, encoding="utf-8")
            html = folder / f"html-{name}-{count}"
            taken[name, count] = timed(compile_html, source, html, "2021-06-01")
            shutil.rmtree(source.parent / "doctrees")
        stock, ours = taken["stock", count], taken["ours", count]
        print(f"pages, {count}: stock {stock:.1f} s, ours {ours:.1f} s ({ours / stock:.2f})")
    first, last = min(n for _, n in taken), max(n for _, n in taken)
    growth = taken["ours", last] / taken["ours", first]
    print(f"pages, {first} to {last}: {last / first:.0f} times the pages, {growth:.1f} the time")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--only", choices=["execution", "schools", "again", "pages", "kills"])
    said = parser.parse_args()
    steps = {
        "execution": lambda folder: execution(folder, said.jobs, said.quick, schools=False),
        "schools": lambda folder: execution(folder, said.jobs, said.quick, schools=True),
        "again": lambda folder: again(folder, said.jobs, said.quick),
        "pages": lambda folder: pages(folder, said.quick),
        "kills": lambda folder: killed(folder, 6 if said.quick else said.kills),
    }
    for name, step in steps.items():
        if said.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="tilstand-bench-") as folder:
                step(Path(folder))


def killed(folder: Path, times: int) -> None:
    """Kill builds at random moments and tell what went wrong."""
    wrong = kills(SmallBook.make(folder / "book"), times, seed=1, folder=folder / "clean")
    print(f"kills: {times}, of them {len(wrong)} with something wrong")
    for line in wrong:
        print(f"  {line}")


if __name__ == "__main__":
    main()
