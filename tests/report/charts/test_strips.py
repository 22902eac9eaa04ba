import numpy as np
import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.dots import dots
from tilstand.report.charts.strips import fit

PLACES = [("Eksempel", "own"), ("landet", "nation"), ("Fylket", "county"), ("Nabo", "other")]
DATA = pd.DataFrame(
    [
        {"group": group, "label": label, "role": role, "value": 3.0 + 0.1 * step + 0.2 * at}
        for step, group in enumerate(["Norsk", "Engelsk", "Regning"])
        for at, (label, role) in enumerate(PLACES)
    ]
)


def test_the_same_places_in_many_groups_are_a_line_a_group(size):
    (axes,) = dots(DATA, size, "nb").axes

    assert [t.get_text() for t in axes.get_yticklabels()] == ["Norsk", "Engelsk", "Regning"]


def test_own_and_national_values_are_written(size, words):
    assert {"3,0", "3,2", "3,1", "3,3", "3,4"} <= words(dots(DATA, size, "nb"))


@pytest.mark.parametrize(
    "data",
    [
        DATA.head(8),
        DATA.drop(columns="group"),
        DATA.assign(low=2.0, high=4.0),
        DATA[DATA["role"] != "own"],
        pd.concat([DATA, DATA]),
        DATA.assign(role="female"),
        DATA[DATA["role"] == "own"].assign(label=list("abc")),
    ],
    ids=["few", "no group", "intervals", "no own", "twice", "no places", "one role"],
)
def test_other_rows_keep_a_row_each(data):
    assert not fit(data)


def test_rows_without_any_interval_known_fit():
    assert fit(DATA.assign(low=np.nan, high=np.nan))


def test_equal_values_do_not_hide_each_other():
    (axes,) = dots(DATA.assign(value=3.5), style.WIDE, "nb").axes

    places = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines]
    assert len(set(places)) == len(DATA)


def test_no_text_of_a_strip_is_cut_off(size, inside):
    assert inside(dots(DATA, size, "nb")) == []


def test_every_row_is_marked_for_a_reader_who_points(size):
    figure = dots(DATA, size, "nb")

    assert sorted(int(row) for _, rows, _, _ in figure.marks for row in rows) == list(range(12))
