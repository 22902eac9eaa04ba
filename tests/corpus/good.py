"""Write the same export in every way that is right, and a few that hold more or less of it."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace

from exports import FORMS, TOTAL, UNIT_HEADER, Form, Sheet, settled_in, sheet

SHEET = sheet()
NO_BREAK, THIN, NARROW, FIGURE = "\u00a0", "\u2009", "\u202f", "\u2007"


@dataclass(frozen=True)
class Variant:
    """Name a way to write the export; every way has to give the same figures."""

    label: str
    content: bytes
    suffix: str = ".csv"


def same_figures() -> Iterator[Variant]:
    """Write the one export in many ways."""
    for form in _forms():
        yield Variant(form.name, form.content(SHEET), form.suffix)
    for name, space in (("nbsp", NO_BREAK), ("thin", THIN), ("narrow", NARROW), ("none", "")):
        spaced = SHEET.map(lambda cell, space=space: cell.replace(" ", space))
        yield Variant(f"thousands-{name}", Form().content(spaced))
    figure = SHEET.map(lambda cell: cell.replace(" ", FIGURE))
    yield Variant("thousands-figure", Form("utf-16-le", delimiter="\t").content(figure))
    pointed = SHEET.map(lambda cell: cell.replace(",", "."))
    yield Variant("decimal-point", Form(delimiter=",").content(pointed))
    padded = SHEET.map(lambda cell: f" {cell}{NO_BREAK}")
    yield Variant("padded-cells", Form().content(padded))
    last = len(SHEET.header)
    for label, order in (
        ("columns-reversed", list(range(last))[::-1]),
        ("subjects-first", [*range(len(UNIT_HEADER), last), *range(len(UNIT_HEADER))]),
    ):
        yield Variant(label, Form().content(SHEET.take(order)))
    for label, parts in (
        ("measure-first", (5, 0, 1, 2, 3, 4)),
        ("gender-first", (4, 3, 2, 1, 0, 5)),
        ("grade-last", (0, 1, 3, 4, 5, 2)),
    ):
        yield Variant(label, Form().content(replace(SHEET, header=_reordered(parts))))
    without_names = [p for p, c in enumerate(SHEET.header) if c not in ("Nasjonalt", "Fylke")]
    yield Variant("no-county-names", Form().content(SHEET.take(without_names)))
    text = Form().text(SHEET)
    yield Variant("blank-lines-at-end", (text + "\n\n").encode())
    yield Variant("blank-line-inside", text.replace("\n4;", "\n\n4;", 1).encode())
    yield Variant("empty-cells-at-end", (text + ";" * (last - 1) + "\n").encode())
    yield Variant("delimiter-at-line-end", text.replace("\n", ";\n").encode())
    yield Variant("no-newline-at-end", text.rstrip("\n").encode())
    yield Variant("sep-quoted", ('"sep=;"\n' + text).encode())
    yield Variant("sep-upper-case", ("SEP=;\r\n" + text).encode())
    yield Variant("sep-filled", ("sep=;" + ";" * (last - 1) + "\n" + text).encode())
    yield Variant("rows-reversed", Form().content(replace(SHEET, rows=SHEET.rows[::-1])))
    twin = "2025-2026"
    long_years = [name.replace("2025-26", twin) for name in SHEET.header]
    yield Variant("long-school-year", Form().content(replace(SHEET, header=long_years)))


def _forms() -> Iterator[Form]:
    yield from FORMS
    for encoding, mark in (
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ):
        for delimiter in "\t;,|":
            yield Form(encoding, mark, delimiter, sep=delimiter == ";", newline="\r\n")
    yield Form(newline="\r")
    yield Form("latin-1", quoted=True)


def _reordered(order: tuple[int, ...]) -> list[str]:
    names = []
    for name in SHEET.header:
        if name in UNIT_HEADER:
            names.append(name)
            continue
        year, subject, one, two, owner, gender, measure = name.split(".")
        parts = (year, subject, f"{one}.{two}", owner, gender, measure)
        names.append(".".join(parts[place] for place in order))
    return names


def other_figures() -> Iterator[tuple[str, Sheet, int]]:
    """Make right exports that hold more or less, with the number of figures in each."""
    units = len(SHEET.rows)
    first = len(UNIT_HEADER)
    yield "one-subject", SHEET.take(list(range(first + 3))), units
    no_margin = [p for p, name in enumerate(SHEET.header) if not name.endswith("Usikkerhet")]
    yield "no-margin", SHEET.take(no_margin), 3 * units
    only = [cells for cells in SHEET.rows if cells[0] != "4" or cells[3] == "9801"]
    yield "one-municipality's-schools", replace(SHEET, rows=only), 3 * len(only)
    yield "two-years", _beside(SHEET, sheet("2024-25")), 6 * units
    yield "two-grades", _beside(SHEET, sheet(grade="9. årstrinn")), 6 * units
    yield "short-grade", sheet(grade="5. trinn"), 3 * units
    girls = [name.replace("Alle kjønn", "Jente") for name in SHEET.header]
    yield "girls-beside-all", _beside(SHEET, replace(SHEET, header=girls)), 6 * units
    private = [name.replace(TOTAL, "Privat.Alle kjønn") for name in SHEET.header]
    yield "private-beside-all", _beside(SHEET, replace(SHEET, header=private)), 6 * units
    abroad = ["1", "U", "25", "0000", "U", "Utlandet", "", "", "Alle skoler", *SHEET.rows[0][9:]]
    yield "schools-abroad", replace(SHEET, rows=[*SHEET.rows, abroad]), 3 * units
    hidden_n = SHEET.with_cell(8, SHEET.header[14], "7")
    yield "n-beside-hidden-value", hidden_n, 3 * units


def other_years() -> Iterator[tuple[str, Sheet, int]]:
    """Make exports as other school years gave them, with the number of figures in each."""
    units = len(SHEET.rows)
    first = len(UNIT_HEADER)
    viken = settled_in(sheet("2023-24"), "30", "Viken (2020 - 2023)", "3024", "Bærum (2020 - 2023)")
    yield "viken-2023-24", viken, 3 * units
    akershus = settled_in(sheet("2024-25"), "32", "Akershus", "3201", "Bærum")
    yield "akershus-2024-25", akershus, 3 * units
    rows = [*akershus.rows, _former(akershus, "30", "Viken (2020 - 2023)", "3024")]
    yield "a-former-code-without-numbers", replace(akershus, rows=rows), 3 * units
    named = [[*row[:8], row[7] if row[0] == "3" else row[8], *row[9:]] for row in akershus.rows]
    yield "municipalities-own-names", replace(akershus, rows=named), 3 * units
    all_schools = [
        [*row[:8], "Alle skoler" if row[0] == "3" else row[8], *row[9:]] for row in akershus.rows
    ]
    yield "all-schools-rows", replace(akershus, rows=all_schools), 3 * units
    spaced = [[*(f"{cell} " for cell in row[:first]), *row[first:]] for row in akershus.rows]
    yield "spaces-after-names", replace(akershus, rows=spaced), 3 * units
    yield "reading-only", akershus.take([*range(first), first + 3, first + 4, first + 5]), units
    yield "two-subjects", akershus.take([*range(first), *range(first + 3, first + 9)]), 2 * units
    public, private = (
        replace(akershus, header=[n.replace(TOTAL, f"{o}.Alle kjønn") for n in akershus.header])
        for o in ("Offentlig", "Privat")
    )
    yield "split-by-ownership", _beside(_beside(akershus, public), private), 9 * units
    yield "ownerships-without-the-total", _beside(public, private), 6 * units
    boys = [name.replace("Alle kjønn", "Gutt") for name in akershus.header]
    yield "boys-only", replace(akershus, header=boys), 3 * units
    levels = [f"2024-25.Lesing.8. årstrinn.{TOTAL}.Mestringsnivå {n}" for n in range(1, 6)]
    shares = [["20,1", "19,9", "20,0", "25,0", "15,0"] for _ in akershus.rows]
    wider = [[*row, *more] for row, more in zip(akershus.rows, shares, strict=True)]
    yield "levels-beside", Sheet([*akershus.header, *levels], wider), 8 * units
    hidden = [[*row, *["*"] * 5] for row in akershus.rows]
    yield "hidden-levels-beside", Sheet([*akershus.header, *levels], hidden), 8 * units
    counts = [[*row, *["20", "120", "30", "40", "10"]] for row in akershus.rows]
    yield "levels-as-numbers-of-pupils", Sheet([*akershus.header, *levels], counts), 7 * units
    others = [name.replace("Alle eierformer", "Privat") for name in levels]
    yield "levels-of-private-schools", Sheet([*akershus.header, *others], wider), 3 * units
    higher = [*levels[:4], levels[4].replace("nivå 5", "nivå 6")]
    yield "a-level-that-no-test-has", Sheet([*akershus.header, *higher], wider), 7 * units
    alone = [[*row[:first], *more] for row, more in zip(akershus.rows, shares, strict=True)]
    yield "levels-alone", Sheet([*akershus.header[:first], *levels], alone), 5 * units
    took = [f"2024-25.Lesing.8. årstrinn.{TOTAL}.Andel {w}" for w in TAKING_PART]
    status = [[*row, "94,0", "2,0", "4,0"] for row in akershus.rows]
    yield "taking-part-beside", Sheet([*akershus.header, *took], status), 5 * units
    three = _beside(_beside(sheet("2022-23"), sheet("2023-24")), sheet("2024-25"))
    yield "three-years", three, 9 * units


#: Views of taking part: the last one says nothing that the two others do not.
TAKING_PART = ("deltatt", "fritatt", "ikke deltatt")


def _former(made: Sheet, county: str, county_name: str, code: str) -> list[str]:
    own = next(row for row in made.rows if row[0] == "3")
    cells = [own[0], own[1], county, code, code, own[5], county_name, f"{own[7]} (2020 - 2023)"]
    return [*cells, own[8], *[""] * (len(own) - len(UNIT_HEADER))]


def _beside(one: Sheet, two: Sheet) -> Sheet:
    first = len(UNIT_HEADER)
    rows = [[*cells, *more[first:]] for cells, more in zip(one.rows, two.rows, strict=True)]
    return Sheet([*one.header, *two.header[first:]], rows)
