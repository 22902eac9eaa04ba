"""Write a figure or table as it stands on the page, with its source, its making and its files."""

from __future__ import annotations

from html import escape
from typing import Any

from tilstand.report import wording


def exhibit_html(exhibit: dict[str, Any], slug: str, label: str, language: str) -> str:
    """Write a figure or table with its title, source, numbers and download.

    Parameters
    ----------
    exhibit : dict
        As the chapter handed it over.
    slug : str
        The page's file name; begins the names of the exhibit's files.
    label : str
        "Figur 3".
    language : {"nb", "en"}
        Language of the words around it.

    Returns
    -------
    str
        An HTML ``figure`` element.
    """
    word = wording.word
    stem = f"{slug}-{exhibit['name']}"
    is_figure = exhibit["kind"] == "figure"
    subtitle = (
        f'<p class="exhibit-sub">{escape(exhibit["subtitle"])}</p>' if exhibit["subtitle"] else ""
    )
    caption = (
        f'<figcaption><p class="exhibit-title"><span class="exhibit-number">{label}</span> '
        f"{escape(exhibit['title'])}</p>{subtitle}</figcaption>"
    )
    if is_figure:
        summary = word("numbers_behind", language)
        shown = _picture(exhibit, language)
        table = f"<details><summary>{summary}</summary>{exhibit['table']}</details>"
    else:
        shown, table = exhibit["table"], ""
    simulated = exhibit.get("simulated", False)
    # A drawing carries its own mark, which goes with it wherever it is saved.
    marked = simulated and not is_figure
    mark = f'<p class="exhibit-mark">{word("simulated_mark", language)}</p>' if marked else ""
    kind = f"exhibit-{exhibit['kind']}" + (" exhibit-simulated" if simulated else "")
    if exhibit.get("old"):
        kind += " exhibit-old"
        badge = word("old_numbers", language).format(exhibit["old"])
        mark += f'<p class="exhibit-year">{badge}</p>'
    return (
        f'<figure class="exhibit {kind}" id="{anchor(exhibit)}">{mark}{caption}{shown}'
        f'<p class="exhibit-source">{escape(exhibit["source"])}</p>{table}'
        f"{_made(exhibit, language)}{_take(exhibit, stem, language)}</figure>"
    )


def _made(exhibit: dict[str, Any], language: str) -> str:
    """Fold away where the exhibit comes from: notebook, cell, rows and the code itself."""
    word, made = wording.word, exhibit["made"]
    rows = word("made_rows", language).format(len(exhibit["refs"])) if exhibit["refs"] else ""
    summary = word(f"made_{exhibit['kind']}", language)
    return (
        f'<details class="exhibit-made"><summary>{summary}</summary>'
        f"<p>{word('made_in', language)} <code>{escape(made['notebook'])}</code>, "
        f"{word('made_cell', language)} <code>{made['cell']}</code>. {rows}</p>"
        f'<pre tabindex="0" lang="en" translate="no"><code>{escape(made["code"])}</code></pre>'
        "</details>"
    )


def _take(exhibit: dict[str, Any], stem: str, language: str) -> str:
    """Link to the exhibit's files; the name of each link says what it is a file of."""
    files = {"CSV": f"data/{stem}.csv", "Excel": f"data/{stem}.xlsx"}
    if exhibit["kind"] == "figure":
        files |= {"SVG": f"figures/{stem}.svg", "PNG": f"figures/{stem}.png"}
    title = escape(exhibit["title"])
    links = " ".join(
        f'<a href="{href}" download>{name}<span class="visually-hidden">: {title}</span></a>'
        for name, href in files.items()
    )
    return f'<p class="exhibit-take">{wording.word("take", language)} {links}</p>'


def anchor(exhibit: dict[str, Any]) -> str:
    """Name the place of an exhibit on its page."""
    return f"{'fig' if exhibit['kind'] == 'figure' else 'tab'}-{exhibit['name']}"


def _picture(exhibit: dict[str, Any], language: str) -> str:
    """Set both drawings of a figure, of which the style sheet shows the one that fits."""
    words = exhibit["alt"]
    if exhibit.get("simulated"):
        words = f"{wording.sentence(wording.word('simulated_mark', language))}. {words}"
    drawn = "".join(
        exhibit["images"][form].replace("<svg ", f'<svg class="{form}" ', 1)
        for form in ("wide", "narrow")
    )
    return f'<div class="drawing" role="img" aria-label="{escape(words)}">{drawn}</div>'
