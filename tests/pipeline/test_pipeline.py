"""Write the pages of executed chapters, without Sphinx; whole builds stand under tests/site."""

import nbformat
import pytest

from tilstand.errors import BuildError, CallError, DataError
from tilstand.pipeline.basis.contents import read_contents, without
from tilstand.pipeline.basis.order import Order
from tilstand.pipeline.sphinx.compile import Frame
from tilstand.pipeline.steps.build import build
from tilstand.pipeline.steps.pages import write_pages
from tilstand.pipeline.steps.plan import plan_books
from tilstand.project import SHARED_STORE
from tilstand.report.page.exhibits import EXHIBIT, NUMBERS

FRAME = Frame(2020, "nb", ("nb", "en"), "Eksempel", "2021-06-01", "2020")
SVG = '<svg viewBox="0 0 360 144" width="480" height="192" aria-hidden="true"></svg>'


def exhibit(name: str, kind: str = "figure") -> dict:
    images = {"wide": SVG, "narrow": SVG} if kind == "figure" else {}
    words = {"title": "T", "subtitle": "", "source": "", "table": "", "csv": "å\n", "alt": "A"}
    return {EXHIBIT: {"kind": kind, "name": name, "images": images, "refs": [], **words}}


@pytest.fixture
def write(tiny, tmp_path):
    """Write the book's pages from what its two chapters have shown and said."""
    executed, source = tmp_path / "executed", tmp_path / "source"
    (tiny.project.book / "references.bib").write_text(
        "@book{hattie2009, author = {Hattie, John}, title = {Learning}, year = {2009}}",
        encoding="utf-8",
    )

    def chapter(slug: str, prose: str, bundles: list[dict]) -> None:
        outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
        cells = [
            nbformat.v4.new_markdown_cell(f"# {slug}", id="a"),
            nbformat.v4.new_code_cell("x", outputs=outputs, id="b"),
            nbformat.v4.new_markdown_cell(prose, id="c"),
        ]
        executed.mkdir(exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), executed / f"{slug}.ipynb")

    def pages(
        first: tuple[str, list[dict]], second: tuple[str, list[dict]], *left_out: str
    ) -> dict[str, str]:
        chapter("index", *first)
        chapter("elevtall", *second)
        source.mkdir(exist_ok=True)
        contents = without(read_contents(tiny.project), left_out)
        write_pages(tiny.project, contents, FRAME, executed, source)
        return {
            path.relative_to(source).as_posix(): path.read_bytes().decode("utf-8", "replace")
            for path in source.rglob("*.*")
        }

    return pages


def test_there_is_a_page_a_chapter(write):
    got = write(("Tekst.", []), ("Tekst.", []))

    assert {"index.md", "elevtall.md", "om.md"} <= set(got)


def test_figures_are_numbered_through_the_book(write):
    got = write(("Tekst.", [exhibit("a")]), ("Tekst.", [exhibit("b"), exhibit("c")]))

    assert "Figur 1" in got["index.md"]
    assert "Figur 3" in got["elevtall.md"]


def test_tables_are_numbered_on_their_own(write):
    got = write(("Tekst.", [exhibit("a")]), ("Tekst.", [exhibit("b", "table")]))

    assert "Tabell 1" in got["elevtall.md"]


def test_links_to_a_chapter_left_out_become_words_and_misspelt_ones_stay_for_sphinx(write):
    prose = "Se [om *elevene*](elevtall.md#hvor) og [boka](om.md), [feil](elevtal.md)."

    got = write((prose, []), ("Tekst.", []), "elevtall")

    assert "Se om *elevene* og [boka](om.md), [feil](elevtal.md)." in got["index.md"]
    assert "elevtall.md" not in got


def test_figure_of_another_chapter_is_cited_by_a_link(write):
    got = write(("Se {{ fig.b }}.", []), ("Tekst.", [exhibit("b")]))

    assert '<a class="see" href="elevtall.html#fig-b">figur 1</a>' in got["index.md"]


def test_prose_about_a_figure_that_is_not_shown_is_left_out(write):
    got = write(("Se {{ fig.none }}.", []), ("Tekst.", []))

    assert "fig.none" not in got["index.md"]
    assert "Se " not in got["index.md"]


def test_edition_and_municipality_are_known_everywhere(write):
    got = write(("{{ municipality }} i {{ edition }}.", []), ("Tekst.", []))

    assert 'Eksempel i <data value="2020"' in got["index.md"]


def test_work_is_cited_from_the_bibliography(write):
    got = write(("Se {{ cite.hattie2009 }}.", []), ("Tekst.", []))

    assert "Hattie (2009)</a>" in got["index.md"]


def test_figure_comes_with_a_drawing_to_take_along_and_its_numbers(write):
    got = write(("Tekst.", [exhibit("a")]), ("Tekst.", []))

    exp = {
        "extra/figures/index-a.svg",
        "extra/data/index-a.csv",
    }
    assert exp <= set(got)


def test_download_opens_in_a_spreadsheet_with_its_letters_right(write):
    got = write(("Tekst.", [exhibit("a")]), ("Tekst.", []))

    assert got["extra/data/index-a.csv"] == "\N{ZERO WIDTH NO-BREAK SPACE}å\n"


def test_slips_in_several_chapters_are_told_together(write):
    with pytest.raises(BuildError) as caught:
        write(("{{ a }}", []), ("{{ b }}", []))

    exp = [
        "notebooks/sammendrag.ipynb: cell 3: '{{ a }}' is not said by any cell",
        "notebooks/elevtall.ipynb: cell 3: '{{ b }}' is not said by any cell",
    ]
    assert caught.value.lines == exp


def test_number_of_one_chapter_is_not_known_in_another(write):
    said = {NUMBERS: {"n": {"text": "1", "number": None, "refs": []}}}

    with pytest.raises(BuildError, match=r"sammendrag.ipynb: cell 3: '\{\{ n \}\}'"):
        write(("{{ n }}", []), ("{{ n }}", [said]))


@pytest.mark.parametrize(
    ("order", "exp"),
    [
        (Order(editions=[1999]), "edition 1999"),
        (Order(language="fr"), "no language 'fr'"),
        (Order(parameters={"colour": "blue"}), "parameter 'colour'"),
    ],
)
def test_order_of_what_is_not_there_is_refused_before_anything_is_made(tiny, order, exp):
    with pytest.raises(CallError, match=exp):
        build(tiny.project, order, print)

    assert not list(tiny.project.work.glob("20*"))
    assert not tiny.project.site.exists()


def test_edition_without_the_language_says_which_it_has(tiny):
    tiny.write_edition(languages='["nb"]')

    with pytest.raises(CallError, match="edition 2020: no language 'en'; it has nb"):
        build(tiny.project, Order(language="en"), print)


def test_chapters_of_a_batch_keep_what_they_share_where_the_batch_says(tiny, monkeypatch, tmp_path):
    def stores():
        (book, *_) = plan_books(tiny.project, tiny.register(), Order())
        return {run.store for run in book.runs}

    assert stores() == {tiny.project.store}
    monkeypatch.setenv(SHARED_STORE, str(tmp_path / "shared"))
    assert stores() == {tmp_path / "shared"}


def test_nothing_is_built_from_faulty_data(tiny):
    tiny.write_figures({"unit": "9101"})

    with pytest.raises(DataError, match="unit: '9101'"):
        build(tiny.project, Order(), print)

    assert not list(tiny.project.work.glob("20*"))
    assert not tiny.project.site.exists()


@pytest.mark.slow
def test_failing_chapter_leaves_the_site_and_names_itself(tiny):
    good = tiny.write("book/site/2020/nb/index.html", "good")
    tiny.write_notebook(
        "elevtall",
        ("code", 'edition = 2020\nlanguage = "nb"', "parameters"),
        ("code", "1 / 0"),
    )

    with pytest.raises(BuildError) as caught:
        build(tiny.project, Order(language="nb", jobs=2), lambda line: None)

    exp = ["notebooks/elevtall.ipynb: cell 2: ZeroDivisionError: division by zero"]
    assert caught.value.lines == exp
    assert good.read_text(encoding="utf-8") == "good"
