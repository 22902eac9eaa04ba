"""Whatever a site leaks beside its tables stops the build: files, digits, refs, one language."""

import csv
import json
from dataclasses import replace

import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import BuildError
from tilstand.pipeline.outputs.audit import audit_pages
from tilstand.pupils.protection import book, protect
from tilstand.report.page.blocks import number_html

from .conftest import tables
from .render import COLUMNS, write_exhibit, write_site

RULES = DisclosureRules()
#: A number that stands nowhere on the pages.
LEAK = "73.1"


@pytest.fixture
def site(protected, tmp_path):
    """A site with the files that lie beside its pages."""
    folder = write_site(tmp_path / "nb", protected)
    write_json(folder, "record.json", {"edition": {"year": 2020}, "exhibits": [exhibit("Elever")]})
    write_json(folder, "datapackage.json", {"resources": [{"bytes": 812, "title": "Elever"}]})
    write_index(folder, {"elev": 0, "fjell": [0, 1]}, {"elev": 0})
    rows = [line for line in read_csv(folder / "data" / "side-means-0.csv")[1:] if line[2]]
    said = [("means-0", "means-0", line[1], "Poeng", line[2]) for line in rows]
    write_results(folder, said)
    return folder


def exhibit(title, path="data/published/elever.csv"):
    return {"cell": 3, "title": title, "data": [{"path": path, "rows": 4}]}


def write_json(folder, name, said):
    (folder / name).write_text(json.dumps(said), "utf-8")


def write_index(folder, terms, titles):
    said = {"docnames": ["counts-0", "means-0"], "terms": terms, "titleterms": titles}
    (folder / "searchindex.js").write_text(f"Search.setIndex({json.dumps(said)})", "utf-8")


def write_results(folder, rows):
    with (folder / "results.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("page", "exhibit", "row", "column", "value"), *rows])


def read_csv(path):
    return list(csv.reader(path.read_text("utf-8-sig").splitlines()))


def write_csv(path, lines):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)


def test_site_with_all_its_files_passes(site, protected):
    assert audit_pages(site, RULES, protected).recovered == 0


def test_book_for_paper_that_says_what_the_pages_say_passes(site, protected):
    told = [line[2] for line in read_csv(site / "data" / "side-means-0.csv")[1:] if line[2]]
    write_pdf(site, [told, ["side 2", *told]])

    assert audit_pages(site, RULES, protected).recovered == 0


@pytest.mark.parametrize("broken", [b"", b"no PDF", b"%PDF-1.4\n%%EOF"])
def test_book_for_paper_that_cannot_be_read_is_not_published(site, protected, broken):
    (site / "tilstandsboka.pdf").write_bytes(broken)

    with pytest.raises(BuildError, match=r"tilstandsboka\.pdf: .* read back"):
        audit_pages(site, RULES, protected)


def table_of_results(folder, protected, open_tables):
    write_results(folder, [("means-0", "means-0", "Fjell", "Poeng", LEAK)])


def table_of_results_in_the_text(folder, protected, open_tables):
    write_results(folder, [("means-0", "", "fjell", "", LEAK)])


def digit_more_in_the_table_of_results(folder, protected, open_tables):
    told = next(line[2] for line in read_csv(folder / "data" / "side-means-0.csv")[1:] if line[2])
    write_results(folder, [("means-0", "means-0", "Berg", "Poeng", f"{float(told):.1f}4")])


def search_index(folder, protected, open_tables):
    write_index(folder, {"731": [0, 1]}, {})


def search_index_glued_to_a_word(folder, protected, open_tables):
    write_index(folder, {"731fjell": 1}, {})


def titles_of_the_search_index(folder, protected, open_tables):
    write_index(folder, {}, {"731": 0})


def number_in_the_record(folder, protected, open_tables):
    write_json(folder, "record.json", {"exhibits": [{**exhibit("Elever"), "pupils": 3}]})


def rows_of_pupils_in_the_record(folder, protected, open_tables):
    path = "data/private/2020/elever.csv"
    write_json(folder, "record.json", {"exhibits": [exhibit("Elever", path)]})


def title_in_the_record(folder, protected, open_tables):
    write_json(folder, "record.json", {"exhibits": [exhibit(f"Fjell: {LEAK}")]})


def description_in_the_data_package(folder, protected, open_tables):
    write_json(folder, "datapackage.json", {"resources": [{"description": f"Fjell: {LEAK}"}]})


def number_in_the_data_package(folder, protected, open_tables):
    write_json(folder, "datapackage.json", {"resources": [{"stats": {"mean": 73.1}}]})


def one_chapter_unprotected(folder, protected, open_tables):
    means = open_tables.means("scores", "school", "gender")
    write_exhibit(folder, "means-1", means, "means", ("school", "gender"))


def one_digit_more_on_the_page(folder, protected, open_tables):
    means = protected.means("scores", "year", "school")
    finer = means.assign(value=means["value"] + 0.04)
    columns = [replace(COLUMNS["means"][0], decimals=2), COLUMNS["means"][1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(COLUMNS, "means", columns)
        write_exhibit(folder, "means-0", finer, "means", ("year", "school"))


def one_digit_more_in_a_download(folder, protected, open_tables):
    path = folder / "data" / "side-means-0.csv"
    lines = read_csv(path)
    write_csv(path, [lines[0], *([*a[:2], a[2] and a[2] + "37", *a[3:]] for a in lines[1:])])


def hidden_mean_in_a_download(folder, protected, open_tables):
    path = folder / "data" / "side-means-0.csv"
    lines = read_csv(path)
    at = next(n for n, line in enumerate(lines) if n and not line[2] and line[1] != "Fjell")
    lines[at][2] = "48.2"
    others = [line for n, line in enumerate(lines) if n and n != at and not line[2]]
    for line in others:
        line[2] = "51.0"
    write_csv(path, lines)


def row_more_in_a_download(folder, protected, open_tables):
    path = folder / "data" / "side-counts-0.csv"
    write_csv(path, [*read_csv(path), ["true", "Fjell", "3"]])


def column_more_in_a_download(folder, protected, open_tables):
    path = folder / "data" / "side-counts-0.csv"
    write_csv(path, [[*line, "3", "4"] for line in read_csv(path)])


def mean_of_four_in_a_sentence(folder, protected, open_tables):
    means = protected.means("scores", "year", "school")
    ref = means.loc[means["status"] == "suppressed", "ref"].iloc[0]
    _add(folder, number_html("48,2", 48.2, 1, "value", [ref]))
    counts = means.loc[means["status"] == "suppressed", "n_ref"].iloc[0]
    _add(folder, number_html("4", 4, 0, "value", [counts]))


def number_made_of_a_hidden_one(folder, protected, open_tables):
    shares = protected.shares("results", "year", "school", "result")
    ref = shares.loc[shares["status"] == "suppressed", "ref"].iloc[0]
    cell = "count".join(["protected|results/5/reading|", "|" + ref.split("|")[3]])
    _add(folder, number_html("3", 3, 0, "difference", [cell]))


def number_of_no_known_kind(folder, protected, open_tables):
    _add(
        folder, number_html("3", 3, 0, "value", ["protected|results/5/reading|median|school=Berg"])
    )


def number_with_half_a_name(folder, protected, open_tables):
    _add(folder, number_html("3", 3, 0, "value", ["protected|results/5/reading"]))


def two_numbers_for_the_same_pupils(folder, protected, open_tables):
    counts = protected.counts("results", "year", "school", "result")
    row = counts[(counts["status"] == "ok") & (counts["count"] > 10)].iloc[0]
    _add(folder, number_html("9", 9, 0, "value", [row["ref"]]))


def small_count_behind_a_sign(folder, protected, open_tables):
    counts = protected.counts("results", "year", "school", "result")
    ref = counts.loc[counts["status"] == "suppressed", "ref"].iloc[0]
    _add(folder, number_html("3 %", 3, 0, "value", [ref]))


def number_in_the_book_for_paper(folder, protected, open_tables):
    write_pdf(folder, [["Elever"], [f"Fjell: {LEAK.replace('.', ',')}"]])


def number_between_others_on_paper(folder, protected, open_tables):
    told = read_csv(folder / "data" / "side-means-0.csv")[1]
    write_pdf(folder, [["  ".join(told)], [f"{told[2]} 0,0731"]])


def number_in_a_title(folder, protected, open_tables):
    _title(folder, f"Fjell hadde {LEAK} i snitt")


def pupils_in_a_title(folder, protected, open_tables):
    _title(folder, "Ved Fjell var det 777 elever")


def _title(folder, text):
    page = folder / "means-0.html"
    html = page.read_text("utf-8")
    start = html.index(">", html.index("<figcaption")) + 1
    page.write_text(f"{html[:start]}{text}{html[start:]}", "utf-8")


def write_pdf(folder, sheets):
    """Print sheets of lines, as a book for paper is."""
    with PdfPages(folder / "tilstandsboka.pdf") as pdf:
        for lines in sheets:
            figure = Figure()
            for at, line in enumerate(lines):
                figure.text(0.1, 0.9 - at / 20, line)
            pdf.savefig(figure)


def subset_unlinked(folder, protected, open_tables):
    """Count those with a mean by themselves, and not among those who were entered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(book.LINKS, "scores", book.Link("scores"))
        write_site(folder, protect(tables(pytest.pupils)))


def _add(folder, html):
    page = folder / "counts-0.html"
    page.write_text(page.read_text("utf-8").replace("<body>", f"<body><p>{html}</p>"), "utf-8")


LEAKS = [
    number_in_the_book_for_paper,
    number_between_others_on_paper,
    number_in_a_title,
    pupils_in_a_title,
    table_of_results,
    table_of_results_in_the_text,
    digit_more_in_the_table_of_results,
    search_index,
    search_index_glued_to_a_word,
    titles_of_the_search_index,
    number_in_the_record,
    rows_of_pupils_in_the_record,
    title_in_the_record,
    description_in_the_data_package,
    number_in_the_data_package,
    one_chapter_unprotected,
    one_digit_more_on_the_page,
    one_digit_more_in_a_download,
    hidden_mean_in_a_download,
    row_more_in_a_download,
    column_more_in_a_download,
    mean_of_four_in_a_sentence,
    number_made_of_a_hidden_one,
    number_of_no_known_kind,
    number_with_half_a_name,
    two_numbers_for_the_same_pupils,
    small_count_behind_a_sign,
    subset_unlinked,
]


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_every_leak_stops_the_build(site, protected, open_tables, pupils, leak):
    pytest.pupils = pupils
    leak(site, protected, open_tables)
    with pytest.raises(BuildError):
        audit_pages(site, RULES, protected)


def test_leak_in_one_language_stops_the_build(site, protected, open_tables, tmp_path):
    english = write_site(tmp_path / "en", protected)
    one_chapter_unprotected(english, protected, open_tables)
    for page in english.glob("*.html"):
        page.write_text(page.read_text("utf-8").replace("<html>", '<html lang="en">'), "utf-8")

    audit_pages(site, RULES, protected)
    with pytest.raises(BuildError):
        audit_pages(english, RULES, protected)
