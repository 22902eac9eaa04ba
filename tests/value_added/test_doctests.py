"""The examples in the docstrings of the package do what they show."""

import doctest
import importlib
import pkgutil

import matplotlib as mpl
import pytest

import tilstand.value_added

MODULES = [
    "tilstand.value_added",
    *(
        f"tilstand.value_added.{one.name}"
        for one in pkgutil.iter_modules(tilstand.value_added.__path__)
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_hold(name):
    mpl.use("agg")
    got = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert not got.failed
