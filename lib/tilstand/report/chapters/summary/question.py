"""Ask one thing of the data: which number, against what, and in which chapter it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Question:
    """Ask one thing of the data.

    Parameters
    ----------
    indicator : str
        Code of the catalogue; its direction tells which way is better.
    against : {"before", "nation", "cohort"}
        Compare with the year before that the sources have, with the country, or a cohort's mean
        in national tests with what it had three years earlier.
    chapter : str
        Chapter that tells more.
    where : dict
        ``grade``, ``gender``, ``subject``, ``category``.
    events : bool
        The number counts events, so that chance alone moves it (Poisson).
    better : {"higher", "lower", ""}
        Which way is better, where the catalogue cannot say it for all categories.
    name : str
        What the finding is called; the measure and its group, as the register has them, if empty.
    theme : str
        Of each theme an edition opens with one finding; the chapter if blank.
    """

    indicator: str
    against: Literal["before", "nation", "cohort"]
    chapter: str
    where: dict[str, str] = field(default_factory=dict)
    events: bool = False
    better: Literal["higher", "lower", ""] = ""
    name: str = ""
    theme: str = ""
