"""Tell readers how their copy of the book was made: files, programs, figures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.pipeline.compose.compose import raw
from tilstand.report.numbers import write_number
from tilstand.report.page.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

# Programs that decide what a number or a drawing is; all the others stand in record.json.
MAIN_PACKAGES = (
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "papermill",
    "sphinx",
    "jupyter-book",
)
FIRST = 16  # digits of a fingerprint that are shown; all of them stand in record.json
WORDS = {
    "inputs": {"nb": "Filer som utgaven er laget av", "en": "Files that the edition is made from"},
    "what": {"nb": "Hva", "en": "What"},
    "where": {"nb": "Hvor", "en": "Where"},
    "files": {"nb": "Filer", "en": "Files"},
    "size": {"nb": "Kilobyte", "en": "Kilobytes"},
    "programs": {"nb": "Programmer og versjoner", "en": "Programs and versions"},
    "program": {"nb": "Program", "en": "Program"},
    "version": {"nb": "Versjon", "en": "Version"},
    "changed": {"nb": "med endringer etterpå", "en": "with changes since"},
    "commit": {"nb": "Kodens avtrykk i Git", "en": "The code’s fingerprint in Git"},
    "library": {
        "nb": "Kodens avtrykk (SHA-256)",
        "en": "The code’s fingerprint (SHA-256)",
    },
    "system": {"nb": "Maskin", "en": "Machine"},
    "no_commit": {"nb": "ikke kjent", "en": "not known"},
    "exhibits": {
        "nb": "Hver figur og tabell: hvor den er laget, og av hva",
        "en": "Every figure and table: where it was made, and from what",
    },
    "exhibit": {"nb": "Figur eller tabell", "en": "Figure or table"},
    "notebook": {"nb": "Notatbok, celle", "en": "Notebook, cell"},
    "data": {"nb": "Datafiler (rader)", "en": "Data files (rows)"},
    "download": {"nb": "Tallene", "en": "The numbers"},
    "csv": {"nb": "Last ned", "en": "Download"},
    "simulated": {"nb": "simulerte tall", "en": "simulated numbers"},
    "computed": {"nb": "regnet ut i notatboka", "en": "computed in the notebook"},
    "alike": {"nb": "og {} til av samme slag", "en": "and {} more of the kind"},
    "cell": {"nb": "celle", "en": "cell"},
    "record": {
        "nb": "Byggets protokoll: alt på denne siden og mer, med avtrykk av hver fil",
        "en": "The build’s record: everything on this page and more, with every file’s fingerprint",
    },
    "results": {
        "nb": "Alle tall i utgaven i én tabell",
        "en": "Every number of the edition in one table",
    },
    "datapackage": {
        "nb": "Beskrivelse av tabellene etter standarden Frictionless Data Package",
        "en": "Description of the tables by the standard Frictionless Data Package",
    },
    "crate": {
        "nb": "Beskrivelse av hele utgaven etter standarden RO-Crate",
        "en": "Description of the whole edition by the standard RO-Crate",
    },
}
KIND_WORDS = {
    "edition": {"nb": "Utgavens egen fil", "en": "The edition’s own file"},
    "figures": {"nb": "Tall fra dokumentene", "en": "Figures from the documents"},
    "statements": {
        "nb": "Det dokumentene sier med ord",
        "en": "What the documents say in words",
    },
    "register": {
        "nb": "Registre: kommuner, indikatorer, brudd, kilder",
        "en": "Registers: municipalities, indicators, breaks, sources",
    },
    "evidence": {"nb": "Prøver av metoden", "en": "Tests of the method"},
    "open": {"nb": "Filer hentet til utgaven", "en": "Files fetched for the edition"},
    "pupils": {
        "nb": "Elevfil, ikke offentlig og ikke med i boka",
        "en": "Pupil file, not public and not in the book",
    },
    "chapter": {"nb": "Kapitler med beregninger", "en": "Chapters with computations"},
    "page": {"nb": "Sider med bare tekst", "en": "Pages of text only"},
    "frame": {
        "nb": "Utseende, ord og litteraturliste",
        "en": "Appearance, words and bibliography",
    },
}
MACHINE_FILES = (
    ("record", "record.json"),
    ("results", "results.csv"),
    ("datapackage", "datapackage.json"),
    ("crate", "../ro-crate-metadata.json"),
)


def blocks(record: dict[str, Any], language: str) -> dict[str, str]:
    """Write the blocks that the page on how the book was made puts into its text.

    Parameters
    ----------
    record : dict
        The build's record.
    language : {"nb", "en"}
        Language of the page.

    Returns
    -------
    dict
        ``made.inputs``, ``made.programs``, ``made.exhibits`` and ``made.files``.
    """
    return {
        "made.inputs": raw(_inputs(record["inputs"], language)),
        "made.programs": raw(_programs(record, language)),
        "made.exhibits": raw(_exhibits(record["exhibits"], language)),
        "made.files": raw(_machine_files(language)),
    }


def _word(key: str, language: str) -> str:
    return WORDS[key][language]


def _inputs(inputs: list[dict[str, Any]], language: str) -> str:
    rows = []
    for kind in dict.fromkeys(one["kind"] for one in inputs):
        of_kind = [one for one in inputs if one["kind"] == kind]
        size = sum(one.get("bytes", 0) for one in of_kind)
        rows.append(
            {
                "what": KIND_WORDS.get(kind, {}).get(language, kind),
                "where": _folder([one["path"] for one in of_kind]) if kind != "pupils" else "–",
                "files": len(of_kind),
                "size": max(size / 1000, 1) if kind != "pupils" else None,
            }
        )
    columns = [
        Column("what", _word("what", language)),
        Column("where", _word("where", language)),
        Column("files", _word("files", language), 0),
        Column("size", _word("size", language), 0),
    ]
    return Table(pd.DataFrame(rows), columns, _word("inputs", language)).html(language)


def _folder(paths: Sequence[str]) -> str:
    """Name the folders that files share, or the one file."""
    if len(paths) == 1:
        return paths[0]
    tops = {"/".join(path.split("/")[:2]) + "/" if "/" in path else path for path in paths}
    tops = {"book/" if top.startswith("book/") else top for top in tops}
    tops = {"notebooks/" if top.startswith("notebooks/") else top for top in tops}
    return ", ".join(sorted(tops))


def _programs(record: dict[str, Any], language: str) -> str:
    library, around = record["library"], record["environment"]
    named = [
        ("tilstand", library["version"]),
        (_word("commit", language), _commit(library["commit"], language)),
        (_word("library", language), f"{library['sha256'][:FIRST]} …"),
        (around["implementation"].replace("CPython", "Python"), around["python"]),
        (_word("system", language), around["system"]),
    ]
    named += [(n, around["packages"][n]) for n in MAIN_PACKAGES if n in around["packages"]]
    frame = pd.DataFrame(named, columns=["program", "version"])
    columns = [Column(key, _word(key, language)) for key in frame.columns]
    return Table(frame, columns, _word("programs", language)).html(language)


def _commit(commit: str, language: str) -> str:
    """Show the first digits, and say in words what Git calls dirty."""
    if not commit:
        return _word("no_commit", language)
    digits = commit.removesuffix("-dirty")
    shown = digits if len(digits) <= FIRST else f"{digits[:FIRST]} …"
    return shown if digits == commit else f"{shown} {_word('changed', language)}"


def _exhibits(exhibits: list[dict[str, Any]], language: str) -> str:
    keys = ("exhibit", "notebook", "data", "download")
    head = "".join(f'<th scope="col">{_word(key, language)}</th>' for key in keys)
    made: dict[tuple, list[dict[str, Any]]] = {}
    for one in exhibits:
        made.setdefault((one["notebook"], one["cell"], one["name"]), []).append(one)
    body = "".join(_exhibit(alike[0], len(alike) - 1, language) for alike in made.values())
    caption = _word("exhibits", language)
    return (
        f'<div class="tablewrap" tabindex="0" role="region" aria-label="{caption}">'
        f'<table class="provenance"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _exhibit(one: dict[str, Any], more: int, language: str) -> str:
    """Write one line; a notebook that makes a page for each school gets one for all its pages."""
    label = escape(one["label"])
    also = f" {_word('alike', language).format(write_number(more, 0, language))}" if more else ""
    files = [
        f"{escape(data['path'].rpartition('/')[2])} ({write_number(data['rows'], 0, language)})"
        for data in one["data"]
    ]
    made = _word("simulated" if one["simulated"] else "computed", language)
    hidden = f'<span class="visually-hidden">: {label}</span>'
    notebook = one["notebook"].rpartition("/")[2].removesuffix(".ipynb")
    return (
        f'<tr><th scope="row"><a href="{one["page"]}">{label}</a>{also}</th>'
        f"<td>{escape(notebook)}, {_word('cell', language)} {one['cell']}</td>"
        f"<td>{'<br>'.join(files) or made}</td>"
        f'<td><a href="{one["download"]}" download>{_word("csv", language)}{hidden}</a></td></tr>'
    )


def _machine_files(language: str) -> str:
    items = "".join(
        f'<li><a href="{path}" download>{path.rpartition("/")[2]}</a>: {_word(key, language)}</li>'
        for key, path in MACHINE_FILES
    )
    return f'<ul class="machine-files">{items}</ul>'
