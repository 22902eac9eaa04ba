"""Build in forks of one process: what becomes of one becomes of no other."""

import shutil
from pathlib import Path

import pytest

import tilstand
from tilstand.errors import BuildError
from tilstand.pipeline.batch import workshop
from tilstand.pipeline.batch.workshop import closing, run_build
from tilstand.pipeline.execute import warm

pytestmark = pytest.mark.skipif(not warm.available(), reason="builds are forked on Linux only")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Copy the library, as a batch does: the process is to run that one."""
    folder = tmp_path_factory.mktemp("snapshot") / "lib"
    own = Path(tilstand.__file__).parent
    shutil.copytree(own, folder / "tilstand", ignore=shutil.ignore_patterns("__pycache__"))
    with closing({folder}):
        yield folder


def test_faults_of_a_build_are_its_lines(tiny, library):
    for _ in range(2):  # the second one in another fork of the same process
        with pytest.raises(BuildError, match=r"^edition 1999: no file"):
            run_build(tiny.project, ["--edition", "1999"], {}, library)


def test_build_runs_the_library_that_it_was_given(tiny, library):
    template = workshop._template(tiny.project, library)
    question = "__import__('tilstand').__file__"
    assert template.submit(eval, question).result() == str(library / "tilstand" / "__init__.py")


def test_killed_build_is_told_and_the_next_one_runs(tiny, library):
    def killed(work, task):
        return submit(eval, "__import__('os').kill(__import__('os').getpid(), 9)")

    template = workshop._template(tiny.project, library)
    submit, template.submit = template.submit, killed
    with pytest.raises(BuildError, match="the build ended with status: its process died"):
        run_build(tiny.project, ["--edition", "1999"], {}, library)
    template.submit = submit
    with pytest.raises(BuildError, match=r"^edition 1999: no file"):
        run_build(tiny.project, ["--edition", "1999"], {}, library)


def test_another_process_is_begun_where_the_first_has_died(tiny, library):
    template = workshop._template(tiny.project, library)
    template._process.kill()
    with pytest.raises(BuildError, match="the build ended with status: the process that forks"):
        run_build(tiny.project, ["--edition", "1999"], {}, library)
    with pytest.raises(BuildError, match=r"^edition 1999: no file"):
        run_build(tiny.project, ["--edition", "1999"], {}, library)


def test_batch_that_has_ended_begins_no_build(tiny, library):
    with closing({library}):
        pass
    with pytest.raises(BuildError, match="the build ended with status of its batch"):
        run_build(tiny.project, ["--edition", "1999"], {}, library)
