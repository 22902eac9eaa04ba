"""Say in a page's language how schools with equal intake are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report import wording

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

_FEATURES = {
    "mean of prior": ("snittet av det tidligere resultatet", "mean of the earlier result"),
    "spread of prior": ("spredningen i det tidligere resultatet", "spread of the earlier result"),
    "pupils a cohort": ("elever i et kull", "pupils in a cohort"),
}


def rule_in_words(page: Page, rule: str) -> str:
    """Say how like schools are found.

    Parameters
    ----------
    page : Page
        Gives the language.
    rule : str
        As `like_schools` prints it; blank where there are too few schools to choose among.

    Returns
    -------
    str
        A sentence, or nothing.

    Raises
    ------
    KeyError
        When the rule rests on what has no words here.
    """
    if not rule:
        return ""
    head, _, told = rule.rstrip(".").partition(": ")
    count = next(word for word in head.split() if word.isdigit())
    words = [page.pick(*_FEATURES[one]) for one in told.split(", ")]
    features = wording.listing(words, page.language)
    return page.pick(
        nb=f"de {count} skolene med mest likt elevgrunnlag, målt ved {features}",
        en=f"the {count} schools with the most equal intake, measured by {features}",
    )
