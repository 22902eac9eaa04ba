"""Put the municipality's own words on a page, last year's beside this year's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tilstand.edition.own_words import PLACES
from tilstand.errors import BuildError
from tilstand.pipeline.compose.fill import fill

if TYPE_CHECKING:
    from tilstand.pipeline.compose.fill import Names

OPENING = ":::{div} own-words"
WHOSE = {"nb": "Kommunens ord", "en": "In the municipality’s own words"}
LAST = {"nb": "Slik skrev kommunen i forrige utgave", "en": "What the last edition said"}
RAW = "```{{raw}} html\n{}\n```"


@dataclass(frozen=True)
class Own:
    """Hold what an edition adds to a page, and what the page lacks.

    Parameters
    ----------
    words, last : dict
        The municipality's words by place, of this edition and the one before.
    file : str
        The file that they stand in, or would.
    lacking : list of str or None
        Measures that the chapter can show and the edition has not; None for a chapter that a
        document of the municipality fills, whose headings say what is missing.
    """

    words: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    file: str = ""
    lacking: list[str] | None = None


def with_own_words(chunks: list[str], own: Own, names: Names) -> list[str]:
    """Put own words in their places: the finding on top, the rest at the end.

    Parameters
    ----------
    chunks : list of str
        The page's Markdown, title first.
    own : Own
        The words.
    names : Names
        What ``{{ names }}`` stand for.

    Returns
    -------
    list of str
        The page's Markdown.

    Raises
    ------
    BuildError
        When a name means nothing, or the edition has no such number.
    """
    language = names.language
    made = list(chunks)
    for place, words in own.words.items():
        text = fill(words, names, own.file)
        if text is None:
            message = f"{own.file}: a number named under '{place}' is not in the edition"
            raise BuildError(message)
        block = f"{OPENING}\n**{WHOSE[language]}**\n\n{text}\n:::"
        if place == "finding":
            made[1:1] = [block]
        else:
            made += [f"## {PLACES[place][language]}", block]
            if place in own.last:
                made += _folded(LAST[language], own.last[place])
    return made


def _folded(title: str, words: str) -> list[str]:
    opened = RAW.format(f'<details class="last-words"><summary>{title}</summary>')
    return [opened, words, RAW.format("</details>")]
