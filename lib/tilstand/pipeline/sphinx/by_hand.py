"""Stop a build by hand of the chapters' templates, and say what builds the book.

`_config.yml` names this extension for whoever runs ``jupyter-book build .`` at the top: the
notebooks there hold no numbers yet. The book's own build does not load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(_app: Sphinx) -> None:
    """Refuse to go on.

    Raises
    ------
    SystemExit
        Always, with one line: an exception of Sphinx's would end in Jupyter Book's traceback.
    """
    raise SystemExit(
        "notebooks/ holds the chapters without their numbers: run make book, or tilstand build, "
        "which fills them in and writes book/site/"
    )
