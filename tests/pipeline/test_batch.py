"""Build for many: what is finished stays, what fails is told, nothing is built twice."""

import csv
import json
import os
import shutil
import socket
from pathlib import Path

import distributed
import pytest
from bs4 import BeautifulSoup

from tilstand.errors import BuildError, CallError
from tilstand.pipeline.batch import batch_task
from tilstand.pipeline.batch.batch import Batch, check_complete, run_batch
from tilstand.pipeline.batch.index_page import write_index
from tilstand.project import SHARED_STORE


@pytest.fixture
def builds(monkeypatch):
    """Stand in for the build: it writes which municipality it saw; codes in `faulty` fail."""
    seen: list[str] = []
    faulty: dict[str, int] = {}
    stores: list[str | None] = []
    answers: dict[str, list[str]] = {}

    def build(project, words, surroundings=None, library=None):
        said = (project.editions / "2020.toml").read_text(encoding="utf-8")
        code = said.partition('municipality = "')[2][:4]
        seen.append(code)
        answers[code] = sorted(p.name for p in (project.open / "2020").rglob("*") if p.is_file())
        stores.append((surroundings or {}).get(SHARED_STORE))
        if faulty.get(code, 0) > 0:
            faulty[code] -= 1
            raise BuildError(f"notebooks/elevtall.ipynb: cell 3: {code} lacks pupils")
        (project.site / "2020" / "nb").mkdir(parents=True)
        (project.site / "2020" / "nb" / "index.html").write_text(said, encoding="utf-8")

    monkeypatch.setattr(batch_task, "run_build", build)
    build.seen, build.faulty, build.stores, build.answers = seen, faulty, stores, answers
    return build


@pytest.fixture
def static(tiny, repo):
    """Give the small project the files that the index page takes from the book."""
    shutil.copytree(repo.book / "_static", tiny.project.book / "_static", dirs_exist_ok=True)


@pytest.fixture
def run(tiny, tmp_path, static):
    def go(*codes: str, **options):
        said = []
        asked = Batch(list(codes) or ["9201", "9202"], 2020, tmp_path / "out", **options)
        outcomes = run_batch(tiny.project, tiny.register(), asked, said.append)
        return {one.code: one.status for one in outcomes}, said, outcomes

    return go


def test_each_municipality_gets_its_own_folder_and_edition(run, builds, tmp_path):
    got, _, _ = run()
    assert got == {"9201": "done", "9202": "done"}
    for code in got:
        page = (tmp_path / "out" / code / "2020" / "nb" / "index.html").read_text(encoding="utf-8")
        assert f'municipality = "{code}"' in page


def _answer(folder: Path, name: str, index: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("{}", encoding="utf-8")
    text = f"url,file,fetched,sha256,bytes\nhttp://x/{name},{name},2021-01-01,0,2\n"
    (folder / index).write_text(text, encoding="utf-8")


def test_each_municipality_gets_the_answers_fetched_for_it_and_no_others(run, builds, tiny):
    here = tiny.project.open / "2020"
    _answer(here / "municipalities", "a.json", "9201.csv")
    _answer(here / "snapshots", "alone.json", "snapshots.csv")  # whose they are, nobody knows
    run()
    assert builds.answers == {"9201": ["a.json", "snapshots.csv"], "9202": []}


def test_answers_fetched_for_one_alone_go_to_that_one(run, builds, tiny):
    _answer(tiny.project.open / "2020" / "snapshots", "alone.json", "snapshots.csv")
    path = tiny.project.editions / "2020.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text('year = 2020\nmunicipality = "9202"\n', encoding="utf-8")
    run()
    assert builds.answers == {"9201": [], "9202": ["alone.json", "snapshots.csv"]}


@pytest.mark.parametrize("folder", ["municipalities", "snapshots"])
def test_a_fault_names_the_file_where_it_lies_and_not_in_the_copy(run, tiny, monkeypatch, folder):
    index = {"municipalities": "9202.csv", "snapshots": "snapshots.csv"}[folder]
    _answer(tiny.project.open / "2020" / folder, "a.json", index)
    path = tiny.project.editions / "2020.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text('year = 2020\nmunicipality = "9202"\n', encoding="utf-8")

    def build(project, *_args, **_named):
        answer = project.open / "2020" / "snapshots" / "a.json"
        raise BuildError([f"{answer}: not the file that was fetched", "data/x.csv: row 3"])

    monkeypatch.setattr(batch_task, "run_build", build)
    (outcome,) = run("9202", retries=0)[2]
    there = f"data/open/2020/{folder}/a.json"
    assert (tiny.project.root / there).is_file()
    assert outcome.lines == (f"{there}: not the file that was fetched", "data/x.csv: row 3")


def test_new_answers_of_one_build_that_one_again(run, builds, tiny):
    here = tiny.project.open / "2020" / "municipalities"
    for code in ("9201", "9202"):
        _answer(here, f"{code}.json", f"{code}.csv")
    run()
    _answer(here, "newer.json", "9202.csv")
    assert run()[0] == {"9201": "there", "9202": "done"}
    assert builds.answers["9202"] == ["newer.json", "snapshots.csv"]


def test_all_builds_share_one_store_that_goes_with_the_batch(run, builds, tmp_path):
    run()
    (store,) = set(builds.stores)
    assert Path(store).is_relative_to(tmp_path / "out" / ".runs")
    assert not Path(store).exists()


def test_what_is_finished_is_not_built_again(run, builds):
    run("9201")
    got, said, _ = run()
    assert got == {"9201": "there", "9202": "done"}
    assert builds.seen == ["9201", "9202"]
    assert "[1/2] 9201 Eksempel: finished before" in said


def test_changed_data_are_built_anew(run, builds, tiny):
    run("9201")
    tiny.write_figures({"value": "17"})
    got, _, _ = run("9201")
    assert got == {"9201": "done"}


def test_changed_edition_files_change_nothing(run, builds, tiny):
    run("9201")
    tiny.write_edition(comparators='["nation"]')
    assert run("9201")[0] == {"9201": "there"}


def test_a_failed_build_is_tried_again(run, builds):
    builds.faulty["9202"] = 1
    got, _, outcomes = run("9202", retries=1)
    assert got == {"9202": "done"}
    assert outcomes[0].attempts == 2


def test_a_municipality_that_fails_stops_no_other_and_is_told(run, builds, tmp_path):
    builds.faulty["9201"] = 9
    got, _, outcomes = run(retries=0)
    assert got == {"9201": "failed", "9202": "done"}
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["municipality"]: row for row in csv.DictReader(stream)}
    assert rows["9201"]["message"].endswith("9201 lacks pupils")
    assert rows["9202"]["status"] == "done"
    with pytest.raises(BuildError, match=r"9201 Eksempel: failed: notebooks/elevtall\.ipynb"):
        check_complete(outcomes)


def test_a_later_success_clears_the_failure(run, builds, tmp_path):
    builds.faulty["9201"] = 1
    run(retries=0)
    run(retries=0, again=True)
    got = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (got["done"], got["failed"]) == (2, 0)


def test_what_failed_is_told_again_and_not_tried_again(run, builds, tmp_path):
    builds.faulty["9201"] = 9
    run("9201", retries=0)
    got, said, outcomes = run("9201", retries=0)
    assert got == {"9201": "failed"}
    assert builds.seen == ["9201"]
    assert "failed before, nothing has changed since (--again tries it): notebooks/" in said[0]
    with pytest.raises(BuildError, match="9201 lacks pupils"):
        check_complete(outcomes)


def test_what_failed_is_tried_again_when_its_data_changed(run, builds, tiny):
    builds.faulty["9201"] = 1
    run("9201", retries=0)
    tiny.write_figures({"value": "17"})
    assert run("9201")[0] == {"9201": "done"}


def test_a_build_that_was_killed_is_tried_again(run, builds, monkeypatch):
    def killed(project, words, surroundings=None, library=None):
        raise BuildError("the build ended with status -9")

    with monkeypatch.context() as patch:
        patch.setattr(batch_task, "run_build", killed)
        assert run("9201", retries=0)[0] == {"9201": "failed"}
    assert run("9201")[0] == {"9201": "done"}


def test_index_finds_each_municipality_by_name_and_county_and_ranks_none(run, builds, tmp_path):
    builds.faulty["9202"] = 9
    run(retries=0, language="nb")
    for file, heading, failed in (
        ("index.html", "Finn kommunen din", "Ikke laget"),
        ("en.html", "Find your municipality", "Not made"),
    ):
        page = BeautifulSoup((tmp_path / "out" / file).read_text("utf-8"), "html.parser")
        assert page.h1.get_text() == heading
        links = page.select("ul.towns a")
        assert {link["href"] for link in links} == {"9201/2020/nb/index.html"}
        assert (tmp_path / "out" / links[0]["href"]).is_file()
        assert len(links) == 2  # by name, by county
        assert all(link.get("hreflang", "nb") == "nb" for link in links)
        assert [part.get_text() for part in page("h2")][-1] == failed
        assert "9202 lacks pupils" in page("ul")[-1].get_text()
        assert [script["src"] for script in page("script")] == ["filter.js"]
        assert not page.find_all(attrs={"onclick": True, "style": True})
        assert "script-src 'self'" in page.find("meta", attrs={"http-equiv": True})["content"]
    assert (tmp_path / "out" / "filter.js").is_file()


def test_index_sorts_as_norwegians_do_and_writes_names_as_text(tiny, tmp_path, static):
    names = ["Ås", "Aurskog", "Ørland", "Zeta", "Ærø", "<b>Bø</b>", "Aarø", "Asker & co"]
    rows = [
        {
            "municipality": f"99{number:02d}",
            "name": name,
            "status": "done",
            "year": 2020,
            "language": "all",
            "message": "",
        }
        for number, name in enumerate(names)
    ]
    write_index(tmp_path, tiny.project, tiny.register(), rows)
    text = (tmp_path / "en.html").read_text("utf-8")
    assert "<b>" not in text
    page = BeautifulSoup(text, "html.parser")
    got = [link.get_text() for link in page.select("ul[data-filter] a")]
    exp = ["<b>Bø</b>", "Asker & co", "Aurskog", "Zeta", "Ærø", "Ørland", "Aarø", "Ås"]
    assert got == exp
    assert page.select("ul[data-filter] a")[0]["href"].endswith("/2020/en/index.html")


def test_whoever_comes_second_leaves_the_first_in_place(run, builds, tmp_path, monkeypatch):
    def slow(project, words, surroundings=None, library=None):
        builds(project, words)
        if len(builds.seen) == 1:  # meanwhile another worker finishes the same municipality
            other = batch_task.build_task(task_of(project))
            assert other.status == "done"

    tasks = []
    inner = batch_task.build_task

    def task_of(_project):
        return tasks[0]

    def remember(task):
        tasks.append(task)
        return inner(task)

    monkeypatch.setattr("tilstand.pipeline.batch.batch.build_task", remember)
    monkeypatch.setattr(batch_task, "run_build", slow)
    got, _, _ = run("9201")
    assert got == {"9201": "there"}
    assert len(builds.seen) == 2
    assert sorted(path.name for path in (tmp_path / "out").glob("9*")) == ["9201"]


def test_nothing_is_left_of_the_work(run, builds, tmp_path):
    run()
    assert list((tmp_path / "out" / ".runs").iterdir()) == []


def test_what_a_killed_batch_left_is_swept_away(run, builds, tmp_path):
    left = tmp_path / "out" / ".runs" / f"{socket.gethostname()}-999999999"
    alive = left.with_name(f"{socket.gethostname()}-{os.getppid()}")
    left.mkdir(parents=True)
    alive.mkdir()
    run()
    assert not left.exists()
    assert alive.exists()


def test_scheduler_that_does_not_answer_is_a_wrong_call(run, builds, monkeypatch):
    def nobody(*_words, **_options):  # the real one leaves threads behind when it gives up
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", nobody)
    with pytest.raises(CallError, match="'tcp://nowhere:1', no Dask scheduler answers there"):
        run("9201", scheduler="tcp://nowhere:1")
