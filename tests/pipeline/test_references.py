import pytest
from bs4 import BeautifulSoup

from tilstand.pipeline.compose.references import citations, reference_list

BIB = """
@book{hattie2009, author = {Hattie, John}, title = {Visible Learning},
  langid = {english}, publisher = {Routledge},
  year = {2009}}
@article{two2010, author = {Østli, Kari and Aas, Per}, title = {To}, journal = {Tidsskrift},
  volume = {3}, pages = {1--9}, year = {2010}}
@article{three2011, author = {Berg, A. and Dahl, B. and Egge, C.}, title = {Tre}, year = {2011}}
@techreport{udir2020, institution = {Utdanningsdirektoratet}, title = {A & B}, year = {2020},
  note = {Norsk merknad. / English note.}}
"""


@pytest.fixture
def bib(tmp_path):
    path = tmp_path / "references.bib"
    path.write_text(BIB, encoding="utf-8")
    return path


def cited(bib, key: str, language: str = "nb") -> BeautifulSoup:
    return BeautifulSoup(citations(bib, language)[f"cite.{key}"], "html.parser").a


def listed(bib, language: str = "nb") -> BeautifulSoup:
    return BeautifulSoup(reference_list(bib, language), "html.parser").ul


@pytest.mark.parametrize(
    ("key", "language", "exp"),
    [
        ("hattie2009", "nb", "Hattie (2009)"),
        ("two2010", "nb", "Østli og Aas (2010)"),
        ("two2010", "en", "Østli and Aas (2010)"),
        ("three2011", "nb", "Berg mfl. (2011)"),
        ("three2011", "en", "Berg et al. (2011)"),
        ("udir2020", "nb", "Utdanningsdirektoratet (2020)"),
    ],
)
def test_work_is_cited_by_name_and_year(bib, key, language, exp):
    assert cited(bib, key, language).text == exp


def test_citation_leads_to_the_work_in_the_list(bib):
    _, _, anchor = cited(bib, "hattie2009")["href"].partition("#")

    assert listed(bib).find(id=anchor) is not None


@pytest.mark.parametrize(
    ("key", "language", "exp"),
    [("hattie2009", "nb", "en"), ("hattie2009", "en", None), ("two2010", "en", "nb")],
)
def test_title_in_another_language_than_the_page_says_so(bib, key, language, exp):
    assert listed(bib, language).find(id=f"ref-{key}").cite.get("lang") == exp


def test_works_are_listed_by_name(bib):
    got = [item["id"] for item in listed(bib).find_all("li")]

    assert got == ["ref-three2011", "ref-hattie2009", "ref-udir2020", "ref-two2010"]


def test_work_is_listed_with_all_that_finds_it(bib):
    got = listed(bib).find(id="ref-two2010").text

    assert got == "Østli, Kari og Aas, Per (2010). To. Tidsskrift 3, 1\N{EN DASH}9."


def test_title_is_escaped_text(bib):
    assert listed(bib).find(id="ref-udir2020").cite.text == "A & B"


@pytest.mark.parametrize(("language", "exp"), [("nb", "Norsk merknad."), ("en", "English note.")])
def test_note_is_given_in_the_language(bib, language, exp):
    assert listed(bib, language).find(id="ref-udir2020").text.endswith(exp)


def test_bibliography_of_the_repository_can_be_listed(repo):
    path = repo.book / "references.bib"

    got = len(listed(path).find_all("li"))

    assert got == len(citations(path, "nb")) > 0


def test_every_document_of_the_register_is_in_the_bibliography(repo, repo_register):
    known = citations(repo.book / "references.bib", "nb")

    got = [code for code in repo_register.sources["cite"] if f"cite.{code}" not in known]

    assert got == []
