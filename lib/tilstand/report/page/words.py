"""Say numbers in the page's language: in titles, and in the prose of the chapter."""

from __future__ import annotations

from string import Formatter
from typing import Any

from tilstand.report import wording
from tilstand.report.page import entries, exhibits
from tilstand.report.page.reading import Reading


class Words(Reading):
    """Put what an edition knows into words."""

    def pick(self, nb: str, en: str) -> str:
        """Choose the text of the page's language.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").pick("elever", "pupils")
        'pupils'
        """
        return {"nb": nb, "en": en}[self.language]

    def title(self, nb: str, en: str, **values: Any) -> str:
        """Write a finding with numbers in it; empty when one of them is missing.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> from tilstand.report.numbers import Value
        >>> open_page(2020, "en").title("{n} elever", "{n} pupils", n=Value(1650, 0))
        '1,650 pupils'
        """
        pattern = self.pick(nb, en)
        if any(value is None or value == "" for value in values.values()):
            return ""
        said = entries.entries(values, self.language)
        texts = {name.replace(".", "_"): entry["text"] for name, entry in said.items()}
        # A value's year is looked at only where the title names it: not every number has one.
        asked = {field for _, field, _, _ in Formatter().parse(pattern) if field}
        if any(texts[field] is None for field in asked & set(texts)):
            return ""
        if any(texts[name] is None for name in values if name in texts):
            return ""
        return wording.sentence(pattern.format(**texts))

    def say(self, **values: Any) -> None:
        """Hand numbers and words to the chapter's prose.

        Parameters
        ----------
        **values : Value, Comparison, Estimate, str or None
            A value ``x`` serves ``{{ x }}`` and ``{{ x.year }}``; a comparison ``{{ x.size }}``,
            ``{{ x.low }}``, ``{{ x.high }}``, ``{{ x.direction }}``, ``{{ x.amount }}`` (of things
            that are counted) and ``{{ x.verdict }}``; an estimate ``{{ x }}``, ``{{ x.low }}``
            and ``{{ x.high }}``. A missing number takes the prose that names it out. None is a
            word that the edition lacks: prose that hangs on it is tagged ``when-<name>``.

        Raises
        ------
        CallError
            When a word is blank.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> from tilstand.report.numbers import Value
        >>> open_page(2020, "en").say(pupils=Value(1650, 0))
        {'application/vnd.tilstand.numbers+json': {'pupils': {'text': '1,650', ...
        """
        exhibits.say(entries.entries(values, self.language))

    def holds(self, **facts: bool) -> None:
        """State what holds of the chapter, for prose cells tagged ``when-<name>``.

        Parameters
        ----------
        **facts : bool
            A cell with the tag ``when-wider`` stands only where ``wider`` is true; a cell tagged
            ``otherwise`` right after it stands in its place.

        Examples
        --------
        >>> from tilstand.report.page.page import open_page
        >>> open_page(2020, "en").holds(wider=True)
        {'application/vnd.tilstand.numbers+json': {'wider': ...
        """
        exhibits.say({name: entries.fact(known) for name, known in facts.items()})
