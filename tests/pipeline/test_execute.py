"""Execute tiny notebooks for real, two of them once for all the tests of this file."""

import os
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from tilstand.errors import BuildError, CallError
from tilstand.pipeline.execute.execute import (
    _sockets,
    check_parameters,
    execute,
    execute_all,
)
from tilstand.pipeline.execute.run import Run
from tilstand.pipeline.execute.warm import ENVIRONMENT
from tilstand.project import VARIABLE

LOOK = f"""
import os
print(edition, os.getcwd(), os.environ[{VARIABLE!r}], os.environ["PYTHONHASHSEED"])
"""


def notebook(path: Path, *sources: str) -> Path:
    first = nbformat.v4.new_code_cell(
        'edition = 2020\nlanguage = "nb"', metadata={"tags": ["parameters"]}
    )
    cells = [
        nbformat.v4.new_markdown_cell("# Elevtall"),
        first,
        *(nbformat.v4.new_code_cell(source) for source in sources),
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


@dataclass(frozen=True)
class Done:
    """Hold what two runs left: ``good.ipynb`` went well, ``bad.ipynb`` failed in its cell 3."""

    root: Path
    before: dict[str, bytes]
    lines: list[str]
    progress: list[str]

    def output(self, name: str) -> Path:
        return self.root / "executed" / name


def run(root: Path, name: str, **parameters: object) -> Run:
    return Run(
        name=f"notebooks/{name}",
        template=root / name,
        output=root / "executed" / name,
        parameters={"edition": 2010, "language": "en", **parameters},
        project=root,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    root = tmp_path_factory.mktemp("project")
    notebook(root / "good.ipynb", LOOK)
    notebook(root / "bad.ipynb", "raise ValueError('no such municipality\\nsecond line')", "1")
    before = {path.name: path.read_bytes() for path in root.glob("*.ipynb")}
    progress: list[str] = []
    with pytest.raises(BuildError) as caught:
        execute_all([run(root, "good.ipynb"), run(root, "bad.ipynb")], 2, progress.append)
    return Done(root, before, caught.value.lines, progress)


def test_failing_cell_is_one_line_with_chapter_cell_and_error(done):
    exp = ["notebooks/bad.ipynb: cell 3: ValueError: no such municipality"]
    assert done.lines == exp


def test_failed_chapter_leaves_no_output(done):
    assert not done.output("bad.ipynb").exists()


def test_failed_chapter_can_be_looked_into_as_far_as_it_got(done):
    assert done.output("bad.failed.ipynb").is_file()


def test_one_failing_chapter_does_not_stop_the_others(done):
    assert done.output("good.ipynb").is_file()


def test_progress_names_each_chapter_and_counts(done):
    got = sorted(line.partition("] ")[2].partition(" (")[0] for line in done.progress)

    assert got == ["2010 en notebooks/bad.ipynb failed", "2010 en notebooks/good.ipynb"]
    assert [line[:5] for line in done.progress] == ["[1/2]", "[2/2]"]


def test_templates_are_never_written_to(done):
    got = {path.name: path.read_bytes() for path in done.root.glob("*.ipynb")}

    assert got == done.before


def test_chapter_runs_with_its_parameters_in_its_project(done):
    cells = nbformat.read(done.output("good.ipynb"), as_version=4).cells
    (text,) = [
        output["text"] for cell in cells if cell.cell_type == "code" for output in cell.outputs
    ]

    assert text.split() == ["2010", str(done.root), str(done.root), ENVIRONMENT["PYTHONHASHSEED"]]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_every_kernel_is_spoken_to_through_files_of_its_own():
    # Of ports, two kernels that start together sometimes take the same, and one of them dies.
    with _sockets() as one, _sockets() as other:
        got = [config.KernelManager for config in (one, other)]

    assert {manager.transport for manager in got} == {"ipc"}
    assert got[0].connection_file != got[1].connection_file


def test_parameter_that_the_template_lacks_is_a_wrong_call(tmp_path):
    notebook(tmp_path / "a.ipynb")

    with pytest.raises(CallError) as caught:
        execute(run(tmp_path, "a.ipynb", colour="blue"))

    assert caught.value.lines == ["notebooks/a.ipynb: 'colour' is not a parameter of it"]


def test_nothing_is_executed_when_a_parameter_is_unknown(tmp_path):
    notebook(tmp_path / "a.ipynb")

    with pytest.raises(CallError):
        execute(run(tmp_path, "a.ipynb", colour="blue"))

    assert not (tmp_path / "executed").exists()


def test_parameter_that_some_chapter_has_is_let_pass(tmp_path):
    check_parameters([notebook(tmp_path / "a.ipynb")], {"edition": 2010})


def test_parameter_that_no_chapter_has_is_one_line_that_lists_those_there_are(tmp_path):
    with pytest.raises(CallError) as caught:
        check_parameters([notebook(tmp_path / "a.ipynb")], {"colour": "blue"})

    exp = ["parameter 'colour': no chapter has it; there are edition, language"]
    assert caught.value.lines == exp


def test_no_parameters_need_no_check():
    check_parameters([Path("nowhere.ipynb")], {})
