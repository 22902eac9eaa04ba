"""Links to a heading lead to the page where an edition's page has not that heading."""

import pytest

from tilstand.pipeline.steps.pages import _name, _to_headings

HEADINGS = {"skole": {_name("Skole"), _name("Hva et bidrag er")}}


@pytest.mark.parametrize(
    ("said", "exp"),
    [
        ("[a](skole.md#hva-et-bidrag-er)", "[a](skole.md#hva-et-bidrag-er)"),
        ("[a](skole.md#borte) og [b](skole.md)", "[a](skole.md) og [b](skole.md)"),
        ("[a](annen.md#borte)", "[a](annen.md)"),
        ("[a](https://a.no/b.md#c)", "[a](https://a.no/b.md#c)"),
    ],
)
def test_link_leads_to_what_is_there(said, exp):
    assert _to_headings(said, HEADINGS) == exp


def test_heading_is_named_as_myst_names_it():
    base = pytest.importorskip("myst_parser.mdit_to_docutils.base")
    for heading in ("Mobbing", "Hva et bidrag er", "8.–10. trinn: «Å få hjelp»", "Tett på?"):
        assert _name(heading) == base.default_slugify(heading)
