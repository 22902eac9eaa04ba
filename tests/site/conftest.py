"""Build the whole book once, in a copy of the project, for the tests that read its pages."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from books import copy_project
from tilstand.build.order import Order, build

# A site that is built already, to try tests on while writing them: TILSTAND_SITE=book/site pytest
BUILT = os.environ.get("TILSTAND_SITE")


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
    if BUILT:
        return Path(BUILT).resolve()
    project = copy_project(tmp_path_factory.mktemp("book"))
    build(project, Order(), lambda _line: None)
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
