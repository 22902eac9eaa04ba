import json
import re
import shutil
import subprocess

import pytest

from tilstand.pipeline.sphinx.search import SearchBokmal, without_code


@pytest.fixture(scope="module")
def search() -> SearchBokmal:
    return SearchBokmal({})


FAMILIES = [
    ("mobbing", "mobbingen", "mobbes", "mobbet", "mobber"),
    ("undervisning", "undervisningen", "undervise", "underviser"),
    ("regning", "regne", "regner"),
    ("bemanning", "bemanningen", "bemannet"),
    ("vurdering", "vurderinger", "vurdere"),
    ("forskning", "forskningen", "forske", "forsker"),
]


@pytest.mark.parametrize("words", FAMILIES, ids=lambda words: words[0])
def test_noun_and_verb_meet_in_one_stem(search, words):
    assert len({search.stem(word) for word in words}) == 1


def test_short_words_that_end_in_ing_are_left_alone(search):
    assert search.stem("ting") != search.stem("t")
    assert search.stem("ring") == "ring"


@pytest.mark.skipif(shutil.which("node") is None, reason="no node: the browser test covers it")
def test_browser_stems_as_the_index_does(search):
    words = [word for family in FAMILIES for word in family] + ["ting", "Elevtall", "ønske"]
    ask = f"{search.js_stemmer_code}\nconst stemmer = new Stemmer();\n"
    ask += f"console.log(JSON.stringify({json.dumps(words)}.map(w => stemmer.stemWord(w))))"

    done = subprocess.run(["node", "-e", ask], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [search.stem(word) for word in words]


@pytest.mark.parametrize(
    ("html", "exp"),
    [
        ("<p>elever</p><pre lang='en'>page.chart()\n(1)</pre>tall", {"elever", "tall"}),
        ("<svg class='wide'><text>Bærum 31</text></svg><td>Bærum</td>", {"Bærum"}),
        ("<presentation>x</presentation>", {"x"}),
    ],
)
def test_code_and_words_of_drawings_are_not_in_the_index(html, exp):
    assert set(re.sub("<[^>]+>", " ", without_code(html)).split()) == exp
