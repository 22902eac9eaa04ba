"""Prepare what the tests of the sources share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tilstand.project import Project
from tilstand.sources.headers import Vocabulary


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
