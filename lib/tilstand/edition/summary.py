"""Read what an edition chooses to open its book with."""

from __future__ import annotations

from dataclasses import dataclass

from tilstand.edition.slips import hint, unknown_keys

LANGUAGES = ("nb", "en")
FINDING_KEYS = {"statement", "measure", "chapter", *LANGUAGES}
CHART_KEYS = {"form", "measure", "by", "from_year", *LANGUAGES}
FORMS = ("lines", "bars")


Items = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Summary:
    """Hold what an edition opens with; nothing where it leaves that to the data.

    Parameters
    ----------
    lead_items, finding_items, chart_items : tuple
        What `lead`, `findings` and `charts` give as dicts.
    """

    lead_items: Items = ()
    finding_items: tuple[Items, ...] = ()
    chart_items: tuple[Items, ...] = ()

    @property
    def lead(self) -> dict[str, str]:
        """A sentence by language; empty for the book's own."""
        return dict(self.lead_items)

    @property
    def findings(self) -> list[dict[str, str]]:
        """Findings in order.

        Each has ``statement`` (an id) or ``nb`` and ``en`` (a sentence of the edition's own) and,
        if wanted, ``measure`` (``indicator|grade|subject|category``) and ``chapter``.
        """
        return [dict(one) for one in self.finding_items]

    @property
    def charts(self) -> list[dict[str, str]]:
        """Charts in order.

        Each has ``form``, ``measure`` and a title by language, in which ``{now}``, ``{first}``
        and ``{nation}`` stand for numbers; ``by`` and ``from_year`` if wanted.
        """
        return [dict(one) for one in self.chart_items]


NONE = Summary()


def checked_summary(said: object, name: str, faults: list[str]) -> Summary:
    """Check the table ``[summary]`` of an edition file.

    Parameters
    ----------
    said : object
        What the file says; None where it has no such table.
    name : str
        How faults name the file.
    faults : list of str
        Gets a line for each fault.

    Returns
    -------
    Summary
        What is right of it.

    Examples
    --------
    >>> faults = []
    >>> checked_summary({"findings": [{"statement": "s-1"}]}, "2020.toml", faults).findings
    [{'statement': 's-1'}]
    >>> faults
    []
    """
    if said is None:
        return NONE
    if not isinstance(said, dict):
        faults.append(f"{name}:summary: '{said}', expected a table")
        return NONE
    faults += unknown_keys(said, (*LANGUAGES, "findings", "charts"), (), f"{name}:summary")
    lead = {key: str(said[key]) for key in LANGUAGES if key in said}
    if lead and len(lead) < len(LANGUAGES):
        faults.append(f"{name}:summary: expected its sentence in {' and '.join(LANGUAGES)}")
    if any(not text.strip() for text in lead.values()):
        faults.append(f"{name}:summary: a sentence is blank, expected words, or no sentence")
    findings = _tables(said.get("findings", []), f"{name}:summary.findings", FINDING_KEYS, faults)
    charts = _tables(said.get("charts", []), f"{name}:summary.charts", CHART_KEYS, faults)
    for number, one in enumerate(findings, start=1):
        slips = set(one) - FINDING_KEYS
        if not slips and "statement" not in one and not set(LANGUAGES) <= set(one):
            expected = "a statement, or a sentence in nb and en"
            faults.append(f"{name}:summary.findings:{number}: expected {expected}")
    for number, one in enumerate(charts, start=1):
        if one.get("form") not in FORMS or not {"measure", *LANGUAGES} <= set(one):
            expected = f"form ({' or '.join(FORMS)}), measure, nb and en"
            wrong = one.get("form", FORMS[0])
            slip = f"form '{wrong}', {hint(wrong, FORMS)}" if wrong not in FORMS else ""
            faults.append(f"{name}:summary.charts:{number}: {slip or f'expected {expected}'}")
        if not one.get("from_year", "0").isdigit():
            year = one["from_year"]
            faults.append(f"{name}:summary.charts:{number}:from_year: '{year}', expected a year")
    return Summary(_items(lead), tuple(map(_items, findings)), tuple(map(_items, charts)))


def _items(one: dict[str, str]) -> Items:
    return tuple(one.items())


def _tables(
    said: object, where: str, keys: set[str], faults: list[str]
) -> tuple[dict[str, str], ...]:
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        faults.append(f"{where}: '{said}', expected tables such as [[summary.findings]]")
        return ()
    for number, one in enumerate(said, start=1):
        faults += unknown_keys(one, sorted(keys), (), f"{where}:{number}")
        blank = sorted(key for key, value in one.items() if not str(value).strip())
        faults += [f"{where}:{number}:{key}: '', expected words" for key in blank]
    return tuple({key: str(value) for key, value in one.items()} for one in said)
