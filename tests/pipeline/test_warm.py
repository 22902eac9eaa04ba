"""Fork kernels for real; `eval` is the work, since the template process knows no test modules."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from odd_chapters import DRAWING, ODD, write

from tilstand.errors import BuildError
from tilstand.pipeline.execute import forks, warm
from tilstand.pipeline.execute.execute import execute_all
from tilstand.pipeline.execute.run import Run
from tilstand.pipeline.execute.warm import ENVIRONMENT, Template, imports_of

pytestmark = pytest.mark.skipif(not warm.available(), reason="kernels are forked on Linux only")
SEEN = """
import os
import sys
print(os.getcwd(), sys.path[0] == "", sorted(sys.argv)[0][:2], os.environ["PYTHONHASHSEED"])
print([name for name in sys.path if "site-packages" not in name][-1], sys.flags.hash_randomization)
edition / 0
"""


@pytest.fixture(scope="module")
def template():
    with Template(["numpy", "matplotlib.pyplot", "no_such_module"], ENVIRONMENT) as made:
        yield made


def said(template: Template, *questions: str, jobs: int = 2) -> list:
    return [answer for _, answer in sorted(template.results(eval, list(questions), jobs))]


def executed(template: Path, folder: Path, *, isolated: bool, **parameters: object) -> bytes:
    run = Run(
        name=template.name,
        template=template,
        output=folder / str(isolated) / template.name,
        parameters={"edition": 2020, **parameters},
        project=template.parents[1],
    )
    execute_all([run], 1, lambda line: None, isolated=isolated)
    return run.output.read_bytes()


def test_every_task_gets_its_answer(template):
    assert said(template, "1 + 1", "2 + 2", "3 + 3") == [2, 4, 6]


def test_fault_of_a_task_is_its_answer(template):
    (got,) = said(template, "1 / 0")

    assert isinstance(got, ZeroDivisionError)


def test_killed_task_is_told_and_the_next_one_is_done(template):
    got = said(template, "__import__('os').kill(__import__('os').getpid(), 9)", "5", jobs=1)

    assert str(got[0]) == "its process died"
    assert got[1] == 5


def test_forks_find_the_imports_done(template):
    assert said(template, "'matplotlib.pyplot' in __import__('sys').modules") == [True]


def test_nothing_is_forked_with_threads_or_sockets_of_another(template):
    exp = [1, False]
    question = "len(__import__('os').listdir('/proc/self/task'))"

    assert (
        said(template, question, "'matplotlib_inline.backend_inline' in __import__('sys').modules")
        == exp
    )


@pytest.mark.parametrize("draw", ["random.random()", "numpy.random.random()"])
def test_no_two_forks_draw_the_same_numbers(template, draw):
    module = draw.partition(".")[0]
    question = f"__import__('{module}'){draw.removeprefix(module)}"

    one, other = said(template, question, question)

    assert one != other


def test_what_a_task_changes_is_gone_with_it(template):
    got = said(
        template,
        "setattr(__import__('matplotlib').rcParams, 'left', 1)",
        "hasattr(__import__('matplotlib').rcParams, 'left')",
        jobs=1,
    )

    assert got == [None, False]


def test_what_the_template_prepares_every_later_fork_has():
    with Template([], {}) as template:
        template.prepare(eval, "setattr(__import__('os'), 'prepared', [1])")
        template.prepare(eval, "1 / 0")  # whose fault is the chapter's to tell
        got = said(template, "__import__('os').prepared", "__import__('os').prepared")

    assert got == [[1], [1]]


def test_template_ends_with_what_it_runs(tmp_path):
    """A build that is killed leaves nothing running behind it."""
    code = (
        "import sys\n"
        "from tilstand.pipeline.execute.warm import Template\n"
        "t = Template([], {})\n"
        f"work = \"(open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__('os').getpid())),"
        " __import__('time').sleep(60))\"\n"
        "list(t.results(eval, [work], 1))\n"
    )
    build = subprocess.Popen([sys.executable, "-c", code])
    note = tmp_path / "pid"
    assert _within(30, lambda: note.is_file() and note.read_text("utf-8"))
    build.send_signal(signal.SIGKILL)
    build.wait()

    pid = int(note.read_text("utf-8"))
    assert _within(10, lambda: not _runs(pid))


def _within(seconds: float, claim) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.05)
    return False


def _runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text("utf-8").split(")")[1].split()[0]
    except OSError:
        return False


def test_modules_that_chapters_import_are_found(tmp_path):
    path = write(
        tmp_path / "a.ipynb", "import a.b as c\nfrom d import e", "%matplotlib inline", "import f"
    )

    assert imports_of([path]) == ["a.b", "d", "f"]


def test_forked_and_plain_kernels_write_the_same_bytes(tmp_path):
    (tmp_path / "notebooks").mkdir()
    path = write(tmp_path / "notebooks" / "a.ipynb", DRAWING)

    got = executed(path, tmp_path, isolated=False)

    assert got == executed(path, tmp_path, isolated=True)


def test_forked_and_plain_kernels_see_the_same_surroundings_and_fail_alike(tmp_path):
    (tmp_path / "notebooks").mkdir()
    path = write(tmp_path / "notebooks" / "a.ipynb", SEEN)
    texts = {}
    for isolated in (False, True):
        with pytest.raises(BuildError, match=r"a.ipynb: cell 2: ZeroDivisionError"):
            executed(path, tmp_path, isolated=isolated)
        failed = nbformat.read(tmp_path / str(isolated) / "a.failed.ipynb", as_version=4)
        texts[isolated] = [c.outputs[0]["text"] for c in failed.cells if c.get("outputs")]

    assert texts[False] == texts[True]


def test_shell_inside_and_kernel_beside_give_the_same_outputs(tmp_path):
    (tmp_path / "notebooks").mkdir()
    path = write(tmp_path / "notebooks" / "a.ipynb", *ODD)

    got = executed(path, tmp_path, isolated=False).decode()

    assert got == executed(path, tmp_path, isolated=True).decode()
    assert got.count('"outputs": [\n') > len(ODD) / 2


def test_output_that_is_to_change_after_it_was_shown_is_refused(tmp_path):
    (tmp_path / "notebooks").mkdir()
    change = "from IPython.display import clear_output\nclear_output()"
    path = write(tmp_path / "notebooks" / "a.ipynb", change)

    with pytest.raises(BuildError, match="cell 2: RuntimeError: clear_output: what a chapter"):
        executed(path, tmp_path, isolated=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["elevtall", "skolebidrag"])  # published figures; pupils
def test_chapters_come_out_the_same_from_forked_and_plain_kernels(repo, tmp_path, name):
    template = repo.notebooks / f"{name}.ipynb"

    got = executed(template, tmp_path, isolated=False, language="en")

    assert got == executed(template, tmp_path, isolated=True, language="en")


def test_chapter_whose_process_dies_is_one_line(tmp_path):
    (tmp_path / "notebooks").mkdir()
    path = write(tmp_path / "notebooks" / "a.ipynb", "import os\nos._exit(3)")

    with pytest.raises(BuildError, match=r"a.ipynb: could not be executed: its process died"):
        executed(path, tmp_path, isolated=False)


def test_missing_kernel_is_one_line(tmp_path):
    (tmp_path / "notebooks").mkdir()
    path = write(tmp_path / "notebooks" / "a.ipynb", "1")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec["name"] = "fortran"
    nbformat.write(notebook, path)

    with pytest.raises(
        BuildError, match=r"a.ipynb: no kernel is named 'fortran', expected python3 of an installed"
    ):
        executed(path, tmp_path, isolated=False)


def test_command_begins_anew_with_its_variables_and_may_fork():
    code = (
        "from tilstand.cli import main\n"
        "import os\n"
        "from tilstand.pipeline.execute import forks, warm\n"
        "warm.be_ready({'PYTHONHASHSEED': '0', 'TILSTAND_TRIED': 'æ'})\n"
        "found = forks.results_here(lambda task: (task, os.getppid()), [1, 2, 3], 2)\n"
        "print(warm.ready(), os.environ['TILSTAND_TRIED'], hash('a'))\n"
        "print(sorted(found) == [(n, (n + 1, os.getpid())) for n in range(3)])\n"
    )
    asked = [sys.executable, "-c", code]
    one, other = (subprocess.run(asked, capture_output=True, text=True, check=True) for _ in "ab")
    assert one.stdout == other.stdout
    assert one.stdout.startswith("True æ ")
    assert one.stdout.endswith("True\n")


def test_process_that_is_no_command_goes_on_as_it_is():
    warm.be_ready({"TILSTAND_TRIED": "1"})
    assert not warm.ready()


def test_what_is_forked_here_ends_with_who_stops_asking():
    before = children()
    found = forks.results_here(time.sleep, [0, 60], 2)
    next(found)
    during = children() - before
    found.close()
    assert during
    assert not children() & during


def children():
    """List this process's own; other tests may have left some."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {number for task in tasks for number in task.read_text("ascii").split()}


def test_fork_that_dies_is_told_and_the_others_are_done():
    def work(task):
        return os._exit(3) if task == 1 else task

    got = dict(forks.results_here(work, [0, 1, 2], 1))
    assert isinstance(got.pop(1), ChildProcessError)
    assert got == {0: 0, 2: 2}
