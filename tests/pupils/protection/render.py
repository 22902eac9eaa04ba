"""Render protected tables as a small site, as chapters do."""

from html import escape

import numpy as np

from tilstand.report.page.tables import Column, Table

COLUMNS = {
    "count": [Column("count", "Antall", 0, ref="ref")],
    "shares": [
        Column("percent", "Andel, prosent", 1, ref="ref"),
        Column("low", "fra", 1, ref="ref", of="low"),
        Column("high", "til", 1, ref="ref", of="high"),
        Column("n", "n", 0, ref="n_ref"),
    ],
    "means": [Column("value", "Poeng", 1, ref="ref"), Column("n", "n", 0, ref="n_ref")],
}


def labelled(frame, dimensions):
    label = frame[list(dimensions)].agg(", ".join, axis=1).str.replace(r"\d", "x", regex=True)
    return frame.assign(label=label)


def write_exhibit(folder, name, frame, kind, dimensions, alt="", text="", drawn=""):
    table = Table(
        labelled(frame, dimensions), [Column("label", "Gruppe"), *COLUMNS[kind]], "Elever"
    )
    image = f'<div role="img" aria-label="{escape(alt)}"><svg>{drawn}</svg></div>' if alt else ""
    file = f'<a href="{name}.svg" download>SVG</a>'
    body = (
        f'<figure class="exhibit" id="tab-{name}"><figcaption>Elever</figcaption>{image}'
        f'{table.html("nb")}<a href="data/side-{name}.csv" download>CSV</a>{file}</figure>'
    )
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / f"side-{name}.csv").write_text(table.csv(simulated=True), "utf-8-sig")
    (folder / f"{name}.html").write_text(f"<html><body>{text}{body}</body></html>", "utf-8")


def write_site(folder, protected, **text):
    """Write every view of the test's tables: counts, shares and means."""
    views = [("year", "school", "result"), ("school", "gender", "result")]
    for at, view in enumerate(views):
        counts = protected.counts("results", *view)
        write_exhibit(folder, f"counts-{at}", counts, "count", view)
        shares = protected.shares("results", *view)
        write_exhibit(folder, f"shares-{at}", shares, "shares", view)
    for at, view in enumerate([("year", "school"), ("school", "gender")]):
        means = protected.means("scores", *view)
        write_exhibit(folder, f"means-{at}", means, "means", view, **text)
    return folder


def with_frames(protected, change):
    """Give the protected tables with frames changed by a function of name and frame."""
    from dataclasses import replace

    frames = {name: change(name, frame.copy()) for name, frame in protected.frames.items()}
    return replace(protected, frames=frames)


def shown(frame):
    return np.where(frame["status"] == "suppressed", "suppressed", "ok")
