import pytest

from tilstand.pipeline.compose.glossary import link_terms, read_glossary

GLOSSARY = """# Ordliste

(ord-mobbing)=
mobbing
: Noe.

(ord-nasjonale-prover)=
nasjonale prøver (national tests)
: Noe.

(ord-vg1)=
vg1
: Noe.

(ord-kostra)=
KOSTRA
: Noe.

(ord-styrer)=
styrer
: Noe.

(ord-skole)=
skole
: Noe.
"""


def test_html_in_an_entry_is_no_part_of_its_word(tmp_path):
    path = tmp_path / "ordliste.md"
    path.write_text('(ord-frafall)=\n<span lang="nb">frafall</span> (dropout)\n: Noe.\n', "utf-8")

    got = link_terms("About dropout.", read_glossary(path, "en"), set())

    assert got == f"About {link('dropout', 'frafall')}."


@pytest.fixture
def terms(tmp_path):
    path = tmp_path / "ordliste.md"
    path.write_text(GLOSSARY, encoding="utf-8")
    return read_glossary(path, "nb")


def link(word: str, anchor: str) -> str:
    return f'<a class="term" href="ordliste.html#ord-{anchor}">{word}</a>'


@pytest.mark.parametrize(
    ("prose", "exp"),
    [
        ("Mobbing er vondt.", f"{link('Mobbing', 'mobbing')} er vondt."),
        ("Skolen og skoler.", f"{link('Skolen', 'skole')} og skoler."),
        ("Tall fra KOSTRA.", f"Tall fra {link('KOSTRA', 'kostra')}."),
        ("De nasjonale prøvene.", "De nasjonale prøvene."),
        ("I nasjonale prøver.", f"I {link('nasjonale prøver', 'nasjonale-prover')}."),
        ("Fullfører vg1.", f"Fullfører {link('vg1', 'vg1')}."),
    ],
)
def test_word_is_linked_in_the_forms_that_a_text_uses(terms, prose, exp):
    assert link_terms(prose, terms, set()) == exp


@pytest.mark.parametrize(
    "prose",
    [
        "# Mobbing",
        "[om mobbing](elevundersokelsen.md)",
        '<a href="x.html">mobbing</a>',
        '<span lang="en">mobbing</span>',
        "`mobbing`",
        "```{raw} html\nmobbing\n```",
        "Mobbeknapp og ungdomsskole",
        "Kommunen styrer selv.",
        "kostra",
    ],
)
def test_what_is_no_use_of_the_word_stays_as_it_is(terms, prose):
    assert link_terms(prose, terms, set()) == prose


def test_each_word_is_linked_once_a_page(terms):
    linked: set[str] = set()

    first = link_terms("Mobbing og mobbing.", terms, linked)
    second = link_terms("Mobbing igjen.", terms, linked)

    assert (first.count("<a"), second) == (1, "Mobbing igjen.")


def test_second_use_is_linked_when_the_first_is_a_link_already(terms):
    got = link_terms("[mobbing](a.md) er mobbing", terms, set())

    assert got == f"[mobbing](a.md) er {link('mobbing', 'mobbing')}"


def test_book_without_a_glossary_has_no_terms(tmp_path):
    assert read_glossary(tmp_path / "ordliste.md", "nb") == []
