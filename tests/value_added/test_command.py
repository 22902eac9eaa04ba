"""The command's files, and its one-line refusals."""

import inspect
import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tilstand.cli import app
from tilstand.commands import pupils as pupils_commands
from tilstand.value_added import RandomIntercept, ValueAddedError
from tilstand.value_added.command import run
from tilstand.value_added.defaults import LEVEL, MIN_PUPILS
from tilstand.value_added.errors import PersonalDataWarning


@pytest.mark.parametrize("form", ["csv", "semicolon", "xlsx", "parquet", "utf-16", "cp1252"])
def test_every_form_of_file_gives_the_same_schools(pupils, tmp_path, form):
    path = tmp_path / "elever.csv"
    if form == "xlsx":
        path = tmp_path / "elever.xlsx"
        pupils.to_excel(path, index=False)
    elif form == "parquet":
        path = tmp_path / "elever.parquet"
        pupils.to_parquet(path)
    elif form == "semicolon":
        pupils.to_csv(path, index=False, sep=";", decimal=",", encoding="utf-8-sig")
    else:
        pupils.assign(navn="Åse").to_csv(
            path, index=False, sep=";", encoding="utf-8" if form == "csv" else form
        )
    schools, _ = run(path, "score ~ prior + gender", "school", tmp_path / "ut")
    got = pd.read_csv(schools, dtype={"school": str})
    exp = RandomIntercept.from_formula("score ~ prior + gender", pupils, "school").fit()
    assert list(got["school"]) == [f"{i:04d}" for i in range(20)]
    np.testing.assert_allclose(got["estimate"], exp.conditional_mode, rtol=1e-8)


def test_model_file_has_the_agreed_keys(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.loc[3, "prior"] = np.nan
    pupils.to_csv(path, index=False)
    _, model = run(path, "score ~ prior", "school", tmp_path, method="ml")
    got = json.loads(model.read_text(encoding="utf-8"))
    assert set(got["fixed_effects"]) == {"Intercept", "prior"}
    assert set(got["fixed_effects"]["prior"]) == {"estimate", "se"}
    assert {"school", "residual"} <= set(got["variance"])
    assert got["n"] == len(pupils) - 1
    assert got["schools"] == 20
    assert got["converged"] is True
    assert got["boundary"] is False
    assert got["rows"] == {
        "read": len(pupils),
        "used": len(pupils) - 1,
        "lost": 1,
        "missing": {"prior": 1},
    }


def test_schools_file_has_the_agreed_columns(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    schools, _ = run(path, "score ~ prior", "school", tmp_path)
    got = pd.read_csv(schools)
    agreed = ["school", "n", "unshrunk", "estimate", "se", "ci_low", "ci_high", "reliability"]
    assert [name for name in got.columns if name in agreed] == agreed
    assert "conditional_se" in got


def test_reliability_below_one_steepens_the_slope(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    options = {"prior": "prior", "prior_reliability": 0.8}
    _, model = run(path, "score ~ prior", "school", tmp_path, **options)
    got = json.loads(model.read_text(encoding="utf-8"))
    naive = got["prior"]["naive"]["fixed_effects"]["prior"]["estimate"]
    assert got["fixed_effects"]["prior"]["estimate"] > 1.2 * naive


FAULTS = {
    "unknown predictor": ({}, "score ~ priar", "priar: no such column"),
    "unknown outcome": ({}, "skore ~ prior", "skore: no such column"),
    "outcome is text": (
        {"score": "godt"},
        "score ~ prior",
        "2:score: 'godt', a number was expected",
    ),
    "infinite prior": (
        {"prior": np.inf},
        "score ~ prior",
        "2:prior: inf, a finite number was expected",
    ),
    "constant outcome": ({"score": 50.5}, "score ~ prior", "score: the outcome is 50.5"),
    "one school": ({"school": "0001"}, "score ~ prior", "only one school (0001)"),
    "no prior at all": ({"prior": np.nan}, "score ~ prior", "none of 390 rows is complete"),
    "constant prior": ({"prior": 3.0}, "score ~ prior", "prior: the predictor is the same"),
    "no outcome": ({}, "~ prior", "the formula"),
    "not a formula": ({}, "score ~ prior +* 2", "the formula"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_data_are_refused_in_one_line(pupils, tmp_path, fault):
    change, formula, message = FAULTS[fault]
    path = tmp_path / "elever.csv"
    pupils.assign(**change).to_csv(path, index=False)
    with pytest.raises(ValueAddedError) as refused:
        run(path, formula, "school", tmp_path)
    assert len(refused.value.lines) == 1
    assert "\n" not in refused.value.lines[0]
    start = f"{path}:" if message[0].isdigit() else f"{path}: "
    assert refused.value.lines[0].startswith(start + message)


def test_unknown_school_column_is_refused(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    with pytest.raises(ValueAddedError, match="skole: no such column"):
        run(path, "score ~ prior", "skole", tmp_path)


def test_collinear_predictors_are_named(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.assign(twice=2 * pupils["prior"] + 1).to_csv(path, index=False)
    with pytest.raises(ValueAddedError, match="twice: the predictor is collinear with prior"):
        run(path, "score ~ prior + gender + twice", "school", tmp_path)


@pytest.mark.parametrize(
    ("term", "advice"),
    [
        ("cr(prior, df=4)", r"add up to the intercept.*cr\(prior, df=4, constraints='center'\)"),
        ("bs(prior, df=5, include_intercept=True)", "leave include_intercept out"),
    ],
)
def test_a_spline_that_adds_up_to_the_intercept_is_told_how_to_mend(pupils, tmp_path, term, advice):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    with pytest.raises(ValueAddedError, match=advice):
        run(path, f"score ~ {term}", "school", tmp_path)


def test_the_centred_spline_of_the_advice_fits(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    run(path, "score ~ cr(prior, df=4, constraints='center')", "school", tmp_path)
    model = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert len(model["fixed_effects"]) == 5


@pytest.mark.parametrize("name", ["elever", "elever.csv", "elever.parquet"])
def test_a_folder_is_called_a_folder(tmp_path, name):
    path = tmp_path / name
    path.mkdir()
    with pytest.raises(ValueAddedError, match="is a folder: name the pupil file in it"):
        run(path, "score ~ prior", "school", tmp_path)


@pytest.mark.parametrize("content", ["", "\n", "school,score,prior\n"])
def test_empty_file_is_refused(tmp_path, content):
    path = tmp_path / "tom.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueAddedError, match=r"tom\.csv"):
        run(path, "score ~ prior", "school", tmp_path)


def test_a_text_file_named_xlsx_is_read_as_the_text_it_is(pupils, tmp_path):
    path = tmp_path / "elever.xlsx"
    pupils.to_csv(path, index=False)
    schools, _ = run(path, "score ~ prior", "school", tmp_path)
    assert len(pd.read_csv(schools)) == pupils["school"].nunique()


def test_missing_file_and_broken_parquet_are_refused(tmp_path):
    broken = tmp_path / "b.parquet"
    broken.write_bytes(b"not parquet")
    for path in (broken, tmp_path / "borte.csv", tmp_path / "borte.parquet"):
        with pytest.raises(ValueAddedError, match=path.name):
            run(path, "score ~ prior", "school", tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prior": "prior"}, "1 priors and 0 reliabilities"),
        ({"prior": "intake", "prior_reliability": 0.8}, "intake: not a predictor"),
        ({"prior": "prior", "prior_reliability": 1.2}, "prior: a reliability lies"),
        (
            {"prior": "prior", "prior_reliability": 0.01},
            "prior: the stated reliability or error leaves",
        ),
        ({"prior": "score", "prior_reliability": 0.9}, "score: is the outcome and cannot be its"),
        ({"prior": "prior", "prior_sem": 200.0}, "prior: the stated reliability or error leaves"),
        ({"prior": "prior", "prior_sem": -1.0}, "prior: a standard error of measurement is not"),
        ({"prior": "prior", "prior_sem": "nope"}, "nope: no such column"),
        ({"prior": "prior", "prior_sem": [1.0, 2.0]}, "1 priors and 2 standard errors"),
        ({"prior": "prior", "prior_sem": 1.0, "prior_reliability": 0.9}, "prior: give either"),
        ({"level": 95}, "level: 95 does not lie between 0 and 1: write 0.95"),
        ({"min_n": 0}, "min-n: 0 is too small"),
        ({"method": "ols"}, "method: 'ols'"),
    ],
)
def test_bad_options_are_refused(pupils, tmp_path, options, message):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    with pytest.raises(ValueAddedError) as refused:
        run(path, "score ~ prior", "school", tmp_path, **options)
    assert refused.value.lines[0].startswith(f"{path}: {message}")


def test_a_star_among_scores_is_named_with_its_row(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    text = pupils["prior"].astype(str).where(pupils.index != 7, "*")
    pupils.assign(prior=text).to_csv(path, index=False)
    with pytest.raises(ValueAddedError) as refused:
        run(path, "score ~ prior", "school", tmp_path)
    assert refused.value.lines == [f"{path}:9:prior: '*', a number was expected"]


def test_a_fault_late_in_a_stream_is_counted_from_the_start(pupils):
    pupils.loc[300, "prior"] = np.inf
    chunks = [pupils.iloc[:150], pupils.iloc[150:]]
    with pytest.raises(ValueAddedError, match="prior: row 301: inf"):
        RandomIntercept.from_formula("score ~ prior", chunks, "school")


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("score ~ prior + (1|school)", "the formula names predictors only"),
        ("score ~ .", "the formula cannot be read"),
        ("yield ~ prior + gender", "the formula cannot be read: 'yield': write Q"),
        ("score ~ score + prior", "score: the predictors say it exactly"),
        ("score ~ C(school)", "20 predictors that are the same for all pupils of a school"),
        ("score ~ gone(prior)", "gone: no such column"),
    ],
)
def test_formulas_that_cannot_work_are_refused(pupils, formula, message):
    with pytest.raises(ValueAddedError) as refused:
        RandomIntercept.from_formula(formula, pupils, "school").fit()
    assert refused.value.lines[0].startswith(message)


def test_rows_a_transformation_loses_are_counted(pupils):
    pupils["gain"] = np.where(pupils.index < 5, -1.0, 2.0 + pupils.index)
    rows = RandomIntercept.from_formula("score ~ np.log(gain)", pupils, "school").rows
    assert (rows.lost, rows.missing) == (5, {"np.log(gain)": 5})


def test_sem_gives_the_local_reliability(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.assign(sem=4.0).to_csv(path, index=False)
    written = []
    for stated in (4.0, "4.0", "sem"):
        _, model = run(path, "score ~ prior", "school", tmp_path, prior="prior", prior_sem=stated)
        written.append(json.loads(model.read_text(encoding="utf-8")))
    exp = 1 - 16 / pupils["prior"].var()
    for got in written:
        assert got["prior"]["reliability"]["prior"] == pytest.approx(exp)
        assert got["fixed_effects"]["prior"]["estimate"] == pytest.approx(
            written[0]["fixed_effects"]["prior"]["estimate"]
        )
    assert written[0]["prior"]["sem"] == {"prior": 4.0}


@pytest.mark.parametrize(("min_n", "count"), [(10, 0), (11, 2), (12, 2), (13, 3), (100, 20)])
def test_small_schools_are_marked_and_never_one_alone(pupils, tmp_path, min_n, count):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    schools, model = run(path, "score ~ prior", "school", tmp_path, min_n=min_n)
    got = pd.read_csv(schools, dtype={"school": str})
    summary = json.loads(model.read_text(encoding="utf-8"))
    small = got["status"] == "left out"
    assert small.sum() == count == summary["left_out"]["schools"]
    assert summary["schools"] == len(got) == 20
    assert got.loc[small].drop(columns=["school", "status"]).isna().all(axis=None)
    assert got.loc[~small, "n"].min() >= min_n or not (~small).any()
    assert ("left out" in summary["note"]) == bool(count)
    exp = RandomIntercept.from_formula("score ~ prior", pupils, "school").fit()
    np.testing.assert_allclose(got.loc[~small, "estimate"], exp.conditional_mode[~small])


def test_single_pupils_are_written_with_a_warning(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.to_csv(path, index=False)
    with pytest.warns(PersonalDataWarning, match="schools.csv is personal data"):
        _, model = run(path, "score ~ prior", "school", tmp_path, min_n=1)
    summary = json.loads(model.read_text(encoding="utf-8"))
    assert summary["warnings"] == [
        "schools of a single pupil are written down: schools.csv is personal data"
    ]


def test_doubts_are_told_on_the_error_stream(pupils, tmp_path):
    path = tmp_path / "elever.csv"
    pupils.assign(prior=pupils["prior"].where(pupils.index % 9 > 0, 999)).to_csv(path, index=False)
    options = ["--formula", "score ~ prior", "--school", "school", "--output", str(tmp_path)]
    got = CliRunner().invoke(app, ["value-added", str(path), *options])
    assert got.exit_code == 0
    assert got.stderr.startswith(f"{path}: prior: 999 (44 pupils) far outside the other values")


@pytest.mark.parametrize("layers", [[], ["--cohort", "cohort"]])
def test_rows_without_a_value_are_told_on_the_error_stream(pupils, tmp_path, layers):
    path = tmp_path / "elever.csv"
    blank = pupils["prior"].where(pupils.index % 9 > 0)
    cohort = 2020 + pupils.index % 2
    pupils.assign(prior=blank, cohort=cohort).to_csv(path, index=False)
    options = ["--formula", "score ~ prior", "--school", "school", "--output", str(tmp_path)]
    got = CliRunner().invoke(app, ["value-added", str(path), *options, *layers])
    lost = int(blank.isna().sum())
    told = f"{path}: {lost} of {len(pupils)} rows left out, without a value: prior {lost}"
    assert (got.exit_code, told in got.stderr.splitlines()) == (0, True)


def test_the_commands_help_states_the_defaults():
    got = inspect.signature(pupils_commands.value_added).parameters
    said = {name: got[name].annotation for name in ("level", "min_n")}
    assert f"{LEVEL:g}".lstrip("0") in said["level"]
    assert f"; {MIN_PUPILS} if not given" in said["min_n"]
