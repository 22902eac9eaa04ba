"""The package can leave the house: what importing it pulls in."""

import re
import subprocess
import sys
import tomllib

BASE = "numpy, scipy.optimize, scipy.linalg, scipy.stats, pandas, statsmodels.api, patsy"
LOOK = """
import sys
import {base}
before = set(sys.modules)
import tilstand.value_added
new = {{name for name in set(sys.modules) - before}}
ours = {{"tilstand", *sys.stdlib_module_names}}
theirs = sorted({{name.partition(".")[0] for name in new}} - ours)
rooms = sorted({{".".join(name.split(".")[:2]) for name in new if name.startswith("tilstand.")}})
print(theirs, rooms, "matplotlib" in sys.modules)
"""


def test_importing_it_pulls_in_nothing_else():
    code = LOOK.format(base=BASE)
    got = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert got.stdout.split() == ["[]", "['tilstand.value_added']", "False"]


def test_importing_it_takes_less_than_what_it_rests_on():
    got = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import tilstand.value_added"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    ours = theirs = 0
    for line in got.stderr.splitlines()[1:]:
        own, _, name = line.removeprefix("import time:").split("|")
        if name.strip().startswith("tilstand"):
            ours += int(own)
        else:
            theirs += int(own)
    assert 0 < ours < theirs / 3


WITHOUT = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocked())
import doctest
result = doctest.testfile({examples!r}, module_relative=False)
print(result.failed, result.attempted)
"""


def test_worked_examples_need_nothing_of_the_books_packages(repo):
    """``pip install tilstand`` brings what the estimator rests on, and no more."""
    said = tomllib.loads((repo.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {extra: _imported(lines) for extra, lines in said["optional-dependencies"].items()}
    base = _imported(said["dependencies"])
    assert base == {"numpy", "scipy", "pandas", "statsmodels", "patsy"}
    blocked = names["book"] - {"pillow"} | {"PIL", "jupyter_book", "bs4", "yaml"}
    code = WITHOUT.format(
        blocked=sorted(blocked), examples=str(repo.root / "lib/tilstand/value_added/EXAMPLES.md")
    )
    got = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    failed, tried = map(int, got.stdout.split()[-2:])

    assert failed == 0
    assert tried > 25


def _imported(lines):
    return {re.split(r"[\[<>=;~! ]", line)[0].replace("-", "_") for line in lines}
