"""Fill prose with the numbers that a chapter's cells handed over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tilstand.errors import BuildError
from tilstand.report.page.blocks import number_html
from tilstand.report.spoken import ordinal, spoken

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Punctuation that means something inside a line; two hyphens or dots would become one sign.
ACTIVE = re.compile(r"[!-*:-@\[-`{-~]|(?<=[-+])-|(?<=\.)\.")
AT_START = re.compile(r"^(\d*)([-+.)])")
CONDITION = re.compile(r"% (?P<word>when|otherwise|end)(?: (?P<name>[\w.]+))?")
# ``{{ n }}``, or words in the number's place: ``{{ n | the word for one | the word otherwise }}``.
PLACEHOLDER = re.compile(
    r"\{\{\s*(?P<name>[\w.\-]+)\s*(?:\|(?P<one>[^{}|\d]*)\|(?P<many>[^{}|\d]*))?\}\}"
)


@dataclass
class Names:
    """Hold everything that ``{{ name }}`` can stand for in one chapter.

    Parameters
    ----------
    numbers : dict
        Entries handed over by ``page.say``; a ``text`` of None says the edition has none.
    html : dict
        Finished HTML, such as links to figures and works.
    absent : set of str
        Names that exist, but not in this edition, such as a figure without numbers.
    language : {"nb", "en"}
        The page's language.
    """

    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    language: str = "nb"

    def knows(self, name: str) -> bool:
        """Tell whether a name means anything here."""
        return name in self.numbers or name in self.html or name in self.absent

    def lacks(self, name: str) -> bool:
        """Tell whether the edition has nothing to put in the name's place."""
        return name in self.absent or (name in self.numbers and self.numbers[name]["text"] is None)

    def hangs_on_a_word(self, prose: str) -> str:
        """Name a word without which prose would fall away, though it lacks no number."""
        lacking = [name for name in cited(prose) if self.lacks(name)]
        words = [name for name in lacking if self.numbers.get(name, {}).get("word")]
        return words[0] if words == lacking and words else ""

    def has(self, name: str, where: str) -> bool:
        """Tell whether the edition has what a condition names.

        Raises
        ------
        BuildError
            When the name means nothing.
        """
        if not self.knows(name):
            raise BuildError(f"{where}: 'when {name}' asks for something that is not known")
        return not self.lacks(name)

    def text(self, name: str, *, plain: bool, said: str = "") -> str:
        """Write what a name stands for, as HTML or as plain text; a number as ``said``."""
        if name in self.html:
            return re.sub(r"<[^>]+>", "", self.html[name]) if plain else self.html[name]
        entry = self.numbers[name]
        if entry.get("number") is None:
            text = as_text(str(entry["text"]))
            # Words from the data may hold digits of their own ("nivå 1", the years of a break).
            spanned = not plain and re.search(r"\d", text)
            return f'<span class="from-data">{text}</span>' if spanned else text
        if plain:
            return str(entry["text"])
        return number_html(
            said or entry["text"],
            entry["number"],
            entry["decimals"],
            entry["recipe"],
            entry["refs"],
        )

    def counts(self, name: str) -> bool:
        """Tell whether a name stands for a whole number that is no year."""
        entry = self.numbers.get(name, {})
        frame = entry.get("recipe") in ("year", "edition")
        return entry.get("number") is not None and not entry.get("decimals") and not frame


def as_text(words: str) -> str:
    r"""Write words from data so that Markdown shows them as they are and does nothing of it.

    Parameters
    ----------
    words : str
        The words; a line break or another control character becomes a space.

    Returns
    -------
    str
        Markdown of one line.

    References
    ----------
    CommonMark 0.31.2, section 2.4, Backslash escapes: https://spec.commonmark.org/0.31.2/

    Examples
    --------
    >>> as_text("Å skole (1.-4. trinn)")
    'Å skole \\(1.-4. trinn\\)'
    >>> as_text("<img src=x>")
    '\\<img src\\=x\\>'
    """
    line = " ".join(CONTROL.sub(" ", words).split())
    line = ACTIVE.sub(r"\\\g<0>", line)
    return AT_START.sub(r"\g<1>\\\g<2>", line)


def cited(prose: str) -> list[str]:
    """List the names that a piece of prose asks for.

    Examples
    --------
    >>> cited("{{ n }} {{ n | skole | skoler }} i {{ town }}")
    ['n', 'n', 'town']
    """
    return [match["name"] for match in PLACEHOLDER.finditer(prose)]


def choose(prose: str, names: Names, where: str) -> str:
    """Keep the parts of a page that the edition is about.

    Parameters
    ----------
    prose : str
        Markdown; a part between ``% when NAME`` and ``% end`` stands only where the edition has
        what NAME names, a part after ``% otherwise`` only where it does not.
    names : Names
        What names stand for.
    where : str
        Page, for messages.

    Returns
    -------
    str
        The prose without conditions and without the parts that fall away.

    Raises
    ------
    BuildError
        When a condition names nothing known, or parts are not opened and closed in turn.
    """
    kept, inside, holds = [], False, True
    for line in prose.split("\n"):
        condition = CONDITION.fullmatch(line)
        if not condition:
            if holds:
                kept.append(line)
            continue
        word, name = condition["word"], condition["name"]
        if (word == "when") == inside:
            raise BuildError(f"{where}: '{line}' does not follow the condition before it")
        inside = word != "end"
        holds = names.has(name, where) if word == "when" else not holds or word == "end"
    if inside:
        raise BuildError(f"{where}: a condition has no '% end'")
    return "\n".join(kept)


def fill(prose: str, names: Names, where: str) -> str | None:
    """Put numbers into a piece of prose.

    Parameters
    ----------
    prose : str
        Markdown with ``{{ name }}``, and with ``{{ name | skole | skoler }}`` for the word that
        fits the number: the first where it is printed as 1, the second otherwise.
    names : Names
        What the names stand for.
    where : str
        Chapter and cell, for messages.

    Returns
    -------
    str or None
        The prose, or None when the edition lacks one of its numbers: a text about a number
        that is not there is left out, never printed with a hole.

    Raises
    ------
    BuildError
        When a name means nothing: a slip of the pen, not a missing number.
    """
    wanted = cited(prose)
    unknown = sorted({name for name in wanted if not names.knows(name)})
    if unknown:
        raise BuildError(
            [f"{where}: '{{{{ {name} }}}}' is not said by any cell" for name in unknown]
        )
    if any(names.lacks(name) for name in wanted):
        return None
    return "\n".join(_filled(line, names) for line in prose.splitlines())


def _filled(line: str, names: Names) -> str:
    """Fill one line; headings, which menus show, stay plain."""
    if line.lstrip().startswith("#"):
        return PLACEHOLDER.sub(lambda found: _plain(found, names), line)
    parts, end = [], 0
    for found in PLACEHOLDER.finditer(line):
        name = found["name"]
        before, after = line[: found.start()], line[found.end() :]
        parts.append(line[end : found.start()])
        end = found.end()
        if found["one"] is not None or not names.counts(name):
            parts.append(
                _plain(found, names) if found["one"] is not None else names.text(name, plain=False)
            )
            continue
        text = str(names.numbers[name]["text"])
        if names.language == "nb" and re.match(r"\. [a-zæøå]", after):
            said, end = ordinal(text), end + 1
        else:
            around = [
                PLACEHOLDER.sub(lambda one: _plain(one, names), part) for part in (before, after)
            ]
            said = spoken(text, names.language, *around)
        parts.append(names.text(name, plain=False, said=said))
    return "".join([*parts, line[end:]])


def _plain(found: re.Match[str], names: Names) -> str:
    """Write what a placeholder stands for without markup."""
    text = names.text(found["name"], plain=True)
    return (
        text if found["one"] is None else (found["one"] if text == "1" else found["many"]).strip()
    )
