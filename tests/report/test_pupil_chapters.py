from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_data import PupilData
from tilstand.analysis.pupil_tables import tables_of
from tilstand.analysis.school_measures import every_measure
from tilstand.pupils.protection import protect
from tilstand.pupils.protection.trial import attack_tables
from tilstand.report.chapters.pupils.privacy import (
    doubts,
    kept_years,
    less_words,
    privacy_words,
    redesigned,
)
from tilstand.report.chapters.pupils.pupil_changes import Changes
from tilstand.report.chapters.pupils.pupil_environment import Environment
from tilstand.report.chapters.pupils.pupil_groups import Gaps, LeftOut
from tilstand.report.chapters.pupils.pupil_levels import Levels
from tilstand.report.chapters.pupils.shown import PupilBook

SCHOOLS = {"A": 60, "B": 60, "C": 60, "D": 4, "E": 60, "F": 60}
YEARS = (2019, 2020)
GIRLS_AHEAD = 8.0


def pupils():
    rng = np.random.default_rng(5)
    frames = []
    for year in YEARS:
        for school, size in SCHOOLS.items():
            gender = np.tile(["female", "male"], size // 2)
            score = 50 + 6 * rng.standard_normal(size) + GIRLS_AHEAD * (gender == "female")
            frame = pd.DataFrame(
                {
                    "pupil": [f"{school}{year}{at}" for at in range(size)],
                    "year": year,
                    "grade": 8,
                    "subject": "reading",
                    "school": school,
                    "gender": gender,
                    "exempt": False,
                    "score": score,
                    "feeder_school": "",
                }
            )
            frame["level"] = pd.cut(score, [-99, 50, 53, 56, 59, 199], labels=False) + 1
            absent = slice(0, 11 if size > 10 else 0)
            frame.loc[absent, ["score", "level"]] = np.nan
            frames.append(frame)
    return pd.concat(frames, ignore_index=True).astype({"level": "Int64"})


@pytest.fixture(scope="module")
def protected():
    tests = pupils()
    known = tests[tests["score"].notna()]
    pairs = pd.DataFrame(
        {
            **{name: known[name] for name in ("pupil", "year", "subject", "school", "gender")},
            "grade": 9,
            "prior": known["score"],
            "outcome": known["score"] + 3.0 + np.tile([-0.5, 0.5], len(known))[: len(known)],
            "start": known["level"].astype(str),
            "end": known["level"].astype(str),
        }
    )
    answers = known.assign(index="survey_wellbeing", value=4.0 + (known["score"] - 50) / 100)
    return protect(tables_of(PupilData(tests=tests, pairs=pairs, answers=answers)))


@pytest.fixture(scope="module")
def book(protected):
    register = SimpleNamespace(
        category_label=lambda code, _: code, knows_category=lambda code: code != "unknown"
    )
    page = SimpleNamespace(
        language="en",
        register=register,
        pick=lambda nb, en: en,
        exhibits=[],
        project=None,
        name="Town",
        edition=SimpleNamespace(simulated=True),
    )
    page.chart_of = lambda form, data, columns, **said: page.exhibits.append((data, columns, said))
    page.table = lambda data, columns, **said: page.exhibits.append((data, columns, said))
    schools = [SimpleNamespace(key=key, name=f"{key} school") for key in SCHOOLS]
    return PupilBook(
        protected,
        attack_tables(protected),
        schools,
        pd.DataFrame(),
        every_measure(protected),
        0.9,
        page=page,
    )


def shown(book, show):
    book.page.exhibits.clear()
    show()
    return list(book.page.exhibits)


def every_show(book):
    page = book.page
    levels, changes = Levels(page, book), Changes(page, book)
    return [
        levels.show_levels,
        levels.show_split,
        levels.show_low,
        changes.show_years,
        changes.show_starts,
        changes.show_sexes,
        Gaps(page, book).show_scores,
        LeftOut(page, book).show_bounds,
        Environment(page, book).show_indexes,
    ]


def test_every_printed_number_names_its_cell(book):
    lacking = [
        (said["name"], column.header)
        for show in every_show(book)
        for data, columns, said in shown(book, show)
        for column in columns[1:]
        if column.decimals is not None
        for number, ref in zip(data[column.key], data[column.ref or column.key], strict=True)
        if pd.notna(number) and not str(ref).startswith("protected|")
    ]

    assert lacking == []


def test_every_chapter_shows_something(book):
    assert [len(shown(book, show)) for show in every_show(book)] == [1] * 9


def test_known_gain_of_the_same_pupils_is_told(book):
    got = Changes(book.page, book).message()

    assert float(got["change"]) == pytest.approx(3.0, abs=0.05)
    assert got["change_word"] == "higher"


def test_known_lead_of_the_girls_is_told(book):
    got = Gaps(book.page, book).message()

    assert (float(got["tests"]), float(got["girls_ahead"]), float(got["even"])) == (1, 1, 0)


def test_those_who_did_not_sit_widen_what_is_possible(book):
    rows = LeftOut(book.page, book).rows

    assert (rows["low"] <= rows["value"]).all()
    assert (rows["high"] >= rows["value"]).all()
    assert (rows["left_out"] > 0).all()


def test_tiny_school_is_not_among_those_shown_by_level(book):
    ((data, _, _),) = shown(book, Levels(book.page, book).show_low)

    assert "D school" not in set(data["label"])


def with_protected(book, **changes):
    return replace(book, protected=replace(book.protected, **changes))


def test_privacy_page_says_how_much_doubt_a_small_groups_mean_keeps(book, protected):
    got = doubts(book).set_index("label")["doubt"]

    spread = min(lay.spread for lay in protected.layouts.values() if lay.table == "scores")
    assert got["National tests, scale points"] >= round(0.5 * spread, 1)
    assert (got > 0).all()


def test_privacy_page_says_what_was_done_with_tables_that_could_not_stand(book):
    assert redesigned(book).empty

    got = redesigned(
        with_protected(book, redesigned={"results/8/reading": "merge", "survey": "leave"})
    )

    assert list(got["label"]) == ["Results: reading in grade 8", "The Pupil Survey"]
    assert list(got["done"]) == ["The levels are merged", "The table is left out"]


def test_a_chapter_says_what_it_shows_less_of(book):
    less = with_protected(book, redesigned={"results/8/reading": "merge", "survey": "leave"})
    levels = "results: reading in grade 8 (the levels are merged)"

    assert less_words(less, "results") == {"less": levels}
    assert less_words(less) == {"less": f"{levels}; the Pupil Survey (the table is left out)"}
    assert less_words(less, "bullying") == {"less": None}
    assert less_words(book) == {"less": None}


def test_privacy_page_names_the_years_that_stay_as_published(book):
    assert kept_years(book) is None
    changed = {"results": ("2019", "2020"), "scores": ("2018", "2020")}
    assert kept_years(with_protected(book, changed=changed)) == "2018, 2019 and 2020"
    assert kept_years(with_protected(book, changed={"results": ("2019",)})) == "2019"


def test_privacy_page_counts_what_the_tables_hide(book, protected):
    got = privacy_words(book)

    blank, shown = set(), set()
    for table, view in {(lay.table, lay.view) for lay in protected.layouts.values()}:
        counted = next(lay for lay in protected.layouts.values() if lay.table == table)
        if counted.measure == "count":
            rows, number, ref = protected.counts(table, *view), "count", "ref"
        else:
            rows, number, ref = protected.means(table, *view), "n", "n_ref"
        blank |= set(rows.loc[rows[number].isna(), ref])
        shown |= set(rows.loc[rows[number].notna(), ref])
    assert len(blank - shown) == float(got["count_hidden"]) > 0
    assert len(blank | shown) == float(got["count_cells"])
    assert float(got["fewest"]) == protected.rules.min_count
    assert float(got["recovered"]) == 0
    assert float(got["narrowest"]) >= protected.rules.width


def test_hidden_means_are_few_beside_a_tiny_school(protected):
    means = protected.means("scores", "year", "school")

    assert set(means.loc[means["status"] == "suppressed", "school"]) <= set(SCHOOLS)
    assert (means.loc[means["school"] == "D", "status"] == "suppressed").all()
    assert (means["status"] == "ok").mean() > 0.5


def few(size, *, with_pairs=True, level=2):
    """A municipality of three schools with so few pupils that little or nothing can be shown."""
    tests = pupils()
    tests = tests[(tests["year"] == 2020) & tests["school"].isin(["A", "B", "C"])]
    tests = tests.groupby("school").tail(size).reset_index(drop=True)
    tests["level"] = pd.array([level] * len(tests), dtype="Int64")
    names = ["pupil", "year", "subject", "school", "gender"]
    pairs = tests[names].assign(grade=9, start=level, end=level, prior=50.0, outcome=51.0)
    return PupilData(tests=tests, **({"pairs": pairs} if with_pairs else {}))


@pytest.mark.parametrize(
    "data",
    [few(3), few(7), few(12), few(30, with_pairs=False), few(30, level=5)],
    ids=["three", "seven", "twelve", "one-test", "nobody-on-the-lowest-level"],
)
def test_chapters_of_a_tiny_municipality_say_less_and_never_fail(book, data):
    made = protect(tables_of(data))
    tiny = replace(book, protected=made, measures=every_measure(made), schools=book.schools[:3])
    chapters = (Levels, Changes, Gaps, LeftOut, Environment)

    got = [set(chapter(tiny.page, tiny).message()) for chapter in chapters]

    assert got == [set(chapter(book.page, book).message()) for chapter in chapters]
    for show in every_show(tiny):
        for shown_data, _, _ in shown(tiny, show):
            assert shown_data["value"].notna().all()


def test_a_number_rests_on_the_rows_that_are_shown(book):
    rows = Levels(book.page, book)._schools("8", "reading")

    got = book.computed(1.0, rows)

    assert {"suppressed"} <= set(rows["status"])
    assert set(got.refs) == set(rows.loc[rows["status"] == "ok", "ref"])


def test_levels_are_those_of_the_newest_autumn_that_has_results(book):
    """All may have been exempt since."""
    tests = pupils()
    out = tests["year"] == 2020
    tests.loc[out, ["score", "level"]] = np.nan
    tests.loc[out, "exempt"] = True
    known = replace(book, protected=protect(tables_of(PupilData(tests=tests))))

    levels = Levels(book.page, known)

    assert levels.year == "2019"
    assert not levels.message()["lowest"].missing
    assert shown(book, levels.show_levels)
