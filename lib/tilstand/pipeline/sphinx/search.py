"""Search bokmål by its stems: "mobbing" finds "mobbes", "mobbet" and "mobbeknapp".

Snowball's Norwegian stemmer takes endings off verbs, but leaves nouns in *-ing* whole, so that
a word and the verb it is made from never meet. One rule more, in Python for the index and in
JavaScript for the question, brings them together.

References
----------
Snowball, Norwegian stemming algorithm, https://snowballstem.org/algorithms/norwegian/stemmer.html
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sphinx.search
from docutils import nodes
from sphinx.search import IndexBuilder, WordStore
from sphinx.search.no import SearchNorwegian

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# "undervisning" is made with -ning, "regning" with -ing: n goes after s, k and t only.
UNASKED = re.compile(r"<(pre|svg)\b.*?</\1>", re.DOTALL)
NOUN = re.compile(r"^(.{3,}?)(?:(?<=[skt])n)?ing$")
NOUN_IN_JAVASCRIPT = """
Stemmer = function () {
  var snowball = new NorwegianStemmer();
  this.stemWord = function (word) {
    var stem = snowball.stemWord(word.toLowerCase());
    var noun = /^(.{3,}?)(?:(?<=[skt])n)?ing$/.exec(stem);
    return noun ? noun[1] : stem;
  };
};
"""

#: Stems by word, of all that this process has indexed.
STEMS: dict[str, str] = {}


def root_of(stem: str) -> str:
    """Take *-ing* and *-ning* off a word that Snowball has stemmed.

    Parameters
    ----------
    stem : str
        What Snowball's stemmer made of a word.

    Returns
    -------
    str
        The stem of the verb: "mobbing" and "mobbes" both become "mobb".
    """
    found = NOUN.match(stem)
    return found.group(1) if found else stem


class SearchBokmal(SearchNorwegian):
    """Stem Norwegian words with Snowball and one rule more."""

    js_stemmer_rawcode = ""

    def init(self, options: dict[str, str]) -> None:
        """Prepare the stemmer, and read Snowball's own code for the reader's browser."""
        super().init(options)
        folder = Path(sphinx.search.__file__).parent / "minified-js"
        files = (folder / name for name in ("base-stemmer.js", "norwegian-stemmer.js"))
        code = "\n".join(path.read_text(encoding="utf-8") for path in files)
        self.js_stemmer_code = code + NOUN_IN_JAVASCRIPT

    def stem(self, word: str) -> str:
        """Stem a word; a book has some thousand, and says each of them many times."""
        found = STEMS.get(word)
        if found is None:
            found = STEMS[word] = root_of(super().stem(word))
        return found


def without_code(html: str) -> str:
    """Leave out of the index what nobody asks for by its words: code, and words of a drawing.

    The table behind a drawing has them too.
    """
    return UNASKED.sub(" ", html)


class Index(IndexBuilder):
    """Collect the words of a page without its code."""

    def _word_collector(self, doctree: nodes.document) -> WordStore:
        kept = [(raw, raw.children) for raw in doctree.findall(nodes.raw)]
        for raw, children in kept:
            raw.children = [nodes.Text(without_code("".join(map(str, children))))]
        try:
            return super()._word_collector(doctree)
        finally:
            for raw, children in kept:
                raw.children = children  # the page itself is written after this


def setup(app: Sphinx) -> dict[str, Any]:
    """Take the place of Sphinx's Norwegian search, and leave code out in any language."""
    sphinx.search.IndexBuilder = Index  # type: ignore[misc]
    app.add_search_language(SearchBokmal)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
