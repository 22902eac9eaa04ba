import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.lines import lines

OWN = pd.DataFrame(
    {
        "year": [2011, 2017, 2018, 2020],
        "value": [31.8, 12.6, 23.3, 16.1],
        "label": "Eksempel",
        "role": "own",
    }
)
NATION = OWN.assign(value=[30.0, 15.0, 20.0, 16.0], label="landet", role="nation")
BOTH = pd.concat([OWN, NATION])


@pytest.mark.parametrize(("language", "exp"), [("nb", "Eksempel 16,1"), ("en", "Eksempel 16.1")])
def test_line_ends_in_its_name_and_last_value_in_the_language(size, words, language, exp):
    assert exp in words(lines(BOTH, size, language, decimals=1))


def test_lines_drawn_twice_are_the_same_bytes(size):
    first, second = (style.as_svg(lambda s: lines(BOTH, s, "nb"), size) for _ in range(2))

    assert first == second


def test_no_text_of_the_lines_is_cut_off(size, inside):
    assert inside(lines(BOTH, size, "nb", decimals=1)) == []


def test_years_are_written_without_a_thousands_mark(size, words):
    assert {"2011", "2020"} <= words(lines(BOTH, size, "nb"))


def test_value_axis_starts_at_zero_unless_told_otherwise():
    got = [
        lines(OWN, style.WIDE, "nb", from_zero=zero).axes[0].get_ylim()[0] for zero in (True, False)
    ]

    assert got[0] == 0
    assert got[1] > 0


def test_line_stops_before_a_break_and_starts_anew():
    yearly = OWN.assign(year=[2016, 2017, 2018, 2019])
    whole = lines(yearly, style.WIDE, "nb").axes[0].lines
    broken = lines(yearly, style.WIDE, "nb", breaks=(2018,)).axes[0].lines

    assert marked(broken) == [[2016, 2017], [2018, 2019]]
    assert len(broken) > len(whole)


def marked(drawn):
    """List the years of each line that has marks."""
    return [
        line.get_xdata().tolist()
        for line in drawn
        if len(line.get_xdata()) and line.get_marker() == "o"
    ]


def test_missing_years_are_a_gap_with_dots_over_it():
    drawn = lines(OWN, style.WIDE, "nb").axes[0].lines
    dots = [list(line.get_xdata()) for line in drawn if line.get_marker() != "o"]

    assert marked(drawn) == [[2011], [2017, 2018], [2020]]
    assert dots == [[2011, 2017], [2018, 2020]]


def test_series_of_every_fifth_year_has_no_gap():
    every_fifth = OWN.assign(year=[2005, 2010, 2015, 2020])

    assert marked(lines(every_fifth, style.WIDE, "nb").axes[0].lines) == [[2005, 2010, 2015, 2020]]


def test_no_dots_lead_over_a_break():
    cancelled = OWN.assign(year=[2018, 2019, 2023, 2024])
    drawn = lines(cancelled, style.WIDE, "nb", breaks=(2020, 2023)).axes[0].lines

    assert marked(drawn) == [[2018, 2019], [2023, 2024]]
    assert not [line for line in drawn if sorted(line.get_xdata()) == [2019, 2023]]


def test_break_outside_the_years_is_not_drawn():
    yearly = OWN.assign(year=[2017, 2018, 2019, 2020])
    got = lines(yearly, style.WIDE, "nb", breaks=(1999,)).axes[0].lines

    assert len(got) == 1


def test_forecast_is_dashed():
    yearly = OWN.assign(year=[2017, 2018, 2019, 2020], dashed=False)
    forecast = yearly.assign(label="prognose", dashed=True)

    got = [
        line.is_dashed()
        for line in lines(pd.concat([yearly, forecast]), style.WIDE, "nb").axes[0].lines
    ]

    assert got == [False, True]


def test_intervals_are_drawn_where_they_are_known():
    data = OWN.assign(low=[30.0, None, None, 15.0], high=[33.0, None, None, 17.0])

    (got,) = lines(data, style.WIDE, "nb").axes[0].collections

    assert len(got.get_segments()) == 2


def test_labels_of_close_lines_do_not_overlap(size):
    figure = lines(BOTH, size, "nb", decimals=1)
    figure.draw_without_rendering()
    own, nation = (text.get_window_extent().y0 for text in figure.axes[0].texts)

    assert abs(own - nation) >= 1.2 * size.text * figure.dpi / 72


def test_single_year_can_be_drawn(size, words):
    assert "Eksempel 16,1" in words(lines(OWN.tail(1), size, "nb", decimals=1))


def test_line_that_ends_early_is_named_where_it_ends(size):
    forecast = OWN.assign(year=OWN["year"] + 10, label="Prognose")
    rows = pd.concat([OWN, forecast])

    figure = lines(rows, size, "nb", decimals=1)

    places = {text.get_text(): text.xy[0] for text in figure.axes[0].texts}
    assert places == {"Eksempel 16,1": 2020, "Prognose 16,1": 2030}


@pytest.mark.parametrize(("language", "exp"), [("nb", "brudd"), ("en", "break")])
def test_break_is_named_where_it_is(size, words, language, exp):
    assert exp in words(lines(OWN, size, language, breaks=(2018,)))
    assert exp not in words(lines(OWN, size, language))


def test_a_phone_keeps_the_first_year_where_years_lie_too_close():
    years = OWN.assign(year=[2002, 2005, 2009, 2020])

    got = lines(years, style.NARROW, "nb").axes[0].get_xticks()

    assert list(got) == [2002, 2009, 2020]


def test_label_of_a_line_that_ends_early_stands_above_the_intervals_of_its_year(size, inside):
    data = pd.DataFrame(
        {
            "year": [2017, 2018, 2019, 2018],
            "value": [3.0, 2.0, -0.2, 2.5],
            "low": [-1.0, -2.0, -4.0, -1.5],
            "high": [7.0, 6.8, 4.0, 6.5],
            "label": ["engelsk", "engelsk", "engelsk", "lesing"],
            "role": ["nation", "nation", "nation", "own"],
        }
    )
    figure = lines(data, size, "nb", decimals=1, from_zero=False)

    said = {text.get_text(): text.xy[1] for text in figure.axes[0].texts}
    assert said["lesing 2,5"] == 6.8
    assert inside(figure) == []
