"""Show the estimator's reference and worked examples, from its own docstrings."""

from __future__ import annotations

import inspect
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilstand import value_added
from tilstand.report.page import exhibits
from tilstand.store import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The public names by what they are for; each stands in one group.
GROUPS: dict[str, tuple[str, ...]] = {
    "models": (
        *("LayeredIntercept", "LayeredResults", "RandomIntercept", "RandomInterceptResults"),
        *("SufficientStatistics", "LayeredPrior", "Prior"),
    ),
    "schools": (
        *("layered_bands", "BandRule", "band_table", "band_summary", "turned_schools"),
        *("like_schools", "layered_ranks", "pairs_apart", "rank_table", "expected_ranks"),
        *("pairwise_intervals", "pool_cohorts", "plot_cohorts"),
    ),
    "priors": ("Sem", "fit_calibrated", "Calibrated"),
    "doubts": (
        *("sensitivity", "stable_and_drift", "normal_scores", "beyond_ceiling"),
        *("side_by_side", "SideBySide", "composite", "climb", "ladder_steps"),
        *("quietly", "ValueAddedError", "ValueAddedWarning"),
    ),
}
_EXAMPLES = Path(value_added.__file__).with_name("EXAMPLES.md")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def show_group(name: str) -> None:
    """Show the reference of one group of public names, each folded under its first line.

    Parameters
    ----------
    name : str
        A key of `GROUPS`.
    """
    exhibits.show_block(f'<div class="api from-data" lang="en">{_group(name)}</div>')


@remembered
def _group(name: str) -> str:
    """Write a group's reference, the same in every book."""
    return "".join(_entry(one, getattr(value_added, one)) for one in GROUPS[name])


def show_example(number: int) -> None:
    """Show the code of one worked example, with what it prints.

    Parameters
    ----------
    number : int
        Its number in ``EXAMPLES.md``; 0 is what makes the pupils of all of them.
    """
    parts = re.split(r"(?m)^## ", _EXAMPLES.read_text(encoding="utf-8"))
    lines = [line[4:] for line in parts[number].splitlines() if line.startswith("    ")]
    code = escape("\n".join(lines))
    exhibits.show_block(
        f'<div class="api" lang="en"><pre tabindex="0"><code>{code}</code></pre></div>'
    )


def _entry(name: str, what: Any) -> str:
    """Fold one name's signature and docstring under its first line."""
    members = "".join(_entry(f"{name}.{key}", member) for key, member in _members(what))
    signature = _signature(what)
    first = (inspect.getdoc(what) or "").partition("\n")[0]
    return (
        f"<details><summary><code>{escape(name)}</code> {escape(first)}</summary>"
        + (f'<pre tabindex="0"><code>{escape(name + signature)}</code></pre>' if signature else "")
        + f"{_html(inspect.getdoc(what) or '')}{members}</details>"
    )


def _members(what: Any) -> Iterator[tuple[str, Any]]:
    """List a class's own public methods, those of its parts in the package among them."""
    if not inspect.isclass(what) or issubclass(what, Exception):
        return
    for key, member in inspect.getmembers(what):
        plain = inspect.isfunction(member) or inspect.ismethod(member)
        home = getattr(member, "__module__", "") or ""
        if plain and not key.startswith("_") and home.startswith(value_added.__name__):
            yield key, member


def _signature(what: Any) -> str:
    try:
        return _ADDRESS.sub("", str(inspect.signature(what)))
    except (TypeError, ValueError):
        return ""


@cache
def _html(docstring: str) -> str:
    """Write a numpydoc docstring, but its first line, as HTML."""
    from docutils.core import publish_parts
    from sphinx.ext.napoleon import Config, NumpyDocstring

    rest = docstring.partition("\n")[2]
    options = Config(napoleon_use_param=False, napoleon_use_rtype=False, napoleon_use_ivar=True)
    text = "\n".join(NumpyDocstring(rest, options).lines())  # type: ignore[arg-type]
    settings = {"report_level": 5, "syntax_highlight": "none", "doctitle_xform": False}
    parts = publish_parts(text, writer_name="html5", settings_overrides=settings)
    return str(parts["body"])
