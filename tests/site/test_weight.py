"""Weigh every built page with all that it loads, and one of them as the stock theme would."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

HEAVIEST = 1_500_000  # bytes
STOCK = "from jupyter_book.cli.main import main; main()"  # works where no command is on the path


@dataclass
class Weight:
    bytes: int = 0
    requests: int = 0
    outside: list[str] = field(default_factory=list)


def weigh(browser: Browser, paths: list[Path]) -> dict[Path, Weight]:
    """Open pages at a desk, scroll to their end, and add up the files they ask for."""
    found: dict[Path, Weight] = {}
    current = Weight()
    context = browser.new_context(viewport={"width": 1280, "height": 900})

    def answer(route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme == "data":
            route.continue_()
        elif address.scheme == "file":
            current.requests += 1
            current.bytes += Path(unquote(address.path)).stat().st_size
            route.continue_()
        else:
            current.outside.append(route.request.url)
            route.abort()

    for path in paths:
        current = found[path] = Weight()
        tab = context.new_page()
        tab.route("**/*", answer)
        tab.goto(path.as_uri(), wait_until="load")
        tab.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
        tab.wait_for_function("[...document.images].every(i => i.complete)")
        tab.close()
    context.close()
    return found


@pytest.fixture(scope="module")
def weights(browser, pages) -> dict[Path, Weight]:
    return weigh(browser, [page.path for page in pages])


@pytest.fixture(scope="module")
def median(weights) -> Path:
    middle = statistics.median_low(weight.bytes for weight in weights.values())
    return next(path for path, weight in weights.items() if weight.bytes == middle)


def test_no_page_is_heavy_and_none_asks_outside(weights, tell):
    heaviest = max(weight.bytes for weight in weights.values())
    requests = sum(weight.requests for weight in weights.values())
    outside = [address for weight in weights.values() for address in weight.outside]
    middle = statistics.median_low(weight.bytes for weight in weights.values())
    tell(
        f"weight: {len(weights)} pages, median {middle / 1000:.0f} kB, heaviest "
        f"{heaviest / 1000:.0f} kB, {requests} requests, {len(outside)} of them outside"
    )

    assert outside == []
    assert heaviest <= HEAVIEST


def test_median_page_is_lighter_than_in_the_stock_theme(browser, median, pages, tmp_path, tell):
    page = next(page for page in pages if page.path == median)
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
    shutil.copytree(median.parent / "figures", built / "figures")

    got = weigh(browser, [median])[median].bytes
    stock = weigh(browser, [built / "index.html"])[built / "index.html"].bytes

    tell(f"weight: {page.name} {got / 1000:.0f} kB, in the stock theme {stock / 1000:.0f} kB")
    assert got < stock


def test_nothing_but_style_holds_up_the_first_view(pages):
    got = [
        f"{page.name}: {script.get('src')}"
        for page in pages
        for script in page.soup.find_all("script", src=True)
        if not (script.has_attr("defer") or script.get("type") == "module")
    ]
    sheets = [
        f"{page.name}: {len(page.soup.select('link[rel=stylesheet]'))} style sheets"
        for page in pages
        if len(page.soup.select("link[rel=stylesheet]")) != 1
    ]
    assert got + sheets == []
