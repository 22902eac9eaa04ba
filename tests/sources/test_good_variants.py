"""Hold the reader to the same figures from every right way to write an export."""

from __future__ import annotations

import pytest

from exports import FORMS, UDIR, Form, Sheet, sheet
from good import Variant, other_figures, other_years, same_figures
from tilstand import contracts
from tilstand.sources.statistikkbanken import Export, read_export

VARIANTS = list(same_figures())
OTHERS = list(other_figures())
YEARS = list(other_years())
TOLD = ["year", "indicator", "level", "unit", "grade", "subject", "value", "n", "margin", "status"]


@pytest.fixture
def read(tmp_path, repo_register, vocabulary):
    def read_content(content: bytes, suffix: str = ".csv") -> Export:
        path = tmp_path / f"a{suffix}"
        path.write_bytes(content)
        return read_export(path, "a", repo_register, vocabulary)

    return read_content


def told(export: Export) -> list[list[str]]:
    figures = export.figures[TOLD].copy()
    figures["margin"] = figures["margin"].str.removesuffix(".0")  # Excel keeps no such zero
    return sorted(figures.values.tolist())


@pytest.mark.parametrize("variant", VARIANTS, ids=[variant.label for variant in VARIANTS])
def test_every_right_way_gives_the_same_figures(variant: Variant, read):
    exp = told(read(UDIR.content(sheet())))

    got = read(variant.content, variant.suffix)

    assert [str(fault) for fault in got.faults] == []
    assert told(got) == exp


@pytest.mark.parametrize(
    ("made", "exp"), [other[1:] for other in OTHERS], ids=[label for label, _, _ in OTHERS]
)
def test_more_or_less_is_no_fault(made: Sheet, exp: int, read):
    got = read(Form().content(made))

    assert [str(fault) for fault in got.faults] == []
    assert len(got.figures) == exp


@pytest.mark.parametrize(
    ("made", "exp"), [other[1:] for other in YEARS], ids=[label for label, _, _ in YEARS]
)
@pytest.mark.parametrize("form", [UDIR, *FORMS[2:3], *FORMS[-2:]], ids=lambda form: form.name)
def test_other_years_are_neither_refused_nor_counted_twice(form: Form, made: Sheet, exp: int, read):
    got = read(form.content(made), form.suffix)

    assert [str(fault) for fault in got.faults] == []
    assert len(got.figures) == exp
    assert not got.figures.duplicated(list(contracts.MEASURE_KEY)).any()


def test_variants_are_as_many_as_promised():
    assert len(VARIANTS) + len(OTHERS) + len(YEARS) >= 50
