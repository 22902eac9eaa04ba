"""Link the words of the glossary where a page first uses them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGE = "ordliste"
ENTRY = re.compile(r"^\((ord-[\w-]+)\)=\n(.+)\n:", re.MULTILINE)
# Endings of nouns, definite and in the plural; of English ones, the plural.
ENDINGS = {"nb": "(?:en|et|er|ene|a|n|ne|r|s)?", "en": "s?"}
# "Skolene styrer selv" has a verb in it, not the head of a kindergarten.
ALSO_VERBS = {"styrer"}
# What must stay as it is: links, HTML elements and their contents, code, directives.
KEPT = re.compile(
    r"(!?\[[^\]]*\]\([^)]*\)|<(a|span|data|time)\b.*?</\2>|<[^>]+>|`[^`]*`|\{[^}]*\})", re.DOTALL
)


@dataclass(frozen=True)
class Term:
    """Hold one word of the glossary.

    Parameters
    ----------
    anchor : str
        Its place on the glossary's page.
    pattern : re.Pattern
        The word in all forms that a text may use.
    """

    anchor: str
    pattern: re.Pattern[str]


def read_glossary(path: Path, language: str) -> list[Term]:
    """Read the words of a glossary.

    Parameters
    ----------
    path : Path
        The page: entries begin with ``(ord-name)=`` and a line such as ``mobbing (bullying)``,
        whose parts before and in the parentheses all count; their HTML does not.
    language : {"nb", "en"}
        Language of the page; decides how words end.

    Returns
    -------
    list of Term
        Longer words first, so that a part of one is not taken for another; empty without a page.
    """
    if not path.is_file():
        return []
    found = []
    for anchor, line in ENTRY.findall(path.read_text(encoding="utf-8")):
        found += [(form, anchor) for form in _forms(line)]
    found.sort(key=lambda one: -len(one[0]))
    return [Term(anchor, _pattern(form, language)) for form, anchor in found]


def _forms(line: str) -> list[str]:
    main, _, rest = re.sub(r"<[^>]+>", "", line).partition(" (")
    forms = [main, *rest.rstrip(") ").split(", ")]
    plain = (form for form in forms if re.fullmatch(r"[\w -]{3,}", form))
    return [f for f in plain if not re.search(r" (og|and) ", f) and f not in ALSO_VERBS]


def _pattern(form: str, language: str) -> re.Pattern[str]:
    name = form != form.lower()  # a name is written one way only
    ending = "" if name else ENDINGS[language]
    return re.compile(
        rf"(?<![\w-]){re.escape(form)}{ending}(?![\w-])", 0 if name else re.IGNORECASE
    )


def link_terms(prose: str, terms: Sequence[Term], linked: set[str]) -> str:
    """Link every term that the page has not linked yet at its first use in a piece of prose.

    Parameters
    ----------
    prose : str
        Markdown. Headings, links, code and HTML stay as they are.
    terms : sequence of Term
        The glossary.
    linked : set of str
        Anchors that the page has linked already; grows.

    Returns
    -------
    str
        The prose with links to the glossary.
    """
    lines, fenced = [], False
    for line in prose.split("\n"):
        fence = line.lstrip().startswith(("```", ":::"))
        fenced = fenced != line.lstrip().startswith("```")
        heading = line.startswith("#") or re.match(r"\([\w-]+\)=", line)
        lines.append(line if fence or fenced or heading else _line(line, terms, linked))
    return "\n".join(lines)


def _line(line: str, terms: Sequence[Term], linked: set[str]) -> str:
    for term in terms:
        if term.anchor in linked or not term.pattern.search(line):
            continue
        pieces, last = [], 0
        for kept in KEPT.finditer(line):
            pieces += [line[last : kept.start()], kept.group(0)]
            last = kept.end()
        pieces.append(line[last:])
        for number in range(0, len(pieces), 2):
            found = term.pattern.search(pieces[number])
            if found:
                word = f'<a class="term" href="{PAGE}.html#{term.anchor}">{found.group(0)}</a>'
                before, after = pieces[number][: found.start()], pieces[number][found.end() :]
                pieces[number] = before + word + after
                linked.add(term.anchor)
                break
        line = "".join(pieces)
    return line
