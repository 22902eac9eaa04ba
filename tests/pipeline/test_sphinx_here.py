"""Sphinx inside a process that goes on: what it leaves there, and what it finds the next time."""

import subprocess
import sys

import pytest
from jinja2 import DictLoader, Environment

from tilstand.pipeline.sphinx.pages import Templates, _unasked

AROUND = """
import os, sys
from pathlib import Path
import docutils.parsers.rst.directives as directives
import sphinx.locale
from tilstand.pipeline.execute import warm
from tilstand.project import Project
import tilstand.pipeline.sphinx.rehearsal as rehearsal

def state():
    return dict(os.environ), dict(sphinx.locale.translators), sorted(directives._directives)

warm._Process.ready = True
before = state()
project = Project(Path(sys.argv[1]))
"""
REHEARSED = """
rehearsal.rehearse(project, "nb")
rehearsal.rehearse(project, "en")
from tilstand.pipeline.sphinx.pages import COMPILED
from tilstand.pipeline.sphinx.search import STEMS
print(state() == before, any(name == "layout.html" for name, _ in COMPILED), "elevtall" in STEMS)
"""
FAILED = """
rehearsal.PAGE = "# A\\n\\n{words}\\n\\n[gone](gone.md)\\n"
try:
    rehearsal.rehearse(project, "nb")
except Exception as error:
    print(state() == before, "WARNING" in str(error))
"""


def run(code, project):
    command = [sys.executable, "-c", AROUND + code, str(project.root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_rehearsal_leaves_what_is_loaded_and_nothing_else(repo):
    done = run(REHEARSED, repo)

    assert done.stdout.split() == ["True", "True", "True"], done.stderr
    assert list(repo.root.glob("tmp*")) == []


@pytest.mark.slow
def test_rehearsal_that_fails_leaves_nothing_either(repo):
    done = run(FAILED, repo)

    assert done.stdout.split() == ["True", "True"], done.stderr


def test_template_of_the_same_name_is_taken_for_what_it_says():
    got = []
    for text in ("a {{ n }}", "b {{ n }}", "a {{ n }}"):
        environment = Environment(loader=DictLoader({"x": text}), bytecode_cache=Templates())
        got.append(environment.get_template("x").render(n=1))

    assert got == ["a 1", "b 1", "a 1"]


@pytest.mark.parametrize(
    ("path", "exp"),
    [
        ("./tilstand.css", False),
        ("./documentation_options.js_t", False),
        ("./fonts/a.woff2", False),
        ("./styles/theme.css", True),
        ("./bootstrap.js", True),
    ],
)
def test_what_no_page_loads_is_not_copied(path, exp):
    assert _unasked(path) is exp
