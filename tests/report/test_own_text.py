"""The municipality's own words are text: nothing else of Markdown is read."""

import pytest

from tilstand.errors import DataError
from tilstand.report.chapters.open.own_text import read_text

TEXT = """\
# Funn

Flere **trives** enn i fjor, se [rapporten](https://example.org/a?b=1&c=2) og
[elevtall](elevtall.md#tab-a). Under 3 < 5 og {{ tall.gsi_pupils }} elever.

- et punkt
- et til

<!-- til den
som skriver -->

| a | b |
|---|---|
| 1 | 2 |

[rapport]: https://example.org/rapport.pdf
"""
HOSTILE = (
    "```{include} /etc/passwd\n```",
    "> ```{raw} html\n> <b>\n> ```",
    "~~~{raw} html\n~~~",
    ":::{figure} /etc/passwd\n:::",
    "- :::{raw} html",
    "1. ```{literalinclude} /etc/hosts",
    "Se {download}`/etc/passwd`.",
    "{raw-html}`<b>`",
    "{py:class}`x`",
    "<script>window.ran(1)</script>",
    "Berg <img src=x onerror=window.ran(2)> skole",
    "</section>",
    "<javascript:window.ran(3)>",
    "<?php ?>",
    "[x](javascript:window.ran(4))",
    "[x](<javascript:window.ran(5)>)",
    "[x](java&#115;cript:window.ran(6))",
    "[x](https://example.org/&#x22;)",
    "[x](data:text/html,hei)",
    "[x](file:///etc/passwd)",
    "[x](//example.org/x)",
    "[x](\\javascript:y)",
    "[y]: javascript:window.ran(7)",
    "![bilde](../../../private/elever.csv)",
    "(mål)=\nTekst",
    "+++ {}",
    "% når\n",
)


@pytest.fixture
def read(tiny):
    def read_words(words: str) -> dict[str, str]:
        tiny.write("data/editions/2020/text/elevtall.nb.md", words)
        return read_text(tiny.project, "2020", "elevtall", "nb")

    return read_words


def test_paragraphs_lists_tables_and_links_are_read(read):
    assert set(read(TEXT)) == {"finding"}


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_no_text_is_refused_by_its_line(read, words):
    with pytest.raises(DataError) as got:
        read(f"# Funn\n\nEt funn.\n<!-- to\nlinjer -->\n{words}\n")

    assert got.value.lines[0].startswith("data/editions/2020/text/elevtall.nb.md:6: '")
    assert ", expected " in got.value.lines[0]


def test_a_control_character_reaches_no_page(read):
    with pytest.raises(DataError, match=r"elevtall.nb.md:3: '.*', expected text"):
        read("# Funn\n\nEt \x00 funn.\n")
