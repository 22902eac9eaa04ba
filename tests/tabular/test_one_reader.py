"""Hold it that foreign tables are opened by `tabular` alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tilstand

LIBRARY = Path(tilstand.__file__).parent
READERS = {
    "read_csv",
    "read_table",
    "read_fwf",
    "read_excel",
    "read_parquet",
    "read_feather",
    "ExcelFile",
    "DictReader",
    "load_workbook",
    "ParquetFile",
}
PROGRAMS = {"openpyxl", "pyarrow", "xlrd", "calamine", "polars"}
#: What reads the project's own files, or what the library wrote itself, and nothing of a user's.
OWN = {
    "register.py": "data/register",
    "disclosure/site/beside.py": "tables of a finished site",
    "disclosure/site/numbers.py": "tables of a finished site",
    "pipeline/batch/municipalities.py": "codes, one a line",
    "pipeline/outputs/datapackage.py": "tables of a finished site",
    "pipeline/outputs/excel.py": "writes workbooks",
    "pipeline/outputs/results.py": "tables of a finished site",
    "pipeline/reproduce/backtest.py": "data/results",
    "pipeline/sphinx/redirects.py": "book/redirects.csv",
    "pipeline/steps/ingredients.py": "data/published",
    "report/chapters/contribution/evidence.py": "data/evidence",
    "report/chapters/contribution/evidence_open.py": "data/evidence",
    "report/chapters/contribution/evidence_speed.py": "data/evidence",
    "report/chapters/contribution/layers_evidence.py": "data/evidence",
    "report/chapters/sources/own_files.py": "data/register/exports",
    "sources/snapshots.py": "the index of stored answers",
    "store/values.py": "what the library keeps between runs",
}


def opens_tables(source: str) -> bool:
    """Tell whether a module calls a reader of tables or imports a program that has one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            own_csv = node.attr == "reader" and getattr(node.value, "id", "") == "csv"
            if own_csv or node.attr in READERS:
                return True
        imported = []
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported = [node.module or ""]
        if any(name.split(".")[0] in PROGRAMS for name in imported):
            return True
    return False


def found() -> set[str]:
    files = set(LIBRARY.rglob("*.py")) - set((LIBRARY / "tabular").rglob("*.py"))
    opening = [path for path in files if opens_tables(path.read_text(encoding="utf-8"))]
    return {path.relative_to(LIBRARY).as_posix() for path in opening}


def test_no_other_module_opens_a_users_table():
    assert found() - set(OWN) == set()


def test_every_exception_is_one():
    assert set(OWN) - found() == set()


@pytest.mark.parametrize(
    "line",
    [
        "import pandas as pd; pd.read_csv('a')",
        "import csv; csv.reader([])",
        "def f():\n    from openpyxl import load_workbook",
        "import pyarrow.parquet",
    ],
)
def test_each_way_of_opening_one_is_seen(line):
    assert opens_tables(line)
