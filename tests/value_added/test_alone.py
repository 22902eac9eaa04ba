"""The package can leave the house: what importing it pulls in."""

import subprocess
import sys

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
