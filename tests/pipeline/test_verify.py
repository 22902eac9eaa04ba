"""Compare two builds byte for byte."""

import pytest

from tilstand.errors import BuildError
from tilstand.pipeline.reproduce.verify import compare


@pytest.fixture
def sites(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text("a\nlik linje\n", encoding="utf-8")
    return tmp_path / "one", tmp_path / "two"


def lines(sites) -> list[str]:
    with pytest.raises(BuildError) as stopped:
        compare(*sites)
    return stopped.value.lines


def test_equal_folders_are_counted(sites):
    assert compare(*sites) == 1


def test_first_difference_is_shown_with_its_line(sites):
    (sites[1] / "index.html").write_text("a\nlik Linje\n", encoding="utf-8")
    assert lines(sites) == ["index.html:2: 'lik linje' against 'lik Linje'"]


def test_long_line_is_shown_around_the_difference(sites):
    for site, letter in zip(sites, "xy", strict=True):
        (site / "index.html").write_text("-" * 500 + letter + "-" * 500, encoding="utf-8")
    (got,) = lines(sites)
    assert "x-" in got
    assert len(got) < 160


def test_file_that_one_build_lacks_is_named(sites):
    (sites[1] / "new.csv").write_text("", encoding="utf-8")
    assert lines(sites) == ["new.csv: only in the second build"]


def test_missing_end_is_named(sites):
    (sites[1] / "index.html").write_text("a\n", encoding="utf-8")
    assert lines(sites) == ["index.html: 2 lines against 1"]
