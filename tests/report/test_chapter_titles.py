from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.analysis.school_measures import every_measure
from tilstand.pupils.protection import protect
from tilstand.report.chapters.pupils import chapter_titles as titles
from tilstand.report.chapters.pupils import pupil_titles
from tilstand.report.chapters.pupils.pupil_changes import Changes
from tilstand.report.chapters.pupils.pupil_environment import Environment
from tilstand.report.chapters.pupils.pupil_groups import Gaps, LeftOut
from tilstand.report.chapters.pupils.pupil_levels import Levels
from tilstand.report.chapters.pupils.shown import PupilBook

#: A draw in which chance moved no finding.
EVEN = 2
SCHOOLS = [f"S{number}" for number in range(6)]
NAMES = {"reading": ("lesing", "reading"), "numeracy": ("regning", "numeracy")}


def book_of(data=None, *, language="en", reliability=0.9):
    """A book whose page keeps what is shown, and writes titles in a language."""
    at = ("nb", "en").index(language)
    register = SimpleNamespace(
        category_label=lambda code, _: NAMES.get(code, (code, code))[at],
        knows_category=lambda code: True,
    )
    page = SimpleNamespace(
        language=language,
        register=register,
        pick=lambda nb, en: (nb, en)[at],
        shown={},
        name="Town",
        edition=SimpleNamespace(simulated=False),
    )
    page.chart_of = lambda form, rows, columns, **said: page.shown.update({said["name"]: said})
    page.table = lambda rows, columns, **said: page.shown.update({said["name"]: said})
    made = protect(tables_of(data)) if data else None
    measures = every_measure(made) if made else pd.DataFrame()
    schools = [SimpleNamespace(key=key, name=key) for key in SCHOOLS]
    return PupilBook(
        page=page,
        protected=made,
        trial=None,
        schools=schools,
        contributions=pd.DataFrame(),
        measures=measures,
        reliability=reliability,
    )


def municipality(seed, *, top=0.0, girls=0.0, gain=0.0, school=0.0):
    """Draw two cohorts of six schools; each argument moves one finding, zero leaves chance."""
    rng = np.random.default_rng(seed)
    each, frames = 60, []
    for year in (2019, 2020):
        for number, key in enumerate(SCHOOLS):
            gender = np.tile(["female", "male"], each // 2)
            lift = school * (number - 2.5) + girls * ((gender == "female") - 0.5)
            score = 50 + top + lift + 6 * rng.standard_normal(each)
            frames.append(
                pd.DataFrame(
                    {
                        "pupil": [f"{key}{year}{at}" for at in range(each)],
                        "year": year,
                        "grade": 8,
                        "subject": "reading",
                        "school": key,
                        "gender": gender,
                        "exempt": False,
                        "score": score,
                        "feeder_school": "",
                    }
                )
            )
    tests = pd.concat(frames, ignore_index=True)
    tests["level"] = (
        pd.cut(tests["score"], [-99, 42, 47, 53, 58, 199], labels=False).astype("Int64") + 1
    )
    after = tests["score"] + gain + 4 * rng.standard_normal(len(tests))
    pairs = tests[["pupil", "year", "subject", "school", "gender"]].assign(
        grade=9,
        prior=tests["score"],
        outcome=after,
        start=tests["level"].astype(str),
        end=tests["level"].astype(str),
    )
    bullied = tests[["year", "school", "gender"]].assign(
        grade=7, bullied=rng.random(len(tests)) < 0.2 + school / 100 * tests["school"].eq("S5")
    )
    return PupilData(tests=tests, pairs=pairs, bullying=bullied)


def every_title(data, language="en"):
    book = book_of(data, language=language)
    levels, changes = Levels(book.page, book), Changes(book.page, book)
    levels.show_levels()
    levels.show_split()
    levels.show_low()
    changes.show_years()
    changes.show_starts()
    changes.show_sexes()
    Gaps(book.page, book).show_scores()
    LeftOut(book.page, book).show_bounds()
    Environment(book.page, book).show_bullying()
    return {name: said["title"] for name, said in book.page.shown.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_findings_turn_with_the_pupils(seed):
    up = every_title(municipality(seed, top=3, girls=5, gain=3))
    down = every_title(municipality(seed, top=-3, girls=-5, gain=-3))

    assert (
        up["nivaer-8"]
        == "Clearly more at the highest than at the lowest level in grade 8 in reading"
    )
    assert down["nivaer-8"].startswith("Clearly fewer at the highest than at the lowest level")
    assert (
        up["kull"] == "Clearly higher results in grade 9 than in grade 8 in reading in every cohort"
    )
    assert down["kull"].startswith("Clearly lower results in grade 9")
    assert up["kjonn-prover"] == "Clearly higher means for the girls in reading in grade 8"
    assert down["kjonn-prover"] == "Clearly higher means for the boys in reading in grade 8"


def test_of_pupils_that_do_not_differ_the_titles_say_so_in_both_languages():
    data = municipality(EVEN)
    got = {language: every_title(data, language) for language in ("nb", "en")}

    assert got["nb"]["kjonn-prover"].endswith("kan ikke skilles fra tilfeldigheter")
    assert got["en"]["kjonn-prover"].endswith("could be due to chance")
    assert got["nb"]["laveste-niva"].startswith("Ingen av ")
    assert set(got["nb"]) == set(got["en"])
    assert all(got["nb"][name] != got["en"][name] for name in got["nb"])


def test_where_nothing_differs_titles_are_as_sure_as_they_say():
    value = np.random.default_rng(4).standard_normal(4000)
    rows = pd.DataFrame({"value": value, "low": value - 1.96, "high": value + 1.96})

    got = pupil_titles.with_certainty(rows)["certainty"].value_counts(normalize=True)

    assert got["clear"] == pytest.approx(0.05, abs=0.01)
    assert got["sign"] == pytest.approx(0.15, abs=0.02)


def rows_of(*ends, **columns):
    return pd.DataFrame(ends, columns=["value", "low", "high"]).assign(**columns)


def test_signs_are_told_only_where_nothing_is_clear():
    book = book_of(language="nb")
    sign, clear = (3.0, -0.5, 6.5), (-3.0, -4.0, -2.0)
    about = {"subject": ["reading", "numeracy"], "grade": ["5", "8"]}

    got = [
        titles.gaps_title(book, rows_of(sign, other, **about))
        for other in ((0.1, -4.0, 4.2), clear)
    ]

    assert got == [
        "Tegn til høyere snitt for jentene i lesing på 5. trinn",
        "Tydelig høyere snitt for guttene i regning på 8. trinn",
    ]


def test_both_sides_are_told_where_both_are_clear():
    rows = rows_of((3, 2, 4), (-3, -4, -2), subject=["reading", "numeracy"], grade=["5", "5"])

    got = titles.gaps_title(book_of(), rows)

    assert got == (
        "Clearly higher means for the girls in reading in grade 5; "
        "clearly higher means for the boys in numeracy in grade 5"
    )


@pytest.mark.parametrize(
    ("ends", "exp"),
    [
        ((6, 3, 19), "Clearly more difference between pupils of one school than between schools"),
        ((80, 60, 90), "Clearly more difference between schools than between pupils of one school"),
        ((40, 28, 70), "Difference between schools and within them: which is larger"),
        ((35, 20, 55), "Signs of more difference between pupils of one school"),
    ],
)
def test_split_is_held_against_half(ends, exp):
    rows = rows_of(ends, subject=["reading"], grade=["8"])

    assert titles.split_title(book_of(), rows).startswith(exp)


@pytest.mark.parametrize(
    ("high", "returned", "exp"),
    [
        (1.0, 0.5, "; some of it is chance"),
        (1.0, 2.5, "; chance alone can explain it"),
        (9.0, 0.5, ""),
    ],
)
def test_what_chance_returns_is_told_of_low_starters(high, returned, exp):
    rows = rows_of(
        (6, 5, 7),
        (high, high - 1, high + 1),
        subject="reading",
        start=["1", "5"],
        returned=[returned, -returned],
    )

    got = titles.starts_title(book_of(), rows)

    assert got.endswith("in reading" + exp)
    assert ("started lowest" in got) == (high < 6)


def test_without_a_known_reliability_the_part_of_chance_is_not_known():
    rows = rows_of((6, 5, 7), (1, 0, 2), subject="reading", start=["1", "5"], returned=[0.0, 0.0])

    got = titles.starts_title(book_of(reliability=None), rows)

    assert got.endswith("in reading; how much of it is chance is not known")


def test_a_level_that_nobody_is_on_counts_as_none():
    rows = pd.DataFrame({"subject": "reading", "result": ["2", "3"], "percent": [50, 50], "n": 80})

    got = titles.ends_title(book_of(language="nb"), rows, "5")

    assert got == "Tydelig flere på høyeste enn på laveste nivå på 5. trinn i lesing"


def test_the_last_cohort_is_told_where_the_cohorts_differ():
    rows = rows_of((2, 1, 3), (-2, -3, -1), subject="reading", year=["2019", "2020"])

    got = titles.cohorts_title(book_of(), rows)

    assert got == "Clearly lower results in grade 9 than in grade 8 in reading in the last cohort"


def test_grades_are_named_together_and_many_tests_are_counted():
    every = pd.DataFrame(
        {"grade": ["5", "5", "8", "8", "9"], "subject": ["reading", "numeracy"] * 2 + ["reading"]}
    )
    book = book_of(language="nb")

    got = [
        pupil_titles.tests_named(book, every.iloc[list(at)], every)
        for at in ((0, 2, 4), (0, 1, 2), (1,), range(5))
    ]

    assert got == [
        "lesing på 5., 8. og 9. trinn",
        "lesing og regning på 5. trinn, og lesing på 8. trinn",
        "regning på 5. trinn",
        "alle prøvene",
    ]


def test_schools_told_apart_are_counted_and_never_named():
    page = book_of(language="nb").page
    verdicts = pd.Series(["over", "about", "under", "about"])

    got = [
        pupil_titles.schools_apart(page, rows, "andelen på laveste nivå")
        for rows in (verdicts, verdicts[[1, 3]])
    ]

    assert got == [
        "2 av 4 skoler kan skilles fra de andre i andelen på laveste nivå",
        "Ingen av 2 skoler kan skilles fra de andre i andelen på laveste nivå",
    ]


def test_bounds_say_what_may_be():
    rows = pd.DataFrame({"test": ["a", "b"], "low": [5.0, 6.0], "high": [7.0, 14.0]})

    got = titles.left_out_title(book_of().page, rows)

    assert got == "Counting everyone, 6 to 14 per cent may be at the lowest level in b"
