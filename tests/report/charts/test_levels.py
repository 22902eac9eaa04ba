import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.levels import levels

NAMES = ["nivå 1", "nivå 2", "nivå 3"]
DATA = pd.DataFrame(
    {
        "group": "Lesing",
        "label": ["Eksempel"] * 3 + ["landet"] * 3,
        "role": ["own"] * 3 + ["nation"] * 3,
        "number": [1, 2, 3] * 2,
        "value": [15.3, 43.1, 41.6, 26.5, 46.7, 26.9],
    }
)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_rows_groups_levels_and_shares_are_named(size, words, language):
    got = words(levels(DATA, size, language, names=NAMES))

    assert {"Lesing", "Eksempel", "landet", "15", "43", "42", *NAMES} <= got


def test_levels_drawn_twice_are_the_same_bytes(size):
    first, second = (
        style.as_svg(lambda s: levels(DATA, s, "nb", names=NAMES), size) for _ in range(2)
    )

    assert first == second


def test_no_text_of_the_levels_is_cut_off(size, inside):
    assert inside(levels(DATA, size, "nb", names=NAMES)) == []


def test_five_levels_can_be_drawn(size, words):
    names = [f"nivå {number}" for number in range(1, 6)]
    data = pd.DataFrame(
        {
            "group": "Lesing",
            "label": "landet",
            "role": "nation",
            "number": range(1, 6),
            "value": [7.4, 22.1, 37.0, 23.0, 10.5],
        }
    )

    assert {"37", *names} <= words(levels(data, size, "nb", names=names))


def test_sliver_too_thin_for_a_number_goes_without(words):
    data = DATA.assign(value=[1.0, 49.0, 50.0] * 2)

    assert "1" not in words(levels(data, style.WIDE, "nb", names=NAMES))
