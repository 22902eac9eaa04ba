"""Attack what a book publishes of its pupils, without a line of the code that protects them.

Reads the tables that pages open, as a reader would who downloads all of them: labels, counts, means
and their numbers of pupils. Which groups are part of one another it takes from common sense: who
has two tests has taken the later one; who has a final mark leaves 10. trinn. Counts are bounded by
integer programs and sums of scores by linear ones, with every printed mean known to half a unit of
its last digit. The truth is needed only to say what of it was found. `pupil_privacy.py` runs it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

ALL = "Total"
SMALL, GROUP, WIDTH = 5, 10, 3
SWEEPS = 12
Labels = frozenset[tuple[str, str]]
Cell = tuple[str, Labels]

#: Table: whole group it is about, and which part of the group. ``{}`` are its separate labels.
PARTS = {
    "results": ("test {0} {1}", ()),
    "scores": ("test {0} {1}", (("took", "yes"),)),
    "transitions": ("test 9 {0}", (("took", "yes"), ("both", "yes"))),
    "progress": ("test 9 {0}", (("took", "yes"), ("both", "yes"))),
    "prior_scores": ("test 9 {0}", (("took", "yes"), ("both", "yes"))),
    "adjusted": ("test {0} {1}", (("took", "yes"), ("both", "yes"))),
    "grade_points": ("leavers", ()),
    "points": ("leavers", (("points", "yes"),)),
    "completion": ("leavers", (("followed", "yes"),)),
    "marks final": ("leavers", (("final {0}", "yes"),)),
    "marks exam": ("leavers", (("exam {0}", "yes"),)),
    "marks final_less_exam": ("leavers", (("final {0}", "yes"), ("exam {0}", "yes"))),
    "bullying": ("answers {0} bullying", ()),
    "survey": ("answers {0} {1}", ()),
}
#: Sums of scores that a mean is made of.
MADE = {
    "scores": {"score": 1.0},
    "progress": {"score": 1.0, "prior": -1.0},
    "prior_scores": {"prior": 1.0},
    "points": {"points": 1.0},
    "survey": {"answer": 1.0},
    "marks final": {"final": 1.0},
    "marks exam": {"exam": 1.0},
    "marks final_less_exam": {"final": 1.0, "exam": -1.0},
}
LEVEL_OF = {"end": "result"}
TOOK, POINTS = {"1", "2", "3", "4", "5", "took"}, {"below_30", "from_30", "with_points"}


@dataclass
class Reader:
    """Hold what is read: counts, means, and the groups that hang together."""

    counts: dict[Cell, int | None] = field(default_factory=dict)
    means: list[tuple[str, dict[str, float], Cell, float, float]] = field(default_factory=list)
    #: Sums of scores over several groups: group they belong to, factor by quantity and cell, value,
    #: and how far it may be off.
    mixed: list[tuple[str, dict[tuple[str, Cell], float], float, float]] = field(
        default_factory=list
    )
    labels: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    contradictions: int = 0

    def see(self, cell: Cell, count: int | None) -> None:
        """Note a count or a blank."""
        before = self.counts.get(cell)
        if before is not None and count is not None and before != count:
            self.contradictions += 1
        self.counts[cell] = count if before is None else before
        for dimension, category in cell[1]:
            self.labels.setdefault((cell[0], dimension), set()).add(category)


def read_tables(text: str) -> Reader:
    """Read the tables that pages open, in the form that the book keeps them in."""
    reader = Reader()
    for table in json.loads(text)["tables"].values():
        about = table["layout"]
        separate = list(about["separate"].values())
        name = about["table"]
        if name == "marks":
            name, separate = f"marks {about['separate']['measure']}", separate[:1]
        whole, part = PARTS[name]
        part = tuple((d.format(*separate), c) for d, c in part)
        columns = table["columns"]
        for row in table["rows"]:
            said = dict(zip(columns, row, strict=True))
            labels = {
                LEVEL_OF.get(d, d): str(said[d]) for d in about["dimensions"] if said[d] != ALL
            }
            if "year" not in labels:
                labels["year"] = about["window"] or ALL
            labels |= _group(labels) | dict(part)
            cell = (whole.format(*separate), frozenset(labels.items()))
            if "count" in said:
                reader.see(cell, said["count"])
                continue
            if said["status"] == "empty":
                reader.see(cell, 0)
                continue
            reader.see(cell, said["n"])
            if said["value"] is not None and name in MADE:
                digits = len(f"{said['value']:.12g}".partition(".")[2])
                half = 0.5 * 10.0 ** -max(digits, 2 if name[:5] in ("surve", "marks") else 1)
                reader.means.append((name, MADE[name], cell, said["value"], half))
    return reader


def _group(labels: dict[str, str]) -> dict[str, str]:
    """Say of a category what group it belongs to; the group itself is no category any more."""
    if labels.get("result") in TOOK:
        found = {"took": "yes"}
        if labels["result"] == "took":
            del labels["result"]
        return found
    if labels.get("band") in POINTS:
        if labels["band"] == "with_points":
            del labels["band"]
        return {"points": "yes"}
    return {}


def sums(cells: Iterable[Cell], windows: dict[str, list[str]]) -> list[tuple[Cell, list[Cell]]]:
    """Find every total with its parts: equal labels, and one more."""
    there = set(cells)
    found: dict[tuple[Cell, str], list[Cell]] = {}
    for whole, labels in there:
        for dimension, category in labels:
            rest = labels - {(dimension, category)}
            if dimension == "year":
                for window, years in windows.items():
                    if category in years and (whole, rest | {("year", window)}) in there:
                        key = ((whole, rest | {("year", window)}), "year")
                        found.setdefault(key, []).append((whole, labels))
            elif (whole, rest) in there:
                found.setdefault(((whole, rest), dimension), []).append((whole, labels))
    return [(total, sorted(parts, key=str)) for (total, _), parts in found.items()]


def _complete(
    total: Cell, parts: list[Cell], reader: Reader, windows: dict[str, list[str]]
) -> bool:
    """Say whether a total's parts are all there are, as far as a reader knows the labels."""
    dimension = next(iter(parts[0][1] - total[1]))[0]
    mine = {dict(part[1])[dimension] for part in parts}
    if dimension == "year":
        return mine == set(windows[dict(total[1])["year"]])
    known = set(reader.labels[total[0], dimension])
    if dimension == "result" and ("took", "yes") in total[1]:
        known &= TOOK
    if dimension == "band" and ("points", "yes") in total[1]:
        known &= POINTS
    return mine == known and known != {"yes"}


class Program:
    """Lay out counts, or sums of scores, as one program with the remainders of nested groups."""

    def __init__(self, reader: Reader, cells: Iterable[Cell]) -> None:
        cells = list(dict.fromkeys(cells))
        years: dict[str, list[str]] = {}
        for _, labels in cells:
            year = dict(labels)["year"]
            first, _, last = year.partition("-")
            if last:
                years[year] = [str(one) for one in range(int(first), int(last) + 1)]
        self.equations: list[dict[Cell, float]] = []
        self.left: set[Cell] = set()
        for total, parts in sums(cells, years):
            extra = next(iter(parts[0][1] - total[1]))
            if _complete(total, parts, reader, years):
                self.equations.append({total: -1.0, **dict.fromkeys(parts, 1.0)})
            elif extra[1] == "yes":
                rest = (total[0], total[1] | {(extra[0], "no")})
                self.left.add(rest)
                self.equations.append({total: -1.0, parts[0]: 1.0, rest: 1.0})
        self.cells = list(dict.fromkeys([*cells, *sorted(self.left, key=str)]))
        self.at = {cell: place for place, cell in enumerate(self.cells)}

    def matrix(self, equations: list[dict[Cell, float]]) -> sp.csr_matrix:
        """Lay equations out, one row each."""
        rows = [(v, r, self.at[c]) for r, row in enumerate(equations) for c, v in row.items()]
        values, where, cols = zip(*rows, strict=True) if rows else ((), (), ())
        return sp.csr_matrix((values, (where, cols)), shape=(len(equations), len(self.cells)))


@dataclass
class Found:
    """Count what was found out."""

    small: int = 0
    recovered: int = 0
    narrow: int = 0
    groups: int = 0
    pinned: int = 0
    closest: float = np.inf
    examples: list[str] = field(default_factory=list)


def attack_counts(reader: Reader, truth: dict[Cell, int], found: Found) -> None:
    """Bound every count from one to four, shown or left over, by integer programs."""
    for whole in sorted({cell[0] for cell in reader.counts}):
        mine = [cell for cell in reader.counts if cell[0] == whole]
        program = Program(reader, mine)
        shown = np.array(
            [np.nan if reader.counts.get(c) is None else reader.counts[c] for c in program.cells]
        )
        low, high = np.where(np.isnan(shown), 0, shown), np.where(np.isnan(shown), 1e5, shown)
        matrix = program.matrix(program.equations)
        facts = LinearConstraint(matrix, 0, 0) if matrix.shape[0] else ()
        bounds, whole_numbers = Bounds(low, high), np.ones(len(program.cells))
        # Whatever agrees with all that is printed tells of every cell at once.
        least, most = np.full(len(low), np.inf), np.full(len(low), -np.inf)
        for cell in program.cells:
            n = truth.get(cell, -1) if cell in truth else _left_over(cell, truth)
            if not 0 < n < SMALL:
                continue
            found.small += 1
            at, known = program.at[cell], True
            for sign in (1.0, -1.0):
                if most[at] - least[at] > WIDTH - 0.5:
                    break
                aim = np.zeros(len(program.cells))
                aim[at] = sign
                result = milp(aim, constraints=facts, bounds=bounds, integrality=whole_numbers)
                if result.x is None:
                    known = False
                    continue
                least, most = np.minimum(least, result.x), np.maximum(most, result.x)
            width = most[at] - least[at] if known else np.inf
            found.recovered += width < 0.5
            found.narrow += width < WIDTH - 0.5
            if width < WIDTH - 0.5:
                found.examples.append(f"{_name(cell)}: {n}, within {width:.0f}")


class Sums:
    """Lay out sums of scores as a linear program, and keep how far each group's mean has gone."""

    def __init__(self, reader: Reader, whole: str, truth: dict[Cell, int]) -> None:
        mine = [one for one in reader.means if one[2][0] == whole]
        across = [one for one in reader.mixed if one[0] == whole]
        asked = {q for one in mine for q in one[1]} | {q for one in across for q, _ in one[1]}
        self.quantities = sorted(asked)
        cells = [c for c in reader.counts if c[0] == whole and truth.get(c, 0) > 0]
        plain = [c for c in cells if not {"result", "band", "completed"} & {d for d, _ in c[1]}]
        self.program = Program(reader, plain)
        self.n = np.array([_size(cell, truth) for cell in self.program.cells], dtype=float)
        facts = [
            ({(q, cell): factor for q, factor in made.items()}, value, half, self._size(cell))
            for _, made, cell, value, half in mine
        ]
        facts += [(factors, value, half, 1.0) for _, factors, value, half in across]
        upper = sp.csr_matrix(np.array([self._row(factors) for factors, *_ in facts]))
        base = self.program.matrix(self.program.equations)
        scale = {"score": (1, 100), "prior": (1, 100), "points": (0, 60), "answer": (1, 5)}
        self.linear = {
            "A_eq": sp.block_diag([base] * len(self.quantities), format="csr"),
            "b_eq": np.zeros(base.shape[0] * len(self.quantities)),
            "A_ub": sp.vstack([upper, -upper]),
            "b_ub": np.array(
                [n * (value + half) for _, value, half, n in facts]
                + [-n * (value - half) for _, value, half, n in facts]
            ),
            "bounds": [
                (count * scale.get(q, (1, 6))[0], count * scale.get(q, (1, 6))[1])
                for q in self.quantities
                for count in self.n
            ],
        }
        groups = {(at,): _name(cell) for at, cell in enumerate(self.program.cells)}
        groups |= _left_by_subtraction(self.program, {one[2] for one in mine})
        self.groups = [
            (quantity, whom, f"{quantity} {label}: n {self.n[list(whom)].sum():.0f}")
            for whom, label in groups.items()
            if 0 < self.n[list(whom)].sum() < GROUP
            for quantity in self.quantities
        ]
        rows = [np.zeros(0)] if not self.groups else [self._mean(q, w) for q, w, _ in self.groups]
        self.aims = sp.csr_matrix(np.array(rows))
        self.least = np.full(len(self.groups), np.inf)
        self.most = np.full(len(self.groups), -np.inf)

    def _size(self, cell: Cell) -> float:
        return float(self.n[self.program.at[cell]])

    def _row(self, factors: dict[tuple[str, Cell], float]) -> np.ndarray:
        row = np.zeros(len(self.n) * len(self.quantities))
        for (quantity, cell), factor in factors.items():
            row[self.quantities.index(quantity) * len(self.n) + self.program.at[cell]] = factor
        return row

    def _mean(self, quantity: str, whom: tuple[int, ...]) -> np.ndarray:
        share = 1.0 / self.n[list(whom)].sum()
        return self._row({(quantity, self.program.cells[at]): share for at in whom})

    def push(self, aim: np.ndarray) -> bool:
        """Go as far as possible in a direction; what is possible there tells of all groups."""
        result = linprog(aim, **self.linear)
        if result.x is not None:
            means = self.aims @ result.x
            self.least = np.minimum(self.least, means)
            self.most = np.maximum(self.most, means)
        return result.x is not None


def attack_sums(
    reader: Reader, truth: dict[Cell, int], widths: dict[str, float], found: Found
) -> None:
    """Bound the mean of every group of one to nine whose scores some printed means speak of.

    The groups are those with a label, those left over by a part, and those left of a group when
    all its parts with a printed mean are taken away.
    """
    for whole in sorted({cell[0] for _, _, cell, _, _ in reader.means}):
        sums = Sums(reader, whole, truth)
        unit = np.array([widths.get(quantity, 1.0) for quantity, _, _ in sums.groups])
        found.groups += len(sums.groups)
        generator = np.random.default_rng(1)
        for _ in range(SWEEPS if sums.groups else 0):
            sums.push(sums.aims.T @ generator.choice([-1.0, 1.0], len(sums.groups)))
        for at, (_, _, label) in enumerate(sums.groups):
            known = True
            for sign in (1.0, -1.0):
                if sums.most[at] - sums.least[at] < unit[at]:
                    known &= sums.push(sign * sums.aims[at].toarray().ravel())
            width = (sums.most[at] - sums.least[at]) / unit[at]
            if known and width < 1 - 1e-6:
                found.closest = min(found.closest, width)
                found.pinned += 1
                found.examples.append(f"{label}, {width:.2f}")


def _left_by_subtraction(program: Program, printed: set[Cell]) -> dict[tuple[int, ...], str]:
    """Find those who are left of a group when all its parts with a printed mean are taken away."""
    found = {}
    for equation in program.equations:
        left = [cell for cell, factor in equation.items() if factor > 0 and cell not in printed]
        if len(left) > 1:
            whom = tuple(sorted(program.at[cell] for cell in left))
            found[whom] = " and ".join(_name(cell) for cell in left)
    return found


def _size(cell: Cell, truth: dict[Cell, int]) -> int:
    return truth[cell] if cell in truth else _left_over(cell, truth)


def _left_over(cell: Cell, truth: dict[Cell, int]) -> int:
    """Count those of a group who are not in a part of it."""
    gone = next((one for one in cell[1] if one[1] == "no"), None)
    if gone is None:
        return -1
    rest = cell[1] - {gone}
    return truth.get((cell[0], rest), 0) - truth.get((cell[0], rest | {(gone[0], "yes")}), 0)


def _name(cell: Cell) -> str:
    return f"{cell[0]}: " + ", ".join(f"{d}={c}" for d, c in sorted(cell[1]))


def truth_of(text: str) -> dict[Cell, int]:
    """Read the true counts from tables of which nothing was hidden."""
    reader = read_tables(text)
    return {cell: count for cell, count in reader.counts.items() if count is not None}
