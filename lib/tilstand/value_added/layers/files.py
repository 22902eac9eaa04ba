"""The files that ``tilstand value-added`` writes of a layered fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.value_added.bands import BandRule
from tilstand.value_added.calibration import Error
from tilstand.value_added.calibration_pupils import calibrate_pupils, error_columns
from tilstand.value_added.checks import check_columns
from tilstand.value_added.defaults import MIN_PUPILS
from tilstand.value_added.errors import FormulaError, ReliabilityError
from tilstand.value_added.formula import formula_columns, terms_without
from tilstand.value_added.layers.cohort_means import with_cohort_means
from tilstand.value_added.layers.flags import layered_bands
from tilstand.value_added.layers.model import LayeredIntercept
from tilstand.value_added.layers.results import LayeredResults
from tilstand.value_added.layers.roles import roles_of
from tilstand.value_added.layers.tree import JOINT
from tilstand.value_added.layers.turned import turned_schools
from tilstand.value_added.parquet import parquet_frames
from tilstand.value_added.small_schools import leave_out, small_schools

#: Columns that name a row.
_KEYS = ("municipality", "school", "cohort")
_LEAF = "innermost unit"
_OWN = "the school's own contribution"
_WITH_CLASSES = "the contribution of this school with these classes"


def fit_layers(
    data: Any,
    formula: str,
    columns: Mapping[str, str],
    *,
    method: str = "reml",
    class_share: float | None = None,
    reliability: Mapping[str, Error] | None = None,
) -> LayeredResults:
    """Fit the layered model of the command.

    Parameters
    ----------
    data : DataFrame, path of a Parquet file, or callable giving frames
        The pupils.
    formula : str
        ``outcome ~ predictors``; the cohorts' means are added if there is a cohort.
    columns : mapping of str to str
        Role to column of ids.
    method : str
        ``reml`` or ``ml``.
    class_share : float, optional
        Borrowed class share.
    reliability : mapping of str to (float, str or Sem), optional
        Reliability of priors that the formula takes as they are, their standard error of
        measurement, or the column that holds each pupil's.

    Returns
    -------
    LayeredResults
        The fit.

    Raises
    ------
    ValueAddedError
        One line for each fault.
    """
    columns = roles_of(columns)
    if "cohort" in columns:
        cohort = columns["cohort"]
        streamed = data if callable(data) else lambda: parquet_frames(data)
        first = data if isinstance(data, pd.DataFrame) else next(iter(streamed()), None)
        if first is not None:
            check_columns(first, columns.values())
            formula = with_cohort_means(formula, cohort, first)
    if error_columns(reliability or {}):
        model = _by_pupil(formula, data, columns, reliability or {}, class_share)
    else:
        model = LayeredIntercept.from_formula(formula, data, columns, class_share=class_share)
        if reliability:
            known = {name: one for name, one in reliability.items() if not isinstance(one, str)}
            model = model.calibrated(known)
    if method not in ("reml", "ml"):
        raise FormulaError(f"method: {method!r} is neither of reml, ml")
    return model.fit(reml=method == "reml")


def _by_pupil(
    formula: str,
    data: Any,
    columns: Mapping[str, str],
    errors: Mapping[str, Error],
    class_share: float | None,
) -> LayeredIntercept:
    """Calibrate priors by each pupil's own standard error, within the innermost units."""
    frame = data if isinstance(data, pd.DataFrame) else None
    if frame is None:
        frame = pd.concat(data() if callable(data) else parquet_frames(data), ignore_index=True)
    unused = [name for name in errors if name not in formula_columns(formula, frame)[1:]]
    if unused:
        raise ReliabilityError([f"{name}: not a predictor of the formula" for name in unused])
    wanted = [*columns.values(), *formula_columns(formula, frame), *error_columns(errors)]
    frame = frame.dropna(subset=list(dict.fromkeys(wanted)))
    leaf = frame[list(columns.values())].astype(str).agg(JOINT.join, axis=1)
    given = " + ".join(terms_without(formula, errors))
    made = calibrate_pupils(frame.assign(**{_LEAF: leaf}), _LEAF, errors, given=given)
    model = LayeredIntercept.from_formula(formula, made.frame, columns, class_share=class_share)
    model.calibration = made.variance(model.exog_names)
    return model


def write_layers(
    results: LayeredResults, output: Path, about: dict[str, Any], min_n: int = MIN_PUPILS
) -> list[Path]:
    """Write a layered fit down.

    Parameters
    ----------
    results : LayeredResults
        The fit.
    output : Path
        Folder; made if it is not there.
    about : dict
        ``file``, ``formula`` and ``level``, which stand first in ``model.json``.
    min_n : int
        A school with fewer pupils, or with fewer in one of its cohorts, stays in the model and
        holds no number in any file; nor does a municipality with one such school alone, whose
        mean would tell the school's.

    Returns
    -------
    list of Path
        ``schools.csv`` and ``model.json``; then ``cohorts.csv`` where there are cohorts,
        ``changes.csv`` where there are several, and ``municipalities.csv`` where there are
        several.
    """
    level = about["level"]
    tree = results.model.tree
    rule = BandRule(level=level)
    bands = layered_bands(results, rule)
    schools = results.school_effects(level).assign(
        band=bands["band"], error_probability=bands["error_probability"]
    )
    groups = [schools[["school", "n"]]]
    tables = {}
    if "cohort" in tree.columns:
        tables["cohorts.csv"] = results.cohort_effects(level)
        groups.append(tables["cohorts.csv"][["school", "n"]])
    if "cohort" in tree.levels and _in_both_ends(results) > 1:
        tables["changes.csv"] = turned_schools(results, level=level)
    small = small_schools(pd.concat(groups), min_n)
    tables = {"schools.csv": schools, **tables}
    tables = {name: leave_out(table, small, _KEYS) for name, table in tables.items()}
    if "municipality" in tree.levels:
        means = results.municipality_effects(level)
        told = _beside_one(schools, small)
        tables["municipalities.csv"] = leave_out(means, told, _KEYS, by="municipality")
    shown = ~schools["school"].isin(list(small)).to_numpy()
    counts = bands.loc[shown, "band"].value_counts()
    flagged = bands["band"].isin(["over", "under"]) & shown
    own = "class" in tree.levels or results.model.class_share is not None
    summary = {
        **about,
        **results.as_dict(level),
        "contribution": _OWN if own else _WITH_CLASSES,
        "bands": {
            "rule": rule.sentence(),
            **{name: int(counts.get(name, 0)) for name in ("over", "around", "under")},
            "expected_wrong": float(bands.loc[flagged, "error_probability"].sum()),
        },
        "left_out": {"schools": len(small), "min_n": min_n},
        "note": " ".join(results.notes),
    }
    output.mkdir(parents=True, exist_ok=True)
    written = [output / "schools.csv", output / "model.json"]
    from tilstand.safe_text import csv_of  # here: the estimator alone needs no other room

    for name, table in tables.items():
        (output / name).write_text(csv_of(table), encoding="utf-8", newline="")
        if output / name not in written:
            written.append(output / name)
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    written[1].write_text(text + "\n", encoding="utf-8")
    return written


def _beside_one(schools: pd.DataFrame, small: set[object]) -> set[object]:
    """Find the municipalities with one school left out: their mean would tell that school's."""
    hidden = schools[schools["school"].isin(list(small))].groupby("municipality", observed=True)
    count = hidden["school"].size()
    return set(count.index[count == 1])


def _in_both_ends(results: LayeredResults) -> int:
    """Count the schools with pupils in the first and the newest cohort."""
    tree = results.model.tree
    cells = tree.ids[tree.level("cohort")]
    school = tree.ancestors(tree.level("cohort"), tree.level("school"))
    ends = (cells["cohort"].min(), cells["cohort"].max())
    first, newest = (set(school[(cells["cohort"] == end).to_numpy()]) for end in ends)
    return len(first & newest)
