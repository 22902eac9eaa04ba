"""Tick every box of Udir's pages: the nine kinds with sexes, exams, levels and answers beside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

#: Boys and girls beside all: what they are called, and how far from all they lie.
SEXES = (("Alle kjønn", 0), ("Gutt", -1), ("Jente", 1))
SUBJECTS = ("Norsk hovedmål skriftlig", "Matematikk", "Engelsk skriftlig", "Mat og helse")
STATUS = (("Andel deltatt", "94,0"), ("Andel fritatt", "2,0"), ("Andel ikke deltatt", "4,0"))
STATUS_NAMES = [name for name, _ in STATUS]
SHARES = ("20,1", "19,9", "20,0", "25,0", "15,0")
Table = list[list[str]]


def by_sex(table: Table, first: int) -> Table:
    """Repeat the measurements for boys and girls: values are moved by one, counts are halved."""
    heads, *rows = table
    header, cells = list(heads), [list(row) for row in rows]
    for sex, step in SEXES[1:]:
        for place in range(first, len(heads)):
            header.append(heads[place].replace(SEXES[0][0], sex))
            for made, row in zip(cells, rows, strict=True):
                made.append(_moved(row[place], step, heads[place]))
    return [header, *cells]


def _moved(cell: str, step: int, head: str) -> str:
    if not cell.strip("* "):
        return cell
    measure = head.rsplit(".", 1)[-1]
    if measure.startswith("Antall"):
        whole, comma, rest = cell.replace(" ", "").partition(",")
        return f"{int(whole) // 2}{comma}{rest}"
    if measure in ("Usikkerhet", *STATUS_NAMES) or measure.startswith("Mestringsnivå"):
        return cell
    whole, comma, rest = cell.partition(",")
    return f"{int(whole) + (step if int(whole) > 4 else 0)}{comma}{rest}"


def with_levels(table: Table, grade: str) -> Table:
    """Add shares by mastery level and of those who took part, in the newest year's tests."""
    heads, *rows = table
    newest = [h.rsplit(".", 1)[0] for h in heads if h.endswith("Skalapoeng")][-3:]
    levels = SHARES[:3] if grade == "5" else SHARES
    shares = ["27,0", "50,0", "23,0"] if grade == "5" else list(levels)
    more = [f"{part}.Mestringsnivå {n}" for part in newest for n in range(1, len(levels) + 1)]
    part = [f"{part}.{name}" for part in newest for name, _ in STATUS]
    status = [value for _, value in STATUS]
    return [
        [*heads, *more, *part],
        *([*row, *shares * len(newest), *status * len(newest)] for row in rows),
    ]


def with_exams(table: Table) -> Table:
    """Put written exams beside the teachers' marks, in four subjects."""
    heads, *rows = table
    places = [n for n, head in enumerate(heads) if ".Standpunkt." in head]
    header = [*heads, *(heads[n].replace("Standpunkt", "Skriftlig eksamen") for n in places)]
    made = [header]
    subject = heads.index("Vurderingsfagnavn")
    code = heads.index("Vurderingsfagkode")
    by_unit = {
        tuple(row[:code] + row[code + 1 : subject] + row[subject + 1 :]): row for row in rows
    }
    for number, name in enumerate(SUBJECTS):
        for row in list(by_unit.values())[: len(rows) // 2]:
            cells = list(row)
            cells[code], cells[subject] = f"FAG000{number}", f"{name} 10. årstrinn"
            exam = [_exam(cells[n]) for n in places]
            made.append([*cells, *exam] if name != SUBJECTS[-1] else [*cells, *[""] * len(places)])
    return made


def _exam(cell: str) -> str:
    """Give an exam a lower mark and fewer pupils."""
    whole, comma, rest = cell.partition(",")
    return f"{int(whole) - 1}{comma}{rest}" if comma else str(int(whole) // 3)


def with_answers(table: Table) -> Table:
    """Say how many answered, beside each share of those who are bullied."""
    heads, *rows = table
    places = [n for n, head in enumerate(heads) if head.endswith("Andel mobbet")]
    more = [heads[n].replace("Andel mobbet", "Antall besvart") for n in places]
    return [[*heads, *more], *([*row, *["1 200"] * len(places)] for row in rows)]


def rewritten(path: Path, change: Callable[[Table], Table]) -> None:
    """Change the table of an export in place."""
    lines = path.read_bytes().decode("utf-16-le").split("\n")
    table = change([line.split("\t") for line in lines[1:] if line])
    path.write_bytes(
        "\n".join([lines[0], *("\t".join(cells) for cells in table), ""]).encode("utf-16-le")
    )


def tick_everything(paths: list[Path]) -> None:
    """Tick every box in files that `nine_files.write_nine` wrote."""
    for path in paths:
        name = path.name
        if "Mobbing" in name:
            rewritten(path, with_answers)
        elif "karakterer" in name:
            rewritten(path, lambda table: by_sex(with_exams(table), 11))
        elif "trinn" in name:
            grade = "5" if "5._" in name else "8"
            rewritten(path, lambda table, grade=grade: by_sex(with_levels(table, grade), 9))
        elif "tetthet" not in name:
            rewritten(path, lambda table: by_sex(table, 9))
