import pytest
from bs4 import BeautifulSoup

from tilstand.pipeline.outputs.editions import link_editions

MARKS = "".join(
    f"<!-- til:{name} --><!-- /til:{name} -->" for name in ("head", "switch", "banner", "archive")
)
WORDS = """
editions: Utgaver
newest: nyeste
older_edition: "Eldre utgave: {edition}."
go_to_newest: "Samme side i {newest}"
go_to_newest_start: "Start i {newest}"
edition_absent: "{year} (uten siden)"
"""
PAGES = {
    (2010, "nb"): ("index", "elevtall", "gammel"),
    (2020, "nb"): ("index", "elevtall", "skoler/a"),
    (2020, "en"): ("index", "elevtall", "skoler/a"),
}


@pytest.fixture
def project(tiny):
    for language in ("nb", "en"):
        tiny.write(f"book/locale/{language}.yml", WORDS)
    for (year, language), pages in PAGES.items():
        for page in pages:
            path = tiny.project.site / str(year) / language / f"{page}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"<p>before</p>{MARKS}<p>after</p>", encoding="utf-8")
    return tiny.project


@pytest.fixture
def page(project):
    link_editions(project)

    def read(name: str) -> BeautifulSoup:
        path = project.site / f"{name}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    return read


def hrefs(soup: BeautifulSoup, where: str) -> list[str]:
    return [link["href"] for link in soup.select(f"{where} a")]


def test_switch_leads_to_the_same_page_in_the_other_edition(page):
    assert hrefs(page("2020/nb/elevtall"), ".edition-switch") == ["../../2010/nb/elevtall.html"]


def test_switch_marks_the_edition_that_is_read(page):
    assert page("2020/nb/elevtall").select_one("[aria-current]").get_text() == "2020"


def test_page_that_the_other_edition_lacks_leads_to_its_start_and_says_so(page):
    link = page("2010/nb/gammel").select_one(".edition-switch a")

    assert link["href"] == "../../2020/nb/index.html"
    assert link.get_text() == "2020 (uten siden)"


def test_language_that_the_other_edition_lacks_leads_to_the_one_it_has(page):
    link = page("2020/en/elevtall").select_one(".edition-switch a")

    assert (link["href"], link["hreflang"]) == ("../../2010/nb/elevtall.html", "nb")


def test_page_in_a_folder_finds_its_way_to_the_top(page):
    assert hrefs(page("2020/nb/skoler/a"), ".edition-switch") == ["../../../2010/nb/index.html"]


def test_only_old_editions_carry_a_banner_and_it_leads_to_the_newest(page):
    assert page("2020/nb/elevtall").select_one(".old-edition") is None
    assert hrefs(page("2010/nb/elevtall"), ".old-edition") == ["../../2020/nb/elevtall.html"]


def test_alternates_name_the_page_in_every_language_it_has(page):
    got = [link["hreflang"] for link in page("2020/nb/skoler/a").select("link[rel=alternate]")]

    assert got == ["nb", "en"]


def test_archive_lists_every_edition_newest_first(page):
    got = [item.get_text() for item in page("2010/nb/index").select(".edition-links .year")]

    assert got == ["2020", "2010"]


@pytest.mark.parametrize("at", ["2010/nb/elevtall", "2020/nb/elevtall", "2020/en/index"])
def test_no_edition_leads_to_another_municipality_as_if_it_were_its_own(project, at):
    link_editions(project, names={"2010": "Bærum", "2020": "Bergen"})

    soup = BeautifulSoup((project.site / f"{at}.html").read_text(encoding="utf-8"), "html.parser")
    assert not soup.select(".edition-switch, .old-edition")
    years = [year.get_text() for year in soup.select(".edition-links .year")]
    assert years == ["Bergen 2020", "Bærum 2010"]
    assert len(soup.select(".edition-links .newest")) == 2  # each is its municipality's newest


def test_editions_of_one_municipality_are_called_by_their_years(project):
    link_editions(project, names={"2010": "Bærum", "2020": "Bærum"})

    text = (project.site / "2010/nb/elevtall.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser")
    assert hrefs(soup, ".edition-switch") == ["../../2020/nb/elevtall.html"]
    assert [year.get_text() for year in soup.select(".edition-links .year")] == ["2020", "2010"]


def test_edition_whose_file_is_gone_is_still_led_to(project):
    link_editions(project, names={"2020": "Bærum"})

    text = (project.site / "2020/nb/elevtall.html").read_text(encoding="utf-8")
    assert "../../2010/nb/elevtall.html" in text


def test_addresses_are_absolute_where_the_site_is_known(project):
    link_editions(project, "https://eksempel.no/")

    text = (project.site / "2020/nb/elevtall.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://eksempel.no/2020/nb/elevtall.html">' in text


def test_nothing_is_written_when_nothing_beside_the_pages_changed(project):
    first = link_editions(project)

    assert (first, link_editions(project)) == (9, 0)


def test_new_edition_reaches_the_pages_of_the_old_ones(project):
    link_editions(project)
    start = project.site / "2031" / "nb" / "index.html"
    start.parent.mkdir(parents=True)
    start.write_text(MARKS, encoding="utf-8")

    link_editions(project)

    text = (project.site / "2010/nb/elevtall.html").read_text(encoding="utf-8")
    assert "Eldre utgave: 2010." in text
    assert "../../2031/nb/index.html" in text


def test_rest_of_the_page_stays_as_it_is(project):
    link_editions(project)

    text = (project.site / "2020/nb/index.html").read_text(encoding="utf-8")
    assert text.startswith("<p>before</p>")
    assert text.endswith("<p>after</p>")
