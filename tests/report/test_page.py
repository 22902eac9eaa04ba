from dataclasses import replace

import pytest

from tilstand.errors import CallError
from tilstand.report import Column, open_page
from tilstand.report.numbers import Value
from tilstand.report.page.compare import published
from tilstand.report.page.exhibits import BLOCK, EXHIBIT, NUMBERS

ROWS = (
    {"year": "2019", "unit": "9101", "value": "1650"},
    {"year": "2020", "value": "1727"},
    {"year": "2019", "level": "county", "unit": "91", "value": "5000"},
    {"year": "2020", "level": "county", "unit": "92", "value": "9000"},
    {"year": "2020", "level": "nation", "unit": "0", "value": "60000"},
    {"year": "2020", "unit": "9202", "value": "900"},
    {"year": "2020", "gender": "female", "value": "800"},
    {"year": "2020", "gender": "male", "value": "927"},
)


@pytest.fixture
def page(tiny):
    tiny.write_figures(*ROWS)
    return open_page(2020, "nb", tiny.project)


@pytest.fixture
def english(tiny):
    tiny.write_figures(*ROWS)
    return open_page(2020, "en", tiny.project)


def test_page_knows_its_municipality(page, english):
    assert [page.name, english.name] == ["Eksempel", "Example"]


def test_series_is_the_municipalitys_own_through_its_codes(page):
    assert page.series("pupils").years == [2019, 2020]


def test_series_of_another_place_is_found_by_the_place(page):
    assert float(page.series("pupils", place="nabo").now) == 900


def test_now_is_the_value_of_the_editions_year(page):
    assert float(page.now("pupils", gender="male")) == 927


def test_rows_by_place_bring_the_comparators_of_the_edition(page):
    got = page.rows("pupils", by="place", years=[2020])["label"].tolist()

    assert got == ["Eksempel", "landet", "Nytt fylke", "Nabo"]


def test_rows_by_place_bring_the_county_of_each_year(page):
    got = page.rows("pupils", by="place", years=[2019])["label"].tolist()

    assert got == ["Eksempel", "Gammelt fylke"]


def test_place_that_is_no_comparator_is_left_out(tiny):
    tiny.write_figures(*ROWS)
    tiny.write_edition(comparators='["nation"]')

    got = open_page(2020, "nb", tiny.project).rows("pupils", by="place", years=[2020])

    assert "Nabo" not in got["label"].tolist()


def test_rows_by_anything_else_are_the_municipalitys_own(page):
    assert set(page.rows("pupils", by="gender")["place"]) == {"eksempel"}


def test_title_is_written_with_numbers_in_the_language(page, english):
    words = {"nb": "elevtallet er {n}", "en": "there are {n} pupils"}

    got = [p.title(**words, n=p.now("pupils")) for p in (page, english)]

    assert got == ["Elevtallet er 1\N{NO-BREAK SPACE}727", "There are 1,727 pupils"]


def test_title_about_a_missing_number_is_empty(page):
    assert page.title(nb="{n}", en="{n}", n=Value(None)) == ""


def test_number_is_said_with_its_year_and_its_rows(page, shown):
    page.say(pupils=page.now("pupils"))

    (bundle,) = shown
    got = bundle[NUMBERS]
    assert got["pupils"]["refs"] == ["pupils|2020|9201||||"]
    assert got["pupils.year"]["text"] == "2020"


def test_missing_number_is_said_as_missing(page, shown):
    page.say(pupils=page.now("pupils", grade="5"))

    assert shown[0][NUMBERS]["pupils"]["text"] is None


def test_comparison_is_said_in_its_parts(page, shown):
    page.say(change=published(page.now("pupils"), page.series("pupils").before))

    got = {name: entry["text"] for name, entry in shown[0][NUMBERS].items()}
    assert got["change.size"] == "77"
    assert got["change.direction"] == "høyere"
    assert got["change.direction.begun"] == "Høyere"
    assert got["change.verdict"] is None


def test_word_is_said_as_it_is(page, shown):
    page.say(way="opp")

    assert shown[0][NUMBERS]["way"]["text"] == "opp"


def test_blank_is_refused_in_one_line_that_names_the_way_out(page, shown):
    with pytest.raises(CallError) as stopped:
        page.say(pupils=page.now("pupils"), way="")

    (got,) = stopped.value.lines
    assert shown == []
    assert "'way'" in got
    assert "page.holds(way=...)" in got
    assert "when-way" in got


def test_word_that_the_edition_lacks_is_said_as_such(page, shown):
    page.say(way=None)

    assert shown[0][NUMBERS]["way"] == {"text": None, "number": None, "refs": [], "word": True}


@pytest.mark.parametrize("word", ["", None])
def test_title_about_a_word_that_is_not_there_is_empty(page, word):
    assert page.title(nb="{way}", en="{way}", way=word) == ""


@pytest.fixture
def figure(page, shown):
    page.chart("lines", page.rows("pupils"), name="trend", title="Flere elever", note="Merk.")
    return shown[0][EXHIBIT]


def test_figure_has_a_wide_form_a_narrow_one_and_a_picture(figure):
    assert set(figure["images"]) == {"wide", "narrow", "png"}


def test_figure_has_its_numbers_as_table_and_csv(figure):
    assert figure["csv"] == "År,Verdi\n2019,1650\n2020,1727\n"
    assert "1\N{NO-BREAK SPACE}727" in figure["table"]


def test_figure_says_in_words_what_it_shows(figure):
    assert "1\N{NO-BREAK SPACE}727 i 2020" in figure["alt"]


def test_figure_says_what_is_measured_where_and_when(figure):
    assert figure["subtitle"] == "Elever, antall. Eksempel 2019\N{EN DASH}2020."


def test_subtitle_says_a_unit_once(page, shown):
    known = page.register.indicators["pupils"]
    named = replace(known, name={"nb": "antall elever", "en": "number of pupils"})
    page.register.indicators["pupils"] = named

    page.chart("lines", page.rows("pupils"), name="trend", title="T")

    assert shown[0][EXHIBIT]["subtitle"].startswith("Antall elever. Eksempel")


def test_figure_says_where_its_numbers_come_from(figure):
    assert figure["source"] == "Merk. Kilde: rapport, kapittel 1.1."


def test_figure_is_traced_to_its_rows(figure):
    assert list(figure["refs"]) == ["pupils|2019|9101||||", "pupils|2020|9201||||"]


def test_figure_without_a_finding_bears_the_indicators_name(page, shown):
    page.chart("bars", page.rows("pupils", by="gender"), name="gender")

    assert shown[0][EXHIBIT]["title"] == "Elever"


@pytest.mark.parametrize("form", ["bars", "dots", "lines"])
def test_figure_without_numbers_is_not_shown(page, shown, form):
    page.chart(form, page.rows("pupils", by="grade"), name="grades")

    assert shown == []


def test_series_is_broken_where_the_register_says_so(tiny, shown):
    tiny.write_figures(
        *(
            {"indicator": "wellbeing_share", "year": year, "unit": "9101", "value": value}
            for year, value in (("2014", "80"), ("2015", "81"), ("2016", "90"), ("2017", "91"))
        )
    )
    page = open_page(2020, "nb", tiny.project)
    rows = page.rows("wellbeing_share")

    page.chart("lines", rows, name="broken")
    page.chart("lines", rows, name="whole", breaks=())

    broken, whole = (bundle[EXHIBIT]["images"]["wide"] for bundle in shown)
    assert broken != whole


def test_table_is_shown_with_its_source(page, shown):
    rows = page.rows("pupils", by="gender")

    page.table(rows, [Column("label", "Kjønn"), Column("value", "Elever", 0)], name="t", title="T")

    got = shown[0][EXHIBIT]
    assert (got["kind"], got["csv"]) == ("table", "Kjønn,Elever\njenter,800\ngutter,927\n")
    assert got["source"] == "Kilde: rapport, kapittel 1.1."


def test_table_without_rows_is_not_shown(page, shown):
    page.table(page.rows("pupils", by="grade"), [Column("label", "")], name="t", title="T")

    assert shown == []


def test_wide_table_has_a_column_a_year(page):
    frame, names = page.wide(page.rows("pupils"))

    assert (names, frame.iloc[0].tolist()) == (["2019", "2020"], ["Eksempel", 1650.0, 1727.0])


def test_statements_are_picked_by_chapter_kind_and_id(page):
    got = [
        len(page.statements(*words, **more))
        for words, more in (
            (("elevtall",), {}),
            (("elevtall", "goal"), {}),
            (("elevtall", "measure"), {}),
            (("elevtall",), {"contains": "s-"}),
            (("sfo",), {}),
        )
    ]

    assert got == [1, 1, 0, 1, 0]


def test_statements_are_those_of_the_editions_year(tiny):
    path = tiny.project.statements / "skole.csv"
    path.write_text(path.read_text("utf-8").replace("s-1,2020", "s-1,2010"), encoding="utf-8")

    assert open_page(2020, "nb", tiny.project).statements("elevtall").empty


def test_statements_are_listed_in_the_language(english, shown):
    english.list_statements(english.statements("elevtall"))

    assert ">Goal</dt>" in shown[0][BLOCK]["html"]


def test_rest_of_the_statements_are_those_that_the_page_has_not_listed(english, shown):
    english.list_rest("elevtall")

    assert [BLOCK in one for one in shown] == [False, True]
    assert 'id="u-s-1"' in shown[1][BLOCK]["html"]


def test_nothing_is_left_where_the_page_has_listed_all(english, shown):
    english.list_statements(english.statements("elevtall"))
    english.list_rest("elevtall")

    assert shown[1][NUMBERS]["rest"]["text"] is None
    assert len(shown) == 2


def test_list_of_no_statements_is_not_shown(page, shown):
    page.list_statements(page.statements("sfo"))

    assert shown == []
