"""Draw pupil files of the documented form: small municipalities, tiny schools, blanks everywhere.

Nothing here protects or attacks; `benchmarks/pupil_attack.py` does. No school is a real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

#: Columns whose cells may be blank, and how often at most.
BLANKS = {
    "gender": 0.05,
    "r9": 0.12,
    "r8": 0.15,
    "score": 0.1,
    "n8": 0.1,
    "n5": 0.2,
    "final": 0.1,
    "exam": 0.8,
    "gp": 0.08,
    "completed": 0.3,
    "bullied": 0.2,
    "wb": 0.2,
    "ts": 0.25,
    "exempt": 0.05,
}
EDITION = """year = {year}
municipality = "3024"
comparators = ["county", "nation"]
languages = ["nb"]
date = {after}-06-01

[pupils]
file = "data/private/{name}/ninth.csv"
school = "school"
outcome = "r9"
prior = "r8"
subject = "reading"
grade = "9"
prior_grade = "8"
cohort = "cohort"
exempt = "exempt"
reliability = 0.85
[pupils.columns]
pupil = "pupil"
gender = "gender"
final = "final"
exam = "exam"
grade_points = "gp"
completed = "completed"
bullied = "bullied"
survey_wellbeing = "wb"
survey_teacher_support = "ts"

[[pupils.more]]
file = "data/private/{name}/eighth.csv"
school = "school"
outcome = "n8"
prior = "n5"
subject = "numeracy"
grade = "8"
prior_grade = "5"
cohort = "cohort"
exempt = "exempt"
columns = {{ pupil = "pupil", gender = "gender" }}

[[pupils.more]]
file = "data/private/{name}/fifth.csv"
school = "school"
outcome = "score"
subject = "numeracy"
grade = "5"
cohort = "cohort"
exempt = "exempt"
columns = {{ pupil = "pupil", gender = "gender", bullied = "bullied", survey_wellbeing = "wb" }}
"""


@dataclass(frozen=True)
class Files:
    """Hold the pupil files of one edition by name, as an analyst would lay them out.

    Parameters
    ----------
    year : int
        The edition's year.
    tables : dict of str to DataFrame
        ``ninth``, ``eighth`` and ``fifth``, cells as text.
    """

    year: int
    tables: dict[str, pd.DataFrame]

    def write(self, root: Path, name: str = "") -> None:
        """Write the files and the edition file into a checkout's folders."""
        name = name or str(self.year)
        folder = root / "data" / "private" / name
        folder.mkdir(parents=True, exist_ok=True)
        for stem, table in self.tables.items():
            table.to_csv(folder / f"{stem}.csv", index=False)
        editions = root / "data" / "editions"
        editions.mkdir(parents=True, exist_ok=True)
        text = EDITION.format(year=self.year, after=self.year + 1, name=name)
        (editions / f"{name}.toml").write_text(text, encoding="utf-8")

    def without(self, rng: np.random.Generator, pupils: int = 1) -> Files:
        """Take out a few pupils of each file, as an erasure or a late correction does."""
        kept = {}
        for stem, table in self.tables.items():
            gone = rng.choice(len(table), size=min(pupils, len(table) - 1), replace=False)
            kept[stem] = table.drop(index=table.index[gone]).reset_index(drop=True)
        return Files(self.year, kept)


@dataclass(frozen=True)
class Town:
    """Hold one municipality: an edition, the same published again, and next year's.

    Parameters
    ----------
    first, reissue, following : Files
        ``reissue`` has one pupil less in each file; ``following`` shares all but the oldest cohort
        with ``first``, one pupil less among those too.
    schools, cohorts : int
        How large it is.
    """

    first: Files
    reissue: Files
    following: Files
    schools: int
    cohorts: int


def draw_town(seed: int, schools: int = 0, cohorts: int = 0) -> Town:
    """Draw a municipality of 3 to 34 schools, some of them tiny, with 1 to 4 cohorts.

    Parameters
    ----------
    seed : int
        Start of the random numbers.
    schools, cohorts : int
        Drawn too where they are 0.

    Returns
    -------
    Town
        The same for the same arguments.
    """
    rng = np.random.default_rng([seed, 13])
    schools = schools or int(rng.choice([3, 4, 5, 6, 8, 10, 13, 17, 22, 28, 34]))
    cohorts = cohorts or int(rng.integers(1, 5))
    year = 2020
    years = list(range(year - cohorts + 1, year + 2))
    lower = max(1, schools // 3)
    stems = {"ninth": ("U", lower), "eighth": ("U", lower), "fifth": ("B", schools - lower)}
    whole = {
        stem: pd.concat(
            [_cohort(rng, stem, each, places, letter) for each in years], ignore_index=True
        )
        for stem, (letter, places) in stems.items()
    }
    first = {s: t[t["cohort"].astype(int) <= year].reset_index(drop=True) for s, t in whole.items()}
    later = {
        s: t[t["cohort"].astype(int) > years[0]].reset_index(drop=True) for s, t in whole.items()
    }
    issued = Files(year, first)
    return Town(issued, issued.without(rng), Files(year + 1, later).without(rng), schools, cohorts)


def _sizes(rng: np.random.Generator, places: int) -> np.ndarray:
    sizes = np.rint(np.exp(rng.normal(3.4, 0.7, places))).astype(int)
    tiny = rng.random(places) < 0.25
    return np.maximum(np.where(tiny, rng.integers(0, 6, places), sizes), 0)


def _cohort(
    rng: np.random.Generator, stem: str, year: int, places: int, letter: str
) -> pd.DataFrame:
    """Draw the pupils of one cohort; schools keep their size, more or less, over the years."""
    base = _sizes(np.random.default_rng([places, ord(letter), rng.integers(3)]), places)
    sizes = np.where(base > 5, rng.poisson(base), rng.integers(0, 6, places))
    sizes[0] = max(sizes[0], 12)
    n = int(sizes.sum())
    school = np.repeat([f"{letter}{at:02d}" for at in range(places)], sizes)
    able = rng.normal(50, 9, n) + np.repeat(rng.normal(0, 2.5, places), sizes)

    def score() -> np.ndarray:
        return np.clip(np.rint(able + rng.normal(0, 4, n)), 1, 100).astype(int).astype(str)

    table = pd.DataFrame(
        {
            "pupil": [f"{letter}{year}{at:04d}{stem[0]}" for at in range(n)],
            "cohort": str(year),
            "school": school,
            "gender": rng.choice(["female", "male"], n),
            "exempt": np.where(rng.random(n) < 0.04, "true", "false"),
        }
    )
    if stem == "ninth":
        table = table.assign(r9=score(), r8=score(), **_leaving(rng, able))
    elif stem == "eighth":
        table = table.assign(n8=score(), n5=score())
    else:
        table = table.assign(score=score(), **_answers(rng, n))
    for column, most in BLANKS.items():
        if column in table:
            share = rng.choice([0.0, 0.01, most])
            table[column] = table[column].mask(rng.random(n) < share, "")
    tested = {"ninth": "r9", "eighth": "n8", "fifth": "score"}[stem]
    table[tested] = table[tested].mask(table["exempt"] == "true", "")
    return table


def _leaving(rng: np.random.Generator, able: np.ndarray) -> dict[str, np.ndarray]:
    n = len(able)
    mark = np.clip(np.rint(4 + (able - 50) / 9 + rng.normal(0, 0.5, n)), 1, 6).astype(int)
    exam = np.clip(mark - rng.integers(0, 2, n), 1, 6)
    points = np.clip(np.round(40 + (able - 50) * 0.7 + rng.normal(0, 3, n), 1), 0, 60)
    return {
        "final": mark.astype(str),
        "exam": exam.astype(str),
        "gp": points.astype(str),
        "completed": np.where(rng.random(n) < 0.8, "true", "false"),
        **_answers(rng, n),
        "ts": rng.integers(1, 6, n).astype(str),
    }


def _answers(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    return {
        "bullied": np.where(rng.random(n) < 0.06, "true", "false"),
        "wb": rng.integers(1, 6, n).astype(str),
    }
