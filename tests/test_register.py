import pytest

from tilstand.check.own_data import check_all
from tilstand.errors import DataError
from tilstand.register import Register, read_text_table


@pytest.fixture
def register(tiny) -> Register:
    return tiny.register()


def test_leading_zeros_and_the_letters_na_are_kept_as_text(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("code,name\n0219,NA\n", encoding="utf-8")

    got = read_text_table(path, ("code", "name")).iloc[0].tolist()

    assert got == ["0219", "NA"]


def test_empty_cell_is_an_empty_text(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("code,name\n1,\n", encoding="utf-8")

    assert read_text_table(path, ("code",))["name"].tolist() == [""]


def test_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv: the file is missing"):
        read_text_table(tmp_path / "nowhere.csv", ("code",))


def test_missing_columns_are_named(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("code\n1\n", encoding="utf-8")

    with pytest.raises(DataError, match=r"table\.csv:1: the header lacks name, level"):
        read_text_table(path, ("code", "name", "level"))


@pytest.mark.parametrize(
    ("code", "year", "exp"),
    [
        ("9101", 2019, True),
        ("9101", 2020, False),
        ("9201", 2019, False),
        ("9201", 2020, True),
        ("9201", 2050, True),
        ("0000", 2020, False),
    ],
)
def test_municipality_code_is_valid_in_its_years_only(register, code, year, exp):
    assert register.valid_unit("municipality", code, year) is exp


def test_code_of_a_county_is_no_municipality(register):
    assert not register.valid_unit("municipality", "92", 2020)


def test_unit_is_found_by_code_and_year(register):
    assert register.unit("9201", 2020)["place"] == "eksempel"


def test_unit_out_of_its_years_says_when_it_was_valid(register):
    with pytest.raises(DataError, match=r"'9101' was no unit in 2020; .* Eksempel 1900-2019"):
        register.unit("9101", 2020)


def test_unit_that_never_was_says_so(register):
    with pytest.raises(DataError, match="no unit ever had the code"):
        register.unit("1234", 2020)


def test_place_keeps_every_code_it_has_had(register):
    assert register.codes("eksempel") == ["9101", "9201"]


@pytest.mark.parametrize(("language", "exp"), [("nb", "landet"), ("en", "the country")])
def test_place_is_named_in_the_language(register, language, exp):
    assert register.name("landet", 2020, language) == exp


@pytest.mark.parametrize(("year", "exp"), [(2019, "Gamle Nabo"), (2020, "Nabo"), (2050, "Nabo")])
def test_place_is_named_as_it_was_in_the_year(register, year, exp):
    assert register.name("nabo", year, "nb") == exp


def test_place_that_is_gone_keeps_its_last_name(register):
    assert register.name("gammelt-fylke", 2020, "en") == "Old County"


def test_county_follows_the_year(repo_register):
    got = [
        repo_register.unit(code, year)["county"] for code, year in (("0219", 2019), ("3024", 2020))
    ]

    assert got == ["02", "30"]


@pytest.mark.parametrize(
    ("county", "year", "exp"),
    [("02", 2010, "Akershus"), ("30", 2020, "Viken"), ("32", 2024, "Akershus")],
)
def test_county_is_called_what_it_was_called_then(repo_register, county, year, exp):
    assert repo_register.unit(county, year)["name_nb"] == exp


def test_compound_category_is_labelled_part_by_part(register):
    assert register.category_label("municipal/spring", "nb") == "kommunale, vår"


def test_compound_category_is_known_only_when_all_its_parts_are(register):
    got = [register.knows_category(name) for name in ("municipal/spring", "municipal/autumn")]

    assert got == [True, False]


def test_no_category_is_a_known_one(register):
    assert register.knows_category("")


def test_indicator_carries_what_the_catalogue_says(register):
    got = register.indicators["wellbeing_share"]

    assert (got.unit, got.decimals, got.name["en"]) == ("percent", 1, "wellbeing")


def test_breaks_of_an_indicator_are_found(register):
    assert [row["year"] for row in register.breaks_of("wellbeing_share")] == ["2016"]


def test_indicator_without_breaks_has_none(register):
    assert register.breaks_of("pupils") == []


@pytest.mark.parametrize(("form", "exp"), [("short", "report"), ("title", "Report")])
def test_source_is_named_in_two_forms(register, form, exp):
    assert register.source_title("report", "en", form) == exp


def test_register_of_the_repository_gives_no_code_to_two_units_at_once(repo_register):
    units = repo_register.units
    pairs = units.merge(units, on=["level", "code"])
    meet = (pairs["valid_from_x"] <= pairs["valid_to_y"]) & (
        pairs["valid_from_y"] <= pairs["valid_to_x"]
    )

    got = pairs[meet & (pairs["place_x"] != pairs["place_y"])]

    assert got.empty


def test_every_break_that_an_indicator_names_is_in_the_register(repo_register):
    named = {code for entry in repo_register.indicators.values() for code in entry.breaks}

    assert named <= set(repo_register.breaks["break"])


def test_every_break_and_its_indicators_name_each_other(repo_register):
    exp = {
        (entry.code, code) for entry in repo_register.indicators.values() for code in entry.breaks
    }

    got = {
        (indicator, row["break"])
        for row in repo_register.breaks.to_dict("records")
        for indicator in row["indicators"].split(";")
    }

    assert got == exp


def test_every_county_of_a_municipality_was_a_county_then(repo_register):
    homes = repo_register.units[repo_register.units["county"] != ""]

    got = [
        row.code
        for row in homes.itertuples()
        if not repo_register.valid_unit("county", row.county, max(row.valid_from, 1900))
    ]

    assert got == []


@pytest.mark.parametrize(("code", "exp"), [("0301", True), ("3201", False), ("9999", False)])
def test_oslo_is_its_own_county(repo_register, code, exp):
    assert repo_register.is_its_county(code, 2025) is exp


@pytest.mark.parametrize(
    ("content", "exp"),
    [
        (b"a,b\n1,\xe6\n", r"x.csv:2: expected text in UTF-8"),
        (b"", r"x.csv:1: '', expected the header a,b"),
        (b"a,b\n1,2\n1,2,3\n", r"x.csv:3: '3 cells', expected 2 cells"),
        (b'a,b\n1,"2\n', r"x.csv: .*expected well-formed CSV"),
    ],
)
def test_file_of_a_broken_form_is_told_in_one_line(tmp_path, content, exp):
    (tmp_path / "x.csv").write_bytes(content)

    with pytest.raises(DataError, match=exp):
        read_text_table(tmp_path / "x.csv", ("a", "b"))


def test_statements_with_a_broken_header_are_told_in_one_line(project_copy):
    path = project_copy.statements / "arsrapport.csv"
    path.write_bytes(path.read_bytes().replace(b"kind", b"kindd", 1))

    assert [str(fault) for fault in check_all(project_copy)] == [
        "data/statements/arsrapport.csv:1:kind: '', expected a column named 'kind'"
    ]
