"""Hold the way from the grade to the analysis against the pupils, and against the tables."""

import numpy as np
import pandas as pd
import pytest

from tilstand.disclosure.cells import TOTAL
from tilstand.pupils import door
from tilstand.report import open_page
from tilstand.report.chapters.contribution.flow import open_flow
from tilstand.report.chapters.contribution.shown import Shown, open_shown

PUPILS = """
[pupils]
file = "data/private/elever.csv"
school = "skole"
outcome = "lesing 9"
prior = "lesing 8"
subject = "reading"
grade = "9"
cohort = "høst"
exempt = "fritatt"
"""


@pytest.fixture
def edition(project_copy):
    """Give the edition 2020 pupils of whom some are exempt, absent or without an earlier result."""
    plain = (project_copy.editions / "2020.toml").read_text(encoding="utf-8")

    def write(exempt, absent, no_prior):
        rng = np.random.default_rng(5)
        school = np.repeat([f"{name} skole" for name in ("Berg", "Li", "Mo", "Vik")], 40)
        prior = rng.normal(50, 9, len(school)).round().clip(20, 80)
        frame = pd.DataFrame({"høst": 2020, "skole": school, "lesing 8": prior})
        frame["lesing 9"] = frame["lesing 8"] + rng.integers(-4, 9, len(frame))
        frame["fritatt"] = "nei"
        order = rng.permutation(len(frame))
        for column, value, count in (
            ("fritatt", "ja", exempt),
            ("lesing 9", np.nan, absent),
            ("lesing 8", np.nan, no_prior),
        ):
            chosen, order = order[:count], order[count:]
            frame.loc[chosen, column] = value
            if column == "fritatt":
                frame.loc[chosen, "lesing 9"] = np.nan
        path = project_copy.root / "data" / "private" / "elever.csv"
        path.parent.mkdir(exist_ok=True)
        frame.to_csv(path, index=False)
        (project_copy.editions / "2020.toml").write_text(plain + PUPILS, encoding="utf-8")
        return open_page(2020, "nb", project_copy)

    return write


@pytest.mark.parametrize(("exempt", "absent", "no_prior"), [(20, 15, 25), (12, 30, 0)])
def test_steps_are_the_pupils_of_the_file(edition, exempt, absent, no_prior):
    got = open_flow(open_shown(edition(exempt, absent, no_prior))).rows.set_index("step")["pupils"]

    wanted = {
        "enrolled": 160,
        "exempt": exempt,
        "absent": absent,
        "took": 160 - exempt - absent,
        "analysed": 160 - exempt - absent - no_prior,
    }
    assert got.astype(int).to_dict() == wanted


@pytest.mark.parametrize(
    ("exempt", "absent", "no_prior"), [(2, 30, 20), (20, 3, 20), (20, 20, 2), (1, 1, 1)]
)
def test_a_step_that_the_tables_hide_is_hidden_here_too(edition, exempt, absent, no_prior):
    page = edition(exempt, absent, no_prior)
    results = door.open_door(page.project, "2020").protected.counts(
        "results", "year", "gender", "result"
    )
    whole = results[(results["gender"] == TOTAL) & (results["year"] == "2020")]
    hidden = set(whole.loc[whole["count"].isna(), "result"])

    flow = open_flow(open_shown(page))

    pupils = flow.rows.set_index("step")["pupils"]
    assert {step for step in ("exempt", "absent", "took") if np.isnan(pupils[step])} == (
        hidden & {"exempt", "absent", "took"}
    )
    lost = pupils["took"] - pupils["analysed"]
    assert not 0 < lost < 5
    told = flow.message()
    assert told["exempt_share"].missing == ("exempt" in hidden)
    assert told["enrolled"].refs[0].startswith("protected|results/9/reading|count")


def test_without_pupils_there_is_no_way_to_follow(repo):
    flow = open_flow(Shown(open_page(2020, "nb", repo)))

    assert flow.rows.empty
    assert all(value.missing for value in flow.message().values())
