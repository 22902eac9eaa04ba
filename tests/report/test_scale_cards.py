"""Show an edition's national tests as key figures."""

from __future__ import annotations

import pytest

from exports import Form, settled_in, sheet
from tilstand.report import open_page
from tilstand.report.chapters.summary.scale_cards import scale_cards
from tilstand.sources.new_edition import new_edition


@pytest.fixture
def page(tmp_path, repo, repo_register):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "register").symlink_to(repo.register)
    project = type(repo)(tmp_path)
    made = new_edition(project, repo_register, 2025, "3201")
    export = settled_in(sheet(), "32", "Akershus", "3201", "Bærum")
    (made.folder / "a.csv").write_bytes(Form().content(export))
    return open_page(2025, "nb", project)


def test_a_card_for_each_test_of_the_autumn(page):
    got = [(c.label, float(c.value)) for c in scale_cards(page, "x") if not c.value.missing]

    assert got == [
        ("Lesing, 8. trinn, skalapoeng", 48.0),
        ("Regning, 8. trinn, skalapoeng", 48.0),
        ("Engelsk, 8. trinn, skalapoeng", 51.0),
    ]


def test_the_country_stands_beside(page):
    card = next(card for card in scale_cards(page, "x") if not card.value.missing)

    assert card.note.startswith("landet: <data")
    assert card.href == "x.html"
