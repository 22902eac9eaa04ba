"""Read of a country, once for all its municipalities, what each of their books asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.check.own_data import check_all
from tilstand.contracts import LANGUAGES
from tilstand.pipeline.basis.environment import environment
from tilstand.pipeline.compose.references import citations
from tilstand.pipeline.execute import warm
from tilstand.pipeline.execute.inside import get_ready
from tilstand.pipeline.outputs.dataset import numbers_of
from tilstand.pipeline.outputs.excel import workbook
from tilstand.pipeline.sphinx.rehearsal import rehearse
from tilstand.pipeline.steps.ingredients import Ingredients
from tilstand.report.chapters.national_tests.public_growth import PublicGrowth
from tilstand.report.chapters.national_tests.wanted_files import lacking
from tilstand.report.chapters.open.told import Told
from tilstand.report.chapters.open_contribution.reading import OpenContribution
from tilstand.report.charts.style import make_ahead
from tilstand.report.page.page import open_page
from tilstand.report.page.rows import DIMENSIONS
from tilstand.sources.declared import read_declared
from tilstand.sources.edition_figures import register_of
from tilstand.store import hold

if TYPE_CHECKING:
    from tilstand.project import Project

# Empty figures that lie ready: as many as most municipalities' books have.
FIGURES = 40


def read_country(project: Project, edition: str, language: str) -> None:
    """Read and fit what a batch's municipalities have in common, for all that are forked from here.

    Parameters
    ----------
    project : Project
        The copy of one of them.
    edition : str
        Its edition's name.
    language : {"nb", "en", "all"}
        Language of the books.
    """
    hold()
    check_all(project)
    environment(project)
    get_ready()
    make_ahead(FIGURES)
    templates = sorted(project.notebooks.glob("*.ipynb"))
    warm.imports_of(templates)
    found = Ingredients(project)
    for template in templates:
        found.code_of(template)
    for code in LANGUAGES if language == "all" else [language]:
        page = open_page(edition, code, project)
        citations(project.book / "references.bib", code)
        numbers = numbers_of(project, register_of(project), edition, code)
        if numbers.many:
            workbook(numbers.in_words, [], numbers.fields, code, project.store)
        for declared in read_declared(project.register):
            rows = page.every(declared.indicator)
            rows = rows[(rows["level"] == "school") & (rows["gender"] == "")]
            for where in rows[list(DIMENSIONS)].drop_duplicates().to_dict("records"):
                float(Told(page, declared, {str(name): where[name] for name in where}).deviation)
        lacking(page)
        growth, fitted = PublicGrowth(page), OpenContribution(page)
        for made in (growth.results, growth.schools, fitted.gate, fitted.flags, fitted.trials):
            assert made is not None
    if warm.ready():
        rehearse(project, LANGUAGES[0] if language == "all" else language)
