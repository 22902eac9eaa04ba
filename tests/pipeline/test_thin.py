import pytest

from tilstand.errors import DataError
from tilstand.pipeline.compose.compose import Draft
from tilstand.pipeline.compose.thin import THIN, fold_thin, read_neighbours

LONG = "# Prøver\n\n" + "ord " * THIN
NEXT = {"vekst": "prover"}


def fold(vekst: str, neighbours=NEXT, **pages: str):
    drafts = [Draft("prover"), Draft("vekst"), *map(Draft, pages)]
    made = {"prover": LONG, "vekst": vekst, **pages}
    return fold_thin(made, drafts, neighbours), made


def test_thin_chapter_stands_at_the_end_of_its_neighbour_under_a_deeper_heading():
    folded, pages = fold("# Vekst\n\nFor tidlig.\n\n## Mer\n\nNoe.")

    assert folded == {"vekst": "prover"}
    assert set(pages) == {"prover"}
    assert pages["prover"].endswith("## Vekst\n\nFor tidlig.\n\n### Mer\n\nNoe.\n")


def test_old_address_has_a_place_to_lead_to():
    _, pages = fold("# Vekst\n\nFor tidlig.")

    assert '<span id="vekst"></span>' in pages["prover"]


def test_links_lead_to_the_neighbour():
    _, pages = fold("# Vekst\n\nNei.", om="# Om\n\n[a](vekst.md) [b](vekst.md#mer) [c](prover.md)")

    assert pages["om"].endswith("[a](prover.md) [b](prover.md) [c](prover.md)")


@pytest.mark.parametrize(
    ("vekst", "neighbours"),
    [
        ("# Vekst\n\n" + "ord " * THIN, NEXT),
        ("# Vekst", {}),
        ("# Vekst", {"vekst": "borte"}),
        ("# Vekst", {"vekst": "tynn", "tynn": "prover"}),
    ],
    ids=["long", "no neighbour named", "neighbour not in the edition", "neighbour folded itself"],
)
def test_chapter_stays_a_page(vekst, neighbours):
    folded, pages = fold(vekst, neighbours, tynn="# Tynn\n\nLite.")

    assert "vekst" not in folded
    assert pages["vekst"] == vekst


def test_chapter_with_a_figure_stays_a_page():
    drafts = [Draft("prover"), Draft("vekst", exhibits=[{"name": "a"}])]

    assert fold_thin({"prover": LONG, "vekst": "# Vekst"}, drafts, NEXT) == {}


def test_markup_and_headings_are_no_words():
    text = "# " + "tittel " * THIN + "\n\n<p class='a'>ett</p>\n\n:::{admonition} to\nord\n:::"

    assert fold(text)[0] == {"vekst": "prover"}


def test_what_every_page_says_is_said_once():
    lead = ":::{lead}\nSimulert.\n:::"
    pages = {"prover": f"# Prøver\n\n{lead}\n", "vekst": f"# Vekst\n\n{lead}\n\nNei."}

    fold_thin(pages, [Draft("prover"), Draft("vekst")], NEXT, lead)

    assert pages["prover"].count("Simulert.") == 1


def test_neighbours_of_the_book_are_chapters_of_it(repo):
    neighbours = read_neighbours(repo.book / "neighbours.csv")
    chapters = {path.stem for path in repo.notebooks.glob("*.ipynb")}

    assert {*neighbours, *neighbours.values()} <= chapters


def test_other_columns_are_refused(tmp_path):
    (tmp_path / "neighbours.csv").write_text("a,b\n")

    with pytest.raises(DataError, match="the header lacks page, neighbour"):
        read_neighbours(tmp_path / "neighbours.csv")
