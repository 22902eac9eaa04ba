"""Write pages as Sphinx does, without what it does over again for each page or for nobody.

It needs nothing but Sphinx, which is held to by `tests/site/test_exit_route.py`.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from docutils import nodes
from jinja2 import BytecodeCache
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.fileutil import copy_asset

from tilstand.pipeline.basis.links import link_or_copy

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.bccache import Bucket
    from sphinx.application import Sphinx

# What pages load; themes and extensions have seven megabytes more that nothing asks for.
LOADED = {
    "fonts",
    "tilstand.css",
    "favicon.svg",
    "figure.js",
    "filter.js",
    "subjects.js",
    "mode.js",
    "near.js",
    "search.js",
    "sort.js",
    "tilstand.js",
    "doctools.js",
    "documentation_options.js",
    "language_data.js",
    "searchtools.js",
    "sphinx_highlight.js",
    "translations.js",
}
STATIC = "_static"
#: Code of templates, by their names and digests of their texts, as this process has compiled them.
COMPILED: dict[tuple[str, str], Any] = {}


class Templates(BytecodeCache):
    """Keep templates as this process has compiled them, by name and by all their text."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002
        """Name a template wherever it lies: a copy of a project has it elsewhere."""
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template that has been compiled before."""
        bucket.code = COMPILED.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        COMPILED[bucket.key, bucket.checksum] = bucket.code


class Pages(StandaloneHTMLBuilder):
    """Write HTML: titles rendered once, and of static files only what pages load."""

    def init_templates(self) -> None:
        """Begin with the templates that this process has compiled."""
        super().init_templates()
        environment: Environment = self.templates.environment
        environment.bytecode_cache = Templates()
        self._titles: dict[int, tuple[nodes.Node, dict[str, str]]] = {}

    def render_partial(self, node: nodes.Node | None) -> dict[str, str]:
        """Render a piece of a page; a title once, though every neighbour asks for it."""
        if not isinstance(node, nodes.title):
            return super().render_partial(node)
        if id(node) not in self._titles:
            self._titles[id(node)] = node, dict(super().render_partial(node))
        return self._titles[id(node)][1]

    def copy_theme_static_files(self, context: dict[str, Any]) -> None:
        """Copy what the theme has for pages to load."""
        for folder in reversed(self.theme.get_theme_dirs()):
            self._copy(Path(folder, "static"), context)

    def copy_html_static_files(self, context: dict[str, Any]) -> None:
        """Copy what the book and Sphinx's extensions have for pages to load."""
        for entry in self.config.html_static_path:
            self._copy(Path(self.confdir, entry), context)

    def copy_extra_files(self) -> None:
        """Let figures and tables lie among the pages too."""
        for entry in self.config.html_extra_path:
            folder = Path(self.confdir, entry)
            for path in (found for found in folder.rglob("*") if found.is_file()):
                target = Path(self.outdir, path.relative_to(folder))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                link_or_copy(str(path), str(target))

    def _copy(self, folder: Path, context: dict[str, Any]) -> None:
        target = Path(self.outdir, STATIC)
        copy_asset(folder, target, _unasked, context=context, renderer=self.templates)


def _unasked(path: str) -> bool:
    return PurePath(path).parts[0].removesuffix(".jinja").removesuffix("_t") not in LOADED


def setup(app: Sphinx) -> dict[str, Any]:
    """Take the place of Sphinx's own builder of HTML."""
    app.add_builder(Pages, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
