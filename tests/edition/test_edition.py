import datetime as dt

import numpy as np
import pytest

from tilstand.edition import (
    edition_names,
    listed_editions,
    load_edition,
    newest_edition,
    year_before,
    year_of,
)
from tilstand.errors import CallError, DataError
from tilstand.project import Project


def load(tiny, edition: str | int = 2020):
    return load_edition(tiny.project, tiny.register(), edition)


def fault_of(tiny) -> list[str]:
    with pytest.raises(DataError) as caught:
        load(tiny)
    return caught.value.lines


def copied(tiny, name: str, **said: str):
    """Write an edition under a name of its own beside the tiny project's."""
    path = tiny.project.editions / f"{name}.toml"
    text = tiny.edition_file.read_text(encoding="utf-8")
    extra = "".join(f"{key} = {value}\n" for key, value in said.items())
    path.write_text(extra + text, encoding="utf-8")
    return path


def test_editions_are_listed_oldest_first_and_invented_ones_last(tiny):
    for name in ("1999", "2011"):
        (tiny.project.editions / f"{name}.toml").write_text(f"year = {name}", encoding="utf-8")
    copied(tiny, "2020-nabo")
    copied(tiny, "eksempel", simulated="true")

    assert edition_names(tiny.project) == ["1999", "2011", "2020", "2020-nabo", "eksempel"]
    assert newest_edition(tiny.project).name == "2020-nabo"


@pytest.mark.parametrize("called", [2020, "2020", " 2020 "])
def test_edition_may_be_called_by_a_number_or_a_text(tiny, called):
    assert (load(tiny, called).name, load(tiny, called).year) == ("2020", 2020)


def test_edition_with_a_name_of_its_own_has_its_year_inside(tiny):
    copied(tiny, "2020-nabo")

    got = load(tiny, "2020-nabo")

    assert (got.name, got.year) == ("2020-nabo", 2020)
    assert year_of(tiny.project, "2020-nabo") == 2020


def test_year_before_is_in_the_name_or_added_to_it(tiny):
    copied(tiny, "eksempel")
    copied(tiny, "2020-nabo")

    got = [year_before(tiny.project, name) for name in (2020, "2020-nabo", "eksempel")]

    assert got == ["2019", "2019-nabo", "eksempel-2019"]


def test_wrong_name_is_one_line_that_lists_the_editions(tiny):
    copied(tiny, "2020-nabo")

    with pytest.raises(CallError) as caught:
        load(tiny, "2020-bergen")

    (got,) = caught.value.lines
    assert got.startswith("edition 2020-bergen: no file data/editions/2020-bergen.toml")
    assert got.endswith("editions there are: 2020, 2020-nabo")


def test_simulated_edition_has_an_invented_municipality_and_pupils(tiny):
    tiny.write_edition(simulated="true")

    got = fault_of(tiny)

    assert got == ["data/editions/2020.toml:municipality: '9201', expected a code valid in 2020"]


def test_table_of_former_editions_is_told_what_to_do(tiny):
    tiny.write_edition(schools="{example = true}")

    (got,) = fault_of(tiny)

    assert got.endswith("delete the table [schools]")


def test_file_that_cannot_be_read_is_listed_by_its_name(tiny):
    (tiny.project.editions / "2031.toml").write_text("year = = 1", encoding="utf-8")

    assert [one.year for one in listed_editions(tiny.project)] == [2020, 2031]


def test_county_and_nation_become_codes_of_the_year(tiny):
    assert load(tiny).comparators == ("92", "0", "9202")


def test_edition_of_an_earlier_year_has_the_county_of_that_year(tiny):
    tiny.write_edition(year="2018", municipality='"9101"', comparators='["county"]')
    tiny.edition_file.rename(tiny.project.editions / "2018.toml")

    assert load(tiny, 2018).comparators == ("91",)


def test_edition_without_a_date_is_dated_the_summer_after(tiny):
    tiny.write_edition(date="")

    assert load(tiny).date == dt.date(2021, 6, 1)


def test_year_without_a_file_is_a_wrong_call_that_lists_the_years(tiny):
    with pytest.raises(CallError, match=r"edition 1999: .* editions there are: 2020"):
        load(tiny, 1999)


def test_unknown_key_is_named(tiny):
    tiny.write_edition(colour='"blue"')

    (got,) = fault_of(tiny)

    assert got.startswith("data/editions/2020.toml: 'colour' is no key here; expected one of ")


@pytest.mark.parametrize("key", ["year", "municipality", "comparators", "languages"])
def test_missing_key_is_named(tiny, key):
    tiny.write_edition(**{key: ""})

    assert fault_of(tiny) == [f"data/editions/2020.toml: '{key}' is missing"]


@pytest.mark.parametrize(
    ("key", "value", "exp"),
    [
        ("year", "2019", "expected 2020 as in the file's name"),
        ("municipality", '"9101"', "expected a code valid in 2020"),
        ("municipality", '"92"', "expected a code valid in 2020"),
        ("languages", '["nb", "fr"]', "'fr', expected one of nb, en, in brackets"),
        ("languages", "[]", 'expected ["nb", "en"]'),
        ("languages", '"nb"', 'expected ["nb", "en"]'),
        ("languages", '[["nb"]]', "expected one of nb, en, in brackets"),
        ("comparators", '"county"', "expected a list of codes between quotes"),
        ("comparators", "[92]", "expected a list of codes between quotes"),
        ("comparators", '["9101"]', "'9101', did you mean "),
        ("comparators", '["contry"]', "did you mean 'county'? Expected one of county, nation, or"),
        ("date", '"June"', "expected 2021-06-01, without quotes"),
        ("date", "2021-06-01T12:00:00", "expected 2021-06-01, without quotes"),
    ],
)
def test_impossible_value_is_one_line_that_names_file_key_and_expectation(tiny, key, value, exp):
    tiny.write_edition(**{key: value})

    (got,) = fault_of(tiny)

    assert got.startswith(f"data/editions/2020.toml:{key}: ")
    assert exp in got


def test_two_faults_are_two_lines(tiny):
    tiny.write_edition(municipality='"1"', languages="[]")

    assert len(fault_of(tiny)) == 2


@pytest.mark.parametrize(
    ("line", "exp"),
    [
        ("year = = 2020", "not readable as TOML"),
        ("municipality = 0301", 'expected a code between quotes, such as municipality = "0301"'),
        ("comparators = [0301]", "expected a code between quotes"),
        ("municipality = Oslo", 'expected text between quotes, such as municipality = "text"'),
        ("municipality = “0301”", "expected straight quotes"),
        ("municipality: '0301'", "expected an equals sign"),
        ('file = "C:\\Users\\Kari\\elever.csv"', "expected a path with / between folders"),
    ],
)
def test_a_slip_in_the_file_is_named_with_its_row_and_the_way_out(line, exp, tiny):
    tiny.edition_file.write_text(f"# an edition\n{line}\n", encoding="utf-8")

    (got,) = fault_of(tiny)

    assert got.startswith(f"data/editions/2020.toml:2: '{line}', ")
    assert exp in got


def test_a_path_whose_backslashes_become_other_signs_is_refused(tiny):
    tiny.edition_file.write_bytes(
        tiny.edition_file.read_bytes()
        + b'\n[pupils]\nfile = "data\\new.csv"\noutcome = "a"\nprior = "b"\nschool = "c"\n'
    )

    (got,) = fault_of(tiny)

    assert got.startswith("data/editions/2020.toml:pupils.file: ")
    assert got.endswith("a path with / between folders, such as data/private/2025/elever.csv")


def test_a_byte_order_mark_does_no_harm(tiny):
    tiny.edition_file.write_bytes(b"\xef\xbb\xbf" + tiny.edition_file.read_bytes())

    assert load(tiny).year == 2020


def test_file_that_is_not_utf8_is_named_with_its_row(tiny):
    tiny.edition_file.write_bytes("year = 2020\n# Bærum\n".encode("latin-1"))

    (got,) = fault_of(tiny)

    assert got.startswith("data/editions/2020.toml:2: not text in UTF-8")


@pytest.mark.parametrize(("name", "year"), [("2010", 2010), ("2020", 2020), ("eksempel", 2020)])
def test_editions_of_the_repository_load(repo, repo_register, name, year):
    assert load_edition(repo, repo_register, name).year == year


@pytest.mark.parametrize("called", ["2020", 2020, " 2020 ", 2020.0, np.int64(2020)])
def test_an_edition_is_called_by_name_or_year_of_any_type(repo, repo_register, called):
    assert load_edition(repo, repo_register, called).name == "2020"


@pytest.mark.parametrize(
    "called",
    ["2021", 2021, "", None, True, "../editions/2020", "2020.toml", "a/b", "*", -1, "2020\x00"],
)
def test_a_wrong_edition_is_one_clear_line(repo, repo_register, called):
    with pytest.raises(CallError) as caught:
        load_edition(repo, repo_register, called)

    (got,) = caught.value.lines
    assert got.isprintable()
    assert got.endswith("editions there are: 2010, 2020, eksempel")


SLIPS = {
    'comparators = ["kostr"]': "'kostr', did you mean 'kostra'? Expected one of county, nation, as",
    'comparators = ["ASSS"]': "did you mean 'asss'?",
    'comparators = ["likn"]': "did you mean 'like'?",
    'comparators = ["norge"]': "did you mean 'nation'?",
    'comparators = ["fylke"]': "did you mean 'county'?",
    'comparators = ["Stavanger"]': 'did you mean "1103" (Stavanger)?',
    'comparators = ["1201"]': 'did you mean "4601" (Bergen)?',
    'municipality = "Bergen"': 'did you mean "4601" (Bergen)?',
    'municipality = "301"': 'did you mean "0301" (Oslo)?',
    'municipality = "99"': 'valid in 2025; four digits between quotes, such as "4601"',
    'municipality = "Baerum"': 'did you mean "3201" (Bærum)?',
    'municipality = "Oslo"': 'did you mean "0301" (Oslo)?',
    'languages = ["no"]': "did you mean 'nb'?",
    'languages = ["NB"]': "did you mean 'nb'?",
    "year = 20255": "expected a year without quotes",
    'year = "2025-26"': "expected a year without quotes",
    'date = "2026-06-01"': "expected 2026-06-01, without quotes",
    'leaveout = ["sfo"]': "did you mean 'leave_out'?",
    "simulate = true": "did you mean 'simulated'?",
    'kommune = "4601"': "did you mean 'municipality'?",
    "[disclosur]": "did you mean 'disclosure'?",
    "[disclosure]\nmincount = 5": "did you mean 'min_count'?",
    '[summary]\nfinding = "a"': "did you mean 'findings'?",
    '[[summary.findings]]\nstatment = "a"': "did you mean 'statement'?",
    '[[summary.charts]]\nform = "line"\nmeasure = "a"\nnb = "a"\nen = "a"': "did you mean 'lines'?",
    "reliability = 0,85": "expected a decimal point, such as reliability = 0.85",
    '[pupils]\nskole = "a"\nfile = "data/private/a/b.csv"\noutcome = "o"\nprior = "p"': "'school'?",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_misspelt_word_is_one_line_with_the_word_that_was_meant(slip, repo_register, tmp_path):
    said = {
        "year": "2025",
        "municipality": '"4601"',
        "comparators": '["county", "nation"]',
        "languages": '["nb", "en"]',
    }
    key, _, value = slip.partition(" = ")
    said |= {key: value} if key in said else {}
    if key == "kommune":
        del said["municipality"]
    lines = [f"{name} = {value}" for name, value in said.items()]
    lines += [] if key in said else [slip]
    project = Project(tmp_path)
    project.editions.mkdir(parents=True)
    (project.editions / "2025-slip.toml").write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(DataError) as caught:
        load_edition(project, repo_register, "2025-slip")

    (got,) = caught.value.lines
    assert got.startswith("data/editions/2025-slip.toml:")
    assert SLIPS[slip] in got
