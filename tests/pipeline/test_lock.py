"""Two builds at once: the second waits and says so. The other one is a process of its own."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from tilstand.pipeline.basis.lock import inherited, one_at_a_time

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills a process as Linux does")
HOLD = """
import sys
from pathlib import Path
from tilstand.pipeline.basis.lock import one_at_a_time
from tilstand.project import Project
with one_at_a_time(Project(Path(sys.argv[1])), print):
    print("inside", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other(tiny):
    """Another process that builds in the project until it is told to stop, or killed."""
    command = [sys.executable, "-c", HOLD, str(tiny.root)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "inside\n"
        yield process
        process.kill()


def test_first_build_says_nothing(tiny):
    said: list[str] = []
    with one_at_a_time(tiny.project, said.append):
        pass

    assert said == []


def test_second_build_says_whom_it_waits_for_and_goes_on_when_that_one_is_done(tiny, other):
    said: list[str] = []

    def told(line: str) -> None:
        said.append(line)
        threading.Timer(0.2, lambda: other.communicate("\n")).start()

    with one_at_a_time(tiny.project, told):
        got = other.wait(10)

    assert got == 0
    assert said == [f"process {other.pid} is building in this folder; waiting until it is done"]


def test_killed_build_does_not_keep_others_waiting(tiny, other):
    other.send_signal(signal.SIGKILL)
    other.wait()
    said: list[str] = []

    with one_at_a_time(tiny.project, said.append):
        pass

    assert said == []


def test_failed_build_does_not_keep_others_waiting(tiny):
    for _ in range(2):
        with pytest.raises(ValueError, match="x"), one_at_a_time(tiny.project, print):
            raise ValueError("x")


def test_program_that_outlives_its_build_keeps_the_lock_until_it_is_done(tiny):
    """Sphinx goes on for a while when the build alone is killed."""
    with one_at_a_time(tiny.project, print):
        command = [
            sys.executable,
            "-c",
            "import sys; print('up', flush=True); sys.stdin.readline()",
        ]
        program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=inherited()
        )
    with program:
        assert program.stdout
        program.stdout.readline()
        got: list[str] = []

        def told(line: str) -> None:
            got.append(line)
            program.kill()

        with one_at_a_time(tiny.project, told):
            assert program.wait() == -signal.SIGKILL

    assert len(got) == 1
    assert inherited() == ()
