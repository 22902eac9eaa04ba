"""Read wide headers by what their parts are."""

from __future__ import annotations

import pytest

from tilstand.sources.headers import ROLES, Form, read_header

TOTAL = "Alle eierformer.Alle kjønn"


@pytest.fixture(scope="module")
def forms(vocabulary) -> dict[str, Form]:
    return {form.code: form for form in vocabulary.forms}


@pytest.mark.parametrize(
    ("column", "exp"),
    [
        (f"2025-26.Lesing.8. årstrinn.{TOTAL}.Skalapoeng", "nasjonale-prover"),
        (f"2024-25.{TOTAL}.Grunnskolepoeng", "grunnskolepoeng"),
        (f"2024-25.Standpunkt.{TOTAL}.Snittkarakter", "karakterer"),
        (f"2024-25.7. trinn.{TOTAL}.Andel mobbet", "elevundersokelsen"),
        ("2025-26.Alle trinn.Alle trinn.Alle kjønn.Alle eierformer.Antall elever", "gsi"),
    ],
)
def test_form_is_known_by_its_measures(column, exp, vocabulary):
    form = vocabulary.form_of(["EnhetNivaa", column])

    assert form is not None
    assert form.code == exp
    assert read_header(column, form, vocabulary)[1] == ""


def test_other_headers_are_no_form(vocabulary):
    assert vocabulary.form_of(["navn", "2025-26.Noe.Annet"]) is None


def test_the_dot_of_a_grade_parts_nothing(forms, vocabulary):
    column = f"2025-26.Lesing.10. årstrinn.{TOTAL}.Skalapoeng"

    got, _ = read_header(column, forms["nasjonale-prover"], vocabulary)

    assert got["grade"] == "10"


def test_parts_may_stand_in_any_order(forms, vocabulary):
    one = read_header(
        f"2025-26.Lesing.8. årstrinn.{TOTAL}.Skalapoeng", forms["nasjonale-prover"], vocabulary
    )
    two = read_header(
        "Skalapoeng.Alle kjønn.8. årstrinn.Alle eierformer.Lesing.2025-26",
        forms["nasjonale-prover"],
        vocabulary,
    )

    assert one == two


def test_all_that_is_lacking_is_told(forms, vocabulary):
    _, got = read_header("2025-26.Lesing.Skalapoeng", forms["nasjonale-prover"], vocabulary)

    assert all(word in got for word in ("a grade", "an ownership", "a gender"))


def test_a_year_has_to_follow_the_year_before(forms, vocabulary):
    _, got = read_header(f"2025-27.{TOTAL}.Grunnskolepoeng", forms["grunnskolepoeng"], vocabulary)

    assert "'2025-27'" in got


def test_values_are_indicators_of_the_catalogue(vocabulary, repo_register):
    rows = [row for rows in vocabulary.measures.values() for row in rows]
    unknown = {row["indicator"] for row in rows if row["role"] == "value"} - set(
        repo_register.indicators
    )

    assert unknown == set()
    assert {row["role"] for row in rows} <= set(ROLES)


def test_words_of_a_breakdown_have_labels(vocabulary, repo_register):
    codes = {*vocabulary.words["subject"].values(), *vocabulary.words["ownership"].values()}

    assert [code for code in codes if not repo_register.knows_category(code)] == []
