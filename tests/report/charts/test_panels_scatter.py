"""Small multiples and intake against outcome: what they draw, tell and keep to themselves."""

import pandas as pd
import pytest

from tilstand.report.charts import panels, scatter, style

SCHOOLS = ("Andby skole", "Bråten skole", "Cirkus skole", "Dalen skole", "Eik skole")
DATA = pd.DataFrame(
    {
        "label": [name for name in SCHOOLS for _ in range(3)],
        "year": [2018, 2019, 2020] * 5,
        "value": [0.5, 0.2, -0.1] * 5,
        "low": [-0.5, -0.8, -1.1] * 5,
        "high": [1.5, 1.2, 0.9] * 5,
        "role": "own",
    }
)
DOTS = pd.DataFrame(
    {
        "label": [*SCHOOLS, "annen skole"],
        "x": [48.0, 50, 52, 51, 47, 49],
        "value": [50.0, 52, 55, 53, 49, 51],
        "role": ["own"] * 5 + ["rest"],
    }
)
WORDS = {"names": ("våre", "andre"), "across": "Tidligere", "upwards": "Resultat"}


def test_every_school_has_a_panel_in_the_order_given(size):
    figure = panels.panels(DATA, size, "nb")
    shown = [axes for axes in figure.axes if axes.get_visible()]

    assert [axes.get_title(loc="left") for axes in shown] == list(SCHOOLS)


def test_panels_share_one_scale(size):
    figure = panels.panels(DATA, size, "nb")

    assert len({axes.get_ylim() for axes in figure.axes if axes.get_visible()}) == 1


def test_no_text_of_the_panels_is_cut_off(size, inside):
    assert inside(panels.panels(DATA, size, "nb")) == []


def test_panels_tell_every_course():
    got = panels.FORM.alt(DATA, "nb", 1)

    for name in SCHOOLS:
        assert f"{name}: fra 0,5 i 2018 til" in got


@pytest.mark.parametrize("form", ["panels", "scatter"])
def test_drawn_twice_is_the_same_bytes(size, form):
    def drawn(s):
        if form == "panels":
            return panels.panels(DATA, s, "nb")
        return scatter.scatter(DOTS, s, "nb", **WORDS)

    first, second = (style.as_svg(drawn, size) for _ in range(2))

    assert first == second


def test_many_schools_are_not_named_in_the_drawing_few_are(size, words):
    assert not set(SCHOOLS) & words(scatter.scatter(DOTS, size, "nb", **WORDS))
    few = DOTS[DOTS["label"].isin([*SCHOOLS[:2], "annen skole"])]
    got = words(scatter.scatter(few, size, "nb", **WORDS))

    assert set(SCHOOLS[:2]) <= got
    assert "annen skole" not in got


def test_scatter_has_axes_and_key(size, words, inside):
    figure = scatter.scatter(DOTS, size, "nb", **WORDS)

    assert {"våre", "andre", "Tidligere", "Resultat"} <= words(figure)
    assert inside(figure) == []


def test_scatter_tells_ours_and_counts_the_others():
    got = scatter.FORM.alt(DOTS, "en", 1)

    assert "Andby skole: 50.0 against 48.0" in got
    assert "nd 1 others" in got
