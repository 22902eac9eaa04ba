"""The examples in the docstrings of the package do what they show."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import matplotlib as mpl
import pytest

import tilstand.value_added.layers

MODULES = [
    "tilstand.value_added",
    *(
        f"tilstand.value_added.{one.name}"
        for one in pkgutil.iter_modules(tilstand.value_added.__path__)
    ),
    *(
        f"tilstand.value_added.layers.{one.name}"
        for one in pkgutil.iter_modules(tilstand.value_added.layers.__path__)
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_hold(name):
    mpl.use("agg")
    got = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert not got.failed


def test_worked_examples_hold():
    folder = Path(tilstand.value_added.__file__).parent
    got = doctest.testfile(str(folder / "EXAMPLES.md"), module_relative=False, encoding="utf-8")
    assert got.attempted > 30
    assert not got.failed
