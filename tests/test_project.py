import pytest

from tilstand.errors import CallError
from tilstand.project import VARIABLE, Project, find_project


def test_folder_itself_is_found(tiny):
    assert find_project(tiny.root) == Project(tiny.root.resolve())


def test_project_is_found_from_a_folder_inside_it(tiny):
    assert find_project(tiny.project.published).root == tiny.root.resolve()


def test_current_folder_is_where_search_starts(tiny, monkeypatch):
    monkeypatch.chdir(tiny.project.notebooks)

    assert find_project().root == tiny.root.resolve()


def test_environment_variable_goes_before_the_current_folder(tiny, repo, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tiny.root))

    assert find_project(repo.root).root == tiny.root.resolve()


def test_variable_that_names_no_project_is_an_error_that_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    with pytest.raises(CallError, match="no project here") as caught:
        find_project()

    assert caught.value.lines[0].startswith(str(tmp_path))


def test_checkout_that_the_library_lies_in_is_the_last_resort(tmp_path, repo):
    assert find_project(tmp_path) == repo


@pytest.mark.parametrize(
    ("folder", "exp"),
    [
        ("published", "data/published"),
        ("statements", "data/statements"),
        ("register", "data/register"),
        ("editions", "data/editions"),
        ("notebooks", "notebooks"),
        ("book", "book"),
        ("site", "book/site"),
        ("work", ".build"),
    ],
)
def test_folders_lie_where_the_house_says(tmp_path, folder, exp):
    got = getattr(Project(tmp_path), folder)

    assert got == tmp_path / exp


def test_path_inside_is_written_from_the_root(tiny):
    assert tiny.project.relative(tiny.figures_file) == "data/published/figures.csv"


def test_path_outside_is_written_whole(tiny, tmp_path):
    outside = tmp_path / "elsewhere.csv"

    assert tiny.project.relative(outside) == outside.as_posix()
