"""Prepare what tests share: the repository, a copy of it, and a tiny project of invented data."""

from __future__ import annotations

import os

# Before numpy is imported, here and in what tests start: matrices are small, and threads of linear
# algebra that wait for each other cost many times what they help where several processes run tests.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import csv
import gc
import importlib.util
import io
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import nbformat
import pandas as pd
import pytest

# Hooks of pytest are found by their names in this module.
from order import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401

from tilstand import cli, contracts
from tilstand.project import VARIABLE, Project
from tilstand.register import Register
from tilstand.sources.declared import SHOWN_COLUMNS
from tilstand.sources.derived import DERIVED_COLUMNS
from tilstand.sources.headers import Vocabulary
from tilstand.sources.published import load_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

REPO = Path(__file__).resolve().parents[1]


def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are cores: tests of pages wait for browsers and builds."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Let collections of garbage pass over the tests themselves and what they have imported."""
    gc.collect()
    gc.freeze()


# -- the repository ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_project_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(scope="session")
def repo() -> Project:
    return Project(REPO)


@pytest.fixture(scope="session")
def repo_register(repo: Project) -> Register:
    return Register.load(repo.register)


def load_benchmark(name: str) -> ModuleType:
    """Import a script of the folder ``benchmarks``, which is no package."""
    known = f"benchmark_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, REPO / "benchmarks" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
    return sys.modules[known]


@pytest.fixture(scope="session")
def benchmark() -> Callable[[str], ModuleType]:
    return load_benchmark


@pytest.fixture
def project_copy(tmp_path: Path) -> Project:
    """Copy the project without what is built or fetched: change whatever you like in it."""
    root = tmp_path / "project"
    users = ("open", "private", "incoming")
    unwanted = shutil.ignore_patterns("site", *users, "__pycache__", ".ipynb_checkpoints")
    for folder in ("data", "notebooks", "book"):
        shutil.copytree(REPO / folder, root / folder, ignore=unwanted)
    for file in ("_config.yml", "_toc.yml"):
        shutil.copy(REPO / file, root / file)
    return Project(root)


# -- a tiny project of invented data -------------------------------------------------------------

UNITS = (
    ("landet", "0", "nation", "landet", "the country", "", "1900", ""),
    ("gammelt-fylke", "91", "county", "Gammelt fylke", "Old County", "", "1900", "2019"),
    ("nytt-fylke", "92", "county", "Nytt fylke", "New County", "", "2020", ""),
    ("eksempel", "9101", "municipality", "Eksempel", "Example", "91", "1900", "2019"),
    ("eksempel", "9201", "municipality", "Eksempel", "Example", "92", "2020", ""),
    ("nabo", "9102", "municipality", "Gamle Nabo", "Old Neighbour", "91", "1900", "2019"),
    ("nabo", "9202", "municipality", "Nabo", "Neighbour", "92", "2020", ""),
)
INDICATORS = (
    ("pupils", "elever", "pupils", "count", "0", "neutral", ""),
    ("wellbeing_share", "trivsel", "wellbeing", "percent", "1", "higher", "new-survey"),
    ("mastery_share", "mestringsnivå", "mastery levels", "percent", "1", "neutral", ""),
)
CATEGORIES = (
    ("level_1", "nivå 1", "level 1"),
    ("level_2", "nivå 2", "level 2"),
    ("level_3", "nivå 3", "level 3"),
    ("reading", "lesing", "reading"),
    ("municipal", "kommunale", "municipal"),
    ("spring", "vår", "spring"),
)
SOURCES = (
    ("old-report", "2018", "2019", "Gammel rapport", "Old report", "old"),
    ("report", "2020", "2021", "Rapport", "Report", "new"),
)
FIGURES = (
    {"year": "2019", "indicator": "pupils", "unit": "9101", "value": "1650"},
    {"year": "2020", "indicator": "pupils", "value": "1727"},
    {"year": "2020", "indicator": "pupils", "gender": "female", "value": "800"},
    {"year": "2020", "indicator": "pupils", "gender": "male", "value": "927"},
    {"year": "2020", "indicator": "wellbeing_share", "value": "90.6", "n": "1500"},
    {
        "year": "2020",
        "indicator": "wellbeing_share",
        "level": "nation",
        "unit": "0",
        "value": "88.1",
    },
)


def figure_row(**changes: str) -> dict[str, str]:
    """Write one row of the figures table as text, blank where nothing is said."""
    usual = {
        "year": "2020",
        "indicator": "pupils",
        "level": "municipality",
        "unit": "9201",
        "value": "1",
        "status": "ok",
        "source": "report",
        "section": "1.1",
    }
    return dict.fromkeys(contracts.FIGURE_COLUMNS, "") | usual | changes


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_register(folder: Path) -> None:
    always = ("school_year", "children")
    indicators = [
        (
            code,
            nb,
            en,
            unit,
            decimals,
            direction,
            *always,
            f"{nb}.",
            f"{en}.",
            "GSI",
            breaks,
        )
        for code, nb, en, unit, decimals, direction, breaks in INDICATORS
    ]
    sources = [
        (code, year, published, nb, en, "Eksempel kommune", nb.lower(), en.lower(), cite, "")
        for code, year, published, nb, en, cite in SOURCES
    ]
    reasons = ("nye spørsmål", "new questions", "Spørsmålene er nye.", "The questions are new.")
    tables = {
        "units.csv": (contracts.UNIT_COLUMNS, UNITS),
        "sources.csv": (contracts.SOURCE_COLUMNS, sources),
        "breaks.csv": (
            contracts.BREAK_COLUMNS,
            [("new-survey", "wellbeing_share", "2016", "", *reasons)],
        ),
        "sums.csv": (
            contracts.SUM_COLUMNS,
            [
                ("pupils", "gender", "female;male", "", "0"),
                ("mastery_share", "category", "level_1;level_2;level_3", "=100", "0.4"),
            ],
        ),
        "derived.csv": (DERIVED_COLUMNS, []),
        "shown.csv": (SHOWN_COLUMNS, []),
        "origins.csv": (contracts.ORIGIN_COLUMNS, [("GSI", "GSI", "GSI")]),
        "indicators/all.csv": (contracts.INDICATOR_COLUMNS, indicators),
        "categories/all.csv": (contracts.CATEGORY_COLUMNS, CATEGORIES),
    }
    for name, (columns, rows) in tables.items():
        _write(folder / name, csv_text(columns, rows))


def _cell(kind: str, source: str, *tags: str) -> Any:
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return make(source, metadata={"tags": list(tags)} if tags else {})


def write_notebook(path: Path, cells: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


@dataclass(frozen=True)
class Tiny:
    """Hold a tiny project and the ways to change it."""

    project: Project

    @property
    def root(self) -> Path:
        return self.project.root

    @property
    def figures_file(self) -> Path:
        return self.project.published / "figures.csv"

    @property
    def edition_file(self) -> Path:
        return self.project.editions / "2020.toml"

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        _write(path, text)
        return path

    def write_figures(self, *rows: dict[str, str], name: str = "figures.csv") -> Path:
        """Put rows where the published figures lie; say only what differs from `figure_row`."""
        cells = [figure_row(**row).values() for row in rows]
        return self.write(f"data/published/{name}", csv_text(contracts.FIGURE_COLUMNS, cells))

    def write_edition(self, **changes: str) -> None:
        """Write the edition's file; values are TOML, an empty one leaves the key out."""
        usual = {
            "year": "2020",
            "municipality": '"9201"',
            "comparators": '["county", "nation", "9202"]',
            "languages": '["nb", "en"]',
            "date": "2021-06-01",
        }
        lines = [f"{key} = {value}\n" for key, value in (usual | changes).items() if value]
        self.edition_file.write_text("".join(lines), encoding="utf-8")

    def write_notebook(self, name: str, *cells: tuple[str, ...]) -> Path:
        """Write a chapter: cells are (kind, source, tag ...)."""
        return write_notebook(self.project.notebooks / f"{name}.ipynb", [_cell(*c) for c in cells])

    def register(self) -> Register:
        return Register.load(self.project.register)

    def load(self, year: int = 2020) -> pd.DataFrame:
        """Load the project's figures as an edition of a year sees them."""
        return load_figures(self.project, self.register(), year)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Make a valid project of one municipality, three indicators, two chapters and one page."""
    made = Tiny(Project(tmp_path / "tiny"))
    made.write("_config.yml", "title: Eksempelboka\n")
    made.write(
        "_toc.yml",
        "format: jb-book\nroot: notebooks/sammendrag\nparts:\n"
        "  - caption: Skole\n    chapters:\n      - file: notebooks/elevtall\n"
        "      - file: book/om\n",
    )
    _write_register(made.project.register)
    made.write_figures(*FIGURES)
    made.write(
        "data/statements/skole.csv",
        csv_text(
            contracts.STATEMENT_COLUMNS,
            [("s-1", "2020", "elevtall", "goal", "Mål", "Goal", "Nb.", "En.", "report", "1")],
        ),
    )
    made.project.editions.mkdir(parents=True)
    made.write_edition()
    parameters = ("code", 'edition = 2020\nlanguage = "nb"', "parameters")
    for name in ("sammendrag", "elevtall"):
        heading = ("markdown", f"# {name}")
        made.write_notebook(name, heading, parameters, ("code", f"{name} = edition"))
    for language in ("nb", "en"):
        made.write(f"book/{language}/om.md", "# Om boka\n\nTekst.\n")
        made.write(
            f"book/locale/{language}.yml",
            f"independent: Uavhengig {language}.\nlanguage_name: Språk {language}\n"
            "captions:\n  Skole: Skole\n  Om: Om\n",
        )
    made.write("book/_static/start.css", "body { margin: 0 }\n")
    return made


@pytest.fixture
def figures(tiny: Tiny) -> Callable[..., pd.DataFrame]:
    """Load rows as the library does: say only what differs from `figure_row`."""

    def load(*rows: dict[str, str]) -> pd.DataFrame:
        tiny.write_figures(*rows)
        return tiny.load()

    return load


# -- the command ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """Hold what a command left behind."""

    code: int
    out: list[str]
    err: list[str]


@pytest.fixture
def tilstand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Call the command as the shell does, in this process: importing costs more than running."""

    def call(*words: str, project: Project | None = None) -> Answer:
        if project:
            monkeypatch.chdir(project.root)
        monkeypatch.setattr(sys, "argv", ["tilstand", *words])
        code: object = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        shown = capsys.readouterr()
        return Answer(int(str(code)), shown.out.splitlines(), shown.err.splitlines())

    return call


# -- counts of what was tried, under the tests' own summary ----------------------------------
# Here and not beside the tests that count: where several processes run the tests, the one that
# writes the summary reads no conftest but this.

COUNTS = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Take a line of counts that stands under the tests' own summary, passed or failed."""
    return pytestconfig.stash.setdefault(COUNTS, []).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):  # one of several processes: hand the lines over
        session.config.workeroutput["counts"] = session.config.stash.get(COUNTS, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    lines = getattr(node, "workeroutput", {}).get("counts", [])
    node.config.stash.setdefault(COUNTS, []).extend(lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in terminalreporter.config.stash.get(COUNTS, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def vocabulary(repo: Project) -> Vocabulary:
    return Vocabulary.load(repo.register / "exports")


@pytest.fixture
def register_only(repo: Project, tmp_path: Path) -> Project:
    """Make a project of the repository's register and nothing else."""
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "data" / "register").symlink_to(repo.register)
    return Project(root)


@pytest.fixture(scope="session")
def udir_exports(repo: Project) -> Path:
    """Find Udir's own files, where a checkout has them beside it."""
    folder = repo.root.parent / "shared" / "udir-exports"
    if not folder.is_dir():
        pytest.skip("no ../shared/udir-exports beside the project")
    return folder
