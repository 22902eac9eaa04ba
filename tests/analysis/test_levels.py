import pandas as pd
import pytest

from tilstand.analysis.levels import distance, ends, level_number, mean_level


def shares(*values: float, year: int = 2010, place: str = "eksempel", subject: str = "reading"):
    return pd.DataFrame(
        {
            "year": year,
            "place": place,
            "subject": subject,
            "category": [f"level_{number}" for number in range(1, len(values) + 1)],
            "value": values,
        }
    )


def test_number_is_read_from_the_category():
    assert level_number("level_3") == 3


def test_category_that_is_no_level_is_refused():
    with pytest.raises(ValueError, match="municipal"):
        level_number("municipal")


def test_all_on_one_level_have_that_level_as_their_mean():
    assert mean_level(shares(0, 100, 0)) == 2.0


def test_mean_level_weighs_levels_with_shares():
    assert mean_level(shares(25, 25, 50)) == pytest.approx(2.25)


def test_shares_that_miss_a_hundred_by_rounding_do_not_bias_the_mean():
    assert mean_level(shares(33.3, 33.3, 33.3)) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("values", "exp"),
    [((26.5, 46.7, 26.9), 2.0), ((15.3, 43.1, 41.6), 2.3), ((7.4, 22.1, 37.0, 23.0, 10.5), 3.1)],
)
def test_mean_level_agrees_with_what_skoleporten_printed(values, exp):
    # Skolemelding 2020, chapter 2.3: reading 2010, country and Bærum on 5. trinn, country on 8.
    assert round(mean_level(shares(*values)), 1) == exp


def test_ends_of_three_levels_are_the_first_and_the_third():
    got = ends(shares(10, 60, 30), top=3)

    assert (got["low"].item(), got["high"].item()) == (10.0, 30.0)


def test_ends_of_five_levels_are_two_at_each_end():
    got = ends(shares(5, 10, 40, 25, 20), top=5)

    assert (got["low"].item(), got["high"].item()) == (15.0, 45.0)


def test_ends_keep_a_row_a_year_place_and_subject():
    several = pd.concat([shares(10, 60, 30), shares(20, 60, 20, year=2009)])

    got = ends(several, top=3).set_index("year")["low"].to_dict()

    assert got == {2009: 20.0, 2010: 10.0}


def test_distance_is_own_minus_reference():
    own, reference = (
        ends(s, top=3) for s in (shares(10, 60, 30), shares(25, 50, 25, place="landet"))
    )

    got = distance(own, reference).iloc[0]

    assert (got["low"], got["high"]) == (-15.0, 5.0)


def test_distance_is_given_only_where_both_have_the_row():
    own = ends(shares(10, 60, 30), top=3)
    reference = ends(shares(25, 50, 25, year=2009, place="landet"), top=3)

    assert distance(own, reference).empty
