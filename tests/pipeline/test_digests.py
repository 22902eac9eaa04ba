"""Fingerprint files and folders."""

import pytest

from tilstand.pipeline.basis.digests import (
    differences,
    file_digest,
    files_in,
    joint_digest,
    own_digest,
    tree_digests,
)

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def folder(tmp_path):
    for name in ("b.txt", "a/c.txt", "a/__pycache__/x.pyc", "a/.DS_Store"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_empty_file_has_the_digest_of_nothing(folder):
    assert file_digest(folder / "b.txt") == EMPTY


def test_files_are_sorted_and_what_programs_leave_is_left_out(folder):
    got = [path.relative_to(folder).as_posix() for path in files_in(folder)]
    assert got == ["a/c.txt", "b.txt"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert files_in(tmp_path / "none") == []


def test_a_file_can_be_left_out(folder):
    assert tree_digests(folder, leave=["b.txt"]) == {"a/c.txt": EMPTY}


def test_joint_digest_does_not_know_the_order_of_the_files():
    assert joint_digest({"a": "1", "b": "2"}) == joint_digest({"b": "2", "a": "1"})


@pytest.mark.parametrize("other", [{"a": "2"}, {"b": "1"}, {"a": "1", "b": "1"}])
def test_joint_digest_knows_names_and_contents(other):
    assert joint_digest({"a": "1"}) != joint_digest(other)


def test_differences_are_named():
    got = differences({"a": "1", "b": "1", "c": "1"}, {"b": "1", "c": "2", "d": "1"})
    exp = [("a", "only in the first"), ("c", "differs"), ("d", "only in the second")]
    assert got == exp


def test_page_keeps_its_digest_when_other_editions_come_and_go(tmp_path):
    page = tmp_path / "elevtall.html"
    page.write_text("<p>a</p><!-- til:switch --><!-- /til:switch -->", encoding="utf-8")
    before = own_digest(page)

    page.write_text("<p>a</p><!-- til:switch -->2031<!-- /til:switch -->", encoding="utf-8")
    same = own_digest(page)
    page.write_text("<p>b</p><!-- til:switch -->2031<!-- /til:switch -->", encoding="utf-8")

    assert (same == before, own_digest(page) == before) == (True, False)
