"""Name the section of the Education Act that a year's report rests on."""

from __future__ import annotations

# The duty of a yearly report came with an amendment of 2009 (Skolemelding 2020, section 2.3) and
# ended with the new Act of 1 August 2024 (udir.no); the data year is that of the report.
FIRST_REPORT = 2009
FIRST_INFORMATION = 2024


def reporting(year: int) -> dict[str, str | None]:
    """Tell which duty to report to the council was in force in a data year.

    Parameters
    ----------
    year : int
        Data year of the edition.

    Returns
    -------
    dict
        ``law_report``: the section that asks for a yearly report; ``law_inform``: the section
        that asks for yearly information without a report. None where it was not in force.
    """
    report = FIRST_REPORT <= year < FIRST_INFORMATION
    return {
        "law_report": "§ 13-10" if report else None,
        "law_inform": "§ 17-12" if year >= FIRST_INFORMATION else None,
    }
