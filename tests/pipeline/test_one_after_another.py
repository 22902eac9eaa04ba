"""Several chapters in one process: none meets what another has left, and the bytes are the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from odd_chapters import DRAWING, ODD, write

from tilstand.pipeline.execute import forks, warm

pytestmark = pytest.mark.skipif(not warm.available(), reason="kernels are forked on Linux only")

# What a chapter of somebody's own may set for itself, and what the next one would see of it.
LEFT = {
    "folder": ("import os; os.chdir('/')", "import os; os.getcwd()"),
    "variable": ("import os; os.environ['TZ'] = 'Asia/Tokyo'", "import os; os.environ.get('TZ')"),
    "path": ("import sys; sys.path.append('/nowhere')", "import sys; '/nowhere' in sys.path"),
    "warnings": (
        "import warnings; warnings.simplefilter('error')",
        "import warnings; warnings.filters[0][0]",
    ),
    "style": (
        "import seaborn as sns; sns.set_theme(style='darkgrid')",
        "import matplotlib; matplotlib.rcParams['axes.facecolor']",
    ),
    "backend": (
        "import matplotlib; matplotlib.use('svg')",
        "import matplotlib; matplotlib.get_backend()",
    ),
    "printing": (
        "import pandas as pd; pd.set_option('display.precision', 1)",
        "import pandas as pd; pd.DataFrame({'a': [1.2345]})",
    ),
    "errors": ("import numpy as np; np.seterr(all='raise')", "import numpy as np; np.geterr()"),
    "arrays": (
        "import numpy as np; np.set_printoptions(precision=1)",
        "import numpy as np; np.array([1.2345])",
    ),
    "decimals": (
        "import decimal; decimal.getcontext().prec = 3",
        "import decimal; decimal.Decimal(1) / 3",
    ),
    "logging": (
        "import logging; logging.basicConfig(level='INFO')",
        "import logging; len(logging.root.handlers)",
    ),
    "depth": ("import sys; sys.setrecursionlimit(5000)", "import sys; sys.getrecursionlimit()"),
}


# Executes chapters as a build does, in a process of its own: one list after the other.
BUILD = """
import json, os, sys
from pathlib import Path
from tilstand.errors import BuildError
from tilstand.pipeline.execute import forks, warm
from tilstand.pipeline.execute.execute import execute
from tilstand.pipeline.execute.inside import NAME, get_ready
from tilstand.pipeline.execute.run import Run
from tilstand.pipeline.execute.traces import traces

def work(run):
    try:
        execute(run, NAME)
    except BuildError as error:
        return os.getpid(), error.lines[0]
    return os.getpid(), run.output.read_text("utf-8")

warm.import_first(["seaborn"])
get_ready()
found = []
for number, (paths, shared) in enumerate(json.load(sys.stdin)):
    runs = [
        Run(Path(path).name, Path(path), Path(path).parent / f"{number}-{n}" / "a.ipynb",
            {"edition": 2020}, Path(path).parents[1])
        for n, path in enumerate(paths)
    ]
    outcomes = forks.results_here(work, runs, 1, traces if shared else object)
    found.append([outcome for _, outcome in outcomes])
Path(sys.argv[1]).write_text(json.dumps(found), "utf-8")
"""


def built(folder: Path, *lists: tuple[list[Path], bool]) -> list[list[tuple[int, str]]]:
    """Execute lists of chapters, each in shared processes or not; which process, and what came."""
    asked = json.dumps([([str(path) for path in paths], shared) for paths, shared in lists])
    command = [sys.executable, "-c", BUILD, str(folder / "found")]
    environment = os.environ | warm.ENVIRONMENT
    subprocess.run(command, input=asked, text=True, env=environment, check=True)
    return json.loads((folder / "found").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notebooks"
    made.mkdir()
    return made


def test_chapters_share_a_process_and_are_the_same_text(folder):
    odd = write(folder / "odd.ipynb", *ODD)
    plain = write(folder / "plain.ipynb", "x = 1", "x", "_")
    drawing = write(folder / "drawing.ipynb", DRAWING)
    listed = [plain, odd, plain, drawing, odd, drawing]

    together, alone = built(folder, (listed, True), (listed, False))

    assert [made for _, made in together] == [made for _, made in alone]
    assert together[0][0] == together[1][0]
    assert len({process for process, _ in alone}) == len(listed)


def test_names_of_a_chapter_are_its_own(folder):
    first = write(folder / "first.ipynb", "secret = 1")
    second = write(folder / "second.ipynb", "secret")
    (((one, _), (two, got)),) = built(folder, ([first, second], True))
    assert one == two
    assert got == "second.ipynb: cell 2: NameError: name 'secret' is not defined"


def test_what_a_chapter_sets_is_gone_for_the_next(folder):
    asked = []
    for kind, (sets, sees) in LEFT.items():
        setting = write(folder / f"{kind}-sets.ipynb", sets, sees)
        seeing = write(folder / f"{kind}-sees.ipynb", sees)
        asked += [([setting, seeing], True), ([seeing], False)]

    found = built(folder, *asked)

    for kind, (_, after), (_, got), ((_, exp),) in zip(
        LEFT, *zip(*found[::2], strict=True), found[1::2], strict=True
    ):
        assert got == exp, kind
        shown = [nbformat.reads(text, as_version=4).cells[-1].outputs for text in (after, got)]
        assert shown[0] != shown[1], f"{kind}: would not have been seen in the same process"


def test_chance_is_another_for_each_that_draws(folder):
    path = write(folder / "chance.ipynb", "import numpy as np; np.random.random()")
    (found,) = built(folder, ([path] * 3, True))
    assert len({made for _, made in found}) == len({process for process, _ in found}) == 3


def test_failed_chapter_leaves_the_others_alone(folder):
    good, bad = write(folder / "good.ipynb", "1 + 1"), write(folder / "bad.ipynb", "1 / 0")
    together, alone = built(folder, ([bad, good, bad], True), ([good], False))
    told = "bad.ipynb: cell 2: ZeroDivisionError: division by zero"
    assert [made for _, made in together] == [told, alone[0][1], told]


def test_process_that_dies_takes_only_its_chapter(tmp_path):
    def work(task: int) -> int:
        if task == 1:
            os._exit(3)
        return os.getpid()

    got = dict(forks.results_here(work, [0, 1, 2, 3], 1, tuple))
    assert isinstance(got[1], ChildProcessError)
    assert got[2] == got[3] != got[0]


def test_two_processes_share_many_tasks():
    found = list(forks.results_here(lambda _: os.getpid(), [*range(20)], 2, tuple))
    assert sorted(number for number, _ in found) == [*range(20)]
    assert len({process for _, process in found}) == 2


def test_no_process_is_left_when_tasks_are_done():
    found = {process for _, process in forks.results_here(lambda _: os.getpid(), [1, 2], 2, tuple)}
    for process in found:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
