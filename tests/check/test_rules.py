import pandas as pd
import pytest

from tilstand import contracts
from tilstand.check.rules import repeated, sums, unlike
from tilstand.tabular.strict import ROW

LEVELS = ("level_1", "level_2", "level_3")


def sum_faults(tiny) -> list[str]:
    return [str(fault) for fault in sums(tiny.project, tiny.register())]


def mastery(*values: str) -> list[dict[str, str]]:
    return [
        {"indicator": "mastery_share", "category": level, "value": value, "subject": "reading"}
        for level, value in zip(LEVELS, values, strict=True)
    ]


def test_cells_that_do_not_fit_are_named_with_their_row():
    table = pd.DataFrame({"year": ["2020", "x"], ROW: [2, 3]})

    got = [str(fault) for fault in unlike(table, "a.csv", "year", str.isdigit, "a year")]

    assert got == ["a.csv:3:year: 'x', expected a year"]


def test_parts_that_sum_to_their_total_are_right(tiny):
    tiny.write_figures(
        {"value": "10"}, {"gender": "female", "value": "4"}, {"gender": "male", "value": "6"}
    )

    assert sum_faults(tiny) == []


def test_parts_that_miss_their_total_are_told_at_the_total(tiny):
    tiny.write_figures(
        {"value": "11"}, {"gender": "female", "value": "4"}, {"gender": "male", "value": "6"}
    )

    got = sum_faults(tiny)

    assert got == [
        "data/published/figures.csv:2:value: '10', expected gender female, male to sum to 11"
    ]


def test_rule_waits_until_all_parts_and_the_total_are_there(tiny):
    tiny.write_figures({"value": "11"}, {"gender": "female", "value": "4"})

    assert sum_faults(tiny) == []


def test_parts_of_one_section_are_not_held_to_the_total_of_another(tiny):
    tiny.write_figures(
        {"value": "11", "section": "2"},
        {"gender": "female", "value": "4"},
        {"gender": "male", "value": "6"},
    )

    assert sum_faults(tiny) == []


@pytest.mark.parametrize(
    ("values", "exp"), [(("26.5", "50.1", "23.3"), 0), (("26.5", "50.1", "22.0"), 1)]
)
def test_whole_distribution_sums_to_a_hundred_within_rounding(tiny, values, exp):
    tiny.write_figures(*mastery(*values))

    assert len(sum_faults(tiny)) == exp


def test_sum_that_the_readers_are_told_about_is_let_pass(tiny):
    tiny.write_figures(*mastery("26.5", "50.1", "22.0"))
    row = ("c-1", "mastery_share", "2020", "parts_do_not_sum", "Nb.", "En.", "report", "1.1")
    text = ",".join(contracts.CONTRADICTION_COLUMNS) + "\n" + ",".join(row) + "\n"
    tiny.write("data/statements/contradictions-a.csv", text)

    assert sum_faults(tiny) == []


def test_sum_is_not_judged_when_a_part_is_not_known(tiny):
    tiny.write_figures(
        {"value": "10"},
        {"gender": "female", "value": "", "status": "suppressed"},
        {"gender": "male", "value": "6"},
    )

    assert sum_faults(tiny) == []


def test_sum_is_not_judged_when_the_total_is_not_known(tiny):
    tiny.write_figures(
        {"value": "", "status": "missing"},
        {"gender": "female", "value": "4"},
        {"gender": "male", "value": "6"},
    )

    assert sum_faults(tiny) == []


def test_row_that_stands_in_two_files_is_summed_once(tiny):
    rows = ({"value": "10"}, {"gender": "female", "value": "4"}, {"gender": "male", "value": "6"})
    tiny.write_figures(*rows)
    tiny.write_figures(rows[0], rows[1], name="more.csv")

    assert sum_faults(tiny) == []


def test_row_that_stands_in_two_files_is_a_fault_at_the_second(tiny):
    tiny.write_figures({"value": "10"})
    tiny.write_figures({"value": "10"}, name="more.csv")

    (got,) = [str(fault) for fault in repeated(tiny.project)]

    assert got.startswith("data/published/more.csv:2:indicator: 'pupils', expected a measure that")


def test_project_without_figures_has_no_faults(tiny):
    tiny.figures_file.unlink()

    assert [*sums(tiny.project, tiny.register()), *repeated(tiny.project)] == []


def test_same_value_in_two_sections_is_no_contradiction(tiny):
    tiny.write_figures({"value": "5"}, {"value": "5.0", "section": "2"})

    assert repeated(tiny.project) == []


def test_two_values_without_marks_are_a_fault_that_names_both_places(tiny):
    tiny.write_figures({"value": "5"}, {"value": "6", "section": "2"})

    (got,) = [str(fault) for fault in repeated(tiny.project)]

    exp = "contested_other on all values but one, of data/published/figures.csv:2, data/published/"
    assert exp in got


def test_two_values_of_which_one_is_marked_aside_are_right(tiny):
    tiny.write_figures(
        {"value": "5", "mark": "contested"},
        {"value": "6", "section": "2", "mark": "contested_other"},
    )

    assert repeated(tiny.project) == []


def test_value_marked_aside_needs_one_that_the_book_uses(tiny):
    tiny.write_figures({"value": "5", "mark": "contested_other"})

    (got,) = repeated(tiny.project)

    assert got.expected == "another mark on the value that the book is to use"


def test_contested_value_needs_the_other_value(tiny):
    tiny.write_figures({"value": "5", "mark": "contested"})

    (got,) = repeated(tiny.project)

    assert (got.column, got.value) == ("mark", "contested")


def test_missing_value_contradicts_nothing(tiny):
    tiny.write_figures({"value": "5"}, {"value": "", "status": "missing", "section": "2"})

    assert repeated(tiny.project) == []
