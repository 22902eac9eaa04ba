"""Say what the simulated country looks like, and hold it with its truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
        """Return the true contributions to a test.

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
