"""Simulated pupils and schools whose true contributions are known.

Nothing here is a real municipality or school. Names are fictional, and every file says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

#: The fictional municipality that the book shows, inside a simulated country.
HOME = "Eksempel kommune"
#: The grade whose autumn test ends each stage, and the subjects tested there. The tests of
#: 9. trinn are those of 8. trinn without English.
TESTS: dict[int, tuple[str, ...]] = {
    5: ("reading", "numeracy", "english"),
    8: ("reading", "numeracy", "english"),
    9: ("reading", "numeracy"),
}
#: The level of schools that a test's result is owed to.
OWED_TO = {5: "feeder_school", 8: "feeder_school", 9: "school"}
_SMALLEST_SCHOOL = 6
# Scale points per unit of ability, so that scores spread about 10 points around 50.
_POINTS = 9.0
# Share of what a pupil gains between tests that all subjects have in common.
_SHARED_GROWTH = 0.5
_EDUCATION = ["grunnskole", "videregående", "kort høyere", "lang høyere"]


@dataclass(frozen=True)
class Plan:
    """Say what the simulated country looks like.

    Parameters
    ----------
    pupils : int
        Pupils of all cohorts together.
    schools : int
        Lower secondary schools (8.-10. trinn).
    primaries_per_school : float
        Primary schools (1.-7. trinn) for each of them; 30 to 17 in a municipality of 1,600 pupils
        a grade.
    home_schools : int
        Lower secondary schools of the fictional municipality; the rest belong to others of
        about ten schools.
    cohorts : tuple of int
        The autumns in which the cohorts sit the tests of 8. trinn.
    contribution_share : float
        Share of the schools' contributions in the variance of a test given earlier ability.
    cohort_correlation : float
        Correlation of a school's contributions to two cohorts.
    subject_correlation : float
        Correlation of a school's contributions to two subjects.
    intake_correlation : float
        Correlation of a school's contribution with its pupils' mean ability.
    intake_share : float
        Share of differences between schools in the variance of ability.
    reliability : float
        Reliability of each test: true over observed variance.
    growth_sd : float
        SD of what a pupil gains beyond what earlier ability says, in SDs of ability.
    exempt, absent, moved : float
        Shares of pupils exempt from a test, absent from it, and moved in since the last one.
    small_schools : float
        Spread of school sizes (SD of their logarithm).
    home_intake : float
        How far the home municipality's mean ability lies above the country's, in SDs.
    """

    pupils: int = 60_000
    schools: int = 1_200
    primaries_per_school: float = 1.75
    home_schools: int = 17
    cohorts: tuple[int, ...] = (2020,)
    contribution_share: float = 0.06
    cohort_correlation: float = 0.7
    subject_correlation: float = 0.8
    intake_correlation: float = 0.0
    intake_share: float = 0.10
    reliability: float = 0.85
    growth_sd: float = 0.55
    exempt: float = 0.04
    absent: float = 0.02
    moved: float = 0.05
    small_schools: float = 0.5
    home_intake: float = 0.25

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be carried out."""
        if self.schools < 2:
            raise ValueError("schools: at least 2 are needed")
        if self.pupils < self.schools * len(self.cohorts):
            raise ValueError("pupils: at least one for each school and cohort is needed")
        for name in ("reliability", "cohort_correlation", "subject_correlation"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name}: lies above 0 and at most at 1")
        if not -1 <= self.intake_correlation <= 1:
            raise ValueError("intake_correlation: lies between -1 and 1")


@dataclass(frozen=True)
class Simulated:
    """Hold simulated pupils and what is true of them.

    Parameters
    ----------
    pupils : DataFrame, one row a pupil
        ``pupil, cohort, municipality, school, feeder_school, gender, birth_month,
        parents_education, immigration_background, special_education, moved, exempt_5, exempt_8,
        exempt_9``, a column ``{subject}_{grade}`` for each test in scale points (missing where
        exempt, absent or moved in later) and ``simulated``, which is always true.
    contributions : DataFrame
        ``school, grade, subject, cohort, contribution``: the truth in scale points, for primary
        schools at grade 5 and 8 and lower secondary schools at grade 9, centred on the country.
    ability : DataFrame, one row a pupil
        ``{subject}_{grade}``: what the tests would have shown without error, scale points.
    plan : Plan
        What it was made from.
    """

    pupils: pd.DataFrame
    contributions: pd.DataFrame
    ability: pd.DataFrame
    plan: Plan = field(default_factory=Plan)

    def truth(self, grade: int, subject: str, cohort: int | None = None) -> pd.Series:
        """Give the true contributions to a test.

        Parameters
        ----------
        grade : int
            The test's grade: 5, 8 or 9.
        subject : str
            The test's subject.
        cohort : int, optional
            One cohort; the average over all if not given.

        Returns
        -------
        Series, by school id
            Scale points.
        """
        table = self.contributions
        wanted = (table["grade"] == grade) & (table["subject"] == subject)
        if cohort is not None:
            wanted &= table["cohort"] == cohort
        return table[wanted].groupby("school")["contribution"].mean()


def simulate(plan: Plan, rng: np.random.Generator) -> Simulated:
    """Simulate a country of pupils, schools and tests.

    Parameters
    ----------
    plan : Plan
        What the country looks like.
    rng : numpy.random.Generator
        Source of randomness; the same state gives the same country.

    Returns
    -------
    Simulated
        Pupils and the truth about them.

    Notes
    -----
    Ability in a subject follows ``a_g = r a_f + background + u + growth`` from test to test, with
    ``u`` the contribution of the school that the test is owed to, and a test shows
    ``50 + 9 (a + error)`` in whole points. Contributions are stable plus cohort plus subject
    parts. The tests of 8. trinn are owed to the primary school.
    """
    places = _places(plan, rng)
    pupils = _pupils(plan, places, rng)
    return _tested(plan, places, pupils, rng)


@dataclass(frozen=True)
class _Places:
    municipality: np.ndarray  # of each lower secondary school
    intake: np.ndarray  # of each lower secondary school, SDs of ability
    size: np.ndarray  # relative size of each lower secondary school
    primary_parent: np.ndarray  # the lower secondary school most of a primary's pupils go on to
    primary_intake: np.ndarray  # deviation of each primary from its parent


def _places(plan: Plan, rng: np.random.Generator) -> _Places:
    home = min(plan.home_schools, plan.schools)
    others = np.arange(plan.schools - home) // 10 + 1
    municipality = np.concatenate([np.zeros(home, dtype=int), others])
    count = int(municipality.max()) + 1
    # Half of the differences between schools lie between municipalities.
    spread = np.sqrt(plan.intake_share / 2)
    of_municipality = spread * rng.standard_normal(count)
    of_municipality[0] = plan.home_intake
    intake = of_municipality[municipality] + spread * rng.standard_normal(plan.schools)
    size = np.exp(plan.small_schools * rng.standard_normal(plan.schools))
    primaries = max(round(plan.primaries_per_school * plan.schools), plan.schools)
    extra = rng.integers(0, plan.schools, primaries - plan.schools)
    parent = np.sort(np.concatenate([np.arange(plan.schools), extra]))
    return _Places(municipality, intake, size, parent, 0.15 * rng.standard_normal(primaries))


def _pupils(plan: Plan, places: _Places, rng: np.random.Generator) -> pd.DataFrame:
    cohort = np.sort(rng.integers(0, len(plan.cohorts), plan.pupils))
    weight = places.size + _SMALLEST_SCHOOL * plan.schools / plan.pupils
    school = rng.choice(plan.schools, plan.pupils, p=weight / weight.sum())
    # Every school has pupils, whatever the draw.
    school[: plan.schools] = rng.permutation(plan.schools)
    feeder = _feeders(places, school, rng)
    moved = rng.random(plan.pupils) < plan.moved
    immigrant = rng.random(plan.pupils) < 0.17
    education = [_EDUCATION[level] for level in _education(places.intake[school], rng)]
    special = rng.random(plan.pupils) < 0.08
    n = plan.pupils
    return pd.DataFrame(
        {
            "pupil": [f"P{i:07d}" for i in range(1, n + 1)],
            "cohort": np.asarray(plan.cohorts)[cohort],
            "municipality": _municipality_names(places)[places.municipality[school]],
            "school": _names("U", school, plan.schools),
            "feeder_school": _names("B", feeder, len(places.primary_parent)),
            "gender": np.where(rng.random(n) < 0.487, "F", "M"),
            "birth_month": rng.integers(1, 13, n),
            "parents_education": pd.Categorical(education, _EDUCATION, ordered=True),
            "immigration_background": immigrant,
            "special_education": special,
            "moved": moved,
            "_school": school,
            "_feeder": feeder,
        }
    )


def _feeders(places: _Places, school: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    first = np.searchsorted(places.primary_parent, school, side="left")
    last = np.searchsorted(places.primary_parent, school, side="right")
    own = first + np.floor(rng.random(len(school)) * (last - first)).astype(int)
    # One pupil in ten comes from a primary of the neighbouring lower secondary school.
    neighbour = (own + rng.choice([-1, 1], len(school))) % len(places.primary_parent)
    near = places.municipality[places.primary_parent[neighbour]] == places.municipality[school]
    return np.where((rng.random(len(school)) < 0.1) & near, neighbour, own)


def _education(intake: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    leaning = 0.8 * intake + rng.standard_normal(len(intake))
    return np.digitize(leaning, [-1.0, 0.0, 0.9])


def _names(kind: str, position: np.ndarray, count: int) -> np.ndarray:
    width = max(4, len(str(count)))
    return np.array([f"{kind}{i:0{width}d}" for i in range(1, count + 1)], dtype=object)[position]


def _municipality_names(places: _Places) -> np.ndarray:
    count = int(places.municipality.max())
    return np.array([HOME, *(f"Kommune {i:03d}" for i in range(1, count + 1))], dtype=object)


def _tested(
    plan: Plan, places: _Places, pupils: pd.DataFrame, rng: np.random.Generator
) -> Simulated:
    n = len(pupils)
    school, feeder = pupils["_school"].to_numpy(), pupils["_feeder"].to_numpy()
    position = np.searchsorted(np.asarray(plan.cohorts), pupils["cohort"].to_numpy())
    background = _background(pupils)
    intake = places.intake[school] + places.primary_intake[feeder]
    shared = rng.standard_normal(n)
    ability: dict[str, np.ndarray] = {}
    truth: list[pd.DataFrame] = []
    scores: dict[str, np.ndarray] = {}
    current: dict[str, np.ndarray] = {}
    contribution_sd = plan.growth_sd * np.sqrt(
        plan.contribution_share / (1 - plan.contribution_share)
    )
    for grade, subjects in TESTS.items():
        owed = feeder if OWED_TO[grade] == "feeder_school" else school
        count = len(places.primary_parent) if OWED_TO[grade] == "feeder_school" else plan.schools
        mean_intake = np.bincount(owed, intake, count) / np.maximum(
            np.bincount(owed, None, count), 1
        )
        effects = contribution_sd * _contributions(plan, mean_intake, len(subjects), rng)
        taken = _taken(plan, pupils, grade, rng)
        together = rng.standard_normal(n)
        pupils[f"exempt_{grade}"] = taken["exempt"]
        for s, subject in enumerate(subjects):
            own = rng.standard_normal(n)
            gain = effects[owed, position, s]
            if grade == 5:
                start = intake + background + 0.8 * (0.75 * shared + np.sqrt(1 - 0.75**2) * own)
                current[subject] = start + gain
            else:
                carried = 0.85 * current[subject] + 0.1 * background
                growth = np.sqrt(_SHARED_GROWTH) * together + np.sqrt(1 - _SHARED_GROWTH) * own
                current[subject] = carried + gain + plan.growth_sd * growth
            ability[f"{subject}_{grade}"] = current[subject]
            truth.append(_truth(plan, effects[:, :, s], grade, subject))
            scores[f"{subject}_{grade}"] = _shown(plan, current[subject], taken["taken"], rng)
    points = pd.DataFrame({name: _scale(value) for name, value in ability.items()})
    for name, value in scores.items():
        pupils[name] = value
    pupils["simulated"] = True
    return Simulated(
        pupils.drop(columns=["_school", "_feeder"]),
        pd.concat(truth, ignore_index=True),
        points,
        plan,
    )


def _background(pupils: pd.DataFrame) -> np.ndarray:
    education = pupils["parents_education"].cat.codes.to_numpy()
    month = pupils["birth_month"].to_numpy()
    value = (
        0.25 * (education - 1.5)
        - 0.02 * (month - 6.5)
        - 0.25 * pupils["immigration_background"].to_numpy()
        - 0.8 * pupils["special_education"].to_numpy()
    )
    return np.asarray(value - value.mean())


def _contributions(
    plan: Plan, intake: np.ndarray, subjects: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw unit-variance contributions, shape (schools, cohorts, subjects)."""
    count, cohorts = len(intake), len(plan.cohorts)
    standard = (intake - intake.mean()) / intake.std()
    r = plan.intake_correlation
    stable = rng.standard_normal((count, 1, 1))
    by_subject = rng.standard_normal((count, 1, subjects))
    by_cohort = rng.standard_normal((count, cohorts, subjects))
    common, kept = plan.subject_correlation, plan.cohort_correlation
    mixed = np.sqrt(common) * stable + np.sqrt(1 - common) * by_subject
    mixed = np.sqrt(kept) * mixed + np.sqrt(1 - kept) * by_cohort
    drawn: np.ndarray = r * standard[:, None, None] + np.sqrt(1 - r**2) * mixed
    return drawn - drawn.mean(axis=0)


def _taken(
    plan: Plan, pupils: pd.DataFrame, grade: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    n = len(pupils)
    leaning = (
        1.0
        + 6.0 * pupils["special_education"].to_numpy()
        + 2.0 * pupils["immigration_background"].to_numpy()
    )
    exempt = rng.random(n) < np.minimum(plan.exempt * leaning / leaning.mean(), 1.0)
    absent = rng.random(n) < plan.absent
    # Who moved in did so after the tests of 8. trinn as often as after those of 5. trinn.
    late = rng.random(n) < 0.5
    elsewhere = pupils["moved"].to_numpy() & ((grade == 5) | ((grade == 8) & late))
    return {"exempt": exempt, "taken": ~(exempt | absent | elsewhere)}


def _scale(value: np.ndarray) -> np.ndarray:
    return 50 + _POINTS * value


def _shown(
    plan: Plan, ability: np.ndarray, taken: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    error = np.sqrt((1 - plan.reliability) / plan.reliability) * ability.std()
    shown = np.round(_scale(ability + error * rng.standard_normal(len(ability)))).clip(0, 100)
    return np.where(taken, shown, np.nan)


def _truth(plan: Plan, effects: np.ndarray, grade: int, subject: str) -> pd.DataFrame:
    count = len(effects)
    kind = "B" if OWED_TO[grade] == "feeder_school" else "U"
    schools = _names(kind, np.arange(count), count)
    return pd.concat(
        pd.DataFrame(
            {
                "school": schools,
                "grade": grade,
                "subject": subject,
                "cohort": cohort,
                "contribution": _POINTS * effects[:, i],
            }
        )
        for i, cohort in enumerate(plan.cohorts)
    )


def write(simulated: Simulated, output: Path) -> list[Path]:
    """Write simulated pupils, and the truth beside them.

    Parameters
    ----------
    simulated : Simulated
        What to write.
    output : Path
        ``.csv``, ``.xlsx`` or ``.parquet`` for the pupils; the true contributions go to a CSV of
        the same name with ``-truth`` added.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If the file's ending is not one of the three.
    """
    output = Path(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    kind = output.suffix.lower()
    if kind == ".csv":
        simulated.pupils.to_csv(output, index=False, encoding="utf-8")
    elif kind == ".parquet":
        simulated.pupils.to_parquet(output, index=False)
    elif kind == ".xlsx":
        simulated.pupils.to_excel(output, index=False)
    else:
        raise ValueError(f"{output}: ends neither in .csv, .xlsx nor .parquet")
    truth = output.with_name(f"{output.stem}-truth.csv")
    simulated.contributions.to_csv(truth, index=False, encoding="utf-8")
    return [output, truth]


def simulate_file(pupils: int, schools: int, seed: int, output: Path) -> list[Path]:
    """Do what ``tilstand simulate`` does.

    Parameters
    ----------
    pupils, schools : int
        Size of the simulated country.
    seed : int
        Start of the random numbers; the same seed gives the same files.
    output : Path
        Where the pupils go.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        With one line if the plan cannot be carried out.
    """
    plan = Plan(pupils=pupils, schools=schools)
    return write(simulate(plan, np.random.default_rng(seed)), output)
