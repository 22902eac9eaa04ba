"""Estimate contributions over cohorts by the layered model: the one model of every page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tilstand.alphabet import by_name
from tilstand.analysis.layered_hidden import hidden_schools
from tilstand.value_added.bands import BandRule
from tilstand.value_added.doubts import quietly
from tilstand.value_added.errors import (
    CollinearError,
    ConstantOutcomeError,
    NoPupilsError,
    TooFewSchoolsError,
)
from tilstand.value_added.layers.cohort_means import with_cohort_means
from tilstand.value_added.layers.drift import stable_and_drift
from tilstand.value_added.layers.flags import layered_bands
from tilstand.value_added.layers.like import COUNT, LikeSchools, intake_of, like_schools
from tilstand.value_added.layers.model import LayeredIntercept
from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.layers.turned import turned_schools

FORMULA = "outcome ~ prior"
#: Drift cannot be told from what stays with fewer cohorts.
_DRIFT_COHORTS = 3
#: With two, the 95 % intervals hold whatever is true and are three standard deviations wide.
FEWEST_SCHOOLS = 3
#: What pupils may lack for there to be any contribution to tell of.
NO_CONTRIBUTION = (NoPupilsError, TooFewSchoolsError, ConstantOutcomeError, CollinearError)


@dataclass(frozen=True)
class LayeredFits:
    """Hold the model of all pages, and the same with the earlier result as observed.

    Parameters
    ----------
    main : LayeredResults
        Corrected for the error of the earlier result where its reliability is known.
    naive : LayeredResults
        Not corrected.
    reliability : float or None
        What was assumed; None where nothing was corrected.
    spread : Series
        SD of the earlier result by school, points.
    """

    main: LayeredResults
    naive: LayeredResults
    reliability: float | None
    spread: pd.Series

    @property
    def cohorts(self) -> list[int]:
        """The cohorts, oldest first."""
        tree = self.main.model.tree
        return sorted(tree.ids[tree.level("cohort")]["cohort"].unique())


@quietly()
def fit_cohorts(pupils: pd.DataFrame, reliability: float | None) -> LayeredFits:
    """Fit the model of all pages, as ``tilstand value-added --cohort`` does.

    Parameters
    ----------
    pupils : DataFrame, one row a pupil
        ``outcome, prior, school, cohort`` and, where known, ``municipality`` and ``home``.
    reliability : float or None
        Reliability of ``prior`` among these pupils.

    Returns
    -------
    LayeredFits
        Cohorts in schools, and schools in municipalities where there are several.

    Raises
    ------
    NoPupilsError, TooFewSchoolsError, ConstantOutcomeError, CollinearError
        Where there is nothing to compare, as `NO_CONTRIBUTION` lists.
    """
    several = "municipality" in pupils and pupils["municipality"].nunique() > 1
    frame = with_names_apart(pupils) if several else pupils
    columns = {"municipality": "municipality"} if several else {}
    columns |= {"school": "school", "cohort": "cohort"}
    both = frame.dropna(subset=["outcome", "prior"])
    if both["school"].nunique() < FEWEST_SCHOOLS:
        raise TooFewSchoolsError(f"fewer than {FEWEST_SCHOOLS} schools: nothing to compare with")
    formula = with_cohort_means(FORMULA, "cohort", frame)
    model = LayeredIntercept.from_formula(formula, frame, columns)
    naive = model.fit()
    known = {} if reliability is None else {"prior": reliability}
    main = model.calibrated(known).fit() if known else naive
    return LayeredFits(main, naive, reliability, both.groupby("school")["prior"].std().fillna(0.0))


def with_names_apart(pupils: pd.DataFrame) -> pd.DataFrame:
    """Tell schools of one name in two municipalities apart; those of ours keep their names.

    Parameters
    ----------
    pupils : DataFrame
        ``school, municipality`` and ``home``.

    Returns
    -------
    DataFrame
        The same pupils.

    Examples
    --------
    >>> rows = {"school": ["a", "a"], "municipality": ["X", "Y"], "home": [True, False]}
    >>> with_names_apart(pd.DataFrame(rows))["school"].tolist()
    ['a', 'a (Y)']
    """
    places = pupils.groupby("school")["municipality"].nunique()
    shared = pupils["school"].isin(places.index[places > 1]) & ~pupils["home"].astype(bool)
    school = pupils["school"].astype(str)
    apart = school + " (" + pupils["municipality"].astype(str) + ")"
    return pupils.assign(school=school.where(~shared, apart))


def school_rows(
    results: LayeredResults, shown: Collection[str], each: Collection[str] | None = None
) -> pd.DataFrame:
    """List the shown schools' contributions with intervals, by name, never by result.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    shown : collection of str
        Schools that are shown.
    each : collection of str, optional
        Those of them whose cohorts are shown one by one; all of them if not given. Of the others
        only what rests on one and the same mean of the cohorts is told: two means that weigh the
        cohorts differently would tell each of them.

    Returns
    -------
    DataFrame, one row a school
        ``school, n, cohorts, unshrunk, reliability``; ``estimate, ci_low, ci_high``, the average
        of the observed cohorts; ``newest_cohort, newest, newest_low, newest_high``; and ``stable,
        stable_low, stable_high``, missing with one cohort. Scale points.
    """
    table = results.school_effects()
    ours = table[table["school"].isin(list(shown))]
    named = {"mean_observed": "estimate", "mean_observed_low": "ci_low"}
    named |= {"mean_observed_high": "ci_high"}
    wanted = ["school", "n", "cohorts", "unshrunk", "reliability", *named.values()]
    wanted += [f"newest{end}" for end in ("_cohort", "", "_low", "_high")]
    wanted += [f"stable{end}" for end in ("", "_low", "_high")]
    if each is not None:
        alone = ["unshrunk", "newest", "newest_low", "newest_high"]
        ours = ours.assign(**{name: ours[name].where(ours["school"].isin(each)) for name in alone})
    # The average is that of the distribution whose interval stands beside it.
    ours = ours.drop(columns=["estimate", "ci_low", "ci_high"]).rename(columns=named)
    return ours.sort_values("school", key=_names)[wanted].reset_index(drop=True)


def cohort_rows(results: LayeredResults, shown: Collection[str]) -> pd.DataFrame:
    """List the shown schools' contributions to each cohort, by name and cohort.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    shown : collection of str
        Schools that are shown.

    Returns
    -------
    DataFrame, one row a school and cohort
        ``school, cohort, n, estimate, ci_low, ci_high``, scale points.
    """
    table = results.cohort_effects().drop(columns="estimate")
    table = table[table["school"].isin(list(shown))].rename(columns={"expected": "estimate"})
    table = table.sort_values(["school", "cohort"], key=_names)
    return table[["school", "cohort", "n", "estimate", "ci_low", "ci_high"]].reset_index(drop=True)


def turned_rows(results: LayeredResults, shown: Collection[str]) -> pd.DataFrame:
    """Test which of the shown schools turned, Holm's test over all schools of the fit.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    shown : collection of str
        Schools that are shown.

    Returns
    -------
    DataFrame, one row a shown school
        As `turned_schools` gives it, by name; no rows with one cohort.
    """
    tree = results.model.tree
    if "cohort" not in tree.levels:
        return pd.DataFrame()
    return _shown(turned_schools(results), shown)


def staying_rows(
    results: LayeredResults, shown: Collection[str], each: Collection[str] | None = None
) -> pd.DataFrame:
    """Put what stays beside what would stay if contributions drift; no rows with one cohort.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    shown : collection of str
        Schools that are shown.
    each : collection of str, optional
        As for `school_rows`.

    Returns
    -------
    DataFrame, one row a shown school
        ``school, n, estimate, ci_low, ci_high``, what stays if the cohorts scatter about the
        school's level, and ``drifting``, what would stay if one followed on the other: missing
        with two cohorts, which cannot tell, and for schools whose cohorts are not shown one by
        one. Scale points.
    """
    tree = results.model.tree
    if "cohort" not in tree.levels:
        return pd.DataFrame()
    table = results.school_effects().drop(columns=["estimate", "ci_low", "ci_high"])
    named = {"stable": "estimate", "stable_low": "ci_low", "stable_high": "ci_high"}
    table = table.rename(columns=named).assign(drifting=np.nan)
    if tree.ids[tree.level("cohort")]["cohort"].nunique() >= _DRIFT_COHORTS:
        drifting = pd.Series(stable_and_drift(results).schools["stable"].to_numpy(), table.index)
        table["drifting"] = drifting if each is None else drifting.where(table["school"].isin(each))
    return _shown(table, shown)[["school", "n", *named.values(), "drifting"]]


def like_rows(fits: LayeredFits, shown: Collection[str]) -> tuple[pd.DataFrame, str]:
    """Hold the shown schools beside those with the most equal intake.

    Parameters
    ----------
    fits : LayeredFits
        The model.
    shown : collection of str
        Schools that are shown.

    Returns
    -------
    rows : DataFrame, one row a shown school
        ``school, difference, low, high`` (scale points) and ``like``, how many it is held beside;
        no rows where there are too few schools to choose among.
    rule : str
        Empty where there are no rows.
    """
    found = like_of(fits)
    if found is None:
        none = {name: pd.Series(dtype=float) for name in ("like", "difference", "low", "high")}
        return pd.DataFrame({"school": pd.Series(dtype=object), **none}), ""
    table = found.schools.assign(like=[len(found.like[one]) for one in found.schools["school"]])
    return _shown(table, shown)[["school", "like", "difference", "low", "high"]], found.rule


def like_of(fits: LayeredFits) -> LikeSchools | None:
    """Find every school's ten like schools; None where there are not twice as many schools."""
    results = fits.main
    if len(results.schools) <= 2 * COUNT:
        return None
    also = fits.spread.rename("spread of prior").to_frame()
    return like_schools(results, ["prior"], also=also)


def intake_rows(fits: LayeredFits, shown: Collection[str], least: int) -> pd.DataFrame:
    """Set each school's intake against its outcome.

    Parameters
    ----------
    fits : LayeredFits
        The model.
    shown : collection of str
        Our schools that are shown.
    least : int
        Pupils of the smallest cohort of a school that is shown.

    Returns
    -------
    DataFrame, one row a school
        ``school`` (blank for others' schools), ``intake`` and ``outcome``, the mean earlier and
        later result in whole scale points: with decimals, and all else that is printed, means of
        nearly the same pupils would tell single ones. Ours by name first, then the others by
        intake.
    """
    results = fits.naive
    every = list(results.schools)
    hidden = hidden_schools(results, every, least)
    statistics, tree = results.model.statistics, results.model.tree
    at = tree.ancestors(0, tree.level("school"))
    n = statistics.n[tree.order]
    outcome = np.bincount(at, n * statistics.school_means[tree.order, -1]) / np.bincount(at, n)
    rows = pd.DataFrame(
        {
            "school": every,
            # To the point, which leaves the few who took one of two tests unknown.
            "intake": intake_of(results, ["prior"])["mean of prior"].round(),
            "outcome": outcome.round(),
        }
    )
    ours = rows["school"].isin(list(shown))
    others = rows[~ours & ~rows["school"].isin(list(hidden))].assign(school="")
    return pd.concat(
        [rows[ours].sort_values("school", key=_names), others.sort_values("intake")]
    ).reset_index(drop=True)


def band_rows(results: LayeredResults, hidden: Collection[object] = ()) -> pd.DataFrame:
    """Place schools over, around or under: by the whole interval of the average of the cohorts.

    Parameters
    ----------
    results : LayeredResults
        A fit.
    hidden : collection
        Schools that get no band; they stay in the model.

    Returns
    -------
    DataFrame, one row a school
        As `layered_bands` gives it, with the band ``too few`` for those hidden.
    """
    table = layered_bands(results, BandRule(reference=0.0, margin=0.0, min_pupils=1))
    small = table["school"].isin(list(hidden))
    return table.assign(band=table["band"].where(~small, "too few"))


def naive_beside(fits: LayeredFits, shown: Collection[str]) -> pd.DataFrame:
    """List the shown schools with the uncorrected contribution; no rows where none was corrected.

    Parameters
    ----------
    fits : LayeredFits
        The model.
    shown : collection of str
        Schools that are shown.

    Returns
    -------
    DataFrame, one row a shown school
        ``school, n, estimate, ci_low, ci_high`` as `school_rows`, and ``naive``; scale points.
    """
    if fits.reliability is None:
        return pd.DataFrame()
    naive = school_rows(fits.naive, shown)["estimate"]
    beside = school_rows(fits.main, shown)[["school", "n", "estimate", "ci_low", "ci_high"]]
    return beside.assign(naive=naive)


def _shown(table: pd.DataFrame, schools: Collection[str]) -> pd.DataFrame:
    rows = table[table["school"].isin(list(schools))]
    return rows.sort_values("school", key=_names).reset_index(drop=True)


def _names(column: pd.Series) -> pd.Series:
    """Sort schools as a Norwegian directory does, and cohorts as they are."""
    return column.astype(str).map(by_name) if column.name == "school" else column
