"""Estimate school contributions from an edition's pupils, and hand out only the estimates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.analysis import contributions, layered_hidden, layered_summaries, robustness
from tilstand.analysis import layered_contributions as layered
from tilstand.pupils.frames import owed_schools
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
        Pupils of the smallest cohort of a school that is shown: ``disclosure.min_n`` of the
        edition.
    rule : str
        How like schools are found; empty where there are too few to choose among.
    fit : dict of str to float
        ``school_sd`` with ``_low`` and ``_high``, ``pupil_sd``, ``slope``, ``naive_slope``,
        ``reliability`` (NaN where nothing was corrected) and ``boundary`` (1 where the difference
        between schools cannot be told from zero).
    change : dict of str to float
        As `layered_summaries.change_numbers` gives it.
    ours, cohorts, turned, like, intake, naive : DataFrame
        As `layered_contributions` gives it: ``school_rows, cohort_rows, turned_rows, like_rows,
        intake_rows, naive_beside``.
    pooled : DataFrame
        What stays with a school, as `layered_contributions.staying_rows` gives it.
    counts, everyone : dict of str to float
        As `contributions.count_bands` gives it, of our schools and of all.
    ranks, together : dict of str to float
        As `layered_summaries.places` gives it.
    average, naive_average : dict of str to float
        As `layered_summaries.municipality_average` gives it, corrected for test error and not.
    treatments, grid, ladder, agreement : DataFrame
        As `robustness.missing_priors`, `reliability_grid`, `model_ladder` and `agreement` give
        it.
    social : DataFrame
        As `social_side.social_rows` gives it: wellbeing and bullying, which are no contributions.
    between, checks : dict of str to float
        As `layered_summaries.between_cohorts` and `robustness.checks` (of the newest cohort)
        give it.
    """

    subject: str
    grade: str
    prior_grade: str
    wider: bool
    least: int
    rule: str
    fit: dict[str, float]
    change: dict[str, float]
    counts: dict[str, float]
    everyone: dict[str, float]
    ranks: dict[str, float]
    together: dict[str, float]
    average: dict[str, float]
    naive_average: dict[str, float]
    between: dict[str, float]
    checks: dict[str, float]
    ours: pd.DataFrame = field(repr=False)
    cohorts: pd.DataFrame = field(repr=False)
    turned: pd.DataFrame = field(repr=False)
    like: pd.DataFrame = field(repr=False)
    intake: pd.DataFrame = field(repr=False)
    naive: pd.DataFrame = field(repr=False)
    pooled: pd.DataFrame = field(repr=False)
    treatments: pd.DataFrame = field(repr=False)
    grid: pd.DataFrame = field(repr=False)
    ladder: pd.DataFrame = field(repr=False)
    agreement: pd.DataFrame = field(repr=False)
    social: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)

    @property
    def corrected(self) -> bool:
        """Whether the error of the earlier result was corrected for."""
        return not pd.isna(self.fit["reliability"])


@dataclass(frozen=True)
class Compared:
    """Hold the models that everything on contributions rests on.

    Parameters
    ----------
    fits : LayeredFits
        Over all cohorts.
    newest : Fits
        Of the newest cohort that has both results; with one cohort the layered model is this one.
    latest, before : DataFrame
        Pupils of that cohort, and of the one before it.
    schools : list of str
        Our schools that have pupils with both results.
    """

    fits: layered.LayeredFits
    newest: contributions.Fits
    latest: pd.DataFrame
    before: pd.DataFrame
    schools: list[str]


def compare(pupils: pd.DataFrame, file: PupilFile) -> Compared:
    """Fit what everything on contributions rests on.

    Parameters
    ----------
    pupils, file
        As `contribution_of` takes them.

    Returns
    -------
    Compared
        The models.

    Raises
    ------
    NoPupilsError, TooFewSchoolsError, ConstantOutcomeError, CollinearError
        Where there is nothing to compare, as `layered_contributions.NO_CONTRIBUTION` lists.
    """
    pupils = pupils.assign(school=owed_schools(pupils, file))
    both = pupils[pupils["outcome"].notna() & pupils["prior"].notna()]
    cohorts = sorted(set(both["cohort"]))
    latest = pupils[pupils["cohort"].isin(cohorts[-1:])]
    before = pupils[pupils["cohort"].isin(cohorts[-2:-1])]
    fits = layered.fit_cohorts(pupils, file.reliability)
    newest = contributions.fit(latest, file.reliability)
    return Compared(fits, newest, latest, before, sorted(set(both.loc[both["home"], "school"])))


def contribution_of(
    pupils: pd.DataFrame,
    file: PupilFile,
    rules: DisclosureRules,
    allowed: Allowed | None = None,
    social: pd.DataFrame | None = None,
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
    social : DataFrame, optional
        As `social_side.social_rows` gives it.

    Returns
    -------
    Contribution
        No row of it is a pupil, and its numbers are as they are printed (`rounded.as_printed`).

    Raises
    ------
    NoPupilsError, TooFewSchoolsError, ConstantOutcomeError, CollinearError
        Where there is nothing to compare, as `layered_contributions.NO_CONTRIBUTION` lists.
    """
    compared = compare(pupils, file)
    fits, newest, latest = compared.fits, compared.newest, compared.latest
    schools = compared.schools
    wider, least = not bool(pupils["home"].all()), rules.min_n
    hidden, doubted, at_once = _hidden(schools, allowed)
    # What others' totals would tell of a school left out alone has been reckoned where it could be.
    left = layered_hidden.hidden_schools if allowed is None else layered_hidden.without_band
    out = left(fits.main, schools, least, hidden)
    shown = sorted(set(schools) - out)
    # A single cohort of a school tells more of its pupils than the average of all.
    cohort_by_cohort = sorted(set(shown) - at_once)
    small = layered_hidden.without_band(fits.main, fits.main.schools, least, hidden)
    bands = layered.band_rows(fits.main, small)
    ranks, together = layered_summaries.places(fits.main, shown)
    turned = layered.turned_rows(fits.main, cohort_by_cohort)
    like, rule = layered.like_rows(fits, shown)
    others = tuple(name for name in map(str, pupils) if name.startswith("other_"))
    background = tuple(name for name in map(str, pupils) if name.startswith("background_"))
    return as_printed(
        Contribution(
            subject=file.subject,
            grade=file.grade,
            prior_grade=file.prior_grade,
            wider=wider,
            least=least,
            rule=rule,
            fit={
                **layered_summaries.spread_between(fits.main),
                "slope": float(fits.main.params["prior"]),
                "naive_slope": float(fits.naive.params["prior"]),
                "reliability": float("nan") if fits.reliability is None else fits.reliability,
                "boundary": float(fits.main.ratio.sum() == 0),
            },
            change=layered_summaries.change_numbers(turned, len(schools)),
            counts=contributions.count_bands(bands[bands["school"].isin(schools)]),
            everyone=contributions.count_bands(bands),
            ranks=ranks,
            together=together,
            average=layered_summaries.municipality_average(fits.main, file.own),
            naive_average=layered_summaries.municipality_average(fits.naive, file.own),
            between=layered_summaries.between_cohorts(fits.main),
            checks=robustness.checks(newest, latest, compared.before),
            ours=layered.school_rows(fits.main, shown, cohort_by_cohort),
            cohorts=layered.cohort_rows(fits.main, cohort_by_cohort),
            turned=turned,
            like=like,
            intake=layered.intake_rows(fits, cohort_by_cohort, least),
            naive=layered.naive_beside(fits, sorted(set(shown) - doubted)),
            pooled=layered.staying_rows(fits.main, shown, cohort_by_cohort),
            treatments=robustness.missing_priors(latest, newest.reliability),
            grid=robustness.reliability_grid(fits, schools, small, file.own),
            ladder=robustness.model_ladder(latest, others, background, least, newest.reliability),
            agreement=robustness.agreement(latest, others),
            social=pd.DataFrame() if social is None else social,
        )
    )


def _hidden(schools: list[str], allowed: Allowed | None) -> tuple[set[str], set[str], set[str]]:
    """Name who is not shown: at all, uncorrected beside it, and cohort by cohort."""
    if allowed is None:
        return set(), set(), set()
    kept = (allowed.pooled, allowed.uncorrected, allowed.each)
    at_all, uncorrected, each = (set(schools) - one for one in kept)
    return at_all, uncorrected, each
