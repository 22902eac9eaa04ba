"""Open every page of the built book once in a browser, and note all that tests ask about it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

from books import REPO

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Error, Request
    from playwright.sync_api import Page as Tab

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# It need not fetch style sheets by itself: no rule that is asked for reads them.
ASK = f"axe.run(document, {{resultTypes: ['violations'], runOnly: {RULES}, preload: false}})"
DESK, PHONE, ENLARGED = 1280, 375, 640  # 200 % on a desk leaves 640 of the page's own pixels
STATES = [(mode, width) for mode in ("light", "dark") for width in (DESK, PHONE)]
# The page answers a new width when it is next drawn: the second frame begins after that.
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
ALL_IMAGES = """async () => {
  document.querySelectorAll('img').forEach(i => { i.loading = 'eager' });
  await Promise.all([...document.images].map(i => i.decode().catch(() => {})));
}"""
LOOK = """() => ({
  wide: document.scrollingElement.scrollWidth,
  cut: [...document.querySelectorAll('.prev-next-area p')]
    .filter(p => p.getBoundingClientRect().right > innerWidth + 1).map(p => p.innerText),
  lost: [...document.images].filter(i => i.naturalWidth === 0).map(i => i.src),
})"""
FORMS = sorted(
    {path.stem for path in [*REPO.glob("notebooks/*.ipynb"), *REPO.glob("book/*/*.md")]},
    key=len,
    reverse=True,
)


@dataclass
class Visit:
    """Hold what a browser saw of one page.

    Widths are in pixels of the page, by width of the screen; `violations` are those of axe-core.
    """

    name: str
    bytes: int = 0
    requests: int = 0
    states: int = 0
    wide: dict[str, int] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def form_of(name: str) -> str:
    """Name what a page is made from: the pages of all schools are of one chapter."""
    stem = Path(name).stem
    made = next((form for form in FORMS if stem == form or stem.startswith(f"{form}-")), stem)
    return made if name.count("/") == 2 else name


def every_page(site: Path) -> list[Path]:
    """Every page that a reader can meet: chapters, search, and the pages that lead to them."""
    found = sorted(site.glob("**/*.html"))
    return [path for path in found if 'http-equiv="refresh"' not in path.read_text("utf-8")]


def states_of(site: Path, paths: list[Path]) -> dict[Path, list[tuple[str, int]]]:
    """Choose the states to try axe-core in.

    The longest page of each chapter is tried in all four; of the others, which are made by the
    same code, each in one, turn by turn. `TILSTAND_AXE=all` tries every page in all.
    """
    fullest: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: path.stat().st_size):
        fullest[form_of(path.relative_to(site).as_posix())] = path
    every = set(paths) if os.environ.get("TILSTAND_AXE") == "all" else set(fullest.values())
    return {
        path: STATES if path in every else [STATES[number % len(STATES)]]
        for number, path in enumerate(paths)
    }


def visit_all(site: Path, chromium: str, arguments: list[str]) -> list[dict[str, Any]]:
    """Visit every page of a site, with a browser for each core."""
    states = states_of(site, every_page(site))
    cores = os.cpu_count() or 1

    def some(start: int) -> list[Visit]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            tab = browser.new_context().new_page()
            made = [visit(tab, site, path, states[path]) for path in list(states)[start::cores]]
            browser.close()
        return made

    with ThreadPoolExecutor(cores) as pool:
        return [asdict(one) for made in pool.map(some, range(cores)) for one in made]


def visit(tab: Tab, site: Path, path: Path, states: list[tuple[str, int]]) -> Visit:
    """Open one page at a desk, then as on a phone and enlarged, and try it with axe-core."""
    seen = Visit(path.relative_to(site).as_posix(), states=len(states))
    files: list[Path] = []

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme == "file":
            files.append(Path(unquote(address.path)))
        elif address.scheme not in ("data", "blob"):
            seen.outside.append(request.url)

    def error(said: ConsoleMessage) -> None:
        if said.type == "error":
            seen.faults.append(said.text)

    def broke(what: Error) -> None:
        seen.faults.append(str(what))

    tab.on("request", note)
    tab.on("console", error)
    tab.on("pageerror", broke)
    show(tab, "light", DESK)
    tab.goto(path.as_uri(), wait_until="load")
    look(tab, seen, DESK)
    # What a page weighs is what it loads at a desk.
    seen.requests, seen.bytes = len(files), sum(file.stat().st_size for file in files)
    for width in (ENLARGED, PHONE):
        show(tab, "light", width)
        look(tab, seen, width)
    tab.evaluate(AXE)
    for mode, width in states:
        show(tab, mode, width)
        for found in tab.evaluate(ASK)["violations"]:
            where = found["nodes"][0]["html"][:120]
            seen.violations.append(f"{seen.name} ({mode}, {width}): {found['id']}: {where}")
    tab.remove_listener("request", note)
    tab.remove_listener("console", error)
    tab.remove_listener("pageerror", broke)
    return seen


def show(tab: Tab, mode: str, width: int) -> None:
    """Give the page a colour scheme and a screen, and wait until it has answered."""
    tab.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
    tab.set_viewport_size({"width": width, "height": 900})
    tab.evaluate(DRAWN)


def look(tab: Tab, seen: Visit, width: int) -> None:
    """Note what does not fit or does not show at a width, with all images there."""
    tab.evaluate(ALL_IMAGES)
    found = tab.evaluate(LOOK)
    seen.wide[str(width)] = found["wide"]
    seen.faults += [f"'{text}' runs off the screen at {width}" for text in found["cut"]]
    seen.faults += [f"{source} does not show at {width}" for source in found["lost"]]
