import numpy as np
import pandas as pd
import pytest

from tilstand.analysis.pupil_tables import mean_rows
from tilstand.analysis.table_forms import CountTable, MeanTable, PupilTables

SCHOOLS = {"Berg": 23, "Dal": 17, "Elv": 34, "Fjell": 6}


@pytest.fixture(scope="session")
def pupils():
    """A hundred or so pupils of four schools and two years, as one row each."""
    generator = np.random.default_rng(4)
    rows = []
    for year in ("2019", "2020"):
        for school, size in SCHOOLS.items():
            for _ in range(size):
                level = generator.choice(["1", "2", "3", "exempt"], p=[0.2, 0.5, 0.25, 0.05])
                gender = generator.choice(["female", "male"])
                score = round(generator.normal(50, 10)) if level != "exempt" else None
                rows.append((year, school, gender, level, score))
    return pd.DataFrame(rows, columns=["year", "school", "gender", "result", "score"])


def tables(pupils, views=(("year", "school", "result"), ("school", "gender", "result"))):
    inner = ["year", "school", "gender", "result"]
    counts = pupils.groupby(inner).size().rename("count").reset_index()
    shown = (("year", "school"), ("school", "gender"))
    means = mean_rows(pupils, "score", ("year", "school", "gender"), shown)
    test = {"grade": "5", "subject": "reading"}
    results = CountTable(
        "results",
        counts.assign(**test),
        tuple(inner),
        views,
        "result",
        ("grade", "subject"),
        {"result": dict.fromkeys("123", "took")},
    )
    scores = MeanTable(
        "scores", means.assign(**test), ("year", "school", "gender"), shown, ("grade", "subject")
    )
    return PupilTables({"results": results}, {"scores": scores})


@pytest.fixture(scope="session")
def town(pupils):
    return tables(pupils)


@pytest.fixture(scope="session")
def protected(town):
    from tilstand.pupils.protection import protect

    return protect(town)


@pytest.fixture(scope="session")
def open_tables(town):
    """The same tables with nothing hidden, as a broken program would make them."""
    from tilstand.edition.disclosure_rules import DisclosureRules
    from tilstand.pupils.protection import protect
    from tilstand.pupils.protection.book import views_of
    from tilstand.pupils.protection.counts import hide_counts

    from .render import with_frames

    loose = DisclosureRules(
        min_count=2, min_n=2, width=1, whole_group=False, complements=False, mean_width=0.001
    )
    counts, _, _ = views_of(town)
    made = protect(town, loose)
    system = hide_counts(counts, loose).system
    values = {}
    for at, view in enumerate(sorted(counts, key=lambda v: v.name)):
        frame = system.frame(at)
        values[view.name] = system.values[frame.index.to_numpy()]
    return with_frames(
        made,
        lambda name, f: (
            f.assign(count=pd.array(values[name], "Int64"), status="ok") if "count" in f else f
        ),
    )
