"""Weigh every built page with all that it loads, and one of them as the stock theme would."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys

import pytest

from visits import visit

pytestmark = pytest.mark.slow

FIRST = "_static/mode.js"
HEAVIEST = 1_500_000  # bytes
STOCK = "from jupyter_book.cli.main import main; main()"  # works where no command is on the path


def test_no_page_is_heavy_and_none_asks_outside(visits, tell):
    heaviest = max(visit.bytes for visit in visits)
    requests = sum(visit.requests for visit in visits)
    outside = [address for visit in visits for address in visit.outside]
    middle = statistics.median_low(visit.bytes for visit in visits)
    tell(
        f"weight: {len(visits)} pages, median {middle / 1000:.0f} kB, heaviest "
        f"{heaviest / 1000:.0f} kB, {requests} requests, {len(outside)} of them outside"
    )

    assert outside == []
    assert heaviest <= HEAVIEST


def test_median_page_is_lighter_than_in_the_stock_theme(browser, visits, pages, tmp_path, tell):
    weights = {visit.name: visit.bytes for visit in visits}
    of_pages = {page.name: weights[page.name] for page in pages}
    middle = statistics.median_low(of_pages.values())
    page = next(page for page in pages if of_pages[page.name] == middle)
    source = tmp_path / "source"
    source.mkdir()
    (source / "_config.yml").write_text("title: Stock\nauthor: Stock\n", encoding="utf-8")
    (source / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    body = page.article.decode_contents()
    text = f"# Stock\n\n```{{raw}} html\n{body}\n```\n"
    (source / "index.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", STOCK, "build", str(source), "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    built = source / "_build" / "html"
    shutil.copytree(page.path.parent / "figures", built / "figures")

    tab = browser.new_page()
    stock = visit(tab, built, built / "index.html", []).bytes
    tab.close()

    tell(f"weight: {page.name} {middle / 1000:.0f} kB, in the stock theme {stock / 1000:.0f} kB")
    assert middle < stock


def test_nothing_but_style_holds_up_the_first_view(pages):
    got = [
        f"{page.name}: {script.get('src')}"
        for page in pages
        for script in page.soup.find_all("script", src=True)
        if not (script.has_attr("defer") or script["src"].partition("?")[0].endswith(FIRST))
    ]
    # Light or dark has to be known before anything is drawn; a page may not say it itself.
    assert (pages[0].path.parent / FIRST).stat().st_size < 400
    sheets = [
        f"{page.name}: {len(page.soup.select('link[rel=stylesheet]'))} style sheets"
        for page in pages
        if len(page.soup.select("link[rel=stylesheet]")) != 1
    ]
    assert got + sheets == []
