"""No pupil's id, name, birth date or score is in anything that comes out of protection."""

import base64
import zipfile
from dataclasses import replace

import pytest

from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import DataError
from tilstand.pupils.protection import protect
from tilstand.pupils.protection.once import protect_once

from .canaries import find
from .conftest import tables
from .render import write_site

NAME, NUMBER, BORN = "Kanari Fuglesang", "01010199999", "2009-02-29"
SCORE = 96.4375


@pytest.fixture(scope="module")
def marked(pupils):
    """The pupils with one that would be known anywhere, alone on a level of the small school."""
    rows = pupils.assign(name="", number="", born="")
    at = rows[(rows["school"] == "Fjell") & (rows["result"] != "exempt")].index[0]
    rows.loc[at, ["name", "number", "born"]] = [NAME, NUMBER, BORN]
    rows.loc[at, ["result", "score"]] = ["3", SCORE]
    return rows


def test_nothing_of_a_pupil_is_in_the_site_or_in_what_is_kept(marked, tmp_path):
    protected = protect_once(tmp_path / "kept", tables(marked), DisclosureRules())
    write_site(tmp_path / "site", protected)
    assert find(tmp_path, [NAME, NUMBER, BORN, str(SCORE), str(SCORE).replace(".", ",")]) == []


def test_the_small_schools_scores_give_no_mean_away(marked):
    """A changed score of one pupil in a group without a mean changes nothing shown of the group."""
    other = marked.assign(score=marked["score"].where(marked["score"] != SCORE, 12.0))
    first, second = (
        protect(tables(rows)).means("scores", "year", "school") for rows in (marked, other)
    )
    small = (first["school"] == "Fjell") & (first["year"] != "Total")
    assert first[small].equals(second[small])


def test_error_lines_say_nothing_of_counts(marked):
    results = tables(marked).counts["results"]
    doubled = replace(results, counts=results.counts.assign(count=results.counts["count"] * 777))
    other = replace(doubled, name="feeder", views=(("year", "school", "result"),))
    with pytest.raises(DataError) as found:
        protect(replace(tables(marked), counts={"results": results, "feeder": other}))
    assert not any("777" in line or NAME in line for line in found.value.lines)


@pytest.mark.parametrize("way", ["plain", "utf16", "base64", "archive"])
def test_the_search_finds_a_canary_however_it_is_hidden(tmp_path, way):
    path = tmp_path / "page.bin"
    if way == "archive":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("sheet.xml", f"<v>{NAME}</v>")
    else:
        text = f"xy {NAME} z"
        data = {"plain": text.encode(), "utf16": text.encode("utf-16")}.get(way)
        path.write_bytes(data or base64.b64encode(text.encode()))
    assert find(tmp_path, [NAME]) == [("page.bin", NAME)]
