import json
from types import SimpleNamespace

from tilstand.build import pupils
from tilstand.build.pupils import protect_first


def run_of(folder, name, code, year=2020, language="nb"):
    cell = {"cell_type": "code", "metadata": {}, "source": [code]}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return SimpleNamespace(template=path, parameters={"edition": year, "language": language})


def test_pupils_are_protected_once_for_all_chapters_that_ask(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(pupils, "open_page", lambda year, language, project: (year, language))
    monkeypatch.setattr(pupils, "open_pupils", opened.append)
    code = "book = pupils.open_pupils(page)"
    runs = [run_of(tmp_path, name, code) for name in ("a", "b")]

    protect_first(None, [*runs, run_of(tmp_path, "c", "page.now('x')", year=2010)])

    assert opened == [(2020, "nb")]


def test_chapters_that_show_no_pupils_wait_for_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(pupils, "open_page", None)

    assert protect_first(None, [run_of(tmp_path, "a", "page.now('x')")]) == []
