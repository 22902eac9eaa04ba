"""Build the whole book once, in a copy of the project, for the tests that read its pages."""

from __future__ import annotations

import copy
import fcntl
import gc
import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from books import copy_project
from tilstand.pipeline.basis.order import Order
from tilstand.pipeline.steps.build import build
from tilstand.project import Project
from visits import Visit, visit_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

# A site that is built already, to try tests on while writing them: TILSTAND_SITE=book/site pytest
BUILT = os.environ.get("TILSTAND_SITE")

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    # There is no graphics card: to imitate one takes more than to draw without.
    "--disable-gpu",
    "--disable-extensions",
    # A page lives for seconds: its scripts are done before it pays to make machine code of them.
    "--js-flags=--no-maglev --no-turbofan",
]


@dataclass(frozen=True)
class Page:
    path: Path
    edition: str
    language: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page as a tree, for all tests: to take something out of it, take a copy first."""
        gc.disable()  # it would look through all pages read so far, again and again
        try:
            return BeautifulSoup(self.text, "html.parser")
        finally:
            gc.freeze()
            gc.enable()

    @property
    def article(self) -> BeautifulSoup:
        found = self.soup.find("article")
        assert found is not None, f"{self.path} has no article"
        return found

    def without(self, parts: str, *, whole: bool = False) -> BeautifulSoup:
        """Copy the article, or the whole page, without what a selector finds."""
        left = copy.copy(self.soup.html if whole else self.article)
        for part in left.select(parts):
            part.decompose()
        return left

    @property
    def name(self) -> str:
        return f"{self.edition}/{self.language}/{self.path.name}"


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Let one of the processes that run the tests make a thing for all; the others wait."""
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent

    def made(name: str, make: Callable[[Path], None]) -> Path:
        done = run / f"{name}-is-made"
        with (run / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(run / name)
                done.touch()
        return run / name

    return made


@pytest.fixture(scope="session")
def site(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """Build the book of all editions and languages once."""
    if BUILT:
        return Path(BUILT).resolve()
    make = lambda root: build(copy_project(root), Order(), lambda _line: None)  # noqa: E731
    return Project(once("book", make)).site


@pytest.fixture(scope="session")
def visits(site: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> list[Visit]:
    """Open every page of the book once in a browser and note what it saw."""
    chromium = CHROMIUM or pytest.skip("no Chromium on this machine: apt-get install chromium")
    make = lambda path: path.write_text(json.dumps(visit_all(site, chromium, ARGUMENTS)))  # noqa: E731
    return [Visit(**one) for one in json.loads(once("visits.json", make).read_text())]


@pytest.fixture(scope="session")
def pages(site: Path) -> list[Page]:
    """Every page that the book's own chapters make, in all editions and languages."""
    found = [
        Page(path, path.parent.parent.name, path.parent.name)
        for path in sorted(site.glob("*/*/*.html"))
        if path.stem not in ("search", "genindex")
        and 'http-equiv="refresh"' not in path.read_text(encoding="utf-8")
    ]
    assert len(found) > 80, f"only {len(found)} pages in {site}"
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()
