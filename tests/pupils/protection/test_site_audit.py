"""A site as chapters write it passes the audit; every known way to protect badly fails it."""

import csv
import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import BuildError
from tilstand.pipeline.outputs.audit import audit_pages
from tilstand.pipeline.outputs.excel import workbook
from tilstand.pupils.protection import protect
from tilstand.report.page.blocks import number_html

from .conftest import tables
from .render import with_frames, write_exhibit, write_site

RULES = DisclosureRules()
BY_YEAR = "results/5/reading by year, school, result"
BY_SEX = "results/5/reading by school, gender, result"


def test_a_well_protected_site_passes(protected, tmp_path):
    got = audit_pages(write_site(tmp_path, protected), RULES, protected)
    assert got.recovered == 0
    assert got.narrowest >= RULES.width
    assert got.hidden > 10
    assert got.cells > got.hidden
    assert got.hidden_means > 0


def test_downloads_and_text_are_read_too(protected, tmp_path):
    whole = audit_pages(write_site(tmp_path / "a", protected), RULES, protected)
    alone = tmp_path / "b"
    write_exhibit(
        alone, "x", protected.counts("results", "year", "school", "result"), "count", ("year",)
    )
    assert audit_pages(alone, RULES, protected).cells < whole.cells


def small(frame, low=1, high=4):
    return frame["count"].between(low, high).fillna(False)


def no_suppression(folder, protected, open_tables):
    write_site(folder, open_tables)


def _masked(protected, open_tables, hide):
    """Take the open tables and hide by a rule."""

    def change(name, frame):
        if "count" not in frame:
            return protected.frames[name]
        gone = hide(name, frame, protected.frames[name])
        return frame.assign(
            count=frame["count"].mask(gone), status=np.where(gone, "suppressed", "ok")
        )

    return with_frames(open_tables, change)


def only_primary(folder, protected, open_tables):
    write_site(folder, _masked(protected, open_tables, lambda n, f, p: small(f)))


def threshold_one_low(folder, protected, open_tables):
    write_site(
        folder,
        _masked(
            protected,
            open_tables,
            lambda n, f, p: (p["status"] == "suppressed") & (f["count"] != 4),
        ),
    )


def margins_left_out(folder, protected, open_tables):
    def hide(name, frame, right):
        labels = frame.drop(columns=["count", "status"])
        inner = ~(labels == "Total").any(axis=1)
        return (right["status"] == "suppressed") & inner

    write_site(folder, _masked(protected, open_tables, hide))


def one_linked_table_forgotten(folder, protected, open_tables):
    write_site(
        folder,
        _masked(
            protected,
            open_tables,
            lambda n, f, p: (p["status"] == "suppressed") if n == BY_YEAR else small(f),
        ),
    )


def tables_protected_apart(folder, protected, open_tables):
    # The sizes of means are cells of the same system: with them, neither would stand alone.
    first = protect(replace(tables(pytest.pupils, (("year", "school", "result"),)), means={}))
    second = protect(replace(tables(pytest.pupils, (("school", "gender", "result"),)), means={}))
    frames = {
        **protected.frames,
        BY_YEAR: first.frames[BY_YEAR],
        BY_SEX: second.frames[BY_SEX],
    }
    write_site(folder, replace(protected, frames=frames))


def percentages_of_the_raw_table(folder, protected, open_tables):
    """Blank the counts and print the percentages of all."""
    write_site(folder, protected)
    shares = open_tables.shares("results", "year", "school", "result")
    write_exhibit(folder, "shares-0", shares, "shares", ("year", "school", "result"))


def only_percentages_hidden(folder, protected, open_tables):
    write_site(folder, protected)
    counts = open_tables.counts("results", "year", "school", "result")
    write_exhibit(folder, "counts-0", counts, "count", ("year", "school", "result"))


def download_forgotten(folder, protected, open_tables):
    """Blank the page and leave the numbers in the CSV."""
    write_site(folder, protected)
    write_site(folder / "raw", open_tables)
    name = "data/side-counts-0.csv"
    (folder / name).write_bytes((folder / "raw" / name).read_bytes())
    for path in (folder / "raw").rglob("*.*"):
        path.unlink()


def alternative_text_forgotten(folder, protected, open_tables):
    write_site(folder, protected, alt="Tabell. Fjell: 73,1.")


def sentence_forgotten(folder, protected, open_tables):
    hidden = open_tables.counts("results", "year", "school", "result")
    right = protected.counts("results", "year", "school", "result")
    row = hidden[(right["status"] == "suppressed") & (hidden["count"] > 0)].iloc[0]
    number = int(row["count"])
    write_site(folder, protected, text=number_html(str(number), number, 0, "pupils", [row["ref"]]))


def complement_printed(folder, protected, open_tables):
    """Print the share of all the others beside a printed total."""
    right = protected.counts("results", "year", "school", "result")
    row = right[(right["status"] == "suppressed") & (right["school"] == "Berg")].iloc[0]
    text = number_html("12", 12, 0, "rest of the group", [row["ref"]])
    write_site(folder, protected, text=text)


def means_of_small_groups(folder, protected, open_tables):
    open_means = {name: f for name, f in open_tables.frames.items() if "value" in f}
    write_site(folder, replace(protected, frames={**protected.frames, **open_means}))


def only_the_small_mean_hidden(folder, protected, open_tables):
    """Hide the means of small groups and none of those they follow from."""

    def change(name, frame):
        if "value" not in frame:
            return protected.frames[name]
        few = (frame["n"] < RULES.min_n).fillna(False)
        return frame.assign(value=frame["value"].mask(few), sd=frame["sd"].mask(few))

    write_site(folder, with_frames(open_tables, change))


def number_without_a_cell(folder, protected, open_tables):
    write_site(folder, protected)
    page = folder / "counts-0.html"
    text = page.read_text("utf-8")
    page.write_text(text.replace("</tbody>", "<tr><th>Fjell</th><td>3</td></tr></tbody>"), "utf-8")


def small_groups_shown(folder, protected, open_tables):
    """Show distributions and means of groups that are too small for it."""
    write_site(folder, protect(pytest.town, replace(RULES, min_n=2, strict_min_n=2)))


def width_too_small(folder, protected, open_tables):
    """Be content with any doubt at all."""
    write_site(folder, protect(pytest.town, replace(RULES, width=1, strict_width=1)))


SABOTAGE = [
    no_suppression,
    only_primary,
    threshold_one_low,
    margins_left_out,
    one_linked_table_forgotten,
    tables_protected_apart,
    percentages_of_the_raw_table,
    only_percentages_hidden,
    download_forgotten,
    alternative_text_forgotten,
    sentence_forgotten,
    complement_printed,
    means_of_small_groups,
    only_the_small_mean_hidden,
    number_without_a_cell,
    small_groups_shown,
    width_too_small,
]


@pytest.mark.parametrize("sabotage", SABOTAGE, ids=lambda f: f.__name__)
def test_every_way_to_protect_badly_stops_the_build(
    protected, open_tables, pupils, town, tmp_path, sabotage
):
    pytest.pupils, pytest.town = pupils, town
    sabotage(tmp_path, protected, open_tables)
    with pytest.raises(BuildError):
        audit_pages(tmp_path, RULES, protected)


def test_a_group_in_one_cell_is_hidden_or_stops_the_build(pupils, tmp_path):
    rows = [
        (year, "Gul", ("female", "male")[at % 2], "2", 50.0 + at)
        for year in ("2019", "2020")
        for at in range(14)
    ]
    alike = pd.DataFrame(rows, columns=["year", "school", "gender", "result", "score"])
    one_mind = tables(pd.concat([pupils, alike], ignore_index=True))
    right, wrong = protect(one_mind), protect(one_mind, replace(RULES, whole_group=False))

    got = audit_pages(write_site(tmp_path / "right", right), RULES, right)

    assert got.recovered == 0
    with pytest.raises(BuildError, match="'14 of 14', expected a blank where it is all of them"):
        audit_pages(write_site(tmp_path / "wrong", wrong), RULES, wrong)


def test_a_total_that_others_print_gives_a_blank_away(protected, tmp_path):
    site = write_site(tmp_path, protected)
    rows = protected.counts("results", "year", "school", "result")
    hidden = rows[(rows["status"] == "suppressed") & (rows["result"] == "Total")]
    hidden = hidden if len(hidden) else rows[rows["status"] == "suppressed"]
    _, population, _, named = hidden.iloc[0]["ref"].split("|")
    cell = frozenset(tuple(part.split("=")) for part in named.split(";"))

    audit_pages(site, RULES, protected)
    with pytest.raises(BuildError):
        audit_pages(site, RULES, protected, public={population: {cell: 3}})


def test_a_number_in_a_drawing_is_found(protected, tmp_path):
    words = '<text class="f c2 t">73,1</text><text class="f c1">Fjell</text>'
    site = write_site(tmp_path / "axis", protected, alt="A figure.", drawn=words)
    audit_pages(site, RULES, protected)
    site = write_site(
        tmp_path / "drawn", protected, alt="A figure.", drawn=words.replace("ll", "ll: 73,1")
    )

    with pytest.raises(BuildError, match="73,1"):
        audit_pages(site, RULES, protected)


def test_a_number_in_a_drawing_to_take_along_is_found(protected, tmp_path):
    site = write_site(tmp_path, protected)
    drawing = site / "means-0.svg"
    drawing.write_text('<svg><text class="t" x="1">73,1</text><text>Fjell</text></svg>', "utf-8")
    audit_pages(site, RULES, protected)
    drawing.write_text('<svg><text x="1">Fjell: 73,1</text></svg>', "utf-8")

    with pytest.raises(BuildError, match="73,1"):
        audit_pages(site, RULES, protected)


def test_last_years_edition_gives_this_years_blank_away(protected, open_tables, tmp_path):
    now, before = tmp_path / "2020", tmp_path / "2019"
    write_site(now, protected)
    write_site(before, open_tables)
    audit_pages(now, RULES, protected)
    with pytest.raises(BuildError):
        audit_pages(now, RULES, protected, [before])


def test_a_stricter_edition_is_held_to_its_own_rules(protected, tmp_path):
    site = write_site(tmp_path, protected)
    with pytest.raises(BuildError, match="fewer than 12"):
        audit_pages(site, DisclosureRules(min_count=12, strict_min_count=12), protected)


def test_a_number_that_stands_in_the_workbook_only_is_found(protected, tmp_path):
    site = write_site(tmp_path, protected)
    page = site / "counts-0.html"
    link = '<a href="data/side-counts-0.csv" download>CSV</a>'
    there = page.read_text("utf-8")
    both = there.replace(link, f'{link}<a href="data/side-counts-0.xlsx" download>Excel</a>')
    assert both != there
    page.write_text(both, "utf-8")
    path = site / "data" / "side-counts-0.csv"
    text = path.read_text("utf-8-sig")
    workbook_path = path.with_suffix(".xlsx")
    workbook_path.write_bytes(workbook(text, []))
    assert audit_pages(site, RULES, protected).recovered == 0
    lines = list(csv.reader(text.splitlines()))
    column = next(at for at, name in enumerate(lines[0]) if "Antall" in name)
    hidden = next(line for line in lines[1:] if not line[column].isdigit())
    hidden[column] = "3"
    changed = io.StringIO()
    csv.writer(changed).writerows(lines)
    workbook_path.write_bytes(workbook(changed.getvalue(), []))

    with pytest.raises(BuildError):
        audit_pages(site, RULES, protected)
