"""No page of ours needs a script of its own text, and each says so to the browser."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tilstand.pipeline.basis.policy import page_policy, page_policy_meta, server_policy

REPO = Path(__file__).parents[2]
TEMPLATES = sorted((REPO / "book" / "_templates").glob("*.html"))
MARKDOWN = sorted([*(REPO / "book").glob("*/*.md"), *(REPO / "notebooks").glob("*.ipynb")])


class Scripts(HTMLParser):
    """Find what runs in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.inside = tag == "script" and "src" not in said
        self.found += [f"<{tag} {name}>" for name in said if name.startswith("on")]
        self.found += ["style"] if "style" in said or tag == "style" else []

    def handle_data(self, data):
        if self.inside and data.strip():
            self.found.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_a_script_or_a_style_of_its_own_text(path):
    assert Scripts(path.read_text(encoding="utf-8")).found == []


def test_no_prose_brings_a_script_along():
    got = [
        path.name for path in MARKDOWN if re.search(r"<script|javascript:", path.read_text("utf-8"))
    ]

    assert len(MARKDOWN) > 60
    assert got == []


def test_a_page_may_run_the_books_own_files_and_nothing_else():
    rules = dict(rule.split(" ", 1) for rule in page_policy().split("; "))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in page_policy()
    assert '"' not in page_policy()


def test_one_style_is_allowed_by_its_digest():
    # echo -n 'p {}' | openssl dgst -sha256 -binary | base64
    exp = "sha256-SNJDlN1Iy2mnt7DOjQIyDb2LQE6O5PQiSZomcdzawQ4="

    got = page_policy("p {}")

    assert exp in got
    assert "unsafe" not in got


def test_element_is_whole():
    assert page_policy_meta().startswith('<meta http-equiv="Content-Security-Policy" content="d')


def test_server_forbids_scripts_too_and_other_sites_frames():
    rules = dict(rule.split(" ", 1) for rule in server_policy().split("; "))

    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'self'"
