"""Fold a chapter of which an edition has little into its neighbour: one part, not a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tilstand.pipeline.compose.compose import raw
from tilstand.register import read_text_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tilstand.pipeline.compose.compose import Draft

NEIGHBOURS = "neighbours.csv"
COLUMNS = ("page", "neighbour")
#: A page of fewer words, and without a figure or a table, is thin.
THIN = 150
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
NO_WORDS = re.compile(r"<[^>]*>|^(?::::|```).*$|^#+ .*$|\]\([^)]*\)|[^\w\s]", re.MULTILINE)


def read_neighbours(path: Path) -> dict[str, str]:
    """Read into which page each chapter is folded where it is thin.

    Parameters
    ----------
    path : Path
        A CSV file with the columns ``page`` and ``neighbour``.

    Returns
    -------
    dict of str
        Neighbour by page; empty when there is no such file.

    Raises
    ------
    DataError
        When the file is no table with these columns.
    """
    if not path.is_file():
        return {}
    rows = read_text_table(path, COLUMNS)
    return dict(zip(rows["page"], rows["neighbour"], strict=True))


def fold_thin(
    pages: dict[str, str], drafts: Sequence[Draft], neighbours: dict[str, str], lead: str = ""
) -> dict[str, str]:
    r"""Set thin pages at the end of their neighbours, and lead links there.

    Parameters
    ----------
    pages : dict of str
        Markdown of every page by its name; thin ones are taken out.
    drafts : sequence of Draft
        The chapters, in order.
    neighbours : dict of str
        As `read_neighbours` returns it.
    lead : str, optional
        What every page says under its title, which a folded one need not say again.

    Returns
    -------
    dict of str
        The page that each folded chapter now stands on. One whose neighbour the edition has not,
        or which is folded itself, stays a page.

    Examples
    --------
    >>> from tilstand.pipeline.compose.compose import Draft
    >>> pages = {"prover": "# Prøver\n\n[Vekst](vekst.md)", "vekst": "# Vekst\n\nFor tidlig."}
    >>> fold_thin(pages, [Draft("prover"), Draft("vekst")], {"vekst": "prover"})
    {'vekst': 'prover'}
    >>> print(pages["prover"].splitlines()[-3])
    ## Vekst
    """
    thin = {
        draft.slug
        for draft in drafts
        if draft.slug in neighbours and not draft.exhibits and _words(pages[draft.slug]) < THIN
    }
    folded = {
        slug: neighbours[slug]
        for slug in (draft.slug for draft in drafts)
        if slug in thin and neighbours[slug] in pages and neighbours[slug] not in thin
    }
    for slug, host in folded.items():
        text = pages.pop(slug)
        text = text.replace(lead, "", 1) if lead else text
        deeper = HEADING.sub(r"#\1 ", text).strip()
        anchor = raw(f'<span id="{slug}"></span>')
        pages[host] = f"{pages[host].rstrip()}\n\n{anchor}\n\n{deeper}\n"
    for slug, host in folded.items():
        link = re.compile(rf"\]\({re.escape(slug)}\.md(?:#[^)]*)?\)")
        for page, text in pages.items():
            pages[page] = link.sub(f"]({host}.md)", text)
    return folded


def _words(page: str) -> int:
    return len(NO_WORDS.sub(" ", page).split())
