import pytest

from tilstand.edition import load_edition
from tilstand.edition.pupil_file import PupilFile
from tilstand.errors import DataError

NEEDED = 'file = "data/private/elever.csv"\noutcome = "y"\nprior = "x"\nschool = "skole"\n'


def load(tiny, table: str):
    text = tiny.edition_file.read_text(encoding="utf-8")
    tiny.edition_file.write_text(f"{text}\n{table}", encoding="utf-8")
    return load_edition(tiny.project, tiny.register(), 2020).pupils


def test_edition_without_the_table_has_no_pupil_file(tiny):
    assert load(tiny, "") is None


def test_table_becomes_a_pupil_file(tiny):
    got = load(tiny, f'[pupils]\n{NEEDED}reliability = 0.85\nbackground = ["gender"]\n')

    assert got == PupilFile(
        "data/private/elever.csv", "y", "x", "skole", background=("gender",), reliability=0.85
    )


@pytest.mark.parametrize(
    ("table", "exp"),
    [
        ('pupils = "elever.csv"', "expected a table [pupils]"),
        ('[pupils]\nfile = "a"\noutcome = "y"\nprior = "x"\n', "'school' is missing"),
        (f'[pupils]\n{NEEDED}colour = "blue"\n', "'colour' is no key"),
        (f"[pupils]\n{NEEDED}reliability = 1.2\n", "a number above 0 and at most 1"),
        (f'[pupils]\n{NEEDED}background = "gender"\n', "a list of column names"),
        (f"[pupils]\n{NEEDED}grade = 9\n", "expected a text"),
        (f"[pupils]\n{NEEDED}scale = [100, 1]\n", "the lowest and the highest score"),
        (f"[pupils]\n{NEEDED}[pupils.columns]\ngender = 1\n", "a table of fields"),
        (f'[pupils]\n{NEEDED}own = "Bærum"\n', "'municipality' and 'own' go together"),
    ],
)
def test_fault_is_one_line_that_names_file_and_key(tiny, table, exp):
    with pytest.raises(DataError) as caught:
        load(tiny, table)

    (got,) = caught.value.lines
    assert got.startswith("data/editions/2020.toml:pupils")
    assert exp in got


MORE = '[[pupils.more]]\nfile = "data/private/b.csv"\n'


def test_further_tests_need_only_a_file_and_its_schools(tiny):
    table = f'[pupils]\n{NEEDED}{MORE}school = "S"\ncolumns = {{ bullied = "Mobbet" }}\n'

    got = load(tiny, table)

    assert [(one.file, one.school) for one in got.all] == [
        (got.file, "skole"),
        ("data/private/b.csv", "S"),
    ]


def test_a_fault_of_a_further_test_is_told_by_its_table(tiny):
    with pytest.raises(DataError) as caught:
        load(tiny, f'[pupils]\n{NEEDED}{MORE}skole = "S"\n')

    got = [line.partition(":")[2] for line in caught.value.lines]
    assert got == ["pupils.more: 'skole' is no key here; did you mean 'school'?"]


@pytest.mark.parametrize(
    "place",
    [
        "elever.csv",
        "data/open/2020/elever.csv",
        "data/incoming/2020/elever.csv",
        "data/published/elever.csv",
        "data/private/../open/elever.csv",
        "data/private",
        "data/privat/elever.csv",
        "/srv/data/private/elever.csv",
        "../data/private/elever.csv",
        "~/elever.csv",
        ".build/simulated/2020/elever.csv",
        "book/_static/elever.csv",
    ],
)
def test_a_pupil_file_lies_in_the_private_folder_and_nowhere_else(tiny, place):
    with pytest.raises(DataError) as caught:
        load(tiny, f"[pupils]\n{NEEDED}".replace("data/private/elever.csv", place))

    (got,) = caught.value.lines
    assert got.startswith(f"data/editions/2020.toml:pupils.file: '{place}', expected a path under")
    assert "move the file to data/private/2020/" in got
