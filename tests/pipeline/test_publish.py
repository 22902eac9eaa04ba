import errno
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from tilstand.errors import BuildError
from tilstand.pipeline.basis.policy import page_policy
from tilstand.pipeline.outputs import publish
from tilstand.pipeline.outputs.publish import (
    exchange,
    link_tree,
    published,
    restore,
    swap_in,
    write_start_pages,
)

NAMES = {"2010": "Eksempel", "2020": "Eksempel"}


def site(folder, text: str = "new"):
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def editions(tiny):
    """Put two editions on the site: 2010 in bokmål, 2020 in both languages."""
    for year, language in ((2010, "nb"), (2020, "nb"), (2020, "en")):
        site(tiny.project.site / str(year) / language)
    return tiny.project


def soup(path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def links(path) -> list[str]:
    return [link["href"] for link in soup(path).find_all("a")]


def test_finished_site_takes_its_place(tmp_path):
    target = tmp_path / "site" / "2020" / "nb"

    swap_in(site(tmp_path / "html"), target)

    assert (target / "index.html").read_text(encoding="utf-8") == "new"


def test_new_site_replaces_the_old_one_whole(tmp_path):
    target = site(tmp_path / "site" / "nb", "old")
    (target / "gone.html").write_text("old", encoding="utf-8")

    swap_in(site(tmp_path / "html"), target)

    assert [path.name for path in target.iterdir()] == ["index.html"]


def test_nothing_is_left_beside_the_new_site(tmp_path):
    target = site(tmp_path / "site" / "nb", "old")

    swap_in(site(tmp_path / "html"), target)

    assert [path.name for path in target.parent.iterdir()] == ["nb"]


def test_old_site_stays_when_the_new_one_cannot_be_moved(tmp_path):
    target = site(tmp_path / "site" / "nb", "old")

    with pytest.raises(FileNotFoundError):
        swap_in(tmp_path / "never-finished", target)

    assert (target / "index.html").read_text(encoding="utf-8") == "old"


@pytest.fixture(params=["exchange", "two steps"])
def way(request, monkeypatch):
    """Both ways to swap: in one step, and where the system cannot do that."""
    if request.param == "two steps":
        monkeypatch.setattr(publish, "exchange", lambda one, other: False)
    elif sys.platform != "linux":
        pytest.skip("only Linux exchanges two folders in one step")


@pytest.mark.usefixtures("way")
def test_either_way_the_new_site_is_there_whole_and_nothing_else(tmp_path):
    target = site(tmp_path / "site" / "2020", "old")
    (target / "gone.html").write_text("old", encoding="utf-8")

    swap_in(site(tmp_path / "html"), target)

    assert (target / "index.html").read_text(encoding="utf-8") == "new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["2020", "index.html", "site"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can")
def test_two_folders_are_exchanged_in_one_step(tmp_path):
    one, other = site(tmp_path / "one", "1"), site(tmp_path / "other", "2")

    assert exchange(one, other)
    assert (one / "index.html").read_text(encoding="utf-8") == "2"
    assert (other / "index.html").read_text(encoding="utf-8") == "1"


def test_site_on_another_disk_gets_a_copy(tmp_path, monkeypatch):
    target = site(tmp_path / "site" / "2020", "old")
    finished = site(tmp_path / "html")
    real = Path.stat
    other = SimpleNamespace(st_dev=-1)
    monkeypatch.setattr(
        Path, "stat", lambda path, **how: other if path == finished else real(path, **how)
    )

    swap_in(finished, target)

    assert (target / "index.html").read_text(encoding="utf-8") == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]
    assert [path.name for path in target.parent.iterdir()] == ["2020"]


def mounted(times: int):
    """Exchange two folders as where the target lies in a mount of its own: refused so often."""
    refused = iter([errno.EXDEV, errno.EBUSY][:times])

    def refuse(one, other):
        code = next(refused, None)
        if code is not None:
            raise OSError(code, os.strerror(code), str(other))
        return exchange(one, other)

    return refuse


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders in one step")
def test_site_in_a_mount_of_the_same_disk_gets_a_copy(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "exchange", mounted(1))
    target = site(tmp_path / "book" / "site", "old")

    swap_in(site(tmp_path / "html"), target)

    assert (target / "index.html").read_text(encoding="utf-8") == "new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["book", "index.html", "site"]


def test_site_that_is_a_mount_itself_stays_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "exchange", mounted(2))
    target = site(tmp_path / "book" / "site", "old")

    with pytest.raises(BuildError, match="mounted by itself"):
        swap_in(site(tmp_path / "html"), target)

    assert (target / "index.html").read_text(encoding="utf-8") == "old"
    assert [path.name for path in target.parent.iterdir()] == ["site"]


def test_place_that_is_a_mount_is_refused_before_anything_is_built(tmp_path, monkeypatch):
    monkeypatch.setattr(publish.os.path, "ismount", lambda path: path == tmp_path / "site")

    with pytest.raises(BuildError, match="mounted by itself"):
        restore(tmp_path / "site")


def test_place_that_cannot_be_written_is_refused_before_anything_is_built(tmp_path):
    (tmp_path / "book").write_text("a file where a folder should be", encoding="utf-8")

    with pytest.raises(OSError, match=r"book"):
        restore(tmp_path / "book" / "site")


def test_killed_swap_is_undone(tmp_path):
    site(tmp_path / ".2020.old", "old")
    site(tmp_path / ".2020.new")

    restore(tmp_path / "2020")

    assert (tmp_path / "2020" / "index.html").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["2020"]


def test_swap_that_was_killed_at_its_very_end_stays_done(tmp_path):
    site(tmp_path / ".2020.old", "old")
    site(tmp_path / "2020")

    restore(tmp_path / "2020")

    assert (tmp_path / "2020" / "index.html").read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["2020"]


def test_second_copy_of_a_published_folder_outlives_it(tmp_path):
    first = site(tmp_path / "first")

    link_tree(first, tmp_path / "second")
    shutil.rmtree(first)

    assert (tmp_path / "second" / "index.html").read_text(encoding="utf-8") == "new"


def test_leftover_of_a_broken_swap_does_not_stand_in_the_way(tmp_path):
    target = site(tmp_path / "site" / "nb", "old")
    site(tmp_path / "site" / ".nb.old", "older")

    swap_in(site(tmp_path / "html"), target)

    assert (target / "index.html").read_text(encoding="utf-8") == "new"


def test_editions_are_listed_newest_first_and_bokmaal_before_english(editions):
    assert list(published(editions).items()) == [("2020", ["nb", "en"]), ("2010", ["nb"])]


def test_half_swapped_site_is_not_listed(editions):
    site(editions.site / "2020" / ".nb.old")

    assert published(editions)["2020"] == ["nb", "en"]


def test_empty_site_lists_nothing(tiny):
    assert published(tiny.project) == {}


def test_start_page_leads_to_the_newest_edition_first(editions):
    write_start_pages(editions, NAMES)

    assert links(editions.site / "index.html")[:2] == ["2020/nb/index.html", "2020/en/index.html"]


def test_start_page_leads_to_every_edition_and_language(editions):
    write_start_pages(editions, NAMES)

    exp = {"2020/nb/index.html", "2020/en/index.html", "2010/nb/index.html"}
    assert set(links(editions.site / "index.html")) == exp


@pytest.mark.parametrize("page", ["index.html", "2010/index.html", "2020/index.html"])
def test_every_link_of_a_start_page_leads_somewhere(editions, page):
    write_start_pages(editions, NAMES)
    path = editions.site / page

    got = [href for href in links(path) if not (path.parent / href).is_file()]

    assert got == []


def test_start_page_of_an_edition_leads_to_that_edition_only(editions):
    write_start_pages(editions, NAMES)

    assert set(links(editions.site / "2010" / "index.html")) == {"../2010/nb/index.html"}


def test_every_link_says_which_language_it_leads_to(editions):
    write_start_pages(editions, NAMES)

    for link in soup(editions.site / "index.html").find_all("a"):
        assert link["hreflang"] == link["lang"] == link["href"].split("/")[1]


def test_start_page_names_the_municipality(editions):
    write_start_pages(editions, NAMES)

    assert "Eksempel" in soup(editions.site / "index.html").title.text


def test_start_page_asks_nothing_of_other_sites(editions):
    write_start_pages(editions, NAMES)

    assert "//" not in (editions.site / "index.html").read_text(encoding="utf-8")


def test_site_without_editions_gets_no_start_page(tiny):
    write_start_pages(tiny.project, NAMES)

    assert not (tiny.project.site / "index.html").exists()


def test_start_pages_allow_their_own_style_and_no_script(editions):
    write_start_pages(editions, NAMES)

    for path in (editions.site / "index.html", editions.site / "2020" / "index.html"):
        page = soup(path)
        (policy,) = page.select('meta[http-equiv="Content-Security-Policy"]')
        assert policy["content"] == page_policy(page.style.string)
        assert page.script is None
