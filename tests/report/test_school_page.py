from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.analysis.school_development import distances
from tilstand.analysis.school_measures import every_measure
from tilstand.pupils.protection import protect
from tilstand.pupils.roster import School
from tilstand.report.chapters.pupils.shown import PupilBook
from tilstand.report.chapters.schools import school_page
from tilstand.report.chapters.schools.school_page import KINDS, SchoolPage
from tilstand.report.chapters.schools.school_titles import beside_the_rest, counted, levels_title

#: Pupils by school in each autumn, and how far the school's mean lies from 50.
SIZES = {
    "above": ({2018: 50, 2019: 50, 2020: 50}, 5.0),
    "usual": ({2017: 50, 2018: 50, 2019: 50, 2020: 50}, 0.0),
    "other": ({2018: 60, 2019: 60, 2020: 60}, 0.0),
    "more": ({2018: 60, 2019: 60, 2020: 60}, 0.0),
    "nine": ({2018: 9, 2019: 9, 2020: 9}, 0.0),
    "tiny": ({2018: 2, 2019: 2, 2020: 2}, 0.0),
    "shrunk": ({2017: 40, 2018: 40, 2019: 40, 2020: 3}, 0.0),
    "new": ({2020: 50}, 0.0),
    "closed": ({2018: 50, 2019: 50}, 0.0),
    "combined": ({2018: 50, 2019: 50, 2020: 50}, 0.0),
}


def pupils():
    rng = np.random.default_rng(1)
    frames = []
    for key, (years, lift) in SIZES.items():
        for grade in (5, 8) if key == "combined" else (5,):
            for year, n in years.items():
                score = np.round(50 + lift + 8 * rng.standard_normal(n))
                frames.append(
                    pd.DataFrame(
                        {
                            "pupil": [f"{key}{grade}{year}{at}" for at in range(n)],
                            "year": year,
                            "grade": grade,
                            "subject": "reading",
                            "school": key,
                            "gender": np.where(np.arange(n) % 2, "female", "male"),
                            "exempt": False,
                            "score": score,
                            "feeder_school": "",
                            "level": pd.cut(score, [-99, 42, 58, 199], labels=False) + 1,
                        }
                    )
                )
    return PupilData(tests=pd.concat(frames, ignore_index=True))


@pytest.fixture(scope="module")
def book():
    register = SimpleNamespace(category_label=lambda *_: "lesing", knows_category=lambda _: True)
    page = SimpleNamespace(
        language="nb",
        register=register,
        pick=lambda nb, en: nb,
        shown={},
        name="By",
        edition=SimpleNamespace(simulated=False),
    )
    page.chart_of = lambda form, rows, columns, **said: page.shown.update({said["name"]: said})
    page.table = lambda rows, columns, **said: page.shown.update({said["name"]: said})
    page.series = lambda *_, **__: SimpleNamespace(at=lambda _: SimpleNamespace(missing=True))
    made = protect(tables_of(pupils()))
    schools = [School(key, key, key.capitalize(), "") for key in SIZES]
    return PupilBook(
        page=page,
        protected=made,
        trial=None,
        schools=schools,
        contributions=pd.DataFrame(columns=["school"]),
        measures=every_measure(made),
    )


def said(book, key):
    """What the message says and is there, and its kind."""
    page = SchoolPage(book.page, book, key)
    kinds = [kind for kind in KINDS if page.facts()[kind]]
    return {"kinds": kinds} | {
        name: float(value) if hasattr(value, "missing") else value
        for name, value in page.message().items()
        if not (value is None or getattr(value, "missing", False))
    }


def test_school_that_differs_says_which_way_first(book):
    got = said(book, "above")

    assert got["apart_words"] == "Over resten av kommunen i lesing på 5. trinn"
    assert got["kinds"] == ["one_apart"]
    assert (got["apart"], got["tests"], got["year"]) == (1, 1, 2020)


def test_school_like_the_rest_says_so(book):
    assert said(book, "usual")["kinds"] == ["one_even"]


@pytest.mark.parametrize("key", ["nine", "tiny"])
def test_school_of_few_pupils_says_first_that_results_cannot_be_shown(book, key):
    got = said(book, key)

    assert got["kinds"] in (["few_pupils"], ["hidden_years"])
    assert not {"apart_words", "tests"} & set(got)


def test_school_whose_last_results_are_hidden_names_the_last_that_are_shown(book, monkeypatch):
    lines = pd.DataFrame({"school": "shrunk", "grade": "5", "year": [2018, 2019], "ref": "a"})
    monkeypatch.setattr(school_page, "distances", lambda _: lines)

    got = said(book, "shrunk")

    assert (got["kinds"], got["year"], got["earlier"]) == (["hidden_now"], 2020, 2019)
    assert SchoolPage(book.page, book, "shrunk").facts()["development"]


def test_results_without_others_to_compare_with_are_not_said_to_be_hidden(book):
    rows = book.measures.assign(verdict="")

    got = said(replace(book, measures=rows), "usual")

    assert got["kinds"] == ["alone"]


def test_closed_school_says_when_it_last_had_results(book):
    got = said(book, "closed")

    assert (got["kinds"], got["year"], got["earlier"]) == (["closed"], 2020, 2019)


def test_new_school_of_a_file_is_told_from_when_it_has_results(book):
    got = SchoolPage(book.page, book, "new").words()

    assert (float(got["begins_year"]), float(got["others_year"])) == (2020, 2017)
    assert SchoolPage(book.page, book, "usual").words()["begins_year"].missing


def test_school_with_grades_of_both_stages_is_told_so(book):
    assert SchoolPage(book.page, book, "combined").facts()["both_stages"]
    assert not SchoolPage(book.page, book, "usual").facts()["both_stages"]


def test_every_school_has_one_message(book):
    assert {key: len(said(book, key)["kinds"]) for key in SIZES} == dict.fromkeys(SIZES, 1)


def test_titles_of_a_page_say_what_the_verdicts_say(book):
    page = SchoolPage(book.page, book, "above")
    page.show_table("results", "nasjonale prøver", "score")
    page.show_levels()
    got = {name: one["title"] for name, one in book.page.shown.items()}

    assert got["results"] == "Nasjonale prøver: over resten av kommunen i lesing på 5. trinn"
    assert got["levels-5"] == "Færre på laveste nivå i lesing enn i resten av kommunen på 5. trinn"


def test_titles_of_hidden_numbers_are_plain(book):
    page = SchoolPage(book.page, book, "tiny")
    page.show_table("results", "nasjonale prøver", "score")

    assert book.page.shown["results"]["title"] == "Nasjonale prøver"


def verdicts(*told, **columns):
    return pd.DataFrame({"verdict": told, "subject": "reading", "grade": "5"}).assign(**columns)


def test_means_on_both_sides_are_named_on_both(book):
    rows = verdicts("over", "under", "about", grade=["5", "8", "9"])

    assert beside_the_rest(book, rows, "prøver") == (
        "Prøver: over resten av kommunen i lesing på 5. trinn; "
        "under resten av kommunen i lesing på 8. trinn"
    )


@pytest.mark.parametrize(
    ("told", "exp"),
    [
        (("over", "about"), "Mobbing: 1 av 2 tall skiller seg tydelig fra resten av kommunen"),
        (("about", ""), "Mobbing: ingen tydelige forskjeller fra resten av kommunen"),
        (("under",), "Mobbing: under resten av kommunen"),
        (
            ("over", ""),
            "Mobbing: det ene tallet vi kan vise, skiller seg tydelig fra resten av kommunen",
        ),
        (("", ""), "Mobbing"),
    ],
)
def test_numbers_told_apart_are_counted(book, told, exp):
    assert counted(book, verdicts(*told), "mobbing") == exp


def test_levels_are_told_at_either_end(book):
    kinds = ["lowest_level", "highest_level"]

    got = [
        levels_title(book, verdicts(*told, kind=kinds), "5")
        for told in (("over", "under"), ("about", "over"), ("about", "about"), ("", ""))
    ]

    assert got == [
        (
            "Mot resten av kommunen på 5. trinn: flere på laveste nivå i lesing; "
            "færre på høyeste nivå i lesing"
        ),
        "Flere på høyeste nivå i lesing enn i resten av kommunen på 5. trinn",
        "Nivåene på 5. trinn: ingen tydelige forskjeller fra resten av kommunen",
        "Nivåene på 5. trinn, skolen og kommunen",
    ]


def test_distances_are_the_schools_mean_less_the_municipalitys(book):
    rows = distances(book.protected)

    assert rows["value"].to_numpy() == pytest.approx((rows["score"] - rows["whole"]).to_numpy())
    assert "tiny" not in set(rows["school"])


def test_lone_school_is_not_held_against_itself(book):
    """Its municipality's mean is its own: no distance is drawn, and no verdict is hidden."""
    data = pupils()
    made = protect(tables_of(PupilData(tests=data.tests[data.tests["school"] == "usual"])))
    lone = replace(
        book,
        protected=made,
        schools=[School("usual", "usual", "Usual", "")],
        measures=every_measure(made),
    )

    page = SchoolPage(book.page, lone, "usual")

    assert distances(made).empty
    assert not page.facts()["development"]
    assert set(page.measures["words"]) == {"ikke sammenlignet"}
