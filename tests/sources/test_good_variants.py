"""Hold the reader to the same figures from every right way to write an export."""

from __future__ import annotations

import pytest

from exports import UDIR, Form, Sheet, sheet
from good import Variant, other_figures, same_figures
from tilstand.sources.statistikkbanken import Export, read_export

VARIANTS = list(same_figures())
OTHERS = list(other_figures())
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


def test_variants_are_as_many_as_promised():
    assert len(VARIANTS) + len(OTHERS) >= 50
