"""An edition that is published again, or the next one, shows no change of a few pupils."""

import stat

import pandas as pd
import pytest

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.pupils.protection import protect
from tilstand.pupils.protection.frozen import freeze
from tilstand.pupils.protection.published import keep_published, published_before

from .conftest import tables


@pytest.fixture(scope="module")
def less(pupils):
    """The same pupils but one of the earlier year."""
    gone = pupils[(pupils["year"] == "2019") & pupils["score"].notna()].index[5]
    return pupils.drop(index=gone)


def test_what_was_published_is_found_again_and_its_owner_alone_may_read_it(
    town, protected, tmp_path
):
    path = keep_published(tmp_path / "private", town, protected)
    kept, shown = published_before(tmp_path / "private")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert shown.to_json() == protected.to_json()
    assert freeze(town, [kept]).changed == {}


def test_nothing_is_kept_where_nothing_was_published(tmp_path):
    assert published_before(tmp_path) is None


def test_published_again_without_one_pupil_nothing_is_another(town, protected, less):
    got = protect(tables(less), before=[(town, protected)])

    assert got.changed == {"results": ("2019",), "scores": ("2019",)}
    assert {name: frame.to_csv() for name, frame in got.frames.items()} == {
        name: frame.to_csv() for name, frame in protected.frames.items()
    }


def test_an_older_year_that_has_changed_stays_as_it_was_published(pupils, less, protected, town):
    later = pupils[pupils["year"] == "2020"].assign(year="2021")
    new = tables(pd.concat([less, later], ignore_index=True))
    got = freeze(new, [town])
    whole = town.counts["results"].counts
    mine = got.tables.counts["results"].counts

    assert got.changed == {"results": ("2019",), "scores": ("2019",)}
    assert (
        mine[mine["year"] == "2019"]["count"].sum() == whole[whole["year"] == "2019"]["count"].sum()
    )
    assert mine[mine["year"] == "2021"]["count"].sum() == len(later)


def test_views_that_tell_no_years_apart_are_withheld_where_a_year_has_changed(
    pupils, less, protected, town
):
    later = pupils[pupils["year"] == "2020"].assign(year="2021")
    new = tables(pd.concat([less, later], ignore_index=True))
    got = protect(new, DisclosureRules(), before=[(town, protected)])
    means = got.means("scores", "school", "gender")

    assert means["value"].isna().all()
    assert got.means("scores", "year", "school")["value"].notna().any()
