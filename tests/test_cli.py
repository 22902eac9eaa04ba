import os
import shutil
import socket
import subprocess
import sys
from importlib import metadata

import pytest
import typer
from typer.testing import CliRunner

from tilstand import cli
from tilstand.cli import app
from tilstand.project import VARIABLE

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]

FOUR_DIGITS = "the 4-digit code of a municipality in 2024"


def help_of(*words: str) -> str:
    answer = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"}).invoke(app, [*words, "--help"])
    assert answer.exit_code == 0
    return answer.output


@pytest.fixture
def site(tiny):
    """Put a good site where the next build would put its own."""
    return tiny.write("book/site/2020/nb/index.html", "good")


def test_commands_that_scripts_rely_on_are_there():
    assert {"build", "check", "serve", "new-edition", "fetch"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_an_example_of_it(command):
    assert f"Example: tilstand {command}" in help_of(command)


def test_help_of_the_whole_tells_the_exit_codes():
    got = " ".join(help_of().split())

    assert "Exit status: 0 done, 1 the data or the build is wrong" in got


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_option_says_something(command):
    lacking = [
        parameter.name
        for parameter in typer.main.get_command(app).commands[command].params  # type: ignore[attr-defined]
        if not getattr(parameter, "help", None)
    ]

    assert lacking == []


def test_data_without_faults_are_exit_0(tiny, tilstand):
    got = tilstand("check", project=tiny.project)

    assert (got.code, got.out, got.err) == (0, ["no faults"], [])


def test_faults_are_exit_1_and_a_line_each_on_the_error_stream(tiny, tilstand):
    tiny.write_figures({"year": "20"}, {"gender": "x"})

    got = tilstand("check", project=tiny.project)

    assert (got.code, got.out) == (1, [])
    assert [line.split(":")[1] for line in got.err] == ["2", "3"]


def test_named_file_is_checked_alone(tiny, tilstand):
    tiny.write_figures({"year": "20"}, name="other.csv")

    got = tilstand("check", "data/published/figures.csv", project=tiny.project)

    assert got.code == 0


@pytest.mark.parametrize(
    ("words", "exp"),
    [
        (("check", "nowhere.csv"), "nowhere.csv: 'no such file', expected a CSV file"),
        (("check", "data/published"), "data/published: Is a directory"),
        (("serve",), "book/site: no site yet; run 'tilstand build'"),
    ],
)
def test_wrong_file_is_exit_1_and_one_line(tiny, tilstand, words, exp):
    got = tilstand(*words, project=tiny.project)

    assert (got.code, got.out, got.err) == (1, [], [exp])


@pytest.mark.parametrize(
    ("words", "exp"),
    [
        (("-e", "1999"), "edition 1999: no file data/editions/1999.toml; editions there are: 2020"),
        (("-l", "fr"), "edition 2020: no language 'fr'; it has nb, en"),
        (("-p", "colour"), "--parameter: 'colour', expected NAME=VALUE"),
        (
            ("-p", "colour=blue"),
            "parameter 'colour': no chapter has it; there are edition, language",
        ),
    ],
)
def test_build_of_what_is_not_there_is_exit_2_and_one_line(tiny, tilstand, site, words, exp):
    got = tilstand("build", *words, project=tiny.project)

    assert (got.code, got.out, got.err) == (2, [], [exp])
    assert site.read_text(encoding="utf-8") == "good"


def test_build_of_faulty_data_is_exit_1_and_leaves_the_site(tiny, tilstand, site):
    tiny.write_figures({"indicator": "wellbeing_share", "value": "120"})

    got = tilstand("build", project=tiny.project)

    (line,) = got.err
    assert got.code == 1
    assert line.startswith("data/published/figures.csv:2:value: '120'")
    assert site.read_text(encoding="utf-8") == "good"


def test_build_without_a_chapters_file_is_exit_1_and_one_line(tiny, tilstand, site):
    (tiny.project.notebooks / "elevtall.ipynb").unlink()

    got = tilstand("build", project=tiny.project)

    assert (got.code, got.err) == (1, ["_toc.yml: 'notebooks/elevtall.ipynb' is not there"])


@pytest.mark.parametrize(
    ("words", "exp"),
    [
        (("bild",), "bild"),
        (("build", "--editions", "2020"), "--editions"),
        (("build", "--edition", "twenty"), "editions there are: 2020"),
        (("build", "--jobs", "-1"), "--jobs"),
        (("serve", "--port", "70000"), "--port"),
    ],
)
def test_call_that_makes_no_sense_is_exit_2_and_names_the_word(tiny, tilstand, words, exp):
    got = tilstand(*words, project=tiny.project)

    assert got.code == 2
    assert exp in "\n".join(got.err)


def test_folder_without_a_project_is_exit_2_and_one_line(tilstand, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    got = tilstand("check")

    exp = f"{tmp_path}: no project here; go to the folder with _config.yml and data/editions/"
    assert (got.code, got.err) == (2, [exp])


def test_port_that_is_taken_is_exit_1_and_one_line(tiny, tilstand):
    tiny.write("book/site/index.html", "good")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        got = tilstand("serve", "--port", str(port), project=tiny.project)

    (line,) = got.err
    assert got.code == 1
    assert line.startswith(f"port {port}: ")


def test_command_runs_as_a_program_of_its_own(tiny):
    got = subprocess.run(
        [sys.executable, "-m", "tilstand.cli", "check"],
        cwd=tiny.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (got.returncode, got.stdout, got.stderr) == (0, "no faults\n", "")


def test_new_edition_says_what_it_made_and_what_it_wants(tiny, repo, tilstand):
    shutil.copytree(repo.register / "exports", tiny.project.register / "exports")

    got = tilstand("new-edition", "2024", "--municipality", "9201", project=tiny.project)

    assert (got.code, got.err) == (0, [])
    assert got.out[0].startswith("data/editions/2024.toml: the edition")
    assert [line for line in got.out if line.startswith("  wanted: National tests grade 5 2024-25")]
    assert tilstand("check", project=tiny.project).code == 0


@pytest.mark.parametrize(
    ("words", "exp"),
    [
        (
            ("new-edition", "2020", "--municipality", "9201"),
            "data/editions/2020.toml: the edition is there already; edit the file",
        ),
        (
            ("new-edition", "2024", "--municipality", "9101"),
            "--municipality: '9101', expected 9201 in 2024; Eksempel has had the code until 2019",
        ),
        (
            ("new-edition", "2024", "--municipality", "32"),
            f"--municipality: '32', expected {FOUR_DIGITS}, such as 3201",
        ),
        (
            ("fetch", "--edition", "1999"),
            "edition 1999: no file data/editions/1999.toml; editions there are: 2020",
        ),
    ],
)
def test_edition_that_cannot_be_is_exit_2_and_one_line(tiny, tilstand, words, exp):
    got = tilstand(*words, project=tiny.project)

    assert (got.code, got.out, got.err) == (2, [], [exp])


@pytest.mark.skipif(os.name != "posix", reason="signals as Linux has them")
@pytest.mark.parametrize(
    ("work", "code"),
    [
        ("os.kill(os.getpid(), signal.SIGTERM)", 143),
        ("os.kill(os.getpid(), signal.SIGHUP)", 129),  # the terminal was closed
        ("sys.exit(130)", 130),  # Ctrl-C
    ],
)
def test_command_that_is_stopped_says_so_in_one_line(work, code):
    lines = (
        "import os, signal, sys",
        "from tilstand import cli",
        f"cli.app = lambda: {work}",
        "cli.main()",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )

    assert done.returncode == code
    assert done.stderr == f"{cli.STOPPED}\n"


@pytest.mark.skipif(os.name != "posix", reason="signals as Linux has them")
def test_command_under_nohup_goes_on_when_the_terminal_closes():
    lines = (
        "import os, signal",
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)",
        "from tilstand import cli",
        "cli.app = lambda: os.kill(os.getpid(), signal.SIGHUP)",
        "cli.main()",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_version_is_that_of_the_package(tilstand):
    got = tilstand("--version")

    assert (got.code, got.out) == (0, [f"tilstand {metadata.version('tilstand')}"])
