"""Hold every sentence on what the sources lack to the figures and statements that we have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tilstand import contracts
from tilstand.project import Project
from tilstand.register import Register
from tilstand.report.series import row_ref
from tilstand.sources.published import load_figures, load_statements

if TYPE_CHECKING:
    import pandas as pd

pytestmark = pytest.mark.slow

REPO = Path(__file__).resolve().parents[2]

EDITIONS = ("2010", "2020")
CLAIM = re.compile(
    r"ikke rapportert|har ikke noe om|oppgir (?:\w+ )?ikke|kan (?:\w+ )?(?:vi )?ikke si|"
    r"kan vi ikke si|ikke oppgitt|har ingen tall|står ikke|ikke trykt|bare ett år|forklarer ikke|"
    r"not reported|nothing on th|does not (?:say (?!why|that|how much|how next|whether)|state|give|"
    r"explain|print )|cannot (?:therefore )?say|not published,|have no numbers|has no figures|"
    r"not printed|one year only|only one year",
    re.IGNORECASE,
)
#: Sentences about the book or its methods, not about what the sources hold.
ABOUT_US = re.compile(
    r"modellen selv ville regnet|the model itself would|selve kapitlene|the chapters themselves|"
    r"Det sier ikke|It does not say why|De sier ikke|Hvorfor noen tall ikke har|Why some figures|"
    r"gir ikke morsmålsopplæring|does not give mother-tongue|Tittelen mangler|The title is missing|"
    r"Der kilden ikke oppgir|Where the source does not say how many the number rests|"
    r"skriver dem ikke rett ut|does not print them outright|Some of the national distributions|"
    r"does not print the figure outright|does not print outright|nevner tallet, men|"
    r"mentions the figure but|does not say how things are now|kan ikke si hvor:|cannot say where|"
    r"Tallet kan ikke si|That is an association|betyr ikke i seg selv|does not in itself"
)


@dataclass(frozen=True)
class Known:
    """What must not be known for a sentence to be true.

    Measures with figures of the year (``absent``, or ``named`` by a pattern of their names), the n
    of a number beside it, a number that the source prints outright (``inferred``); or what must be
    known: a statement, or a contradiction that tells of the difference.
    """

    sentence: str
    absent: tuple[str, ...] = ()
    statement: str = ""
    contradicted: str = ""
    beside: bool = False
    years: tuple[int, int] = field(default=(0, 0))
    named: str = ""
    inferred: str = ""


#: The first that fits. ``beside``: no number in the paragraph has its n in the figures.
KNOWN = (
    Known(
        "mellom 2011 og 2017|between 2011 and 2017",
        absent=("pedagogical_leader_dispensation_share",),
        years=(2012, 2016),
    ),
    Known("andreårslærere|second-year teachers", named="^(?!.*nettverk).*andre år|blir i yrket"),
    Known("de nye som blir værende|of the new ones stay", named="nyansatt.*blir|værende"),
    Known("datamaskiner|computers", named="datamaskin|PC"),
    Known("arbeider på hvert trinn|work at each stage", named="lærere.*(barne|ungdoms)trinnet"),
    Known("Så mange står ikke|does not print that number", inferred="teacher_survey_invited"),
    Known("hvor stor forskjellen var|how large the difference", statement="sp-pa-sporet-result"),
    Known("hva skolen koster|schools cost", absent=("kostra_net_expenditure_per_inhabitant",)),
    Known("tall fra dem|numbers from them", absent=("official_school_contribution",)),
    Known("en annen ordning|another arrangement", contradicted="further_education_fte"),
    Known("forklarer ikke|does not explain", contradicted="any"),
    Known("juni eller desember|June or December|tjenestesteder|sites", contradicted="any"),
    Known("med i flere|take part in several", contradicted="any"),
    Known("bare i diagrammer|only in charts|hvor sikkert det er|sure that is", named="skalapoeng"),
    Known(
        "færre enn før, men|fewer than before", absent=("welcome_class_pupils",), years=(2011, 2019)
    ),
    Known("Kullenes årstall|cohort years", statement="sm-frafall-figur"),
    Known("ikke hvor mange de er|not say how many they are", absent=("pupils_below_30_points",)),
    Known("audits found|gjennomgangen fant", statement="sm-mobbing-plan"),
    Known("hvor mange steder|in how many places", statement="bh-supervision-reopening"),
    Known("bare ett år|one year only|only one year", beside=True),
    Known("Det kan vi ikke si|We cannot say", statement="sr-bullying-gap"),
    Known(
        "hvor mange|how many|antallet|the number of|stor del|their part|how sure|hvor sikre|"
        "full-time equivalents behind",
        beside=True,
    ),
)


@pytest.fixture(scope="module")
def figures(repo) -> pd.DataFrame:
    return load_figures(repo, Register.load(repo.register), 9999)


@pytest.fixture(scope="module")
def with_n(figures) -> set[str]:
    known = figures[figures["n"].notna()]
    return {row_ref(row).replace(" ", "_") for _, row in known.iterrows()}


@pytest.fixture(scope="module")
def statements(repo) -> pd.DataFrame:
    return load_statements(repo, "", contracts.STATEMENT_COLUMNS)


def _claims(page) -> list[tuple[str, list[str], str]]:
    """Sentences that claim a lack, with the rows named around them and the section's title.

    One that ends in a list of sections is a claim about each of them.
    """
    article = page.without(
        "table, dl.statements, .headlines, .questions, script, style, pre, svg, .exhibit-take"
    )
    found = []
    for block in article.select("p, li"):
        if block.find(["p", "li"]):
            continue
        refs = [ref for number in block.find_all("data") for ref in number["data-refs"].split()]
        section = block.find_parent("section")
        heading = section.find(["h1", "h2", "h3"]).get_text(" ") if section else ""
        text = " ".join(block.get_text(" ").split())
        listed = block.find_next_sibling("ul") if text.endswith(":") else None
        about = [item.get_text(" ") for item in listed.find_all("li")] if listed else [heading]
        found += [
            (sentence, refs, one.strip(" #"))
            for sentence in re.split(r"(?<=[.!?])\s+(?=[A-ZÆØÅ])", text)
            for one in about
            if CLAIM.search(sentence) and not ABOUT_US.search(sentence)
            # The title of the note whose sentence follows.
            if sentence not in ("Ikke rapportert", "Not reported")
        ]
    return found


def _years(figures: pd.DataFrame, indicator: str, known: Known, edition: str) -> list[int]:
    own = figures[(figures["indicator"] == indicator) & (figures["place"] == "baerum")]
    own = own[own["status"].isin(contracts.STATUSES_WITH_VALUE)]
    first, last = known.years if known.years[0] else (int(edition), int(edition))
    return [int(year) for year in own["year"] if first <= year <= last]


def _fault(claim, page, figures, with_n, statements) -> str:
    sentence, _, heading = claim
    if re.search(r"har ikke noe om dette|nothing on th", sentence):
        return _silent(page, heading, figures, statements)
    known = next((one for one in KNOWN if re.search(one.sentence, sentence, re.IGNORECASE)), None)
    if known is None:
        return "no check knows this sentence"
    return _broken(known, claim, page, figures, with_n, statements)


def _broken(known: Known, claim, page, figures, with_n, statements) -> str:
    sentence, refs, _ = claim
    if known.named or known.absent:
        there = [one for one in known.absent if _years(figures, one, known, page.edition)]
        there += _years_named(figures, known.named, page.edition) if known.named else []
        return f"the figures have {there}" if there else ""
    if known.inferred:
        marks = set(figures.loc[figures["indicator"] == known.inferred, "mark"])
        return "" if marks == {"inferred"} else f"{known.inferred} is printed: {marks}"
    if known.statement:
        return "" if known.statement in set(statements["id"]) else "its statement is gone"
    if known.contradicted:
        about = {ref.partition("|")[0] for ref in refs}
        about = about if known.contradicted == "any" else {known.contradicted}
        told = load_statements(Project(REPO), "contradictions", contracts.CONTRADICTION_COLUMNS)
        return "" if about & set(told["indicator"]) else f"no contradiction tells of {about}"
    if re.search("bare ett år|one year only|only one year", sentence):
        return _one_year(refs, figures, page.edition)
    told_of = [ref for ref in refs if ref in with_n]
    return f"n is known of {told_of}" if told_of else ""


def _years_named(figures: pd.DataFrame, pattern: str, edition: str) -> list[str]:
    """List measures by whose names the sources do have what a sentence says they lack."""
    indicators = Register.load(Project(REPO).register).indicators
    codes = [code for code, one in indicators.items() if re.search(pattern, one.name["nb"])]
    return [code for code in codes if _years(figures, code, Known(""), edition)]


def _one_year(refs: list[str], figures: pd.DataFrame, edition: str) -> str:
    for ref in refs:
        if ref.startswith("breaks|"):
            continue
        indicator, _, _, grade, gender, subject, category = ref.split("|")
        same = figures[
            (figures["indicator"] == indicator)
            & (figures["place"] == "baerum")
            & (figures["grade"] == grade)
            & (figures["gender"] == gender)
            & (figures["subject"] == subject)
            & (figures["category"] == category)
            & (figures["year"] <= int(edition))
            & figures["value"].notna()
        ]
        if same["year"].nunique() > 1:
            return f"{ref} has {sorted(set(same['year']))}"
    return ""


#: Measures that a section would show; a section that says it has nothing must lack them all.
SECTIONS = {
    "Ansatte og årsverk|Employees and full-time": ("staff_count", "staff_fte"),
    "Utgifter per|Expenditure per": ("kostra_net_expenditure_per_inhabitant",),
    "Elever på hvert trinn|Pupils in each grade": (),
    "Bekymring|Worry": (),
    "Digital mobbing|Online bullying": ("digital_bullied_share",),
    "Første år i|First year of": ("vg1_completed_share",),
    "niende|9. trinn|grade 9": (),
    "Plasser|Places": ("kindergartens", "kindergarten_children"),
    "Minoritetsspråklige barn|Minority-language": ("minority_language_children",),
    "nedsatt funksjonsevne|a disability": ("disability_decision_children",),
    "Bemanning|Staffing": ("kindergarten_staff",),
    "Pedagogiske ledere|Pedagogical leaders": ("pedagogical_leaders",),
    "Dispensasjoner|Dispensations": ("pedagogical_leader_dispensation_share",),
    "Menn i|Men in": ("kindergarten_staff_gender_share",),
    "Styrere|Heads": ("head_fte", "head_dispensation_share"),
    "Assistenter|Assistants": ("assistants_with_education",),
    "Standpunkt mot|Teacher-assessed marks against": ("teacher_mark",),
}


def _folded(page, heading: str) -> str:
    """Find the chapter that is a section of its neighbour's page; none of another section."""
    for path in page.path.parent.glob("*.html"):
        place = page.article.find(id=path.stem) if path != page.path else None
        title = place.find_next("h2") if place else None
        if title and title.get_text(" ").strip(" #") == heading:
            return path.stem
    return ""


def _silent(page, heading: str, figures: pd.DataFrame, statements: pd.DataFrame) -> str:
    """Tell what a page or section that says it has nothing could have shown."""
    chapter = page.path.stem
    if page.article.find("h1").get_text(" ").strip(" #") != heading:
        chapter = _folded(page, heading)
    if chapter:
        said = statements[
            (statements["chapter"] == chapter) & (statements["edition"] == page.edition)
        ]
        return f"the documents have {list(said['id'])[:3]}" if len(said) else ""
    asked = next((codes for title, codes in SECTIONS.items() if re.search(title, heading)), None)
    if asked is None:
        return f"no check knows the section '{heading}'"
    there = [code for code in asked if _years(figures, code, Known(""), page.edition)]
    return f"the figures have {there}" if there else ""


def test_no_page_says_that_a_source_lacks_what_the_sources_have(pages, figures, with_n, statements):
    claims = [
        (page, claim) for page in pages if page.edition in EDITIONS for claim in _claims(page)
    ]

    got = [
        f"{page.name}: {claim[0][-160:]!r}: {fault}"
        for page, claim in claims
        if (fault := _fault(claim, page, figures, with_n, statements))
    ]

    assert len(claims) > 60
    assert got == []


def test_a_false_claim_is_caught(pages, figures, with_n, statements):
    page = next(one for one in pages if one.name.startswith("2020/") and "bemanning" in one.name)
    claim = ("Kilden oppgir ikke hvor mange som svarte.", ["x"], "")
    assert _fault(claim, page, figures, {"x"}, statements) != ""
    assert _fault(("Kilden har ingen tall om ufo.", [], ""), page, figures, set(), statements)
