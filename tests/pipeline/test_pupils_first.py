import json
from pathlib import Path
from types import SimpleNamespace

from tilstand.pipeline.execute.ahead import open_ahead, protect_first, wanted_ahead
from tilstand.project import Project
from tilstand.pupils import door
from tilstand.report import open_page
from tilstand.sources import edition_figures
from tilstand.store import memory

REPO = Path(__file__).resolve().parents[2]


def run_of(folder, name, code, year=2020, language="nb"):
    cell = {"cell_type": "code", "metadata": {}, "source": [code]}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    parameters = {"edition": year, "language": language}
    return SimpleNamespace(template=path, parameters=parameters, project=folder)


def test_pupils_are_protected_once_for_all_chapters_that_ask(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(door, "open_door", lambda _, edition: opened.append(edition))
    monkeypatch.setattr(door, "open_contribution", None)
    code = "book = pupils.open_pupils(page)"
    runs = [run_of(tmp_path, name, code, language=name) for name in ("nb", "en")]

    protect_first(None, [*runs, run_of(tmp_path, "c", "page.now('x')", year=2010)])

    assert opened == ["2020"]


def test_contributions_are_estimated_once_for_all_chapters_that_ask(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(door, "open_door", None)
    monkeypatch.setattr(door, "open_contribution", lambda _, edition: opened.append(edition))
    runs = [run_of(tmp_path, name, "contribution.open_shown(page)") for name in ("a", "b")]

    assert protect_first(None, runs) == ["2020"]
    assert opened == ["2020"]


def test_chapters_that_show_no_pupils_wait_for_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(door, "open_door", None)

    assert protect_first(None, [run_of(tmp_path, "a", "page.now('x')")]) == []


def test_edition_is_opened_ahead_only_for_several_chapters(tmp_path):
    plain = [run_of(tmp_path, name, "page.now('x')") for name in "abc"]
    other = [run_of(tmp_path, name, "page.now('x')", year=2010) for name in "de"]

    assert wanted_ahead([*plain, *other]) == [(tmp_path, "2020", "nb", False)]


def test_pupils_are_opened_ahead_only_when_several_chapters_ask(tmp_path):
    one = [run_of(tmp_path, name, "page.now('x')") for name in "ab"]
    asking = [run_of(tmp_path, name, "open_pupils(page)") for name in "cde"]

    assert wanted_ahead([*one, asking[0]]) == [(tmp_path, "2020", "nb", False)]
    assert wanted_ahead(asking) == [(tmp_path, "2020", "nb", True)]


def test_page_opened_ahead_is_the_page_that_a_chapter_opens(monkeypatch):
    monkeypatch.setattr(memory._Hold, "values", None)
    read, register = [], edition_figures.Register
    loaded = SimpleNamespace(load=lambda folder: read.append(folder) or register.load(folder))
    monkeypatch.setattr(edition_figures, "Register", loaded)
    open_ahead((REPO, "2020", "nb", False))
    page = open_page(2020, "nb", Project(REPO))

    assert len(read) == 1
    assert not page.figures.empty


def test_edition_that_cannot_be_opened_is_left_to_its_chapters(tmp_path, monkeypatch):
    monkeypatch.setattr(memory._Hold, "values", None)
    open_ahead((tmp_path, "2020", "nb", True))

    assert memory._Hold.values == {}
