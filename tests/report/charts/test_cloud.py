import pandas as pd
import pytest

from tilstand.report.charts import style
from tilstand.report.charts.cloud import FORM, cloud

DATA = pd.DataFrame(
    {
        "label": ["Eksempel", "Nabo", "Fjern", "Liten"],
        "n": [1700, 300, 90, 12],
        "value": [0.8, -1.2, 2.0, 0.1],
        "low": [-0.4, -2.0, 1.0, -8.0],
        "high": [2.0, -0.4, 3.0, 8.2],
        "role": ["own", "other", "rest", "rest"],
    }
)
WORDS = {"names": ("andre i fylket", "resten", "som ventet"), "across": "Elever"}


def test_cloud_names_its_own_dot_and_no_other(size, words):
    got = words(cloud(DATA, size, "nb", **WORDS))

    assert "Eksempel" in got
    assert not {"Nabo", "Fjern", "Liten"} & got


def test_cloud_has_a_key(size, words):
    assert {"andre i fylket", "resten", "som ventet"} <= words(cloud(DATA, size, "nb", **WORDS))


def test_cloud_drawn_twice_is_the_same_bytes(size):
    first, second = (style.as_svg(lambda s: cloud(DATA, s, "nb", **WORDS), size) for _ in range(2))

    assert first == second


def test_no_text_of_the_cloud_is_cut_off(size, inside):
    assert inside(cloud(DATA, size, "nb", **WORDS)) == []


@pytest.mark.parametrize("low", [8, 12])
def test_cloud_of_small_places_only_has_a_tick(low):
    data = DATA.assign(n=[low, low + 1, low + 2, low + 3])

    got = cloud(data, style.WIDE, "nb", **WORDS).axes[0].get_xticks()

    assert len(got) == 1


def test_alternative_text_names_the_own_and_counts_the_others():
    got = FORM.alt(DATA, "nb", 1)

    assert "Eksempel: 0,8 (intervall fra −0,4 til 2,0)" in got
    assert (
        "av 3 andre har 1 hele intervallet over null, 1 under null og 1 har null i seg"
        in got.lower()
    )
