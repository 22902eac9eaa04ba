"""Free composed pages from Jupyter Book: the way out, should it ever be left or stand still.

Pages reach Sphinx as Markdown, so all that ties them to Jupyter Book is a handful of settings.
"""

from __future__ import annotations

import pprint
import runpy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# The notebook reader goes too: a plain Markdown reader suffices for pages that are Markdown.
REPLACED = {"myst_nb": "myst_parser"}
SHELL = {"jupyter_book", "sphinx_jupyterbook_latex", "sphinx_multitoc_numbering"}
SHELL_SETTINGS = ("nb_", "use_jupyterbook_latex", "use_multitoc_numbering", "latex_")


def plain_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Drop from Sphinx' settings all that belongs to Jupyter Book.

    Parameters
    ----------
    settings : dict
        As ``conf.py`` has them.

    Returns
    -------
    dict
        Settings that need ``myst-parser``, ``sphinx-external-toc``, ``sphinx-design`` and
        ``sphinx-book-theme``, and nothing of Jupyter.
    """
    extensions = [REPLACED.get(name, name) for name in settings["extensions"] if name not in SHELL]
    kept = {key: value for key, value in settings.items() if not key.startswith(SHELL_SETTINGS)}
    return kept | {"extensions": extensions}


def leave_shell(source: Path) -> None:
    """Rewrite the ``conf.py`` of a folder of composed pages so that plain Sphinx builds it.

    Parameters
    ----------
    source : Path
        The folder, as `tilstand.pipeline.sphinx.compile.lay_out` leaves it.
    """
    path = source / "conf.py"
    found = runpy.run_path(str(path))
    settings = {key: value for key, value in found.items() if not key.startswith("__")}
    write_settings(path, plain_settings(settings))


def write_settings(path: Path, settings: dict[str, Any]) -> None:
    """Write settings as a ``conf.py`` that says the same every time."""
    lines = (
        f"{key} = {pprint.pformat(value, width=100, sort_dicts=True)}\n"
        for key, value in sorted(settings.items())
    )
    path.write_text(
        "# Made by tilstand build from _config.yml and book/locale/.\n" + "".join(lines),
        encoding="utf-8",
    )
