"""What ``tilstand value-added`` does: a pupil file in, two small files out."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from tilstand.safe_text import csv_of
from tilstand.value_added.calibration import Error, Sem
from tilstand.value_added.calibration_pupils import error_columns
from tilstand.value_added.checks import check_columns
from tilstand.value_added.defaults import LEVEL, MIN_PUPILS
from tilstand.value_added.errors import (
    FormulaError,
    NamesWarning,
    ReliabilityError,
    ValueAddedError,
    ValueAddedWarning,
    check_level,
)
from tilstand.value_added.formula import formula_columns
from tilstand.value_added.layers.files import fit_layers, write_layers
from tilstand.value_added.layers.roles import roles_of
from tilstand.value_added.measurement_error import Calibrated, fit_calibrated
from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.reading import PupilFile
from tilstand.value_added.results import RandomInterceptResults
from tilstand.value_added.small_schools import check_smallest, leave_out, small_schools

_METHODS = ("reml", "ml")


@dataclass(frozen=True)
class Options:
    """Hold what the command is asked for.

    Parameters
    ----------
    formula : str
        ``outcome ~ predictors``.
    school : str
        The column of school ids, read as text.
    method : str
        ``reml`` or ``ml``.
    errors : dict of str to (float or Sem)
        Predictors measured with error, and what is known of it.
    level : float
        Level of the intervals.
    min_n : int
        Smallest school whose numbers are written.

    Examples
    --------
    >>> Options("score ~ prior", "school").level
    0.95
    """

    formula: str
    school: str
    method: str = "reml"
    errors: dict[str, Error] = field(default_factory=dict)
    level: float = LEVEL
    min_n: int = MIN_PUPILS


def run(
    file: Path,
    formula: str,
    school: str,
    output: Path,
    *,
    method: str = "reml",
    prior: Sequence[str] | str | None = None,
    prior_reliability: Sequence[float] | float | None = None,
    prior_sem: Sequence[float | str] | float | str | None = None,
    level: float = LEVEL,
    min_n: int = MIN_PUPILS,
    cohort: str | None = None,
    class_: str | None = None,
    municipality: str | None = None,
    class_share: float | None = None,
    allow_large: bool = False,
) -> list[Path]:
    """Estimate the schools' contributions and write them down.

    Parameters
    ----------
    file : Path
        Pupils as CSV, Excel or Parquet. Parquet is streamed.
    formula : str
        ``outcome ~ predictors``.
    school : str
        The column of school ids, read as text.
    output : Path
        Folder for ``schools.csv`` and ``model.json``; made if it is not there.
    method : str
        ``reml`` or ``ml``.
    prior : str or sequence of str, optional
        Predictors measured with error.
    prior_reliability : float or sequence of float, optional
        Their reliabilities among these pupils, in the same order.
    prior_sem : float, str or sequence of them, optional
        Instead: their standard errors of measurement, or the columns that hold each pupil's.
    level : float
        Level of the intervals.
    cohort, class_, municipality : str, optional
        Columns of cohorts, classes and municipalities: the model then has these layers too. With
        a cohort, the cohorts' means are added to the formula.
    class_share : float, optional
        Borrowed class variance over class and pupil variance, where there are no class ids.
    min_n : int
        Schools with fewer pupils stay in the model; their rows of ``schools.csv`` are marked
        ``left out`` and hold no number. Where this would be one school alone, the smallest of
        the others goes with it: the one could be worked out from the rest. With cohorts, a
        school with a smaller cohort is left out of every file.
    allow_large : bool
        Read a text file of any size.

    Returns
    -------
    list of Path
        The files written: ``schools.csv`` and ``model.json``, and with layers those of
        `layers.files.write_layers`.

    Raises
    ------
    ValueAddedError
        One line for each fault of the file, the formula or the options.

    Warns
    -----
    ValueAddedWarning
        What looks wrong and is no fault; it stands in ``model.json`` too.
    """
    file, output = Path(file), Path(output)
    pupils: PupilFile | None = None
    try:
        options = Options(
            formula,
            school,
            method,
            _errors(prior, prior_reliability, prior_sem),
            check_level(level),
            min_n,
        )
        roles = {"municipality": municipality, "school": school, "cohort": cohort, "class": class_}
        columns = {role: column for role, column in roles.items() if column is not None}
        pupils = PupilFile(file, allow_large=allow_large)
        if len(columns) > 1 or class_share is not None:
            check_smallest(options.min_n)
            return _run_layers(pupils, options, columns, output, class_share)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ValueAddedWarning)
            effects, summary = _estimated(pupils, options)
    except ValueAddedError as error:
        seen = error if pupils is None else pupils.seen(error)
        raise seen.located(str(file)) from error
    summary["warnings"] = _doubts(caught)
    output.mkdir(parents=True, exist_ok=True)
    schools_path, model_path = output / "schools.csv", output / "model.json"
    schools_path.write_text(csv_of(effects), encoding="utf-8", newline="")
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    model_path.write_text(text + "\n", encoding="utf-8")
    _say_again(caught)
    return [schools_path, model_path]


def _pupils(
    file: PupilFile, options: Options, columns: list[str], text: list[str], schools: list[str]
) -> Any:
    """Read the columns that the model uses, and warn of names that may be meant as one."""
    header = pd.DataFrame(columns=file.columns)
    wanted = [*columns, *formula_columns(options.formula, header)]
    check_columns(header, wanted)
    data = file.data(wanted, text, schools)
    for note in file.notes:
        warnings.warn(note, NamesWarning, stacklevel=2)
    return data


def _run_layers(
    file: PupilFile,
    options: Options,
    columns: dict[str, str],
    output: Path,
    class_share: float | None,
) -> list[Path]:
    columns = roles_of(columns)
    as_text = [column for role, column in columns.items() if role != "cohort"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ValueAddedWarning)
        needed = [*columns.values(), *error_columns(options.errors)]
        places = [column for role, column in columns.items() if role in ("municipality", "school")]
        data = _pupils(file, options, needed, as_text, places)
        results = fit_layers(
            data,
            options.formula,
            columns,
            method=options.method,
            class_share=class_share,
            reliability=options.errors,
        )
    formula, level = options.formula, options.level
    about: dict[str, Any] = {"file": file.path.name, "formula": formula, "level": level}
    if results.model.design is not None:
        about["formula"] = results.model.design.formula
    if options.errors:
        known = {name: one for name, one in options.errors.items() if not isinstance(one, Sem)}
        sems = {name: one.value for name, one in options.errors.items() if isinstance(one, Sem)}
        about["prior"] = {
            **({"reliability": known} if known else {}),
            **({"sem": sems} if sems else {}),
        }
    about["warnings"] = _doubts(caught)
    written = write_layers(results, output, about, options.min_n)
    _say_again(caught)
    return written


def _doubts(caught: Sequence[warnings.WarningMessage]) -> list[str]:
    return [str(one.message) for one in caught if issubclass(one.category, ValueAddedWarning)]


def _say_again(caught: Sequence[warnings.WarningMessage]) -> None:
    for one in caught:
        warnings.warn(str(one.message), one.category, stacklevel=3)


def _estimated(file: PupilFile, options: Options) -> tuple[pd.DataFrame, dict[str, Any]]:
    formula, school, level = options.formula, options.school, options.level
    if options.method not in _METHODS:
        raise FormulaError(f"method: {options.method!r} is neither of {', '.join(_METHODS)}")
    check_smallest(options.min_n)
    data = _pupils(file, options, [school, *error_columns(options.errors)], [school], [school])
    if callable(data) and error_columns(options.errors):
        data = pd.concat(data())  # standard errors stand beside the formula's columns
    reml = options.method == "reml"
    prior: dict[str, Any] = {}
    if options.errors:
        both = fit_calibrated(formula, data, school, options.errors, reml=reml)
        results, effects = both.calibrated, both.schools(level)
        prior = {"prior": _calibration(both)}
    else:
        results = RandomIntercept.from_formula(formula, data, school).fit(reml=reml)
        effects = results.school_effects(level)
    small = small_schools(effects, options.min_n)
    effects, left_out = leave_out(effects, small, ("school",)), len(small)
    head = {"file": file.path.name, "formula": formula, "level": level}
    tail = {
        "left_out": {"schools": left_out, "min_n": options.min_n},
        "note": _note(results, left_out, options.min_n),
    }
    return effects, {**head, **results.as_dict(level), **prior, **tail}


def _listed(values: Any) -> list[Any]:
    return [values] if isinstance(values, (str, int, float)) else list(values or [])


def _errors(prior: Any, reliability: Any, sem: Any) -> dict[str, Error]:
    priors, reliabilities, sems = _listed(prior), _listed(reliability), _listed(sem)
    if reliabilities and sems:
        raise ReliabilityError(
            "prior: give either reliabilities or standard errors of measurement, not both"
        )
    if sems:
        if len(priors) != len(sems):
            raise ReliabilityError(
                f"{len(priors)} priors and {len(sems)} standard errors of measurement: give one "
                "a prior"
            )
        return {name: Sem(_number_or_column(one)) for name, one in zip(priors, sems, strict=True)}
    if len(priors) != len(reliabilities):
        raise ReliabilityError(
            f"{len(priors)} priors and {len(reliabilities)} reliabilities: give one reliability "
            "or one standard error of measurement a prior"
        )
    return dict(zip(priors, reliabilities, strict=True))


def _number_or_column(stated: float | str) -> float | str:
    try:
        return float(stated)
    except ValueError:
        return stated


def _calibration(both: Calibrated) -> dict[str, Any]:
    naive = both.naive
    sems = {name: one.value for name, one in both.errors.items() if isinstance(one, Sem)}
    return {
        "reliability": both.reliability,
        **({"sem": sems} if sems else {}),
        "naive": {
            "fixed_effects": {
                name: {"estimate": float(naive.params[name]), "se": float(naive.bse[name])}
                for name in naive.names
            },
            "variance": {"school": naive.school_variance, "residual": naive.scale},
            "log_likelihood": naive.llf,
        },
    }


def _note(results: RandomInterceptResults, left_out: int, min_n: int) -> str:
    said = []
    if results.boundary:
        said.append(
            "The school variance is not distinguishable from zero in these data; this does not "
            "show that all schools are equal, and the intervals allow for differences."
        )
    if left_out:
        said.append(
            f"{left_out} schools are left out of schools.csv because they, or a school that could "
            f"be worked out from the others, have fewer than {min_n} pupils; they are part of "
            "the model."
        )
    return " ".join(said)
