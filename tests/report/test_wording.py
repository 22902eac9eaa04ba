import pytest

from tilstand import contracts
from tilstand.errors import BuildError
from tilstand.report import wording


@pytest.mark.parametrize(
    ("items", "exp"),
    [([], ""), (["a"], "a"), (["a", "b"], "a og b"), (["a", "b", "c"], "a, b og c")],
)
def test_items_are_listed_as_in_running_text(items, exp):
    assert wording.listing(items, "nb") == exp


def test_list_is_joined_with_the_languages_own_word():
    assert wording.listing(["a", "b"], "en") == "a and b"


@pytest.mark.parametrize(
    ("grade", "language", "exp"),
    [
        ("5", "nb", "5. trinn"),
        ("5", "en", "grade 5"),
        ("1-7", "nb", "1.\N{EN DASH}7. trinn"),
        ("1-7", "en", "grades 1\N{EN DASH}7"),
        ("vg1", "nb", "vg1"),
        ("", "nb", ""),
    ],
)
def test_grade_is_named_as_the_language_names_it(grade, language, exp):
    assert wording.grade_name(grade, language) == exp


@pytest.mark.parametrize(
    ("text", "exp"), [("landet", "Landet"), ("", ""), ("ASSS", "ASSS"), ("øvrig", "Øvrig")]
)
def test_sentence_begins_with_a_capital_and_keeps_the_rest(text, exp):
    assert wording.sentence(text) == exp


def test_unknown_word_is_an_error_and_never_a_key_on_a_page():
    with pytest.raises(BuildError, match="no word 'colour' in nb"):
        wording.word("colour", "nb")


@pytest.mark.parametrize("key", wording.WORDS)
def test_every_word_stands_in_both_languages(key):
    assert all(wording.WORDS[key].get(language) for language in contracts.LANGUAGES)


@pytest.mark.parametrize("unit", contracts.INDICATOR_UNITS)
def test_every_unit_of_the_catalogue_has_a_word_in_both_languages(unit):
    assert all(wording.unit_word(unit, language) for language in contracts.LANGUAGES)


@pytest.mark.parametrize("kind", contracts.STATEMENT_KINDS)
def test_every_kind_of_statement_has_a_word(kind):
    assert wording.word(f"kind_{kind}", "nb")
