"""Compare names as people do: blanks, case and the form of letters make no other school."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

# A question about every pair of a long list of schools helps nobody.
MOST_QUESTIONS = 3
#: Names with fewer letters than this are often one letter apart: Nes and Næs, A and B.
SHORTEST = 5
MOST_NAMES = 20_000
#: How files call a row that sums up the others, whatever column it stands in.
_SUMS = (
    "totalt?|totale|totalen|totalsum|sum|summert|i ?alt|til ?sammen|til ?saman|samlet|samla|grand"
    "|gjennomsnitt|snitt|average|mean"
)
#: What is summed up, where schools are listed.
_WHOLES = (
    "alle|all|kommunen|kommune|fylket|landet|hele kommunen|heile kommunen|hele landet|heile landet"
    "|skolene|skulane|skoler|skular|schools|the municipality"
)


def _only(words: str) -> re.Pattern[str]:
    return re.compile(rf"\W*({words})(\W+({words}))*\W*")


_SUM, _ALL = _only(_SUMS), _only(f"{_SUMS}|{_WHOLES}")
#: Words that say what is summed, and are no total alone.
_ALONE = frozenset(("kommune", "skoler", "skular", "schools"))
#: What a table of pupils has instead of a row with such a name.
NO_TOTAL = "a row of one pupil, and this looks like a total of several; delete the row"
#: Zero-width joiners between letters belong to some scripts, and are kept by no Norwegian name.
_INVISIBLE = "Cf"


@lru_cache(maxsize=MOST_NAMES)
def tidy(name: str) -> str:
    """Write a name with composed letters, single blanks and nothing invisible.

    Parameters
    ----------
    name : str
        A name as it stands in a file.

    Returns
    -------
    str
        The name to show.

    Examples
    --------
    >>> tidy(" Kampen\N{NO-BREAK SPACE}  skole ")
    'Kampen skole'
    """
    if name.isascii() and "  " not in name and name.isprintable():
        return name.strip()
    seen = "".join(
        letter
        for letter in unicodedata.normalize("NFC", name)
        if unicodedata.category(letter) != _INVISIBLE
    )
    return " ".join(seen.split())


def folded(name: str) -> str:
    """Write a name as it is compared: tidy, and without case.

    Parameters
    ----------
    name : str
        A name as it stands in a file.

    Returns
    -------
    str
        Equal for names that a reader takes for the same.

    References
    ----------
    The Unicode Standard, section 3.13, default caseless matching; Unicode Standard Annex 15,
    normalisation form C.

    Examples
    --------
    >>> folded("KAMPEN  skole ") == folded("Kampen Skole")
    True
    """
    return unicodedata.normalize("NFC", tidy(name).casefold())


def is_total(name: str, *, of_schools: bool = False) -> bool:
    """Tell whether a name stands for all the others of its column.

    Parameters
    ----------
    name : str
        A name as it stands in a file.
    of_schools : bool
        Whether the column lists schools or other places: then the words for all of them
        (``Alle skoler``, ``Kommunen``) are totals too.

    Returns
    -------
    bool
        True only where every word of the name is such a word; Sumatra skole is a school.

    Examples
    --------
    >>> [is_total(name) for name in ("Totalt:", "Sum", "Alle skoler", "Sumatra skole")]
    [True, True, False, False]
    >>> is_total("ALLE  SKOLER", of_schools=True)
    True
    """
    said = folded(name)
    return bool((_ALL if of_schools else _SUM).fullmatch(said)) and said not in _ALONE


def one_spelling(names: Iterable[str] | Mapping[str, int]) -> dict[str, str]:
    """Choose one spelling for all names that are equal after folding.

    Parameters
    ----------
    names : iterable of str, or mapping of str to int
        Names in the file's order, or each with the number of rows that it stands on.

    Returns
    -------
    dict of str to str
        The spelling to show, of every name: the most frequent, of equals the first.

    Examples
    --------
    >>> one_spelling(["Kampen skole", "kampen skole ", "Kampen skole"])["kampen skole "]
    'Kampen skole'
    """
    counts = Counter(names) if not isinstance(names, Mapping) else names
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in counts.items():
        groups[folded(name)][tidy(name)] += count
    shown = {key: spellings.most_common(1)[0][0] for key, spellings in groups.items()}
    return {name: shown[folded(name)] for name in counts}


def near_equal(names: Iterable[str]) -> list[tuple[str, str]]:
    """Find names that are one letter apart and may be meant as one.

    Parameters
    ----------
    names : iterable of str
        Names that are different after folding, or not.

    Returns
    -------
    list of (str, str)
        Pairs in which one letter is wrong, lacking, added or has changed places with the next.
        Names that differ in a digit, or in a word of one letter, are told apart on purpose.

    Examples
    --------
    >>> near_equal(["Kampen skole", "Kampn skole", "Skole 1", "Skole 2"])
    [('Kampen skole', 'Kampn skole')]
    """
    shown = {folded(name): tidy(name) for name in names}
    if len(shown) > MOST_NAMES:
        return []
    alike: dict[str, list[str]] = defaultdict(list)
    for key in shown:
        for shorter in {key, *_without_one(key)}:
            alike[shorter].append(key)
    pairs = {
        (one, other)
        for group in alike.values()
        for at, one in enumerate(group)
        for other in group[at + 1 :]
        if _slip(one, other)
    }
    place = {key: at for at, key in enumerate(shown)}
    ordered = sorted(tuple(sorted(pair, key=place.__getitem__)) for pair in pairs)
    return [(shown[one], shown[other]) for one, other in ordered]


def questions(
    names: Iterable[str], where: str, within: Mapping[str, str] | None = None
) -> list[str]:
    """Ask about names that are nearly equal, a line each.

    Parameters
    ----------
    names : iterable of str
        The names of one column.
    where : str
        File and column, as a note begins.
    within : mapping of str to str, optional
        The municipality of each name; names of two municipalities are not asked about.

    Returns
    -------
    list of str
        Three lines at most; where there are more pairs the last one counts the rest.
    """
    pairs = [
        (one, other)
        for one, other in near_equal(names)
        if within is None or within.get(one) == within.get(other)
    ]
    lines = [
        f"{where}: '{one}' and '{other}' are read as two; is one of them misspelt?"
        for one, other in pairs[:MOST_QUESTIONS]
    ]
    if len(pairs) > MOST_QUESTIONS:
        lines[-1] += f" ({len(pairs) - MOST_QUESTIONS} more pairs are as near)"
    return lines


def joined(spellings: Mapping[str, str], where: str) -> list[str]:
    """Say which spellings were read as one name.

    Parameters
    ----------
    spellings : mapping of str to str
        What `one_spelling` chose.
    where : str
        File and column, as a note begins.

    Returns
    -------
    list of str
        One line, or none where every name is spelt in one way.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name, shown in spellings.items():
        groups[shown].append(name)
    several = {shown: group for shown, group in groups.items() if len(group) > 1}
    if not several:
        return []
    shown, group = next(iter(several.items()))
    others = ", ".join(f"'{name}'" for name in group if name != shown)
    more = f", and {len(several) - 1} more names" if len(several) > 1 else ""
    return [f"{where}: '{shown}' is also spelt {others}: read as one{more}"]


def _without_one(name: str) -> Iterator[str]:
    return (name[:at] + name[at + 1 :] for at in range(len(name)))


def _slip(one: str, other: str) -> bool:
    """Tell whether the words that differ look like one word, misspelt."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    cut, cut_other = one[start : len(one) - end], other[start : len(other) - end]
    swapped = len(cut) == 2 and cut == cut_other[::-1]
    if not swapped and (len(cut) > 1 or len(cut_other) > 1):
        return False
    if any(not letter.isalpha() for letter in cut + cut_other):
        return bool((cut + cut_other).strip(" -.") == "")
    words = (
        one[:start].rsplit(" ", maxsplit=1)[-1]
        + cut
        + one[len(one) - end :].split(" ", maxsplit=1)[0]
    )
    return len(words) >= SHORTEST
