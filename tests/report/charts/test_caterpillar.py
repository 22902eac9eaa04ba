import pandas as pd

from tilstand.report.charts import style
from tilstand.report.charts.caterpillar import caterpillar

DATA = pd.DataFrame(
    {
        "label": ["Skole A", "Skole B"],
        "value": [-1.0, 0.5],
        "other": [-2.0, 1.5],
        "low": [-2.5, 0.25],
        "high": [0.5, 1.5],
        "role": "simulated",
    }
)
KEY = {
    "names": ("trukket", "ren"),
    "interval": "95 %-intervall",
    "reference_name": "gjennomsnittsskolen",
}


def draw(size, data=DATA):
    return caterpillar(data, size, "nb", **KEY)


def test_schools_stand_in_the_order_given(size):
    (axes,) = draw(size).axes

    assert [label.get_text() for label in axes.get_yticklabels()] == ["Skole A", "Skole B"]
    assert axes.yaxis_inverted()


def test_key_names_marks_interval_and_reference(size):
    (legend,) = draw(size).legends

    got = [text.get_text() for text in legend.get_texts()]

    assert got == [
        "trukket, kan skilles fra streken",
        "trukket, kan ikke skilles fra streken",
        "ren",
        "95 %-intervall",
        "gjennomsnittsskolen",
    ]


def test_unshrunk_is_a_diamond_and_what_holds_the_line_a_ring():
    (axes,) = draw(style.WIDE).axes

    got = {
        (line.get_marker(), line.get_markerfacecolor())
        for line in axes.lines
        if line.get_marker() in "oD"
    }

    assert got == {("o", style.SIMULATED), ("o", style.PAPER), ("D", style.PAPER)}


def test_value_and_interval_stand_beside_the_row(words):
    assert {"−1,0 (−2,5 til 0,5)", "0,5 (0,3 til 1,5)"} <= words(draw(style.WIDE))


def test_a_phone_leaves_the_interval_to_the_table_where_names_are_long(words):
    long = DATA.assign(label=["Eksempelhaugen ungdomsskole", "Skole B"])

    assert {"−1,0", "0,5"} <= words(draw(style.NARROW, long))


def test_what_the_chapter_tested_itself_decides_the_mark():
    (axes,) = draw(style.WIDE, DATA.assign(apart=[True, False])).axes

    rings = [line for line in axes.lines if line.get_marker() == "o"]
    got = {float(line.get_xdata()[0]): line.get_markerfacecolor() for line in rings}
    assert got == {-1.0: style.SIMULATED, 0.5: style.PAPER}


def test_both_sides_of_the_line_are_named(size, words):
    def named(one):
        return caterpillar(DATA, one, "nb", **KEY, sides=("lavere", "høyere"))

    assert {"lavere", "høyere"} <= words(named(size))


def test_row_without_an_interval_or_second_mark_is_drawn():
    (axes,) = draw(style.WIDE, DATA[["label", "value", "role"]]).axes

    (filled,) = [line for line in axes.lines if line.get_marker() in "oD"]
    assert (filled.get_marker(), len(filled.get_xdata())) == ("o", 2)


def test_group_has_a_heading(size):
    (axes,) = draw(size, DATA.assign(group="Små skoler")).axes

    assert axes.get_yticklabels()[0].get_text() == "Små skoler"


def test_no_text_is_cut_off(size, inside):
    assert inside(draw(size)) == []


def test_drawn_twice_it_is_the_same_bytes(size):
    first, second = (style.as_svg(draw, size) for _ in range(2))

    assert first == second


def test_long_names_are_cut_on_a_phone_only(words):
    long = "Steinerskolen i Eksempel grunnskole"
    data = pd.DataFrame({"label": [long], "value": [1.0], "low": [0.0], "high": [2.0]})
    data["role"] = "own"

    got = {
        size.name: long in words(caterpillar(data, size, "nb", names=("a", "")))
        for size in style.SIZES
    }

    assert got == {"wide": True, "narrow": False}
