"""Code the subjects of marks by what the exports call them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tilstand.sources.headers import Vocabulary

# "Norsk hovedmål, skriftlig, 10. årstrinn" is the subject "Norsk hovedmål skriftlig".
GRADE = re.compile(r",?\s*\b[0-9]{1,2}\. ?(?:års)?trinn\b")


def subject_code(name: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """Return the code of a subject and its name.

    Parameters
    ----------
    name : str
        As the export has it, such as ``Engelsk 10. årstrinn``.
    vocabulary : Vocabulary
        The words of the exports; those of the kind ``subject_name`` are subjects of the register.

    Returns
    -------
    code : str
        The register's code, or one made from the name where the register has none: the subject
        is then shown under its own name.
    name : str
        Without the grade.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> words = SimpleNamespace(words={"subject_name": {"Engelsk": "english"}})
    >>> subject_code("Engelsk 10. årstrinn", words)
    ('english', 'Engelsk')
    >>> subject_code("Mat og helse 10. årstrinn", words)
    ('mat-og-helse', 'Mat og helse')
    """
    plain = " ".join(GRADE.sub("", name).replace(",", " ").split())
    known = {word.casefold(): code for word, code in vocabulary.words["subject_name"].items()}
    return known.get(plain.casefold()) or code_of(plain), plain


def code_of(name: str) -> str:
    """Make a code of a name: its letters and digits, with hyphens between words."""
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-")
