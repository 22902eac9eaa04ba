from xml.etree import ElementTree

import pytest

from tilstand.report import open_page
from tilstand.report.chapters.contribution import formulas
from tilstand.report.page import exhibits


@pytest.mark.parametrize("name", formulas.FORMULAS)
def test_formula_is_well_formed(name):
    text = formulas.FORMULAS[name]
    for entity in {part.split(";")[0] for part in text.split("&")[1:]}:
        text = text.replace(f"&{entity};", "s")

    assert ElementTree.fromstring(f"<math>{text}</math>").tag == "math"


@pytest.mark.parametrize("name", formulas.FORMULAS)
def test_formula_is_spoken_in_both_languages(name):
    nb, en = formulas.SPOKEN[name]

    assert nb != en
    assert len(min(nb, en, key=len)) > 40


def test_formulas_are_shown_with_the_words_of_the_language(repo, monkeypatch):
    shown = []
    monkeypatch.setattr(exhibits, "show_block", shown.append)

    formulas.show(open_page(2020, "en", repo), "model", "likelihood")

    (html,) = shown
    assert html.count("<math") == 2
    assert 'aria-label="y i j is x i j times beta' in html
    assert "const." in html
