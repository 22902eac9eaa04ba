"""What Udir has printed of the same pupils is known to every reader."""

import pandas as pd
import pytest

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import BuildError
from tilstand.pipeline.outputs.audit import audit_pages
from tilstand.pupils.protection import protect
from tilstand.pupils.protection.public import public_counts
from tilstand.store.values import flat, restored

from .render import write_site

RULES = DisclosureRules()


def printed(**changes):
    row = {
        "indicator": "np_scale_points",
        "level": "school",
        "unit": "Elv",
        "place": "",
        "year": 2020,
        "grade": "5",
        "gender": "",
        "subject": "reading",
        "n": 33.0,
    }
    return pd.DataFrame([row | changes])


@pytest.fixture(scope="module")
def took(pupils):
    tested = pupils[(pupils["year"] == "2020") & (pupils["result"] != "exempt")]
    return {"Elv": int((tested["school"] == "Elv").sum()), "all": len(tested)}


CELL = frozenset({("year", "2020"), ("school", "Elv"), ("result", "took")})


def test_a_schools_printed_number_is_the_count_of_those_who_took_the_test(town, took):
    got = public_counts(town, printed(n=float(took["Elv"])), "here")

    assert got == {"results/5/reading": {CELL: took["Elv"]}}


def test_a_number_of_the_whole_municipality_is_one_of_all_its_schools(town, took):
    row = printed(level="municipality", unit="3201", place="here", n=float(took["all"]))

    (got,) = public_counts(town, row, "here")["results/5/reading"].items()

    assert got == (frozenset({("year", "2020"), ("result", "took")}), took["all"])


@pytest.mark.parametrize(
    "changes",
    [{"n": 32.5}, {"n": 12.0}, {"unit": "Ukjent"}, {"subject": "numeracy"}, {"grade": "8"}],
)
def test_numbers_of_other_pupils_are_left_out(changes, town):
    assert public_counts(town, printed(**changes), "here") == {}


def test_another_municipalitys_number_is_left_out(town, took):
    row = printed(level="municipality", unit="0301", place="oslo", n=float(took["all"]))

    assert public_counts(town, row, "here") == {}


def test_public_counts_stay_open_and_the_rest_is_safe_beside_them(town, took, tmp_path):
    public = public_counts(town, printed(n=float(took["Elv"])), "here")
    got = protect(town, public=public)
    shown = got.counts("results", "year", "school", "result").set_index(
        ["year", "school", "result"]
    )

    assert shown.loc[("2020", "Elv", "took"), "status"] == "ok"
    assert audit_pages(write_site(tmp_path, got), RULES, got, public=public).recovered == 0


def test_the_audit_reckons_with_what_others_have_printed(protected, tmp_path):
    """A blank that only helps another one is no help once its number is public."""
    view = ("year", "school", "result")
    frame = protected.counts("results", *view)
    blank = frame[(frame["year"] != "Total") & (frame["status"] == "suppressed")]
    public = {}
    for row in blank[blank["school"] != "Fjell"].to_dict("records"):
        cell = frozenset((d, row[d]) for d in view if row[d] != "Total")
        public[cell] = 7
    site = write_site(tmp_path, protected)

    assert audit_pages(site, RULES, protected).recovered == 0
    with pytest.raises(BuildError):
        audit_pages(site, RULES, protected, public={"results/5/reading": public})


def test_public_counts_are_kept_for_the_audit():
    public = {"results/5/reading": {CELL: 33}}

    assert restored(*flat(public)) == public
