from typing import Any

import nbformat
import pytest

from tilstand.errors import BuildError
from tilstand.pipeline.compose.compose import Draft, compose, read_notebook, read_static
from tilstand.pipeline.compose.fill import Names
from tilstand.report.page.exhibits import BLOCK, EXHIBIT, NUMBERS

FIGURE: dict[str, Any] = {"kind": "figure", "name": "trend"}


def prose(text: str, *tags: str) -> tuple[int, str, set[str]]:
    return (1, text, set(tags))


def page(*cells: tuple, language: str = "nb", **names: Any) -> str:
    draft = Draft("elevtall", cells=list(cells))
    return compose(draft, Names(**names), "notebooks/elevtall.ipynb", language, 2020)


GONE = {"numbers": {"gone": {"text": None, "number": None, "refs": []}}}


@pytest.fixture
def notebook(tmp_path):
    """Read a notebook made of cells, as an executed chapter is read."""

    def read(*cells: Any, language: str = "nb") -> Draft:
        path = tmp_path / "executed.ipynb"
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number}"
        nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
        return read_notebook(path, "elevtall", "notebooks/elevtall.ipynb", language)

    return read


def markdown(text: str, *tags: str) -> Any:
    return nbformat.v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def shows(*bundles: dict[str, Any], tags: tuple[str, ...] = ()) -> Any:
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
    return nbformat.v4.new_code_cell("x", outputs=outputs, metadata={"tags": list(tags)})


def numbers(**entries: float) -> dict[str, Any]:
    return {
        NUMBERS: {name: {"text": str(n), "number": n, "refs": []} for name, n in entries.items()}
    }


@pytest.mark.parametrize(("language", "exp"), [("nb", ["Hei", "alle"]), ("en", ["Hello", "alle"])])
def test_prose_of_the_other_language_is_left_out(notebook, language, exp):
    cells = [markdown("Hei", "lang-nb"), markdown("Hello", "lang-en"), markdown("alle")]

    got = [cell[1] for cell in notebook(*cells, language=language).cells]

    assert got == exp


def test_code_never_reaches_the_page(notebook):
    assert notebook(nbformat.v4.new_code_cell("secret = 1")).cells == []


def test_numbers_of_all_cells_come_together(notebook):
    got = notebook(shows(numbers(a=1)), shows(numbers(b=2)))

    assert set(got.numbers) == {"a", "b"}


def test_number_that_is_said_twice_names_chapter_cell_and_name(notebook):
    with pytest.raises(BuildError, match=r"^notebooks/elevtall.ipynb: cell 2: 'a' is said twice"):
        notebook(shows(numbers(a=1)), shows(numbers(a=2)))


def test_two_figures_of_one_name_are_refused(notebook):
    with pytest.raises(BuildError, match="cell 2: two figures or tables are named 'trend'"):
        notebook(shows({EXHIBIT: FIGURE}), shows({EXHIBIT: FIGURE}))


def test_stray_print_names_chapter_cell_and_what_was_printed(notebook):
    cell = nbformat.v4.new_code_cell(
        "print(1)", outputs=[nbformat.v4.new_output("stream", text="42\n")]
    )

    with pytest.raises(
        BuildError, match=r"elevtall.ipynb: cell 1: prints '42'; a chapter shows only"
    ):
        notebook(cell)


def test_cells_are_numbered_as_in_the_template(notebook):
    injected = shows(tags=("injected-parameters",))
    parameters = shows(tags=("parameters",))

    got = notebook(markdown("Først"), parameters, injected, markdown("Sist"))

    assert [cell[0] for cell in got.cells] == [1, 3]


def test_prose_and_outputs_keep_their_order(notebook):
    got = notebook(markdown("før"), shows({BLOCK: {"html": "<p>b</p>"}}), markdown("etter"))

    assert [cell[1] for cell in got.cells] == ["før", {BLOCK: "<p>b</p>"}, "etter"]


def test_static_page_is_one_piece_of_prose(tiny):
    got = read_static(tiny.project.book / "nb" / "om.md", "om")

    assert [cell[1] for cell in got.cells] == ["# Om boka\n\nTekst.\n"]


def test_page_is_its_prose_in_order():
    assert page(prose("# A"), prose("Tekst.")) == "# A\n\nTekst.\n"


def test_prose_about_a_missing_number_is_left_out():
    got = page(prose("# A"), prose("Det var {{ gone }}."), prose("Ellers."), **GONE)

    assert got == "# A\n\nEllers.\n"


NO_WORD = {"numbers": {"why": {"text": None, "number": None, "refs": [], "word": True}}}


def test_prose_that_hangs_on_a_word_alone_has_to_say_so_in_a_tag():
    with pytest.raises(BuildError) as stopped:
        page(prose("# A"), prose("Fordi {{ why }}."), **NO_WORD)

    exp = "notebooks/elevtall.ipynb: cell 1: hangs on the word 'why'; tag the cell when-why"
    assert stopped.value.lines == [exp]


@pytest.mark.parametrize("tag", ["when-why", "unless-town"])
def test_tagged_prose_about_a_word_that_is_not_there_is_left_out(tag):
    names = NO_WORD["numbers"] | {"town": {"text": "By", "number": None, "refs": []}}

    got = page(prose("# A"), prose("Fordi {{ why }}.", tag), prose("Ellers."), numbers=names)

    assert got == "# A\n\nEllers.\n"


def test_missing_number_takes_out_prose_with_a_missing_word_without_a_tag():
    names = NO_WORD["numbers"] | GONE["numbers"]

    got = page(prose("# A"), prose("{{ gone }} fordi {{ why }}."), prose("Ellers."), numbers=names)

    assert got == "# A\n\nEllers.\n"


def test_otherwise_stands_in_for_prose_that_was_left_out():
    got = page(prose("# A"), prose("{{ gone }}"), prose("Ikke rapportert.", "otherwise"), **GONE)

    assert got == "# A\n\nIkke rapportert.\n"


def test_otherwise_is_left_out_when_the_prose_before_it_stands():
    got = page(prose("# A"), prose("Tekst."), prose("Ikke rapportert.", "otherwise"))

    assert got == "# A\n\nTekst.\n"


def test_heading_with_nothing_left_under_it_says_so():
    got = page(prose("# A"), prose("Tekst."), prose("## B"), prose("{{ gone }}"), **GONE)

    assert "har ikke noe om dette" in got.partition("## B")[2]


def test_heading_between_two_with_nothing_under_it_says_so():
    got = page(prose("# A"), prose("Tekst."), prose("## B"), prose("## C"), prose("Tekst."))

    assert "har ikke noe om dette" in got.partition("## B")[2].partition("## C")[0]


def test_heading_before_a_cell_that_opens_with_the_next_heading_says_so():
    got = page(prose("# A"), prose("Tekst."), prose("## B"), prose("## C\n\nTekst."))

    assert "har ikke noe om dette" in got.partition("## B")[2].partition("## C")[0]


def test_heading_before_a_cell_that_opens_with_a_deeper_one_is_not_empty():
    got = page(prose("# A"), prose("Tekst."), prose("## B"), prose("### C\n\nTekst."))

    assert "har ikke noe om dette" not in got


def test_heading_above_a_deeper_one_is_not_empty():
    got = page(prose("# A"), prose("## B"), prose("### C"), prose("Tekst."))

    assert "ingen tall" not in got


def test_page_with_nothing_but_headings_says_so_once():
    got = page(prose("# A"), prose("## B"), prose("{{ gone }}"), prose("## C"), **GONE)

    assert got.count("har ikke noe om dette") == 1
    assert "## B" not in got


def test_gap_is_said_in_the_pages_language():
    assert "have nothing on this" in page(prose("# A"), language="en")


def test_gap_marks_up_its_year():
    assert '<data value="2020" data-recipe="edition"' in page(prose("# A"))


@pytest.mark.parametrize(
    ("language", "exp"), [("nb", "{admonition} Usikkerhet"), ("en", "{admonition} Uncertainty")]
)
def test_callout_is_named_in_the_language(language, exp):
    got = page(prose("# A"), prose("Tekst.", "callout-uncertainty"), language=language)

    assert exp in got
    assert ":class: uncertainty\nTekst.\n:::" in got


def test_finding_is_set_apart():
    assert ":::{div} finding\nTekst.\n:::" in page(prose("# A"), prose("Tekst.", "finding"))


def test_block_is_set_as_raw_html():
    got = page(prose("# A"), (2, {BLOCK: "<p>b</p>"}))

    assert "```{raw} html\n<p>b</p>\n```" in got


def test_exhibit_is_set_where_the_cell_showed_it():
    got = page(prose("# A"), (2, {EXHIBIT: FIGURE}), html={"exhibit:trend": "<figure></figure>"})

    assert "```{raw} html\n<figure></figure>\n```" in got


@pytest.mark.parametrize(("text", "exp"), [("1", "Egne."), (None, "Ingen.")])
def test_prose_for_editions_that_have_something_gives_way_to_the_other(text, exp):
    numbers = {"own.documents": {"text": text, "number": None, "refs": []}}

    got = page(prose("Egne.", "when-own.documents"), prose("Ingen.", "otherwise"), numbers=numbers)

    assert got.strip() == exp


def test_prose_for_something_unknown_is_a_slip():
    with pytest.raises(BuildError, match="'when nothing' asks for"):
        page(prose("Egne.", "when-nothing"))
