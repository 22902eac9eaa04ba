"""Try how the numbers one to twelve stand in running text."""

import pytest

from tilstand.pipeline.compose.fill import Names, fill
from tilstand.report.spoken import ordinal, spoken


@pytest.mark.parametrize(
    ("before", "text", "after", "exp"),
    [
        ("De er delt i ", "3", " grupper.", "tre"),
        ("", "7", " kurs ble holdt.", "Sju"),
        ("Det er slutt. ", "2", " skoler er igjen.", "To"),
        ("- ", "4", " kommunale barnehager", "Fire"),
        ("**Dybdelæring.** ", "2", " barneskoler", "To"),
        ("av ", "1", " barneskole", "én"),
        ("og ", "1", " fritidshus", "ett"),
        ("i ", "1", " år", "ett"),
        ("tar de ", "2", ": de samme som før", "to"),
        ("forholdet er ", "2", ":1", "2"),
        ("Andelen er ", "5", " prosent", "5"),
        ("Det er ", "2", " prosentpoeng mer", "2"),
        ("i snitt ", "3", " skalapoeng", "3"),
        ("på nivå ", "3", " er", "3"),
        ("Av dem er ", "3", " av 43 med", "3"),
        ("43 av ", "3", " skoler", "3"),
        ("Av dem er ", "3", " av 5 med", "tre"),
        ("fra ", "4", " til 15 barn", "4"),
        ("ledelsen og ", "3", "–7 lærere", "3"),
        ("3–", "7", " lærere", "7"),
        ("i ", "12", " klasser", "tolv"),
        ("i ", "13", " klasser", "13"),
        ("i ", "0", " klasser", "0"),
        ("ble ", "om lag 8", " henvendelser", "om lag åtte"),
        ("de ", "5 400", " barna", "5 400"),
        ("i ", "3,5", " år", "3,5"),
    ],
)
def test_number_stands_as_running_text_has_it(before, text, after, exp):
    assert spoken(text, "nb", before, after) == exp


@pytest.mark.parametrize(
    ("before", "text", "after", "exp"),
    [
        ("They are divided into ", "3", " groups.", "three"),
        ("", "12", " schools took part.", "Twelve"),
        ("It was ", "5", " per cent.", "5"),
        ("There was ", "1", " year left.", "one"),
        ("in grade ", "5", " and", "5"),
        ("NOK ", "7", " million", "7"),
    ],
)
def test_number_stands_so_in_english_too(before, text, after, exp):
    assert spoken(text, "en", before, after) == exp


@pytest.mark.parametrize(("text", "exp"), [("3", "tredje"), ("1", "første"), ("13", "13.")])
def test_ordinal_is_a_word(text, exp):
    assert ordinal(text) == exp


def _names(**numbers):
    rest = {"decimals": 0, "recipe": "value", "refs": []}
    return Names({k: {"text": str(n), "number": n, **rest} for k, n in numbers.items()})


@pytest.mark.parametrize(
    ("prose", "exp"),
    [
        (
            "Møtes hver {{ n }}. uke.",
            'Møtes hver <data value="3"',
        ),
        ("{{ n }} av {{ m }}", '>3</data> av <data value="43"'),
        ("## Voksne: {{ n }}", "## Voksne: 3"),
        ("Vi har {{ n }} {{ n | skole | skoler }}.", ">tre</data> skoler."),
    ],
)
def test_prose_keeps_the_number_in_its_element(prose, exp):
    assert exp in fill(prose, _names(n=3, m=43), "a.md")


def test_ordinal_takes_its_point_along():
    assert fill("hver {{ n }}. uke.", _names(n=3), "a.md").endswith(">tredje</data> uke.")


def test_year_is_never_a_word():
    names = _names(n=7)
    names.numbers["n"]["recipe"] = "year"

    assert ">7</data>" in fill("i {{ n }} byer", names, "a.md")


@pytest.mark.parametrize(
    ("before", "exp"),
    [
        ("**[Hvordan er det på skolene?](skoler.md)** ", "Én"),
        ("Les om [dem](skoler.md) og ", "én"),
        ("Hva nå? ", "Én"),
    ],
)
def test_a_linked_question_ends_a_sentence(before, exp):
    assert spoken("1", "nb", before, " skole har sin egen side.") == exp
