"""Pack what is public, and nothing else."""

import hashlib
import json
import subprocess
import zipfile

import nbformat
import pytest

from tilstand.errors import CallError
from tilstand.pipeline.reproduce import replicate
from tilstand.pipeline.reproduce.package import package, public_copy, without_pupils, write_zip

SECRET = "pupil;score\n1;50\n"
PUPILS = '\n[pupils]\nfile = "{}"\noutcome = "y"\nprior = "x"\nschool = "s"\n'


@pytest.fixture
def copied(tiny, tmp_path):
    def copy():
        made, left_out = public_copy(tiny.project, tiny.register(), "2020", tmp_path / "public")
        return {made.relative(path) for path in made.root.rglob("*") if path.is_file()}, left_out

    return copy


def with_pupils(tiny, place: str = "data/private/elever.csv") -> None:
    text = tiny.edition_file.read_text(encoding="utf-8")
    tiny.edition_file.write_text(text + PUPILS.format(place), encoding="utf-8")
    tiny.write(place, SECRET)


def test_data_chapters_and_library_go_along(copied):
    names, left_out = copied()
    assert {"data/published/figures.csv", "notebooks/elevtall.ipynb"} <= names
    assert "lib/tilstand/cli.py" in names
    assert left_out == []


def test_other_editions_stay(copied, tiny):
    tiny.write("data/editions/2010.toml", "year = 2010\n")
    tiny.write("data/open/2010/a.csv", "x\n")
    names, _ = copied()
    assert [name for name in names if "2010" in name] == []


def test_pupil_file_stays_wherever_it_lies_and_whatever_it_is_called(copied, tiny, tmp_path):
    with_pupils(tiny)
    tiny.write("data/register/helt-vanlig.csv", SECRET)
    tiny.write("data/open/2020/kopi.bak", SECRET)
    copied()
    texts = [path.read_bytes() for path in (tmp_path / "public").rglob("*") if path.is_file()]
    assert [text for text in texts if SECRET.encode() in text] == []


def git(folder, *words):
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


def test_only_what_git_tracks_and_the_edition_itself_go_along(copied, tiny):
    root = tiny.project.root
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "a")
    for name in ("data/published/b.csv", "book/nb/b.md", "notebooks/b.ipynb", "data/b.csv"):
        tiny.write(name, "untracked")
    tiny.write("data/editions/2020/text/elevtall.nb.md", "# Funn\n\nHei.\n")
    tiny.write("data/private/2020/elever.csv", SECRET)
    git(root, "add", "-f", "data/private/2020/elever.csv")

    names, _ = copied()

    assert {"data/published/figures.csv", "data/editions/2020.toml"} <= names
    assert "data/editions/2020/text/elevtall.nb.md" in names
    assert [name for name in names if "/b." in name or "private" in name] == []


def test_a_link_to_a_pupil_file_is_not_followed(copied, tiny, tmp_path):
    tiny.write("data/private/elever.csv", SECRET)
    (tiny.project.published / "lenke.csv").symlink_to(tiny.project.private / "elever.csv")

    names, _ = copied()

    assert "data/published/lenke.csv" not in names


def test_nothing_of_the_private_folder_goes_along(copied, tiny):
    tiny.write("data/private/2020/published-tables.json", "{}")
    tiny.write("data/private/canary.txt", "x")
    names, _ = copied()
    assert [name for name in names if "private" in name] == []


def test_edition_says_nothing_of_pupils_and_the_reader_is_told(copied, tiny, tmp_path):
    with_pupils(tiny)
    _, left_out = copied()
    edition = (tmp_path / "public" / "data" / "editions" / "2020.toml").read_text(encoding="utf-8")
    assert "pupils" not in edition
    assert "elever" not in edition
    assert left_out == ["the pupil file, and the table [pupils] of the edition"]


def test_incoming_file_of_unknown_kind_stays_and_is_told(copied, tiny):
    tiny.write("data/open/2020/notat.docx", "x")
    names, left_out = copied()
    assert "data/open/2020/notat.docx" not in names
    assert left_out == ["data/open/2020/notat.docx: not known to be public"]


def test_snapshot_goes_along_only_as_it_was_fetched(copied, tiny):
    index = "url,file,fetched,sha256,bytes\n"
    for name in ("whole", "changed"):
        tiny.write(f"data/open/2020/snapshots/{name}.json", name)
        digest = hashlib.sha256(b"whole").hexdigest()
        index += f"https://x/{name},{name}.json,2021-01-01T00:00:00,{digest},5\n"
    tiny.write("data/open/2020/snapshots/snapshots.csv", index)
    names, left_out = copied()
    assert "data/open/2020/snapshots/whole.json" in names
    assert left_out == ["data/open/2020/snapshots/changed.json: not known to be public"]


def test_outputs_left_in_a_chapter_are_removed(copied, tiny, tmp_path):
    output = nbformat.v4.new_output("stream", text="Kari, 50 poeng")
    cell = nbformat.v4.new_code_cell("x", outputs=[output], id="a")
    path = tiny.project.notebooks / "elevtall.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    copied()
    got = (tmp_path / "public" / "notebooks" / "elevtall.ipynb").read_text(encoding="utf-8")
    assert "Kari" not in got
    assert json.loads(got)["cells"][0]["source"]


def test_only_the_table_of_pupils_is_taken_out():
    text = 'year = 2020\n\n[pupils]\nfile = "a"\n\n[schools]\nexample = true\n'
    assert without_pupils(text) == "year = 2020\n\n[schools]\nexample = true\n"


def test_what_there_is_more_of_pupils_is_taken_out_with_them():
    text = "year = 2020\n\n[pupils]\na = 1\n[pupils.columns]\nb = 1\n[[pupils.more]]\nc = 1\n\n"
    assert without_pupils(text + "[schools]\nx = 1\n") == "year = 2020\n\n[schools]\nx = 1\n"


def test_an_edition_that_is_not_there_is_a_wrong_call(tiny, tmp_path):
    with pytest.raises(CallError, match="edition 1999"):
        package(tiny.project, tiny.register(), "1999", tmp_path / "a.zip", print)


def test_archive_has_the_same_bytes_whenever_the_files_were_written(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name / "book"
        (folder / "a").mkdir(parents=True)
        (folder / "a" / "b.txt").write_text("x", encoding="utf-8")
        (folder / "a" / "b.txt").chmod(0o600 if name == "one" else 0o644)
        write_zip(folder, tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["book/a/b.txt"]


@pytest.fixture
def editions(tmp_path):
    for name, version in (("published", "2.0"), ("rebuilt", "2.0")):
        (tmp_path / name / "nb").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text("same", encoding="utf-8")
        said = {"environment": {"python": "3.11.1", "packages": {"numpy": version}}}
        (tmp_path / name / "nb" / "record.json").write_text(json.dumps(said), encoding="utf-8")
    return tmp_path / "published", tmp_path / "rebuilt"


def test_equal_books_have_no_lines(editions):
    assert replicate.compare(*editions) == []


def test_a_changed_page_and_a_lost_one_are_named(editions):
    published, rebuilt = editions
    (rebuilt / "index.html").write_text("other", encoding="utf-8")
    (published / "more.html").write_text("x", encoding="utf-8")
    assert replicate.compare(*editions) == ["index.html: differs", "more.html: not made this time"]


def test_another_version_is_named_before_what_it_changed(editions):
    said = {"environment": {"python": "3.12.0", "packages": {"numpy": "2.1"}}}
    (editions[1] / "nb" / "record.json").write_text(json.dumps(said), encoding="utf-8")
    exp = ["note: python was 3.11.1, here it is 3.12.0", "note: numpy was 2.0, here it is 2.1"]
    assert replicate.compare(*editions) == [*exp, "nb/record.json: differs"]
