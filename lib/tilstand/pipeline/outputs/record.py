"""Keep the record of a build: what went in, what it was made with, where each figure came from."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import tilstand
from tilstand.edition.names import edition_path
from tilstand.edition.toml_file import read_toml
from tilstand.pipeline.basis.digests import own_digest, tree_digests
from tilstand.pipeline.basis.environment import commit_of, environment, library_digest
from tilstand.pipeline.basis.inputs import inputs_of
from tilstand.pipeline.compose.exhibit_html import anchor
from tilstand.pipeline.outputs.datapackage import datapackage
from tilstand.pipeline.outputs.results import RESULTS, results_csv
from tilstand.pipeline.outputs.takeaway import FORMS
from tilstand.report.page.exhibits import EXHIBIT
from tilstand.report.series import REF
from tilstand.sources.edition_figures import load_edition_figures, register_of

if TYPE_CHECKING:
    from pathlib import Path

    from tilstand.pipeline.basis.contents import Contents
    from tilstand.pipeline.compose.compose import Draft
    from tilstand.pipeline.sphinx.compile import Frame
    from tilstand.project import Project

FORMAT = "tilstand-record/1"
RECORD = "record.json"
DATAPACKAGE = "datapackage.json"
FILES_RULE = (
    "SHA-256; of pages without what stands between <!-- til:name --> and <!-- /til:name -->, "
    "which leads to other editions and is filled in when they are built"
)


def begin(
    project: Project,
    contents: Contents,
    frame: Frame,
    drafts: list[Draft],
    parameters: dict[str, Any],
) -> dict[str, Any]:
    """Write down what is known before the pages are compiled.

    Parameters
    ----------
    project : Project
        The checkout.
    contents : Contents
        Chapters in order.
    frame : Frame
        Edition, language and municipality.
    drafts : list of Draft
        The executed chapters, their figures and tables numbered.
    parameters : dict
        Parameters of the chapters beside edition and language.

    Returns
    -------
    dict
        The record but for the finished files. It holds no time of day and no path of this
        machine: the same commit, data and lock give the same record.
    """
    path = edition_path(project, frame.name)
    said = read_toml(path, project.relative(path))
    return {
        "format": FORMAT,
        "edition": {
            "key": frame.name,
            "year": frame.edition,
            "language": frame.language,
            "municipality": said["municipality"],
            "name": frame.municipality,
            "comparators": said["comparators"],
            "date": frame.date,
            "pupil_file": "pupils" in said,
            "simulated": frame.simulated,
        },
        "parameters": {"edition": frame.name, "language": frame.language, **parameters},
        "library": {
            "name": "tilstand",
            "version": tilstand.__version__,
            "commit": commit_of(project),
            "sha256": library_digest(),
        },
        "environment": environment(project),
        "inputs": [one.entry() for one in inputs_of(project, contents, frame.name)],
        "exhibits": _exhibits(project, contents, frame, drafts),
    }


def _exhibits(
    project: Project, contents: Contents, frame: Frame, drafts: list[Draft]
) -> list[dict[str, Any]]:
    refs = {ref for draft in drafts for exhibit in draft.exhibits for ref in exhibit["refs"]}
    files = _file_of_rows(project, frame.name, refs)
    found = []
    for chapter, draft in zip(contents.chapters, drafts, strict=True):
        notebook = project.relative(chapter.path(project, frame.language))
        shown = [cell for cell in draft.cells if len(cell) == 2 and EXHIBIT in cell[1]]
        found += [_exhibit(b[EXHIBIT], draft.slug, notebook, cell, files) for cell, b in shown]
    return found


def _exhibit(
    exhibit: dict[str, Any], slug: str, notebook: str, cell: int, files: dict[str, str]
) -> dict[str, Any]:
    stem = f"{slug}-{exhibit['name']}"
    rows = Counter(files[ref] for ref in exhibit["refs"] if ref in files)
    return {
        "label": exhibit["label"],
        "kind": exhibit["kind"],
        "name": exhibit["name"],
        "title": exhibit["title"],
        "source": exhibit["source"],
        "simulated": bool(exhibit.get("simulated", False)),
        "page": f"{slug}.html#{anchor(exhibit)}",
        "notebook": notebook,
        "cell": cell,
        "data": [{"path": path, "rows": count} for path, count in sorted(rows.items())],
        "download": f"data/{stem}.csv",
        "workbook": f"data/{stem}.xlsx",
        "drawings": [f"figures/{stem}{FORMS[form]}" for form in FORMS if form in exhibit["images"]],
    }


def _file_of_rows(project: Project, edition: str, refs: set[str]) -> dict[str, str]:
    """Find the files of the rows that exhibits name."""
    figures, _ = load_edition_figures(project, register_of(project), edition)
    folders = (project.published, project.open / edition, project.root)
    paths = {
        file: next((project.relative(f / file) for f in folders if (f / file).is_file()), file)
        for file in map(str, figures["file"].unique())
    }
    figures = figures[figures["unit"].isin({ref.split("|")[REF.index("unit")] for ref in refs})]
    columns = [figures[name].to_numpy(dtype=object) for name in (*REF, "file")]
    rows = (("|".join(map(str, key)), str(file)) for *key, file in zip(*columns, strict=True))
    return {ref: paths[file] for ref, file in rows if ref in refs}


def finish(record: dict[str, Any], drafts: list[Draft], html: Path) -> None:
    """Put the record, the description of the tables and all numbers beside the finished pages.

    Parameters
    ----------
    record : dict
        As `begin` made it.
    drafts : list of Draft
        The executed chapters.
    html : Path
        Folder of the finished pages; nothing in it may change afterwards.
    """
    (html / RESULTS).write_text(results_csv(drafts, html), encoding="utf-8")
    described = {
        f"data/{draft.slug}-{exhibit['name']}.csv": exhibit
        for draft in drafts
        for exhibit in draft.exhibits
    }
    write_json(html / DATAPACKAGE, datapackage(record, described, html))
    files = tree_digests(html, leave=(RECORD,), digest=own_digest)
    write_json(html / RECORD, record | {"files_rule": FILES_RULE, "files": files})


def write_json(path: Path, said: dict[str, Any]) -> None:
    """Write JSON that a person can read and a program can compare."""
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
