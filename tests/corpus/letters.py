"""Make files of 60-400 kB full of Norwegian letters, in every form that programs save them in."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tilstand.check.any_file import check_file
from tilstand.disclosure.protect import run as protect
from tilstand.project import Project
from tilstand.value_added.command import run as value_added

SMALLEST, LARGEST = 60_000, 400_000
STEMS = [
    "Bærøy",
    "Vøyenenga",
    "Åsgårdstrand",
    "Øvre Årdal",
    "Sjøvær",
    "Kråkerøy",
    "Færder",
    "Málselv",
]
WORDS = ["blåbærsyltetøy", "på", "brønnøyværing", "og", "årsmøte", "«æøå»", "ÆØÅ", "é", "mål –"]
FORMS = {
    "utf-8": (b"", "utf-8", ""),
    "sep": (b"", "utf-8", "sep=;\r\n"),
    "bom": (codecs.BOM_UTF8, "utf-8", ""),
    "utf-16": (codecs.BOM_UTF16_LE, "utf-16-le", ""),
    "windows-1252": (b"", "cp1252", ""),
}


@dataclass(frozen=True)
class Letters:
    """Hold one table, and what has to be read from it.

    Parameters
    ----------
    pupils, counts : pandas.DataFrame
        A file of pupils, and one of counts by school and level.
    """

    pupils: pd.DataFrame
    counts: pd.DataFrame

    def written(self, frame: pd.DataFrame, form: str) -> bytes:
        """Write a table as one of `FORMS`."""
        mark, encoding, first = FORMS[form]
        text = io.StringIO()
        frame.to_csv(text, sep=";", decimal=",", index=False, lineterminator="\r\n")
        return mark + (first + text.getvalue()).encode(encoding)


def letters(seed: int) -> Letters:
    """Draw schools, pupils and comments until the file is as large as the seed says."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(SMALLEST, LARGEST))
    schools = [f"{stem} {number} skole" for number, stem in enumerate(rng.permutation(STEMS), 11)]
    comments = [" ".join(rng.choice(WORDS, rng.integers(1, 9))) for _ in range(500)]
    a_row = 40 + float(np.mean([len(comment.encode()) for comment in comments]))
    n = int(size / a_row)
    prior = rng.normal(50, 10, n).round(1)
    pupils = pd.DataFrame(
        {
            "merknad ø": rng.choice(comments, n),
            "pupil": [f"Ø{number}" for number in range(n)],
            "school": rng.choice(schools, n),
            "score": (prior * 0.7 + rng.normal(15, 6, n)).round(1),
            "prior": prior,
        }
    )
    cells = [
        (f"{school} – {comment}", level)
        for school in schools
        for comment in comments[:25]
        for level in ("høy", "låg")
    ]
    counts = pd.DataFrame(cells, columns=["skole", "nivå"]).drop_duplicates()
    counts["antall"] = rng.integers(30, 99, len(counts))
    counts["merknad å"] = rng.choice(comments, len(counts))
    fill = int(size / len(counts) / 20)
    counts["merknad å"] += [" blåbær på brønnøy æ" * fill] * len(counts)
    return Letters(pupils, counts)


def misread(project: Project, drawn: Letters, form: str, folder: Path) -> Iterator[str]:
    """Read a table by three commands and name those that have read anything wrongly."""
    import datetime as dt

    pupils, counts = folder / f"elever {form}.csv", folder / f"antall {form}.csv"
    pupils.write_bytes(drawn.written(drawn.pupils, form))
    counts.write_bytes(drawn.written(drawn.counts, form))
    # The schema wants numbers of organisations, so that each name is told as a fault.
    found = check_file(project, pupils, dt.date(2026, 1, 1)).faults
    told = [
        fault.value
        for fault in found
        if getattr(fault, "column", "") == "school" and getattr(fault, "row", 0) > 1
    ]
    if told != drawn.pupils["school"].tolist():
        yield f"check: {form}: {told[:3]}"
    schools, _ = value_added(pupils, "score ~ prior", "school", folder / form, min_n=1)
    got = pd.read_csv(schools, dtype={"school": str})
    exp = drawn.pupils["school"].value_counts()
    if dict(zip(got["school"], got["n"], strict=True)) != exp.to_dict():
        yield f"value-added: {form}: {got['school'].tolist()[:3]}"
    table = protect(counts, "skole,nivå", "antall")
    inner = table[(table["skole"] != "Total") & (table["nivå"] != "Total")]
    sizes = {
        (skole, level): int(count)
        for skole, level, count in zip(inner["skole"], inner["nivå"], inner["count"], strict=True)
    }
    if sizes != drawn.counts.set_index(["skole", "nivå"])["antall"].to_dict():
        yield f"protect: {form}: {inner['skole'].tolist()[:3]}"
