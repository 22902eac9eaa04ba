"""Hold every sentence on what the sources lack to the figures and statements that we have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

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
    r"not printed|one year only",
    re.IGNORECASE,
)
#: Sentences about the book or its methods, not about what the sources hold.
ABOUT_US = re.compile(
    r"modellen selv ville regnet|the model itself would|selve kapitlene|the chapters themselves|"
    r"Det sier ikke|It does not say why|De sier ikke|Hvorfor noen tall ikke har|Why some figures|"
    r"gir ikke morsmålsopplæring|does not give mother-tongue|Tittelen mangler|The title is missing|"
    r"Der kilden ikke oppgir|Where the source does not say how many the number rests|"
    r"skriver dem ikke rett ut|does not print them outright|Some of the national distributions|"
    r"That is an association|betyr ikke i seg selv|does not in itself"
)


@dataclass(frozen=True)
class Known:
    """What must not be known for a sentence to be true: measures, statements, or n of a number."""

    sentence: str
    absent: tuple[str, ...] = ()
    statement: str = ""
    contradicted: str = ""
    beside: bool = False
    years: tuple[int, int] = field(default=(0, 0))


#: The first that fits. ``beside``: no number in the paragraph has its n in the figures.
KNOWN = (
    Known(
        "mellom 2011 og 2017|between 2011 and 2017",
        absent=("pedagogical_leader_dispensation_share",),
        years=(2012, 2016),
    ),
    Known(
        "andreårslærere|second-year teachers",
        absent=("second_year_teachers", "teachers_staying_share"),
    ),
    Known(
        "hvor stor forskjellen var|how large the difference was", statement="sp-pa-sporet-result"
    ),
    Known("datamaskiner|computers", absent=("computers", "pupils_per_computer")),
    Known(
        "hva skolen koster|what the schools cost", absent=("kostra_net_expenditure_per_inhabitant",)
    ),
    Known("tall fra dem|numbers from them", absent=("official_school_contribution",)),
    Known("de nye som blir værende|of the new ones stay", absent=("teachers_staying_share",)),
    Known("forklarer ikke|does not explain", contradicted="any"),
    Known(
        "skalapoengene står bare|prints the scale points only|hvor sikkert det er|how sure that is",
        absent=("np_scale_points",),
    ),
    Known(
        "færre enn før, men|far fewer than before",
        absent=("welcome_class_pupils",),
        years=(2011, 2019),
    ),
    Known("Kullenes årstall|cohort years", statement="sm-frafall-figur"),
    Known(
        "Den oppgir ikke hvor mange de er|does not say how many they are",
        absent=("pupils_below_30_points",),
    ),
    Known("funnet|found", statement="sm-mobbing-plan"),
    Known(
        "skolens resultat|school results on today|skoleresultater på dagens",
        absent=("np_scale_points",),
    ),
    Known(
        "jevnført|juni eller desember|June or December|service sites|tjenestesteder",
        contradicted="any",
    ),
    Known("hvor mange steder|in how many places", statement="bh-supervision-reopening"),
    Known("bare ett år|one year only", beside=True),
    Known("en annen ordning|another arrangement", contradicted="any"),
    Known("med i flere|take part in several", contradicted="any"),
    Known("Det kan vi ikke si|We cannot say", statement="sr-bullying-gap"),
    Known(
        "hvor mange|how many|antallet|the number of|stor del|their part|how sure|hvor sikre",
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
    """Sentences that claim a lack, with the rows named around them and the section's title."""
    article = BeautifulSoup(str(page.article), "html.parser")
    for part in article.select("table, dl.statements, script, style, pre, svg, .exhibit-take"):
        part.decompose()
    found = []
    for block in article.select("p, li"):
        if block.find(["p", "li"]):
            continue
        refs = [ref for number in block.find_all("data") for ref in number["data-refs"].split()]
        section = block.find_parent("section")
        heading = section.find(["h1", "h2", "h3"]).get_text(" ") if section else ""
        text = " ".join(block.get_text(" ").split())
        found += [
            (sentence, refs, heading.strip(" #"))
            for sentence in re.split(r"(?<=[.!?])\s+(?=[A-ZÆØÅ])", text)
            if CLAIM.search(sentence) and not ABOUT_US.search(sentence)
        ]
    return found


def _years(figures: pd.DataFrame, indicator: str, known: Known, edition: str) -> list[int]:
    own = figures[(figures["indicator"] == indicator) & (figures["place"] == "baerum")]
    own = own[own["status"].isin(contracts.STATUSES_WITH_VALUE)]
    first, last = known.years if known.years[0] else (int(edition), int(edition))
    return [int(year) for year in own["year"] if first <= year <= last]


def _fault(claim, page, figures, with_n, statements) -> str:
    sentence, refs, heading = claim
    if re.search(r"har ikke noe om dette|nothing on th", sentence):
        return _silent(page, heading, figures, statements)
    known = next((one for one in KNOWN if re.search(one.sentence, sentence)), None)
    if known is None:
        return "no check knows this sentence"
    if known.absent:
        there = [one for one in known.absent if _years(figures, one, known, page.edition)]
        return f"the figures have {there}" if there else ""
    if known.statement:
        return "" if known.statement in set(statements["id"]) else "its statement is gone"
    if known.contradicted:
        about = {ref.partition("|")[0] for ref in refs}
        told = load_statements(Project(REPO), "contradictions", contracts.CONTRADICTION_COLUMNS)
        return "" if about & set(told["indicator"]) else f"no contradiction tells of {about}"
    if known.beside:
        told = [ref for ref in refs if ref in with_n]
        if re.search("bare ett år|one year only", sentence):
            return _one_year(refs, figures, page.edition)
        return f"n is known of {told}" if told else ""
    return ""


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
    "Standpunkt mot|Teacher marks against": ("teacher_mark",),
}


def _silent(page, heading: str, figures: pd.DataFrame, statements: pd.DataFrame) -> str:
    """Tell what a page or section that says it has nothing could have shown."""
    if page.article.find("h1").get_text(" ").strip(" #") == heading:
        chapter = page.path.stem
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
    got = [
        f"{page.name}: {claim[0][-160:]!r}: {fault}"
        for page in pages
        if page.edition in EDITIONS
        for claim in _claims(page)
        if (fault := _fault(claim, page, figures, with_n, statements))
    ]
    assert got == []


def test_the_claims_are_found(pages):
    got = sum(len(_claims(page)) for page in pages if page.edition in EDITIONS)
    assert got > 60


def test_a_false_claim_is_caught(pages, figures, with_n, statements):
    page = next(one for one in pages if one.name.startswith("2020/") and "bemanning" in one.name)
    claim = ("Kilden oppgir ikke hvor mange de er.", ["x"], "")
    assert _fault(claim, page, figures, {"x"}, statements) != ""
    assert _fault(("Kilden har ingen tall om ufo.", [], ""), page, figures, set(), statements)
