"""The official form of the indicator: stages, feeder schools, a stated reference, scale points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tilstand.value_added.checks import check_columns
from tilstand.value_added.errors import FormulaError, NoPupilsError
from tilstand.value_added.prior import Prior
from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.ranking import draw_effects
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.school_ids import school_labels

_DRAWS = 4000


@dataclass(frozen=True)
class Stage:
    """Say what one stage's indicator is computed from, in the years it holds for.

    Parameters
    ----------
    name : str
        Such as ``1-4``, ``5-7`` or ``8-10``.
    outcome : str
        The outcome's column.
    predictors : str
        The right side of the formula: priors and, where there are any, background.
    school : str
        The column of the schools that the outcome is owed to. A test on 8. trinn is owed to the
        primary school the pupil came from.
    first, last : int, optional
        The years of the outcome that this holds for.
    without : tuple of int
        Years in between for which the stage is not computed.
    """

    name: str
    outcome: str
    predictors: str
    school: str
    first: int | None = None
    last: int | None = None
    without: tuple[int, ...] = ()

    @property
    def formula(self) -> str:
        """Give the stage's formula."""
        return f"{self.outcome} ~ {self.predictors}"

    def holds(self, year: int) -> bool:
        """Tell whether this is how the stage is computed in a year."""
        after = self.first is None or year >= self.first
        before = self.last is None or year <= self.last
        return after and before and year not in self.without


def read_stages(configuration: Iterable[Mapping[str, Any]]) -> list[Stage]:
    """Read stages from configuration.

    Parameters
    ----------
    configuration : iterable of mapping
        One mapping a stage with the fields of `Stage`, as a TOML table holds them.

    Returns
    -------
    list of Stage
        In the order given.

    Raises
    ------
    FormulaError
        If a field is missing or unknown.
    """
    stages = []
    for number, entry in enumerate(configuration, start=1):
        values = dict(entry)
        if "without" in values:
            values["without"] = tuple(values["without"])
        try:
            stages.append(Stage(**values))
        except TypeError as error:
            fault = str(error).replace("Stage.__init__() ", "")
            raise FormulaError(f"stage {number}: {fault}") from None
    return stages


def stage_in(stages: Iterable[Stage], name: str, year: int) -> Stage | None:
    """Find how a stage is computed in a year.

    Parameters
    ----------
    stages : iterable of Stage
        The configuration.
    name : str
        The stage.
    year : int
        The year of its outcome.

    Returns
    -------
    Stage or None
        ``None`` if the stage is not computed in that year.

    Raises
    ------
    FormulaError
        If no stage has the name, or two hold for the same year.
    """
    named = [stage for stage in stages if stage.name == name]
    if not named:
        raise FormulaError(f"{name}: no such stage in the configuration")
    holding = [stage for stage in named if stage.holds(year)]
    if len(holding) > 1:
        raise FormulaError(f"{name}: {len(holding)} configurations hold for {year}")
    return holding[0] if holding else None


@dataclass(frozen=True)
class NationalReference:
    """Hold the line that pupils of the whole country lie on.

    Parameters
    ----------
    outcome_mean : float
        The nation's mean of the outcome, scale points.
    prior_means : dict of str to float
        The nation's mean of each prior.
    slopes : dict of str to float
        Outcome's points per point of each prior.
    name : str
        What the reference is called in print.
    """

    outcome_mean: float
    prior_means: dict[str, float] = field(default_factory=dict)
    slopes: dict[str, float] = field(default_factory=dict)
    name: str = "nation"

    def expected(self, pupils: pd.DataFrame) -> pd.Series:
        """Give each pupil's expected outcome, missing where a prior is."""
        if set(self.prior_means) != set(self.slopes):
            raise FormulaError("a national reference needs a mean and a slope for the same priors")
        check_columns(pupils, self.slopes)
        expected = pd.Series(float(self.outcome_mean), index=pupils.index)
        for name, slope in self.slopes.items():
            expected = expected + slope * (pupils[name].astype(float) - self.prior_means[name])
        return expected


@dataclass(frozen=True)
class OfficialForm:
    """Hold a stage's indicator for schools and municipalities, centred on its reference.

    Parameters
    ----------
    schools : DataFrame, one row a school
        ``school, municipality, n, unshrunk, estimate, se, ci_low, ci_high, reliability``, scale
        points from the reference. `estimate` is the mean of the distribution that the interval is
        taken from.
    municipalities : DataFrame, one row a municipality
        ``municipality, schools, n, unshrunk, estimate, se, ci_low, ci_high``: the average of its
        schools, weighted by pupils.
    estimand : str
        What the numbers mean, in a sentence for print.
    results : RandomInterceptResults
        The model behind them.
    """

    schools: pd.DataFrame
    municipalities: pd.DataFrame
    estimand: str
    results: RandomInterceptResults


def official_form(
    pupils: pd.DataFrame,
    stage: Stage,
    rng: np.random.Generator,
    *,
    reference: NationalReference | None = None,
    municipality: str | None = None,
    level: float = 0.95,
    prior: Prior | None = None,
) -> OfficialForm:
    """Compute a stage's indicator in the official form.

    Parameters
    ----------
    pupils : DataFrame
        Pupils with the stage's columns.
    stage : Stage
        What to compute.
    rng : numpy.random.Generator
        Source of randomness for the intervals.
    reference : NationalReference, optional
        What pupils are expected to reach. If not given, the expectation is estimated from these
        pupils and contributions are centred on their own average.
    municipality : str, optional
        The column of the school's municipality; all pupils are one municipality if not given.
    level : float
        Level of the intervals.
    prior : Prior, optional
        What is believed of the variance ratio beforehand.

    Returns
    -------
    OfficialForm
        Schools and municipalities; a municipality's number is its schools' average, in every
        draw, so that the two never disagree.

    Raises
    ------
    ValueAddedError
        For faults of the columns or the data.

    Notes
    -----
    Schools are pulled toward the average of all pupils given, municipalities are not a level of
    the model; `unshrunk` is observed minus expected, averaged, without any pulling. Whether the
    official indicator is shrunken is not known: these numbers are of its form, not its method.
    """
    check_columns(pupils, [stage.school, stage.outcome])
    if reference is None:
        formula, data = stage.formula, pupils
    else:
        gap = pupils[stage.outcome].astype(float) - reference.expected(pupils)
        formula, data = "_gap ~ 1", pupils.assign(_gap=gap)
    results = RandomIntercept.from_formula(formula, data, stage.school).fit()
    n = results.model.statistics.n
    if reference is None:
        draws = draw_effects(results, _DRAWS, rng, prior=prior)
        draws = draws - (draws @ n / n.sum())[:, None]
        unshrunk = results.unshrunk - results.unshrunk @ n / n.sum()
    else:
        draws = draw_effects(results, _DRAWS, rng, prior=prior, level_of=np.ones(1))
        unshrunk = results.unshrunk + results.params.iloc[0]
    place = _places(data, stage.school, municipality, results.schools)
    schools = pd.DataFrame(
        {
            "school": results.schools,
            "municipality": place,
            "n": n.astype(int),
            "unshrunk": unshrunk,
            **_described(draws, level),
            "reliability": results.reliability,
        }
    )
    return OfficialForm(
        schools, _municipalities(schools, draws, level), _estimand(stage, reference), results
    )


def _described(draws: np.ndarray, level: float) -> dict[str, np.ndarray]:
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return {
        "estimate": draws.mean(axis=0),
        "se": draws.std(axis=0, ddof=1),
        "ci_low": low,
        "ci_high": high,
    }


def _places(
    pupils: pd.DataFrame, school: str, municipality: str | None, schools: pd.Index
) -> np.ndarray:
    if municipality is None:
        return np.full(len(schools), "all", dtype=object)
    check_columns(pupils, [municipality])
    known = pupils.dropna(subset=[school, municipality])
    if known.empty:
        raise NoPupilsError(f"{municipality}: missing for every pupil")
    # A primary school may send pupils across a border: it lies where most of its pupils are.
    of_school = known.groupby(school_labels(known[school]))[municipality].agg(
        lambda values: values.mode().iloc[0]
    )
    return of_school.reindex(schools).to_numpy(dtype=object)


def _municipalities(schools: pd.DataFrame, draws: np.ndarray, level: float) -> pd.DataFrame:
    rows = []
    for name, members in schools.groupby("municipality", sort=True):
        at = members.index.to_numpy()
        weights = members["n"].to_numpy() / members["n"].sum()
        described = _described((draws[:, at] @ weights)[:, None], level)
        rows.append(
            {
                "municipality": name,
                "schools": len(at),
                "n": int(members["n"].sum()),
                "unshrunk": float(weights @ members["unshrunk"]),
                **{key: float(value[0]) for key, value in described.items()},
            }
        )
    return pd.DataFrame(rows)


def _estimand(stage: Stage, reference: NationalReference | None) -> str:
    if reference is None:
        return (
            f"Stage {stage.name}: how far pupils of {stage.school} reach above ({stage.outcome}) "
            f"what pupils with the same {stage.predictors} reach on average among the pupils "
            "given; 0 is their average, not the country's."
        )
    priors = ", ".join(reference.slopes) or "no prior"
    return (
        f"Stage {stage.name}: how far pupils of {stage.school} reach above ({stage.outcome}) what "
        f"the {reference.name}'s line expects from {priors}; 0 is the {reference.name}."
    )
