"""Know where the municipality's own words on an edition stand, and write the places for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tilstand.project import Project

FOLDER, GOALS = "text", "goals.csv"
GOAL_COLUMNS = (
    "goal",
    "indicator",
    "grade",
    "subject",
    "category",
    "target",
    "year",
    "responsible",
    "status",
)
#: The named places of a text, in the order of the page, by language.
PLACES = {
    "finding": {"nb": "Funn", "en": "Finding"},
    "assessment": {"nb": "Vurdering", "en": "Assessment"},
    "measures": {"nb": "Tiltak", "en": "Measures"},
    "previous": {"nb": "Oppfølging av forrige rapport", "en": "Follow-up of the last report"},
    "supervision": {"nb": "Tilsyn og internkontroll", "en": "Supervision and internal control"},
    "participation": {"nb": "Hvem har medvirket", "en": "Who took part"},
    "decision": {"nb": "Forslag til vedtak", "en": "Proposed decision"},
}
USUAL = ("finding", "assessment", "measures")
#: Places of the chapters that have no measures in the register.
OTHERS = {
    "konklusjoner": USUAL,
    "styring": ("assessment", "previous", "supervision", "participation"),
    "kommunestyret": ("finding", "assessment", "decision"),
}
#: What belongs in each place, for the one who writes.
ASKED = {
    "finding": {
        "nb": "Det viktigste i en eller to setninger. Tomt: kapitlet bruker sitt eget funn.",
        "en": "What matters most, in one or two sentences. Empty: the chapter has its own.",
    },
    "assessment": {
        "nb": "Hvordan vurderer kommunen dette? Hva er bra, hva bekymrer, hva vet den ikke?",
        "en": "How does the municipality assess this? What is good, what worries, what is unknown?",
    },
    "measures": {
        "nb": "Hva gjør kommunen, for hvem, fra når, og hvem har ansvaret?",
        "en": "What does the municipality do, for whom, from when, and who is responsible?",
    },
    "previous": {
        "nb": "Hva ble vedtatt etter forrige rapport, og hva er gjort?",
        "en": "What was decided after the last report, and what has been done?",
    },
    "supervision": {
        "nb": "Tilsyn i skoleåret, hva de fant, og internkontrollen (kommuneloven § 25-2).",
        "en": "Supervision in the school year, its findings, and internal control (§ 25-2).",
    },
    "participation": {
        "nb": "Hvem har sett på tallene: elever, foreldre, ansatte, organisasjoner? Hva sa de?",
        "en": "Who looked at the numbers: pupils, parents, staff, unions? What did they say?",
    },
    "decision": {
        "nb": "Det kommunestyret blir bedt om å vedta, punkt for punkt.",
        "en": "What the council is asked to decide, item by item.",
    },
}
#: Chapters that a yearly report has something to say in; others may have a file too.
CHAPTERS = {
    "kommunestyret": "",
    "styring": "",
    "elevtall": "tall.gsi_pupils",
    "spesialundervisning": "tall.gsi_adapted_share",
    "sprak": "tall.gsi_norwegian_share",
    "bemanning": "tall.gsi_teacher_density",
    "elevundersokelsen": "tall.bullied_share.10",
    "fravar": "tall.absence_days",
    "nasjonale-prover-skoler": "tall.np_scale_points.8.reading",
    "karakterer": "tall.grunnskolepoeng.10",
}
NAMES = {
    "nb": "Tall skrives med navn, for eksempel {{ name }}; tilstand wants lister dem.",
    "en": "Write numbers by name, such as {{ name }}; tilstand wants lists them.",
}


def places_of(chapter: str) -> tuple[str, ...]:
    """List the places that a chapter's text has."""
    return OTHERS.get(chapter, USUAL)


def text_path(project: Project, edition: str, chapter: str, language: str) -> Path:
    """Name the file of a chapter's own words."""
    return project.editions / edition / FOLDER / f"{chapter}.{language}.md"


def write_places(project: Project, edition: str, languages: Iterable[str]) -> Path:
    """Write the files that own words go into, with a word on each place, and an empty goals file.

    Parameters
    ----------
    project : Project
        The checkout.
    edition : str
        The edition's name.
    languages : iterable of {"nb", "en"}
        A file a chapter and language.

    Returns
    -------
    Path
        The edition's folder. What is there already stays as it is.
    """
    folder = project.editions / edition
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for language in languages:
        for chapter, name in CHAPTERS.items():
            path = text_path(project, edition, chapter, language)
            if (project.notebooks / f"{chapter}.ipynb").is_file() and not path.exists():
                path.write_text(_skeleton(chapter, name, language), encoding="utf-8")
    goals = folder / GOALS
    if not goals.exists():
        goals.write_text(",".join(GOAL_COLUMNS) + "\n", encoding="utf-8")
    return folder


def _skeleton(chapter: str, name: str, language: str) -> str:
    parts = [
        f"# {PLACES[place][language]}\n\n<!-- {ASKED[place][language]} -->\n"
        for place in places_of(chapter)
    ]
    if name:
        said = NAMES[language].replace("name", name, 1)
        parts.append(f"<!-- {said} -->\n")
    return "\n".join(parts)
