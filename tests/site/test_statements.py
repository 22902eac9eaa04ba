"""Hold what the municipality's documents say in words to the pages that print it."""

from __future__ import annotations

import pytest

from tilstand import contracts
from tilstand.report.page.blocks import statement_anchor
from tilstand.sources.published import load_statements

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def statements(repo):
    return load_statements(repo, "", contracts.STATEMENT_COLUMNS)


def test_every_statement_stands_on_a_page_of_its_edition(pages, statements):
    there = {
        (page.edition, page.language, place["id"])
        for page in pages
        for place in page.article.select("dl.statements dt[id]")
    }

    got = [
        f"{edition}/{language}: {name}"
        for edition, name in zip(statements["edition"], statements["id"], strict=True)
        for language in ("nb", "en")
        if (edition, language, statement_anchor(name)) not in there
    ]

    assert got == []


def test_every_statement_is_in_the_file_of_its_edition(site, statements):
    got = []
    for edition, own in statements.groupby("edition"):
        text = (site / edition / "nb" / "data" / "utsagn.csv").read_text(encoding="utf-8-sig")
        names = {line.partition(",")[0] for line in text.splitlines()}
        got += sorted(set(own["id"]) - names)

    assert got == []
