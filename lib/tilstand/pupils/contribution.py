"""Estimate school contributions from an edition's pupils, and hand out only the estimates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis import contributions, robustness
from tilstand.pupils.rounded import as_printed

if TYPE_CHECKING:
    from tilstand.edition.disclosure_rules import DisclosureRules
    from tilstand.edition.pupil_file import PupilFile
    from tilstand.pupils.protection.allowed import Allowed


@dataclass(frozen=True)
class Contribution:
    """Hold what may be shown of school contributions: estimates per school, and what holds for all.

    Parameters
    ----------
    subject, grade, prior_grade : str
        What the two results are of, as the edition says it.
    wider : bool
        Whether the pupils stand for more than the municipality's own.
    least : int
        Pupils of the smallest school that is shown: ``disclosure.min_n`` of the edition.
    fit : dict of str to float
        ``school_sd`` with ``_low`` and ``_high``, ``pupil_sd``, ``slope``, ``naive_slope``,
        ``reliability`` (NaN where nothing was corrected) and ``boundary`` (1 where the difference
        between schools cannot be told from zero).
    ours : DataFrame
        As `contributions.our_schools` gives it.
    counts, everyone : dict of str to float
        As `contributions.count_bands` gives it, of our schools and of all.
    ranks, together : dict of str to float
        As `contributions.rank_width` and `contributions.comparisons` give it.
    average, naive_average : dict of str to float
        As `contributions.municipality_if` gives it, corrected for test error and not.
    naive, pooled : DataFrame
        As `contributions.naive_beside` and `robustness.pooled_schools` give it.
    flow, treatments, grid, ladder, agreement : DataFrame
        As `robustness.flow` (of our own pupils), `missing_priors`, `reliability_grid`,
        `model_ladder` and `agreement` give it.
    between, checks : dict of str to float
        As `robustness.between_cohorts` and `robustness.checks` give it.
    """

    subject: str
    grade: str
    prior_grade: str
    wider: bool
    least: int
    fit: dict[str, float]
    counts: dict[str, float]
    everyone: dict[str, float]
    ranks: dict[str, float]
    together: dict[str, float]
    average: dict[str, float]
    naive_average: dict[str, float]
    between: dict[str, float]
    checks: dict[str, float]
    ours: pd.DataFrame = field(repr=False)
    naive: pd.DataFrame = field(repr=False)
    pooled: pd.DataFrame = field(repr=False)
    flow: pd.DataFrame = field(repr=False)
    treatments: pd.DataFrame = field(repr=False)
    grid: pd.DataFrame = field(repr=False)
    ladder: pd.DataFrame = field(repr=False)
    agreement: pd.DataFrame = field(repr=False)

    @property
    def corrected(self) -> bool:
        """Whether the error of the earlier result was corrected for."""
        return not pd.isna(self.fit["reliability"])


def contribution_of(
    pupils: pd.DataFrame,
    file: PupilFile,
    rules: DisclosureRules,
    allowed: Allowed | None = None,
) -> Contribution:
    """Estimate the contributions of an edition's schools, and try them.

    Parameters
    ----------
    pupils : DataFrame, one row a pupil
        As `reading.read_edition_pupils` gives it.
    file : PupilFile
        The edition's table ``[pupils]``.
    rules : DisclosureRules
        How small a school, and a count of pupils, is too small to be shown.
    allowed : Allowed, optional
        Schools whose contributions tell no mean that the tables hide. The others stay in the model
        and are not shown. Without, only schools with too few pupils are left out.

    Returns
    -------
    Contribution
        No row of it is a pupil, and its numbers are as they are printed (`rounded.as_printed`).
    """
    latest = pupils[pupils["cohort"] == pupils["cohort"].max()]
    before = pupils[pupils["cohort"] < pupils["cohort"].max()]
    before = before[before["cohort"] == before["cohort"].max()]
    schools = sorted(set(latest.loc[latest["home"], "school"]))
    wider, least = not bool(pupils["home"].all()), rules.min_n
    hidden, doubted, hidden_pooled = _hidden(schools, allowed)
    fits = contributions.fit(latest, file.reliability)
    pooled = robustness.pool(pupils, file.reliability)
    low, high = fits.main.variance_interval()
    others = tuple(name for name in map(str, pupils) if name.startswith("other_"))
    background = tuple(name for name in map(str, pupils) if name.startswith("background_"))
    return as_printed(
        Contribution(
            subject=file.subject,
            grade=file.grade,
            prior_grade=file.prior_grade,
            wider=wider,
            least=least,
            fit={
                "school_sd": fits.main.school_variance**0.5,
                "school_sd_low": low**0.5,
                "school_sd_high": high**0.5,
                "pupil_sd": fits.main.scale**0.5,
                "slope": float(fits.main.params["prior"]),
                "naive_slope": float(fits.naive.params["prior"]),
                "reliability": float("nan") if fits.reliability is None else fits.reliability,
                "boundary": float(fits.main.boundary),
            },
            counts=contributions.count_bands(
                contributions.bands(fits.main, least, schools, hidden)
            ),
            everyone=contributions.count_bands(
                contributions.bands(fits.main, least, hidden=hidden)
            ),
            ranks=contributions.rank_width(fits.main),
            together=contributions.comparisons(fits.main, schools, least, hidden),
            average=contributions.municipality_if(fits.main, schools, wider=wider),
            naive_average=contributions.municipality_if(fits.naive, schools, wider=wider),
            between=robustness.between_cohorts(pooled),
            checks=robustness.checks(fits, latest, before),
            ours=contributions.our_schools(fits.main, schools, least, hidden),
            naive=contributions.naive_beside(fits, schools, least, doubted),
            pooled=robustness.pooled_schools(
                pooled, fits.main, schools, least, hidden_pooled, hidden
            ),
            flow=robustness.flow(latest[latest["home"]], rules.min_count),
            treatments=robustness.missing_priors(latest, fits.reliability),
            grid=robustness.reliability_grid(latest, schools, least, wider=wider, hidden=hidden),
            ladder=robustness.model_ladder(latest, others, background, least, fits.reliability),
            agreement=robustness.agreement(latest, others),
        )
    )


def _hidden(schools: list[str], allowed: Allowed | None) -> tuple[set[str] | None, ...]:
    """Name who is not shown: of the latest cohort, uncorrected beside it, of all cohorts."""
    if allowed is None:
        return None, None, None
    kept = (allowed.latest, allowed.uncorrected, allowed.pooled)
    return tuple(set(schools) - one for one in kept)
