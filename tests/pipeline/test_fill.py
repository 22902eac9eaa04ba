import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_doctree
from hostile import REFUSED, SHOWN
from myst_parser.docutils_ import Parser

from tilstand.errors import BuildError
from tilstand.pipeline.compose.fill import Names, as_text, choose, fill

SHARE = {"text": "16,1", "number": 16.1, "decimals": 1, "recipe": "value", "refs": ["d|2020"]}
NAMES = Names(
    numbers={
        "share": SHARE,
        "share.year": {"text": "2020", "number": 2020, "decimals": 0, "recipe": "year", "refs": []},
        "way": {"text": "høyere", "number": None, "refs": []},
        "gone": {"text": None, "number": None, "refs": []},
    },
    html={"fig.trend": '<a class="see" href="a.html#fig-trend">figur 3</a>'},
    absent={"fig.none"},
)


def filled(prose: str) -> str | None:
    return fill(prose, NAMES, "notebooks/a.ipynb: cell 4")


def test_prose_without_names_stays_as_it_is():
    assert filled("Alle trives.") == "Alle trives."


def test_number_is_set_as_a_traceable_element():
    got = BeautifulSoup(filled("Det var {{ share }} prosent.") or "", "html.parser").data

    assert (got.text, got["value"], got["data-refs"]) == ("16,1", "16.1", "d|2020")


def test_word_is_set_as_plain_text():
    assert filled("Andelen er {{ way }}.") == "Andelen er høyere."


@pytest.mark.parametrize("prose", ["{{share}}", "{{ share }}", "{{  share  }}"])
def test_blanks_around_a_name_do_not_matter(prose):
    assert "16,1" in (filled(prose) or "")


def test_dotted_name_is_one_name():
    assert "2020" in (filled("I {{ share.year }}.") or "")


@pytest.mark.parametrize(
    ("number", "text", "exp"),
    [
        (1, "1", "skole har"),
        (0, "0", "skoler har"),
        (2, "2", "skoler har"),
        (11, "11", "skoler har"),
        (1.0, "1,0", "skoler har"),
        (0.96, "1", "skole har"),
        (-1, "\N{MINUS SIGN}1", "skoler har"),
        (1000, "1\N{NO-BREAK SPACE}000", "skoler har"),
    ],
)
def test_word_follows_the_number_as_it_is_printed(number, text, exp):
    names = Names({"n": SHARE | {"text": text, "number": number}})
    assert fill("{{ n | skole har | skoler har }} side.", names, "") == f"{exp} side."


@pytest.mark.parametrize(
    "prose", ["{{ share|en|to }}", "{{share | en|to}}", "## {{ share | | to }}"]
)
def test_blanks_around_the_words_do_not_matter(prose):
    assert (filled(prose) or "").removeprefix("## ") == "to"


def test_word_of_a_missing_number_leaves_the_text_out():
    assert filled("{{ gone | skole | skoler }} i kommunen") is None


def test_word_of_an_unknown_number_is_a_slip():
    with pytest.raises(BuildError, match="nobody"):
        filled("{{ nobody | skole | skoler }}")


def test_figure_is_cited_by_a_link():
    assert filled("Se {{ fig.trend }}.") == f"Se {NAMES.html['fig.trend']}."


def test_heading_holds_plain_text_only():
    assert filled("## {{ share }} prosent, {{ fig.trend }}") == "## 16,1 prosent, figur 3"


def test_number_under_a_heading_is_traceable_all_the_same():
    got = filled("## {{ share }}\n\n{{ share }}")

    assert got is not None
    assert got.splitlines()[0] == "## 16,1"
    assert got.splitlines()[2].startswith("<data")


@pytest.mark.parametrize("name", ["gone", "fig.none"])
def test_text_about_something_missing_is_left_out_whole(name):
    assert filled(f"Først {{{{ share }}}}, så {{{{ {name} }}}}.") is None


def test_slip_of_the_pen_names_chapter_cell_and_name():
    with pytest.raises(BuildError) as caught:
        filled("Det var {{ shaer }}.")

    assert caught.value.lines == [
        "notebooks/a.ipynb: cell 4: '{{ shaer }}' is not said by any cell"
    ]


def test_slip_is_told_even_beside_a_missing_number():
    with pytest.raises(BuildError, match="shaer"):
        filled("{{ gone }} {{ shaer }}")


def test_every_slip_is_told_once():
    with pytest.raises(BuildError) as caught:
        filled("{{ a }} {{ b }} {{ a }}")

    assert len(caught.value.lines) == 2


def test_single_braces_are_no_name():
    assert filled("{share} og { share }") == "{share} og { share }"


CONDITIONS = "a\n% when own\nb\n% otherwise\nc\n% end\nd"


@pytest.mark.parametrize(("text", "exp"), [("1", "a\nb\nd"), (None, "a\nc\nd")])
def test_parts_stand_where_the_edition_has_what_they_are_about(text, exp):
    names = Names(numbers={"own": {"text": text}})

    assert choose(CONDITIONS, names, "om.md") == exp


@pytest.mark.parametrize(
    ("prose", "exp"),
    [
        ("% when x\na\n% end", "'when x' asks for something that is not known"),
        ("% when own\na", "a condition has no '% end'"),
        ("% end", "'% end' does not follow"),
        ("% otherwise\n% end", "'% otherwise' does not follow"),
        ("% when own\n% when own\n% end", "'% when own' does not follow"),
    ],
)
def test_conditions_that_do_not_fit_are_told(prose, exp):
    with pytest.raises(BuildError, match=exp):
        choose(prose, Names(numbers={"own": {"text": "1"}}), "om.md")


@pytest.mark.parametrize("name", [*SHOWN, *REFUSED])
@pytest.mark.parametrize("prose", ["{}", "# {}", "I {} er", "- {}"])
def test_words_from_data_are_text_to_markdown(name, prose):
    settings = {"myst_enable_extensions": ["colon_fence", "deflist"], "report_level": 5}

    got = publish_doctree(prose.format(as_text(name)), parser=Parser(), settings_overrides=settings)

    kinds = {node.tagname for node in got.findall()}
    assert kinds <= {"document", "paragraph", "title", "bullet_list", "list_item", "#text"}
    exp = " ".join(name.split())
    assert exp in " ".join(got.astext().split())
