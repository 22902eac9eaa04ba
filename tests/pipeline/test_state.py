import pytest

from tilstand.pipeline.basis.state import changes, reason, remember

INPUTS = {"notebooks/a.ipynb": "1", "data/b.csv": "2"}


@pytest.fixture
def note(tmp_path):
    """What a step that was made from INPUTS and came out as "made" has left."""
    path = tmp_path / "work" / "note.json"
    remember(path, INPUTS, "made")
    return path


def test_step_that_never_ran_has_to_run(tmp_path):
    assert reason(tmp_path / "note.json", INPUTS, "") == "not made yet"


def test_step_with_the_same_inputs_and_result_need_not_run(note):
    assert reason(note, dict(reversed(INPUTS.items())), "made") == ""


def test_changed_input_is_named(note):
    assert reason(note, INPUTS | {"data/b.csv": "3"}, "made") == "data/b.csv changed"


def test_many_changes_are_counted(note):
    many = {f"data/{letter}.csv": "1" for letter in "cdefg"}

    got = reason(note, INPUTS | many, "made")

    assert got == "data/c.csv is new, data/d.csv is new, data/e.csv is new and 2 more"


@pytest.mark.parametrize(("made", "exp"), [("", "is gone"), ("other", "was changed by hand")])
def test_lost_or_changed_result_has_to_be_made_again(note, made, exp):
    assert reason(note, INPUTS, made) == f"the result {exp}"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"inputs": 1, "made": 2}'])
def test_damaged_memory_is_no_memory(note, text):
    note.write_text(text, encoding="utf-8")

    assert reason(note, INPUTS, "made") == "nothing is known about the last time"


def test_memory_is_replaced_whole(note):
    remember(note, {}, "other")

    assert reason(note, {}, "other") == ""
    assert [path.name for path in note.parent.iterdir()] == [note.name]


def test_every_kind_of_change_has_its_word():
    got = changes({"a": "1", "b": "1", "c": "1"}, {"b": "2", "c": "1", "d": "1"})

    assert got == ["a is gone", "b changed", "d is new"]
