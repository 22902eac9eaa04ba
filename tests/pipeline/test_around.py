"""What a page says of itself to those who list it, and where the way leads on."""

import pytest

from tilstand.pipeline.sphinx.around import LONGEST, description, neighbours

ORDER = ["index", "elevtall", "skolene", "endringer"]
ABOVE = {"skole-a": "skolene", "skole-b": "skolene"}


@pytest.mark.parametrize(
    ("body", "exp"),
    [
        (
            '<h1>T</h1><div class="finding docutils"><p>Færre <b>elever</b>.</p></div>',
            "Færre elever.",
        ),
        ("<p>Først.</p><p>Så.</p>", "Først."),
        ('<p>Før.</p><div class="finding"><p>Funnet.</p></div>', "Funnet."),
        ("<p>3 &lt; 4 &amp;\n så</p>", "3 < 4 & så"),
        ("<h1>Tom</h1>", ""),
        ("", ""),
    ],
)
def test_a_page_is_described_by_its_finding(body, exp):
    assert description(body) == exp


@pytest.mark.parametrize("word", ["elev ", "x" * 300, "a, ", "én; to; "])
def test_a_long_finding_is_cut_where_a_word_ends(word):
    got = description(f"<p>{word * 90}</p>")

    assert len(got) <= LONGEST
    assert got.endswith("…")


@pytest.mark.parametrize(
    ("name", "exp"),
    [
        ("index", ("", "elevtall")),
        ("elevtall", ("index", "skolene")),
        ("skolene", ("elevtall", "endringer")),  # and not the first school
        ("skole-a", ("skolene", "")),
        ("skole-b", ("skolene", "")),
        ("endringer", ("skolene", "")),
        ("search", ("", "")),
    ],
)
def test_the_way_never_leads_through_every_school(name, exp):
    assert neighbours(name, ORDER, ABOVE) == exp
