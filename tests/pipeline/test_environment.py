"""Say what a book was made with."""

import subprocess

import pytest

from tilstand.pipeline.basis import environment as env


def git(folder, *words):
    asked = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@b", *words]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tiny):
    git(tiny.project.root, "init", "-q")
    git(tiny.project.root, "add", ".")
    git(tiny.project.root, "commit", "-q", "-m", "All")
    return tiny


def test_commit_is_the_one_that_git_names(repository):
    assert env.commit_of(repository.project) == git(repository.project.root, "rev-parse", "HEAD")


def test_changed_file_is_told(repository):
    repository.write("_config.yml", "title: Endret\n")
    assert env.commit_of(repository.project).endswith("-dirty")


def test_without_git_the_kept_commit_is_named(tiny):
    tiny.write(".commit", "abc\n")
    assert env.commit_of(tiny.project) == "abc"


def test_without_either_nothing_is_said(tiny):
    assert env.commit_of(tiny.project) == ""


def test_packages_are_those_that_the_library_needs_and_not_those_of_its_tests(tiny):
    got = env.environment(tiny.project)["packages"]
    assert {"pandas", "numpy", "sphinx"} <= set(got)
    assert "pytest" not in got


def test_lock_is_named_with_its_digest(tiny):
    tiny.write("requirements.lock", "")
    assert env.environment(tiny.project)["lock"]["sha256"].startswith("e3b0c442")
