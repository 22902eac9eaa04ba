"""Turn values, estimates and comparisons into the entries that prose is filled from."""

from __future__ import annotations

from typing import Any

from tilstand.errors import CallError
from tilstand.report import wording
from tilstand.report.numbers import Value
from tilstand.report.page.compare import Comparison, Estimate

Entry = dict[str, Any]


def entries(values: dict[str, Any], language: str) -> dict[str, Entry]:
    """Name every entry that values give to prose.

    Parameters
    ----------
    values : dict of str to Value, Estimate, Comparison, str or None
        By the name they were said under; None for a word that the edition lacks.
    language : {"nb", "en"}
        Language of the texts.

    Returns
    -------
    dict of str to dict
        By the name that prose asks for (``x``, ``x.year``, ``x.low``, ``x.verdict``): ``text``,
        which is None where the number is missing, ``number`` in the indicator's unit and ``refs``,
        the rows it rests on; ``word`` marks a word that is missing.

    Raises
    ------
    CallError
        When a word is blank.

    Examples
    --------
    >>> entries({"subject": "reading"}, "en")
    {'subject': {'text': 'reading', 'number': None, 'refs': []}}
    """
    found: dict[str, Entry] = {}
    for name, value in values.items():
        if isinstance(value, Value):
            found[name] = _number(value, language)
            found[f"{name}.year"] = _number(value.year_value(), language)
        elif isinstance(value, Estimate):
            found[name] = _number(value.share, language)
            found[f"{name}.low"] = _number(value.low, language)
            found[f"{name}.high"] = _number(value.high, language)
        elif isinstance(value, Comparison):
            found |= _comparison(name, value, language)
        elif value is None:
            found[name] = _words(None) | {"word": True}
        elif str(value):
            found[name] = _words(str(value))
        else:
            raise CallError(
                f"'{name}' is said as a blank, expected words, or None for words that are not "
                f"there; say what holds with page.holds({name}=...) and tag the prose when-{name}"
            )
    return found


def fact(known: bool) -> Entry:  # noqa: FBT001  # a fact is all there is to say
    """Make the entry of a fact, which prose can hang on and not print."""
    return _words("true" if known else None)


def _comparison(name: str, value: Comparison, language: str) -> dict[str, Entry]:
    parts = {"size": value.size, "low": value.low, "high": value.high}
    found = {f"{name}.{part}": _number(number, language) for part, number in parts.items()}
    words = {"direction": value.direction, "amount": value.amount, "verdict": value.verdict}
    for part, texts in words.items():
        text = texts[language] or None
        found[f"{name}.{part}"] = _words(text)
        found[f"{name}.{part}.begun"] = _words(wording.sentence(text) if text else None)
    return found


def _words(text: str | None) -> Entry:
    return {"text": text, "number": None, "refs": []}


def _number(value: Value, language: str) -> Entry:
    if value.missing:
        return {"text": None, "number": None, "refs": list(value.refs)}
    return {
        "text": value.text(language),
        "number": float(value),
        "refs": list(value.refs),
        "recipe": value.recipe,
        "decimals": value.decimals,
    }
