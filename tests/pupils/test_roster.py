from dataclasses import replace

import pytest

from tilstand.edition import load_edition
from tilstand.errors import DataError
from tilstand.pupils.roster import schools_of, slug_of

PUPILS = """\
elev;skole;grade;skaar;forrige
a;912345678;8;50;51
b;912345678;9;50;51
c;987654321;9;50;51
d;987654321;9;50;51
"""


def edition_of(tiny, **tables):
    tiny.write_edition(**tables)
    return load_edition(tiny.project, tiny.register(), 2020)


def with_file(tiny, text=PUPILS):
    tiny.write("data/private/2020/pupils.csv", text)
    said = '{file = "data/private/2020/pupils.csv", outcome = "skaar", '
    said += 'prior = "forrige", school = "skole"}'
    return edition_of(tiny, pupils=said)


@pytest.fixture(scope="module")
def example(repo, repo_register):
    return schools_of(repo, load_edition(repo, repo_register, "eksempel"))


def test_example_has_the_thirty_four_schools(example):
    assert len(example) == 34
    assert sum(school.teaches(5) for school in example) == 22


def test_edition_without_a_pupil_file_has_no_schools(tiny):
    assert schools_of(tiny.project, edition_of(tiny)) == []


def test_slugs_are_unique_and_plain(example):
    got = [school.slug for school in example]

    assert len(set(got)) == len(got)
    assert all(slug.isascii() and slug == slug.lower() and " " not in slug for slug in got)


def test_schools_stand_in_norwegian_order(tiny):
    names = ["Åsen", "Øya", "Zenit", "Ærfuglen", "Bakken"]
    rows = "".join(f"{n};{name};8;50;51\n" for n, name in enumerate(names))

    got = schools_of(tiny.project, with_file(tiny, f"elev;skole;grade;skaar;forrige\n{rows}"))

    assert [school.name for school in got] == ["Bakken", "Zenit", "Ærfuglen", "Øya", "Åsen"]


def test_slug_writes_norwegian_letters_plainly():
    assert slug_of("Nøkketjernet og Åsen (Æ)") == "nokketjernet-og-asen-ae"


def test_schools_are_those_in_the_pupil_file(tiny):
    got = schools_of(tiny.project, with_file(tiny))

    assert [(school.key, school.grades) for school in got] == [
        ("912345678", "8-9"),
        ("987654321", "9"),
    ]


def test_two_schools_of_one_name_get_different_addresses(tiny):
    edition = with_file(tiny, PUPILS.replace("912345678", "Nes").replace("987654321", "Nes!"))

    got = [school.slug for school in schools_of(tiny.project, edition)]

    assert len(set(got)) == 2


def test_missing_file_is_told_with_the_line_of_the_edition(tiny):
    edition = with_file(tiny)
    gone = replace(edition, pupils=replace(edition.pupils, file="gone.csv"))

    with pytest.raises(DataError, match=r"2020\.toml:pupils\.file: 'gone\.csv'"):
        schools_of(tiny.project, gone)


def test_missing_column_of_schools_is_told(tiny):
    with pytest.raises(DataError, match="no column 'skole'"):
        schools_of(tiny.project, with_file(tiny, PUPILS.replace("skole", "sted")))


def test_school_that_no_export_names_is_called_a_school_by_its_number(tiny):
    got = schools_of(tiny.project, with_file(tiny, PUPILS.replace("987654321", "Berg skole")))

    assert [(school.key, school.name) for school in got] == [
        ("Berg skole", "Berg skole"),
        ("912345678", "Skole 912345678"),
    ]


@pytest.mark.parametrize(
    "other", ["kampen skole", "Kampen  Skole ", "KAMPEN SKOLE", "Kampen skole\u00a0"]
)
def test_a_school_has_one_page_however_its_name_is_spelt(other, tiny):
    rows = PUPILS.replace("987654321", other).replace("912345678", "Kampen skole")

    assert len(schools_of(tiny.project, with_file(tiny, rows))) == 1
