"""Style sheets and scripts lose what only their authors read, and nothing else."""

import re
import shutil
import subprocess

import pytest

from tilstand.pipeline.sphinx.tight import tight_css, tight_js, tighten


@pytest.mark.parametrize(
    ("text", "exp"),
    [
        ("a { b: c; }\n\n/* no */ d { e: f }", "a{b: c}d{e: f}"),
        ("@media (x: 1px) {\n  a { b: c; }\n}", "@media (x: 1px){a{b: c}}"),
        ('a::after { content: " ; } "; }', 'a::after{content: " ; } "}'),
        ("a {\n  b:\n    c, /* x\n y */\n    d;\n}", "a{b: c, d}"),
        ("a,\nb { c: d }", "a, b{c: d}"),
        ("", ""),
    ],
)
def test_style_keeps_its_rules(text, exp):
    assert tight_css(text) == exp


def test_no_rule_of_the_books_own_sheet_is_lost(repo):
    text = (repo.book / "_static" / "tilstand.css").read_text(encoding="utf-8")
    got = tight_css(text)

    assert got.count("{") == re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).count("{")
    assert got.count("content:") == text.count("content:")
    assert len(got) < 0.95 * len(text)


def test_tightened_twice_is_tightened_once(repo):
    for path in (repo.book / "_static").glob("*.*s*"):
        text = path.read_text(encoding="utf-8")
        make = tight_css if path.suffix == ".css" else tight_js
        assert make(make(text)) == make(text), path.name


@pytest.mark.skipif(shutil.which("node") is None, reason="no node: the browser tests cover it")
def test_every_script_of_the_book_still_reads(repo, tmp_path):
    shutil.copytree(repo.book / "_static", tmp_path / "s")
    tighten(tmp_path / "s")
    for path in (tmp_path / "s").glob("*.js"):
        done = subprocess.run(
            ["node", "--check", path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
