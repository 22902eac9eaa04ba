"""Hold the store to its word: another key for whatever differs, and damage counts as absent."""

import dataclasses
import os
import random
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tilstand import store
from tilstand.analysis.cohort_pairs import Cohort
from tilstand.store import VARIABLE, held, hold, holding, kept, remembered
from tilstand.store.digests import UnfitError, value_digest
from tilstand.store.entries import Absent, read_entry, write_entry
from tilstand.store.keys import program
from tilstand.store.values import flat, restored

asked: list[object] = []
FRAME = pd.DataFrame({"a": [0.1, 0.2]})


@remembered
def doubled(frame: pd.DataFrame, *, times: int = 2) -> pd.DataFrame:
    asked.append(times)
    return frame * times


@remembered
def adder(number):
    asked.append(number)
    return lambda other: number + other


@held
def read(name: str) -> list[str]:
    asked.append(name)
    return [name]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    asked.clear()
    monkeypatch.setattr("tilstand.store.memory._Hold.values", None)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "store"))
    return tmp_path / "store"


def entries(folder: Path, name: str = "") -> list[Path]:
    return sorted(path for path in folder.glob(f"{name}*.zip") if path.name != "imports.zip")


# -- what comes back ------------------------------------------------------------------------------

VALUES = {
    "text": "ærlig \ud800"[:5],
    "numbers": [1, 2.5, float("inf"), True, None, np.float64(0.1), np.int64(3)],
    "collections": {"a": (1, [2]), ("b", 3): frozenset({("x", "y")}), 4: {5}},
    "sign": {"$": "a dict with a key of ours", "of": 1},
    "dataclass": Cohort(FRAME, pd.DataFrame()),
    "array": np.arange(6.0).reshape(2, 3),
    "series": pd.Series([1.0, 2.0], index=["u", "v"], name="s"),
    "words": pd.DataFrame({"a": ["x", None]}),
    "objects": pd.DataFrame({"a": pd.Series(["x", None, 1, True, np.nan], dtype=object), "b": 1}),
    "missing": pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": [np.nan, -0.0]}),
    "small": pd.DataFrame({"a": pd.Series([1, 2], dtype="int8")}),
    "ordered": pd.DataFrame({"a": pd.Categorical(["b", "a"], ["b", "a"], ordered=True)}),
    "rows": pd.DataFrame({"a": [1, 2, 3]}, index=pd.Index(["x", "y", "z"], name="i")).iloc[[0, 2]],
    "names": pd.DataFrame([[1, 2]], columns=[1, ("p", 2)]).rename_axis(columns="k"),
    "levels": pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("p", 2)], names=["g", "h"])),
    "empty": pd.DataFrame(columns=["a"]),
    "days": pd.DataFrame({"a": pd.to_datetime(["2020-06-01", None])}),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_value_comes_back_as_it_was(value, folder):
    write_entry(folder / "a.zip", "key", value)

    got = read_entry(folder / "a.zip", "key")

    assert type(got) is type(value)
    assert value_digest(got) == value_digest(value)


def test_frame_comes_back_to_the_last_bit(folder):
    frame = pd.DataFrame({"a": np.random.default_rng(1).normal(size=500), "b": ["ø"] * 500})
    write_entry(folder / "a.zip", "key", frame)

    pd.testing.assert_frame_equal(read_entry(folder / "a.zip", "key"), frame, check_exact=True)


@dataclasses.dataclass
class Foreign:
    number: int


@pytest.mark.parametrize("value", [len, object(), Foreign(1), [iter(())], {"a": {1: len}}])
def test_what_has_no_lasting_form_is_refused(value):
    with pytest.raises(UnfitError):
        flat(value)


def test_only_dataclasses_of_the_library_are_made():
    with pytest.raises(ValueError, match="expected a dataclass of the library"):
        restored({"$": "dataclass", "type": "subprocess:Popen", "of": {"args": "true"}}, {})


def test_entry_is_opened_by_any_program(folder):
    write_entry(folder / "a.zip", "key", {"table": FRAME})

    with zipfile.ZipFile(folder / "a.zip") as archive:
        got = archive.namelist()

    assert got == ["value.json", "0.parquet", "manifest.json"]


# -- remembered -----------------------------------------------------------------------------------


def test_same_arguments_are_computed_once_and_give_the_same_to_the_last_bit():
    first, second = doubled(FRAME), doubled(FRAME.copy())

    assert asked == [2]
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_other_arguments_are_computed():
    doubled(FRAME)
    doubled(FRAME, times=3)
    doubled(FRAME + 1e-12)

    assert asked == [2, 3, 2]


def test_who_changes_a_result_changes_it_for_himself_only():
    mine = doubled(FRAME)
    mine.loc[:, "a"] = 0.0

    assert list(doubled(FRAME)["a"]) == [0.2, 0.4]


def test_without_a_build_everything_is_computed(monkeypatch, folder):
    monkeypatch.delenv(VARIABLE)
    doubled(FRAME)
    doubled(FRAME)

    assert asked == [2, 2]
    assert not folder.exists()


def test_store_that_cannot_be_written_is_no_obstacle(folder):
    folder.write_text("a file", encoding="utf-8")

    assert list(doubled(FRAME)["a"]) == [0.2, 0.4]


def test_result_without_a_lasting_form_is_computed_each_time(folder):
    assert adder(1)(2) == adder(1)(2) == 3
    assert asked == [1, 1]
    assert entries(folder) == []


def test_question_without_a_digest_is_computed_each_time():
    adder(lambda: 1)
    adder(lambda: 1)

    assert len(asked) == 2


def test_fault_is_not_kept():
    for _ in range(2):
        with pytest.raises(TypeError):
            doubled(None)

    assert asked == [2, 2]


def test_copies_of_the_parts_make_no_other_question():
    """What is read from a file holds copies where what is computed holds one object twice."""
    doubled(pd.DataFrame({"a": ["norsk", "norsk"]}))
    doubled(pd.DataFrame({"a": ["norsk", "".join(["no", "rsk"])]}))

    assert asked == [2]


@pytest.mark.parametrize(
    "other",
    [
        pd.DataFrame({"b": [0.1, 0.2]}),
        pd.DataFrame({"a": [0.1, 0.2]}, index=[1, 2]),
        pd.DataFrame({"a": [0.1, 0.2]}, index=pd.Index([0, 1], name="i")),
        pd.DataFrame({"a": [0.2, 0.1]}),
        pd.DataFrame({"a": ["0.1", "0.2"]}),
        pd.DataFrame({"a": pd.Series([0.1, "0.2"], dtype=object)}),
        [0.1, 0.2],
        (0.1, 0.2),
        np.array([0.1, 0.2]),
        {"a": 0.1},
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_differs_in_anything_is_another_question(other):
    ask = remembered(lambda value: asked.append(1))
    ask(FRAME)
    ask(other)

    assert len(asked) == 2


def test_file_stands_for_its_name_and_contents(tmp_path):
    path = tmp_path / "a.csv"
    digests = []
    for content in ("1", "2"):
        path.write_text(content, encoding="utf-8")
        digests.append(value_digest([path]))
    digests.append(value_digest([path.rename(tmp_path / "b.csv")]))

    assert len(set(digests)) == 3


# -- the code ------------------------------------------------------------------------------------

ASK = """
import sys
from pathlib import Path
from tilstand.store import kept
made = []
kept(Path(sys.argv[1]), "a", "tilstand.one.door", lambda: made.append(1) or 1)
print(len(made))
"""
HOUSE = {
    "one/__init__.py": "",
    "one/door.py": "from tilstand.report.hall import f\n",
    "report/__init__.py": "from tilstand import frame\n",
    "report/hall.py": "def f():\n    from . import deep\n\n    return deep.NUMBER\n",
    "report/deep.py": "NUMBER = 1\nRUN = ['-m', 'tilstand.named']\n",
    "frame.py": "A = 1\n",
    "named.py": "A = 1\n",
    "apart.py": "A = 1\n",
    "words.txt": "a",
}


@pytest.fixture
def house(tmp_path):
    """A library with our store and a few modules: `door` reaches all of them but `apart`."""
    library = tmp_path / "lib" / "tilstand"
    shutil.copytree(Path(store.__file__).parent, library / "store")
    (library / "__init__.py").write_text("", encoding="utf-8")
    for name, text in HOUSE.items():
        (library / name).parent.mkdir(exist_ok=True)
        (library / name).write_text(text, encoding="utf-8")
    for path in library.rglob("*"):
        os.utime(path, (1, 1))
    return library


def makes(library: Path, folder: Path, paths: str = "") -> bool:
    """Tell whether a new process makes the value instead of finding it."""
    command = [sys.executable, "-c", ASK, str(folder)]
    environment = os.environ | {"PYTHONPATH": paths or str(library.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip() == "1"


@pytest.mark.parametrize(
    ("name", "exp"),
    [
        ("one/door.py", True),
        ("report/hall.py", True),
        ("report/deep.py", True),
        ("report/__init__.py", True),
        ("frame.py", True),
        ("named.py", True),
        ("words.txt", True),
        ("store/keep.py", True),
        ("apart.py", False),
    ],
)
def test_change_anywhere_in_the_chain_of_imports_is_another_value(house, folder, name, exp):
    assert (makes(house, folder), makes(house, folder)) == (True, False)
    path = house / name
    path.write_text(path.read_text(encoding="utf-8").replace("A = 1", "A = 2") + "\n", "utf-8")
    os.utime(path, (1, 1))  # no clock tells of it

    assert makes(house, folder) is exp


def test_other_packages_make_another_value(house, folder, tmp_path):
    (tmp_path / "more" / "pandas-9.dist-info").mkdir(parents=True)
    before = makes(house, folder), makes(house, folder)
    real = os.pathsep.join([str(house.parent), str(tmp_path / "more")])

    assert before == (True, False)
    assert makes(house, folder, real)


def test_code_that_changed_since_the_process_began_keeps_nothing(folder, monkeypatch):
    monkeypatch.setattr("tilstand.store.keys.BEGAN", 0.0)
    doubled(FRAME)
    doubled(FRAME)

    assert asked == [2, 2]
    assert entries(folder) == []


def test_program_is_named_with_its_version():
    assert program(None) == ""
    assert program("/no/such/program") == "/no/such/program"
    assert program(sys.executable).startswith(f"{sys.executable} Python 3")


# -- damage ---------------------------------------------------------------------------------------


def test_entry_cut_at_any_byte_is_made_anew(folder):
    value = {"words": VALUES["words"], "numbers": [1.5] * 20}
    write_entry(folder / "a.zip", "key", value)
    whole = (folder / "a.zip").read_bytes()

    for size in range(len(whole)):
        (folder / "a.zip").write_bytes(whole[:size])
        with pytest.raises(Absent):
            read_entry(folder / "a.zip", "key")


def test_no_changed_byte_changes_a_value(folder):
    write_entry(folder / "a.zip", "key", {"table": FRAME, "numbers": [1.5] * 20})
    whole = (folder / "a.zip").read_bytes()
    chance = random.Random(3)
    exp = value_digest(read_entry(folder / "a.zip", "key"))

    for place in chance.sample(range(len(whole)), 200):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        (folder / "a.zip").write_bytes(damaged)
        try:
            got = read_entry(folder / "a.zip", "key")
        except Absent:
            continue
        assert value_digest(got) == exp


def test_entry_of_another_key_is_absent(folder):
    write_entry(folder / "a.zip", "key", 1)

    with pytest.raises(Absent):
        read_entry(folder / "a.zip", "another")


@pytest.mark.parametrize("content", [b"", b"PK", b"{}", b"\x80\x05N."])
def test_damaged_result_is_computed_anew_and_kept(folder, content):
    doubled(FRAME)
    (path,) = entries(folder)
    path.write_bytes(content)

    assert list(doubled(FRAME)["a"]) == [0.2, 0.4]
    assert list(doubled(FRAME)["a"]) == [0.2, 0.4]
    assert asked == [2, 2]


def test_store_is_for_its_owner_alone(folder):
    before = os.umask(0)
    try:
        doubled(FRAME)
    finally:
        os.umask(before)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {0o600}


# -- tidying --------------------------------------------------------------------------------------


def test_newest_few_of_a_name_stay(folder):
    for number in range(6):
        kept(folder, "a", __name__, lambda: 1, number, newest=2)
        kept(folder, "a-b", __name__, lambda: 1, number, newest=9)

    assert len(entries(folder, "a-b-")) == 6
    assert len(entries(folder, "a-")) - 6 == 4  # as many of any code stay


def test_draft_of_a_killed_process_goes(folder):
    folder.mkdir(mode=0o700)
    drafts = [folder / ".draft-old", folder / ".draft-new"]
    for draft in drafts:
        draft.write_bytes(b"half")
    os.utime(drafts[0], (1, 1))

    doubled(FRAME)

    assert [draft.exists() for draft in drafts] == [False, True]


def test_drafts_are_not_left_behind(folder):
    doubled(FRAME)

    assert len(entries(folder)) == 1
    assert not list(folder.glob(".draft-*"))


WRITER = """
import sys
from pathlib import Path
from tilstand.store.entries import Absent, read_entry, write_entry
path, own = Path(sys.argv[1]), int(sys.argv[2])
for number in range(60):
    write_entry(path, "key", {"text": str(own) * 3000})
    text = read_entry(path, "key")["text"]
    assert len(text) == 3000 and len(set(text)) == 1, text[:9]
"""


def test_writers_side_by_side_leave_no_half_entry(folder):
    command = [sys.executable, "-c", WRITER, str(folder / "a.zip")]
    writers = [subprocess.Popen([*command, str(own)]) for own in (1, 2)]

    assert [writer.wait() for writer in writers] == [0, 0]
    assert [path.name for path in folder.iterdir()] == ["a.zip"]


# -- held -----------------------------------------------------------------------------------------


def test_what_is_read_is_read_each_time():
    read("a")
    read("a")

    assert asked == ["a", "a"]


def test_process_that_holds_reads_once_for_each_argument():
    hold()
    first = read("a")
    hold()  # for another edition
    read("b")

    assert read("a") is first
    assert asked == ["a", "b"]


def test_held_table_is_the_same_for_the_next_whatever_is_written_in_it():
    with holding():
        frame = store.memory.once("table", lambda: FRAME)
        frame["b"] = 1
        frame.loc[0, "a"] = 9.0
        frame.columns = ["c", "d"]
        pd.testing.assert_frame_equal(store.memory.once("table", lambda: FRAME), FRAME)
        assert FRAME["a"].tolist() == [0.1, 0.2]


def test_process_holds_no_longer_than_it_was_asked_to():
    with holding():
        read("a")
        read("a")
    read("a")

    assert asked == ["a", "a"]


def test_shared_entry_is_read_once_in_a_process_that_holds(folder):
    with holding():
        first = kept(folder, "a", __name__, lambda: [1], shared=True)

        assert kept(folder, "a", __name__, lambda: [1], shared=True) is first
    assert kept(folder, "a", __name__, lambda: [1], shared=True) is not first
