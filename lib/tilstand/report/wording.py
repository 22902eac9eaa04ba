"""Keep every word that the library itself puts on a page, in bokmål and English."""

from __future__ import annotations

from tilstand.errors import BuildError

WORDS: dict[str, dict[str, str]] = {
    "about": {"nb": "om lag", "en": "about"},
    "more_than": {"nb": "mer enn", "en": "more than"},
    "and": {"nb": "og", "en": "and"},
    "figure": {"nb": "Figur", "en": "Figure"},
    "table": {"nb": "Tabell", "en": "Table"},
    "source": {"nb": "Kilde", "en": "Source"},
    "sources": {"nb": "Kilder", "en": "Sources"},
    "section": {"nb": "kapittel", "en": "section"},
    "numbers_behind": {"nb": "Tallene bak figuren", "en": "The numbers behind the figure"},
    "take": {"nb": "Last ned:", "en": "Download:"},
    "made_figure": {"nb": "Slik er figuren laget", "en": "How this figure is made"},
    "made_table": {"nb": "Slik er tabellen laget", "en": "How this table is made"},
    "made_in": {"nb": "Notatbok", "en": "Notebook"},
    "made_cell": {"nb": "celle", "en": "cell"},
    "made_rows": {"nb": "Rader i datasettet bak den: {}.", "en": "Rows of the data behind it: {}."},
    "not_reported": {"nb": "ikke rapportert", "en": "not reported"},
    "suppressed": {"nb": "skjult", "en": "suppressed"},
    "year": {"nb": "År", "en": "Year"},
    "unit": {"nb": "Enhet", "en": "Unit"},
    "value": {"nb": "Verdi", "en": "Value"},
    "head_place": {"nb": "Sted", "en": "Place"},
    "head_grade": {"nb": "Trinn", "en": "Grade"},
    "head_gender": {"nb": "Kjønn", "en": "Sex"},
    "head_subject": {"nb": "Fag", "en": "Subject"},
    "head_group": {"nb": "Gruppe", "en": "Group"},
    "girls": {"nb": "jenter", "en": "girls"},
    "boys": {"nb": "gutter", "en": "boys"},
    "women": {"nb": "kvinner", "en": "women"},
    "men": {"nb": "menn", "en": "men"},
    "forecast": {"nb": "prognose", "en": "forecast"},
    "interval_95": {"nb": "95 %-intervall", "en": "95% interval"},
    "to": {"nb": "til", "en": "to"},
    "old_numbers": {"nb": "Tall fra {}", "en": "Numbers from {}"},
    "the_others": {"nb": "de andre", "en": "the others"},
    "zero": {"nb": "null", "en": "zero"},
    "the_line": {"nb": "streken", "en": "the line"},
    "can_be_told": {"nb": "kan skilles fra {}", "en": "distinguishable from {}"},
    "cannot_be_told": {"nb": "kan ikke skilles fra {}", "en": "not distinguishable from {}"},
    "inferred": {"nb": "utledet", "en": "inferred"},
    "approximate": {"nb": "omtrentlig", "en": "approximate"},
    "contested": {"nb": "kildene spriker", "en": "the sources disagree"},
    "uncertainty": {"nb": "Usikkerhet", "en": "Uncertainty"},
    "break_mark": {"nb": "brudd", "en": "break"},
    "break": {"nb": "Brudd i serien", "en": "Break in the series"},
    "missing": {"nb": "Ikke rapportert", "en": "Not reported"},
    "simulated": {"nb": "Simulerte tall", "en": "Simulated numbers"},
    "simulated_mark": {
        "nb": "simulert",
        "en": "simulated",
    },
    "simulated_stamp": {"nb": "simulert", "en": "simulated"},
    "nothing_before": {
        "nb": "ingen tidligere tall å sammenligne med",
        "en": "no earlier number to compare with",
    },
    "one_apart": {"nb": "Én skole for seg", "en": "One school apart"},
    "show_rows": {"nb": "Vis radene", "en": "Show the rows"},
    "kinds_statement": {"nb": "Slik beskriver kildene det", "en": "How the sources describe it"},
    "kinds_measure": {"nb": "Tiltak", "en": "Measures"},
    "kinds_challenge": {"nb": "Utfordringer", "en": "Challenges"},
    "kinds_goal": {"nb": "Mål og planer", "en": "Goals and plans"},
    "kinds_recommendation": {"nb": "Anbefalinger", "en": "Recommendations"},
    "kinds_gap": {"nb": "Det vi ikke har", "en": "What we do not have"},
    "certainty_clear": {"nb": "Tydelig", "en": "Clear"},
    "certainty_sign": {"nb": "Tegn til", "en": "A sign"},
    "certainty_chance": {
        "nb": "Kan ikke skilles fra tilfeldigheter",
        "en": "Could be due to chance",
    },
    "certainty_unknown": {
        "nb": "Usikkerheten er ikke kjent",
        "en": "How sure is unknown",
    },
    "certainty_counted": {"nb": "Full telling", "en": "A complete count"},
    "clear": {"nb": "tydelig", "en": "clear"},
    "sign": {"nb": "tegn til", "en": "a sign of"},
    "chance": {
        "nb": "kan ikke skilles fra tilfeldigheter",
        "en": "could be due to chance",
    },
    "percent": {"nb": "prosent", "en": "per cent"},
    "percentage_points": {"nb": "prosentpoeng", "en": "percentage points"},
    "grade": {"nb": "trinn", "en": "grade"},
    "language": {"nb": "Språk", "en": "Language"},
    "edition": {"nb": "Utgave", "en": "Edition"},
    "kind_statement": {"nb": "Funn", "en": "Finding"},
    "kind_measure": {"nb": "Tiltak", "en": "Measure"},
    "kind_challenge": {"nb": "Utfordring", "en": "Challenge"},
    "kind_goal": {"nb": "Mål", "en": "Goal"},
    "kind_recommendation": {"nb": "Anbefaling", "en": "Recommendation"},
    "kind_gap": {"nb": "Mangler tall", "en": "Numbers missing"},
}

# Units as they stand under a figure's title or in a table's header.
UNIT_WORDS: dict[str, dict[str, str]] = {
    "count": {"nb": "antall", "en": "number"},
    "percent": {"nb": "prosent", "en": "per cent"},
    "fte": {"nb": "årsverk", "en": "full-time equivalents"},
    "ratio": {"nb": "forholdstall", "en": "ratio"},
    "score": {"nb": "gjennomsnitt", "en": "mean"},
    "grade_mark": {"nb": "karakter", "en": "mark"},
    "points": {"nb": "poeng", "en": "points"},
    "nok": {"nb": "kroner", "en": "NOK"},
    "hours": {"nb": "timer", "en": "hours"},
    "days": {"nb": "dager", "en": "days"},
    "years": {"nb": "år", "en": "years"},
    "months": {"nb": "måneder", "en": "months"},
}


def word(key: str, language: str) -> str:
    """Look up a word of the library's own.

    Raises
    ------
    BuildError
        When the word is not in the list: a page never shows a key.
    """
    try:
        return WORDS[key][language]
    except KeyError as error:
        raise BuildError(
            f"lib/tilstand/report/wording.py: no word '{key}' in {language}"
        ) from error


def unit_word(unit: str, language: str) -> str:
    """Name an indicator's unit."""
    return UNIT_WORDS[unit][language]


def all_unit_words() -> set[str]:
    """List the words for units, in every language."""
    return {word for words in UNIT_WORDS.values() for word in words.values()}


def listing(items: list[str], language: str) -> str:
    """Join words as running text does: "a, b og c"."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word('and', language)} {items[-1]}"


def grade_name(grade: str, language: str) -> str:
    """Name a grade or a span of grades: "5. trinn", "1.-7. trinn", "vg1"."""
    if grade.startswith("vg") or not grade:
        return grade
    parts = grade.split("-")
    if language == "nb":
        return "\N{EN DASH}".join(f"{part}." for part in parts) + " trinn"
    return ("grades " if len(parts) > 1 else "grade ") + "\N{EN DASH}".join(parts)


def sentence(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]
