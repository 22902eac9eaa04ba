"""What ``tilstand value-added`` does: a pupil file in, two small files out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tilstand.value_added.calibration import Error
from tilstand.value_added.checks import check_columns
from tilstand.value_added.errors import FormulaError, ReliabilityError, ValueAddedError
from tilstand.value_added.formula import formula_columns
from tilstand.value_added.layers.files import fit_layers, write_layers
from tilstand.value_added.layers.model import roles_of
from tilstand.value_added.measurement_error import Calibrated, fit_calibrated
from tilstand.value_added.random_intercept import RandomIntercept
from tilstand.value_added.reading import read_pupils
from tilstand.value_added.results import RandomInterceptResults

_METHODS = ("reml", "ml")


def run(
    file: Path,
    formula: str,
    school: str,
    output: Path,
    *,
    method: str = "reml",
    prior: Sequence[str] | str | None = None,
    prior_reliability: Sequence[float] | float | None = None,
    level: float = 0.95,
    cohort: str | None = None,
    class_: str | None = None,
    municipality: str | None = None,
    class_share: float | None = None,
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
        Their reliabilities, in the same order.
    level : float
        Level of the intervals.
    cohort, class_, municipality : str, optional
        Columns of cohorts, classes and municipalities: the model then has these layers too. With
        a cohort, the cohorts' means are added to the formula.
    class_share : float, optional
        Borrowed class variance over class and pupil variance, where there are no class ids.

    Returns
    -------
    list of Path
        The files written: ``schools.csv`` and ``model.json``, and with layers those of
        `layers.files.write_layers`.

    Raises
    ------
    ValueAddedError
        One line for each fault of the file, the formula or the options.
    """
    file, output = Path(file), Path(output)
    try:
        roles = {"municipality": municipality, "school": school, "cohort": cohort, "class": class_}
        columns = {role: column for role, column in roles.items() if column is not None}
        if len(columns) > 1 or class_share is not None:
            errors = _errors(prior, prior_reliability)
            return _run_layers(file, formula, columns, output, method, errors, level, class_share)
        return _run(file, formula, school, output, method, prior, prior_reliability, level)
    except ValueAddedError as error:
        raise error.located(str(file)) from error


def _run(
    file: Path,
    formula: str,
    school: str,
    output: Path,
    method: str,
    prior: Sequence[str] | str | None,
    prior_reliability: Sequence[float] | float | None,
    level: float,
) -> list[Path]:
    if method not in _METHODS:
        raise FormulaError(f"method: {method!r} is neither of {', '.join(_METHODS)}")
    errors = _errors(prior, prior_reliability)
    data: Any = file
    if file.suffix.lower() != ".parquet" or not file.is_file():
        data = read_pupils(file, text=[school])
        check_columns(data, [school, *formula_columns(formula, data)])
    reml = method == "reml"
    if errors:
        both = fit_calibrated(formula, school, data, errors, reml=reml)
        results = both.calibrated
        effects, summary = both.schools(level), results.as_dict(level)
        summary["prior"] = _calibration(both)
    else:
        results = RandomIntercept.from_formula(formula, school, data).fit(reml=reml)
        effects, summary = results.school_effects(level), results.as_dict(level)
    summary = {"file": file.name, "formula": formula, "level": level, **summary}
    summary["note"] = _note(results)
    output.mkdir(parents=True, exist_ok=True)
    schools_path, model_path = output / "schools.csv", output / "model.json"
    effects.to_csv(schools_path, index=False, encoding="utf-8")
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    model_path.write_text(text + "\n", encoding="utf-8")
    return [schools_path, model_path]


def _run_layers(
    file: Path,
    formula: str,
    columns: dict[str, str],
    output: Path,
    method: str,
    errors: dict[str, Error],
    level: float,
    class_share: float | None,
) -> list[Path]:
    data: Any = file
    columns = roles_of(columns)
    if file.suffix.lower() != ".parquet" or not file.is_file():
        as_text = [column for role, column in columns.items() if role != "cohort"]
        data = read_pupils(file, text=as_text)
        check_columns(data, [*columns.values(), *formula_columns(formula, data)])
    results = fit_layers(
        data,
        formula,
        columns,
        method=method,
        class_share=class_share,
        reliability={name: float(value) for name, value in errors.items()},
    )
    about: dict[str, Any] = {"file": file.name, "formula": formula, "level": level}
    if results.model.design is not None:
        about["formula"] = results.model.design.formula
    if errors:
        about["prior"] = {"reliability": errors}
    return write_layers(results, output, about)


def _errors(
    prior: Sequence[str] | str | None, reliability: Sequence[float] | float | None
) -> dict[str, Error]:
    priors = [prior] if isinstance(prior, str) else list(prior or [])
    values = [reliability] if isinstance(reliability, (int, float)) else list(reliability or [])
    if len(priors) != len(values):
        raise ReliabilityError(
            f"{len(priors)} priors and {len(values)} reliabilities: give one reliability a prior"
        )
    return dict(zip(priors, values, strict=True))


def _calibration(both: Calibrated) -> dict[str, Any]:
    naive = both.naive
    return {
        "reliability": both.errors,
        "naive": {
            "fixed_effects": {
                name: {"estimate": float(naive.params[name]), "se": float(naive.bse[name])}
                for name in naive.names
            },
            "variance": {"school": naive.school_variance, "residual": naive.scale},
            "log_likelihood": naive.llf,
        },
    }


def _note(results: RandomInterceptResults) -> str:
    if results.boundary:
        return (
            "The school variance is not distinguishable from zero in these data; this does not "
            "show that all schools are equal, and the intervals allow for differences."
        )
    return ""
