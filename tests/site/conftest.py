"""Build the whole book once, in a copy of the project, for the tests that read its pages."""

from __future__ import annotations

import fcntl
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# A site that is built already, to try tests on while writing them: TILSTAND_SITE=book/site pytest
BUILT = os.environ.get("TILSTAND_SITE")

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class Page:
    path: Path
    edition: int
    language: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @property
    def article(self) -> BeautifulSoup:
        found = self.soup.find("article")
        assert found is not None, f"{self.path} has no article"
        return found

    @property
    def name(self) -> str:
        return f"{self.edition}/{self.language}/{self.path.name}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the book once, also where several processes run the tests: the others wait."""
    if BUILT:
        return Path(BUILT).resolve()
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    project, done = Project(run / "book"), run / "book-is-built"
    with (run / "book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            copy_project(project.root)
            build(project, Order(), lambda _line: None)
            done.touch()
    return project.site


@pytest.fixture(scope="session")
def pages(site: Path) -> list[Page]:
    """Every page that the book's own chapters make, in all editions and languages."""
    found = [
        Page(path, int(path.parent.parent.name), path.parent.name)
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
