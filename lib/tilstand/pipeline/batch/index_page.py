"""Write the page that leads from a country to each municipality's book.

By name and by county, never in order of a result. It stands in the batch's folder and is written
anew with the summary, so that it tells what is there.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, Any

from tilstand.alphabet import by_name
from tilstand.contracts import LANGUAGES
from tilstand.errors import DataError
from tilstand.pipeline.basis.policy import page_policy_meta

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tilstand.project import Project
    from tilstand.register import Register

SCRIPT = "filter.js"
FILES = {"nb": "index.html", "en": "en.html"}
WORDS = {
    "nb": {
        "title": "Finn kommunen din",
        "find": "Skriv navnet på kommunen eller fylket",
        "lead": "Kommunene står etter navn og etter fylke. Lista rangerer ingen.",
        "counties": "Etter fylke",
        "none": "Uten fylke",
        "failed": "Ikke laget",
        "other": "In English",
    },
    "en": {
        "title": "Find your municipality",
        "find": "Write the name of the municipality or county",
        "lead": "Municipalities stand by name and by county. The list ranks nobody.",
        "counties": "By county",
        "none": "Without a county",
        "failed": "Not made",
        "other": "På norsk",
    },
}
LOOK = """
main { padding-top: 4rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .3rem; }
.filter { display: block; font-weight: 600; margin: 1.5rem 0; }
.filter input { display: block; width: min(22rem, 100%); margin-top: .2rem; padding: .45rem .6rem; \
font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); }
.towns { list-style: none; margin: 0; padding: 0; columns: 16rem 2; }
.towns li { padding: .35rem 0; break-inside: avoid; }
.towns span { color: var(--soft); }
"""


def write_index(
    output: Path, project: Project, register: Register, rows: Iterable[dict[str, Any]]
) -> None:
    """Write ``index.html`` (Norwegian) and ``en.html`` into a batch's folder.

    Parameters
    ----------
    output : Path
        The folder.
    project : Project
        Has the style and the script of the pages.
    register : Register
        Knows names and counties.
    rows : iterable of dict
        A municipality each: ``municipality``, ``name``, ``status``, ``year``, ``language`` and
        ``message``. One that is not done is told in a line.
    """
    listed = sorted(rows, key=lambda row: (by_name(str(row["name"])), row["municipality"]))
    style = (project.book / "_static" / "start.css").read_text(encoding="utf-8")
    shutil.copyfile(project.book / "_static" / SCRIPT, output / SCRIPT)
    done = [row for row in listed if row["status"] == "done"]
    fonts = f"{_home(done[0], 'nb').rpartition('/')[0]}/_static/fonts/" if done else "fonts/"
    for language, file in FILES.items():
        page = _page(listed, register, language, style.replace("fonts/", fonts) + LOOK)
        draft = output / f".{file}"
        draft.write_text(page, encoding="utf-8")
        draft.replace(output / file)


def _home(row: dict[str, Any], language: str) -> str:
    """Lead to a municipality's book: in the page's language where it is made."""
    there = row["language"] if row["language"] in LANGUAGES else language
    return f"{row['municipality']}/{row['year']}/{there}/index.html"


def _county(row: dict[str, Any], register: Register, language: str) -> str:
    try:
        unit = register.unit(row["municipality"], int(row["year"]))
        county = register.unit(str(unit["county"]), int(row["year"]))
    except (DataError, ValueError):
        return ""
    return register.name(str(county["place"]), int(row["year"]), language)


def _page(rows: list[dict[str, Any]], register: Register, language: str, style: str) -> str:
    words = WORDS[language]
    other = next(code for code in FILES if code != language)
    done, counties = [], defaultdict(list)
    for row in (row for row in rows if row["status"] == "done"):
        county = _county(row, register, language)
        spoken = "" if row["language"] in (language, "all") else f' hreflang="{row["language"]}"'
        link = f'<a href="{escape(_home(row, language))}"{spoken}>{escape(str(row["name"]))}</a>'
        done.append(f"<li>{link} <span>{escape(county)}</span></li>")
        counties[county].append(f"<li>{link}</li>")
    parts = [f'<ul class="towns" data-filter="{words["find"]}">{"".join(done)}</ul>']
    if counties:
        parts.append(f"<h2>{words['counties']}</h2>")
    for county in sorted(counties, key=lambda name: (not name, by_name(name))):
        heading = escape(county or words["none"])
        parts.append(f'<h3>{heading}</h3><ul class="towns">{"".join(counties[county])}</ul>')
    failed = [row for row in rows if row["status"] != "done"]
    if failed:
        lines = "".join(
            f"<li>{escape(str(row['name']))}: {escape(str(row['message']).split(' | ')[0])}</li>"
            for row in failed
        )
        parts.append(f"<h2>{words['failed']}</h2><ul>{lines}</ul>")
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
{page_policy_meta(style)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words["title"]} – Tilstandsboka</title>
<style>{style}</style>
<script src="{SCRIPT}" defer></script>
</head>
<body>
<main>
<p class="brand">Tilstandsboka</p>
<h1>{words["title"]}</h1>
<p>{words["lead"]}
<a href="{FILES[other]}" lang="{other}" hreflang="{other}">{words["other"]}</a></p>
{chr(10).join(parts)}
</main>
</body>
</html>
"""
