import numpy as np
import pytest

from tilstand.report import open_page
from tilstand.report.chapters.contribution import evidence, evidence_speed
from tilstand.report.page.tables import Table


@pytest.fixture(scope="module")
def page(repo):
    return open_page(2020, "nb", repo)


@pytest.fixture(scope="module")
def known(page) -> evidence.Evidence:
    return evidence.load_evidence(page)


def test_our_intervals_cover_as_promised_in_every_named_design(known):
    rows = known.of_method(evidence.OURS)
    named = rows[rows["design"].str.contains("x")]

    assert named["coverage"].between(93.5, 97).all()
    assert (named["replications"] == 2000).all()


def test_ends_of_the_coverage_name_their_cell(known):
    got = known.worst(evidence.USUAL)

    assert got.refs == ("evidence|coverage.csv|10x30|0.05|conditional|coverage",)
    assert got.text("nb") == "82,4"


def test_every_number_beside_lme4s_is_equal(known):
    assert float(known.equal()) == float(known.compared()) == 21


def test_chart_has_a_row_for_each_design_and_share(page, known):
    got = evidence.coverage_rows(page, known)

    assert len(got) == len(known.of_method(evidence.OURS))
    assert got["other"].notna().all()
    assert got["group"].nunique() == 2


def test_table_has_a_column_for_each_method_tried_everywhere(page, known):
    frame, columns = evidence.coverage_table(page, known)

    assert {"integrated", "conditional", "second_order"} <= {column.key for column in columns}
    assert "bootstrap" not in {column.key for column in columns}
    assert not frame.isna().to_numpy()[:, :4].any()


def test_bootstrap_stands_in_the_comparison_of_methods(page, known):
    got = evidence.method_rows(page, known, "10x30", 0.05)

    assert "parametrisk bootstrap" in got["label"].tolist()


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_scenario_and_quantity_has_a_name(repo, language):
    page = open_page(2020, language, repo)
    known = evidence.load_evidence(page)

    assert evidence.recovery_rows(page, known)["label"].notna().all()
    assert evidence.lme4_rows(page, known)["label"].notna().all()


def test_lme4s_numbers_keep_their_decimals(page, known):
    columns = evidence.lme4_columns(page)
    table = Table(evidence.lme4_rows(page, known), columns, "lme4")

    assert "\N{MINUS SIGN}4\N{NO-BREAK SPACE}673,28726565" in table.html("nb")
    assert ",-4673.287266," in table.csv()
    assert {field["type"] for field in table.fields()[1:3]} == {"number"}


def test_times_are_over_ours_of_the_same_size(page):
    table = evidence_speed.load_speed(page).table
    ours = table[table["tool"] == evidence_speed.OURS].set_index("pupils")["cpu_seconds"]

    exp = table["cpu_seconds"] / table["pupils"].map(ours)
    np.testing.assert_allclose(table["times_ours"], exp, rtol=1e-4)
    np.testing.assert_allclose(table["cpu_ms"], 1000 * table["cpu_seconds"], rtol=1e-4)


def test_every_tool_measured_has_a_row_and_what_was_not_tried_a_dash(page):
    speed = evidence_speed.load_speed(page)
    rows = evidence_speed.speed_rows(page, speed).set_index("label")

    assert len(rows) == speed.table["tool"].nunique() - 2
    assert rows.loc["vår"].drop("gives").eq(1).all()
    assert np.isnan(rows.loc["MixedLM", "6000000"])
    assert set(rows) >= {str(size) for size in speed.table["pupils"]}


def test_fastest_other_takes_the_least_time_of_the_others(page):
    speed = evidence_speed.load_speed(page)
    table = speed.table[speed.table["pupils"] == 60_000].set_index("tool")["cpu_seconds"]
    others = table.drop([name for name in table.index if name.startswith(("ours", "bare"))])

    assert speed.fastest_other(60_000) == others.idxmin()
