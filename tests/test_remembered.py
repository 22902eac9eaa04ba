import numpy as np
import pandas as pd
import pytest

from tilstand import remembered as room
from tilstand.remembered import VARIABLE, held, hold, remembered

asked: list[object] = []


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
    monkeypatch.setattr(room._Hold, "given", None)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "results"))
    return tmp_path / "results"


FRAME = pd.DataFrame({"a": [0.1, 0.2]})


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


def test_damaged_result_is_computed_anew(folder):
    doubled(FRAME)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    doubled(FRAME)

    assert asked == [2, 2]


def test_folder_that_cannot_be_written_is_no_obstacle(folder):
    folder.write_text("a file", encoding="utf-8")

    assert list(doubled(FRAME)["a"]) == [0.2, 0.4]


def test_what_cannot_be_kept_is_computed_each_time():
    assert adder(1)(2) == adder(1)(2) == 3
    assert asked == [1, 1]


def test_question_that_cannot_be_kept_is_computed_each_time():
    adder(lambda: 1)
    adder(lambda: 1)

    assert len(asked) == 2


def test_fault_is_not_kept():
    for _ in range(2):
        with pytest.raises(TypeError):
            doubled(None)

    assert asked == [2, 2]


def test_drafts_are_not_left_behind(folder):
    doubled(FRAME)

    assert len(list(folder.iterdir())) == 1
    assert room.VARIABLE == "TILSTAND_REMEMBERED"


def test_copies_of_the_parts_make_no_other_question():
    """What is read from a file holds copies where what is computed holds one object twice."""
    word = "norsk"
    one = pd.DataFrame({"a": [word, word]})
    other = pd.DataFrame({"a": [word, "".join(["no", "rsk"])]})
    doubled(one)
    doubled(other)

    assert asked == [2]


@pytest.mark.parametrize(
    "other",
    [
        pd.DataFrame({"b": [0.1, 0.2]}),
        pd.DataFrame({"a": [0.1, 0.2]}, index=[1, 2]),
        pd.DataFrame({"a": [0.2, 0.1]}),
        pd.DataFrame({"a": ["0.1", "0.2"]}),
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
