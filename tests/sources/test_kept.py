"""Hold the store of what was read to the files, through damage, kills and other processes."""

from __future__ import annotations

import pandas as pd
import pytest

from tilstand.sources.kept import content_key, kept

TABLES = {"a": pd.DataFrame({"code": ["03", ""], "value": [1.5, None]}), "b": pd.DataFrame()}


def never() -> dict[str, pd.DataFrame]:
    raise AssertionError("made again")


@pytest.fixture
def stored(tmp_path):
    kept(tmp_path, "2025", "k1", lambda: TABLES)
    return tmp_path / "2025-k1.zip"


def test_what_is_stored_is_not_made_again(stored):
    got = kept(stored.parent, "2025", "k1", never)

    pd.testing.assert_frame_equal(got["a"], TABLES["a"])
    assert got["b"].empty


def test_another_key_is_made_and_the_old_one_goes(stored):
    kept(stored.parent, "2025", "k2", lambda: TABLES)

    assert [path.name for path in stored.parent.iterdir()] == ["2025-k2.zip"]


def test_another_name_stays(stored):
    kept(stored.parent, "2020", "k2", lambda: TABLES)

    assert stored.is_file()


@pytest.mark.parametrize("size", [0, 10, 1500])
def test_a_damaged_file_is_made_anew(size, stored):
    stored.write_bytes(stored.read_bytes()[:size])

    got = kept(stored.parent, "2025", "k1", lambda: TABLES)

    assert got["a"]["code"].tolist() == ["03", ""]
    assert kept(stored.parent, "2025", "k1", never)["a"]["code"].tolist() == ["03", ""]


def test_what_a_killed_process_left_is_cleared(stored):
    left = stored.with_name("2025-k1.zip.99999")
    left.write_bytes(b"half")

    kept(stored.parent, "2025", "k2", lambda: TABLES)

    assert not left.exists()


def test_a_place_that_cannot_be_written_is_no_fault(tmp_path):
    (tmp_path / "store").write_text("a file where the folder should be")

    assert kept(tmp_path / "store", "2025", "k1", lambda: TABLES) is TABLES


def test_key_follows_names_contents_and_words(tmp_path):
    path = tmp_path / "a.csv"
    keys = []
    for content in ("1", "2"):
        path.write_text(content)
        keys += [content_key([path]), content_key([path], "2025")]
    path = path.rename(tmp_path / "b.csv")
    keys.append(content_key([path]))

    assert len(set(keys)) == 5
    assert content_key([path]) == keys[-1]
