"""Hold three commands to Norwegian letters; `benchmarks/encodings.py` tries 200 files a form."""

from __future__ import annotations

import pytest

from letters import FORMS, LARGEST, SMALLEST, letters, misread

pytestmark = pytest.mark.filterwarnings("ignore::tilstand.value_added.errors.ValueAddedWarning")


@pytest.mark.parametrize("form", FORMS)
def test_no_letter_is_misread(form, project_copy, tmp_path):
    drawn = letters(seed=list(FORMS).index(form))

    assert list(misread(project_copy, drawn, form, tmp_path)) == []


def test_files_are_as_large_as_promised():
    drawn = [letters(seed) for seed in range(3)]
    sizes = [
        len(one.written(frame, "utf-8")) for one in drawn for frame in (one.pupils, one.counts)
    ]

    assert all(0.7 * SMALLEST < size < 1.3 * LARGEST for size in sizes)


def test_a_wrong_letter_is_seen(project_copy, tmp_path):
    drawn = letters(0)
    wrong = drawn.pupils.assign(school=drawn.pupils["school"].str.replace("ø", "o"))

    class Spoilt(type(drawn)):
        def written(self, frame, form):
            return super().written(wrong if "pupil" in frame else frame, form)

    got = list(misread(project_copy, Spoilt(drawn.pupils, drawn.counts), "utf-8", tmp_path))

    assert [line.split(":")[0] for line in got] == ["check", "value-added"]
