"""What a chapter rests on: change one thing at a time and see whom it concerns."""

import shutil

import pytest

from tilstand.pipeline.basis.state import changes
from tilstand.pipeline.execute.run import Run
from tilstand.pipeline.steps import ingredients
from tilstand.pipeline.steps.ingredients import Ingredients, commit, tree_digest, whole
from tilstand.store.reach import NOTE


@pytest.fixture(scope="module")
def noted(tmp_path_factory):
    """What the library's modules import, read once: it is noted by their contents."""
    return tmp_path_factory.mktemp("noted") / NOTE


@pytest.fixture
def rests_on(tiny, noted):
    """Tell what the chapter `elevtall` of an edition rests on now."""
    note = tiny.project.store / NOTE
    if noted.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(noted, note)

    def ask(year: int = 2020, **parameters: object) -> dict[str, str]:
        template = tiny.project.notebooks / "elevtall.ipynb"
        values = {"edition": year, "language": "nb", **parameters}
        run = Run("elevtall", template, tiny.root / "out.ipynb", values, tiny.root)
        found = Ingredients(tiny.project).of_chapter(run)
        if not noted.exists():
            shutil.copy(note, noted)
        return found

    return ask


def test_nothing_changed_is_nothing_changed(rests_on):
    assert rests_on() == rests_on()


def test_new_times_are_no_change(tiny, rests_on):
    before = rests_on()
    for path in tiny.root.rglob("*.*"):
        path.touch()

    assert rests_on() == before


def test_changed_notebook_is_named(tiny, rests_on):
    before = rests_on()
    tiny.write_notebook("elevtall", ("code", "edition = 1", "parameters"), ("code", "2"))

    assert changes(before, rests_on()) == ["notebooks/elevtall.ipynb changed"]


def test_notebook_of_another_chapter_does_not_matter(tiny, rests_on):
    before = rests_on()
    tiny.write_notebook("sammendrag", ("code", "edition = 1", "parameters"))

    assert rests_on() == before


def test_parameters_matter(rests_on):
    exp = ["parameter colour is new", "parameter language changed"]

    assert changes(rests_on(), rests_on(language="en", colour="red")) == exp


def test_number_of_an_edition_matters_to_it(tiny, rests_on):
    before = rests_on()
    tiny.write_figures({"value": "1728"})

    assert changes(before, rests_on()) == ["data/published/figures.csv changed"]


def test_number_that_an_older_edition_cannot_know_does_not_matter_to_it(tiny, rests_on):
    before = rests_on(2018)
    tiny.write_figures({"value": "1728", "source": "report"})

    assert rests_on(2018) == before


def test_number_that_a_later_edition_knows_matters_to_it_too(tiny, rests_on):
    before = rests_on(2021)
    tiny.write_figures({"value": "1728", "source": "old-report"})

    assert changes(before, rests_on(2021)) == ["data/published/figures.csv changed"]


def test_figures_of_no_known_source_do_not_matter(tiny, rests_on):
    before = rests_on()
    text = tiny.figures_file.read_text("utf-8")
    tiny.figures_file.write_text(text + text.splitlines()[1].replace("report", "none") + "\n")

    assert rests_on() == before


@pytest.mark.parametrize("name", ["data/editions/2021.toml", "data/open/2021/a.csv"])
def test_files_of_a_later_edition_do_not_matter(tiny, rests_on, name):
    before = rests_on()
    tiny.write(name, "a")

    assert rests_on() == before


@pytest.mark.parametrize(
    "name", ["data/open/2020/a.csv", "data/editions/2010.toml", "data/statements/new.csv"]
)
def test_new_file_of_the_edition_or_one_before_it_matters(tiny, rests_on, name):
    before = rests_on()
    tiny.write(name, "a")

    assert changes(before, rests_on()) == [f"{name} is new"]


def test_pupil_file_matters_wherever_it_lies(tiny, rests_on):
    tiny.edition_file.write_text('year = 2020\n[pupils]\nfile = "pupils.csv"\n', encoding="utf-8")
    tiny.write("pupils.csv", "a")
    before = rests_on()
    tiny.write("pupils.csv", "b")

    assert changes(before, rests_on()) == ["pupil file of 2020 changed"]


def test_lock_matters(tiny, rests_on):
    before = rests_on()
    tiny.write("requirements.lock", "pandas==3.1")

    assert changes(before, rests_on()) == ["requirements.lock changed"]


# -- the library ---------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of its own: `page` imports `words` and, for its types only, `cli`."""
    folder = tmp_path / "lib" / "house"
    texts = {
        "__init__.py": "",
        "page.py": "from typing import TYPE_CHECKING\nfrom house import words\n"
        "if TYPE_CHECKING:\n    from house import cli\n",
        "words.py": "def f():\n    from . import late\n",
        "late.py": "",
        "cli.py": "import house.page",
        "fonts/a.txt": "a",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(ingredients, "LIBRARY", folder)
    monkeypatch.setattr(ingredients, "ALWAYS", ("house.always",))
    (folder / "always.py").write_text("", encoding="utf-8")
    return folder


def library_files(found: dict[str, str]) -> set[str]:
    return {name.removeprefix("lib/house/") for name in found if name.startswith("lib/")}


def test_chapter_rests_on_the_modules_that_its_imports_reach(tiny, rests_on, library):
    tiny.write_notebook("elevtall", ("code", "from house.page import x"))

    exp = {"__init__.py", "page.py", "words.py", "late.py", "always.py", "fonts/a.txt"}
    assert library_files(rests_on()) == exp


def test_changed_module_that_is_reached_is_named(tiny, rests_on, library):
    tiny.write_notebook("elevtall", ("code", "import house.page"))
    before = rests_on()
    (library / "late.py").write_text("1", encoding="utf-8")

    assert changes(before, rests_on()) == ["lib/house/late.py changed"]


@pytest.mark.parametrize("code", ["%matplotlib inline\nimport house", "import importlib"])
def test_chapter_whose_imports_cannot_be_told_rests_on_the_whole_library(
    tiny, rests_on, library, code
):
    tiny.write_notebook("elevtall", ("code", code))

    assert "cli.py" in library_files(rests_on())


def test_damaged_memory_of_imports_is_made_anew(tiny, rests_on, library):
    tiny.write_notebook("elevtall", ("code", "import house.page"))
    before = rests_on()
    (tiny.project.store / NOTE).write_text("{", encoding="utf-8")

    assert rests_on() == before


# -- everything at once --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["data/editions/2010.toml", "book/en/om.md", "notebooks/new.ipynb", "_toc.yml"]
)
def test_whole_build_rests_on_every_file(tiny, name):
    before = whole(tiny.project, {})
    tiny.write(name, "new")

    assert [change.split()[0] for change in changes(before, whole(tiny.project, {}))] == [name]


def test_whole_build_does_not_rest_on_what_it_makes(tiny):
    before = whole(tiny.project, {})
    tiny.write("book/site/2020/nb/index.html", "new")

    assert whole(tiny.project, {}) == before


def test_accepted_results_make_nothing_again(tiny, rests_on):
    chapter, book = rests_on(), whole(tiny.project, {})
    tiny.write("data/results/2020.csv", "new")

    assert rests_on() == chapter
    assert whole(tiny.project, {}) == book


def test_whole_build_rests_on_what_was_asked(tiny):
    got = changes(whole(tiny.project, {"language": "nb"}), whole(tiny.project, {"language": "en"}))

    assert got == ["asked for language changed"]


def test_folder_that_is_not_there_has_no_digest(tmp_path):
    assert tree_digest(tmp_path / "none") == ""


def test_digest_of_a_folder_sees_names_and_contents(tmp_path):
    seen = set()
    for name, text in (("a", "1"), ("a", "2"), ("b", "2")):
        folder = tmp_path / f"{name}{text}"
        folder.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
        seen.add(tree_digest(folder))

    assert len(seen) == 3


@pytest.mark.parametrize("packed", [True, False])
def test_commit_is_read_from_the_checkout(tmp_path, packed):
    (tmp_path / ".git" / "refs" / "heads").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    if packed:
        (tmp_path / ".git" / "packed-refs").write_text("abc refs/heads/main\n", encoding="utf-8")
    else:
        (tmp_path / ".git" / "refs" / "heads" / "main").write_text("abc\n", encoding="utf-8")

    assert commit(tmp_path) == "abc"


def test_folder_without_git_has_no_commit(tmp_path):
    assert commit(tmp_path) == ""
