"""Compile two pages that nobody reads, so that every fork of this process has Sphinx warm.

Much of what Sphinx, its theme and its extensions need they load and work out at the first page:
catalogues, entry points, lexers, patterns, templates. That is a tenth of the time of a book.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.pipeline.basis.contents import read_contents
from tilstand.pipeline.sphinx.compile import Frame, compile_html, lay_out

if TYPE_CHECKING:
    from tilstand.project import Project

#: A page with one of each thing that pages are made of.
PAGE = """# Page

{words}

:::{div} finding
A "word" in [a link](other.md).
:::

## Part

```{raw} html
<p>2</p>
```

```
make book
```
"""
WORD = re.compile(r"[^\W\d_]{3,}")
DATE = "2000-01-01"


def rehearse(project: Project, language: str) -> None:
    """Compile two pages in this process, in the book's frame, and throw them away.

    Parameters
    ----------
    project : Project
        The checkout; the pages lie in it for a moment.
    language : {"nb", "en"}
        Language of the frame.

    Raises
    ------
    BuildError
        When Sphinx warns or fails.
    """
    contents = read_contents(project)
    texts = [
        path.read_text(encoding="utf-8")
        for chapter in contents.chapters
        for path in [chapter.path(project, language)]
    ]
    words = {word for text in texts for word in WORD.findall(text)}
    caption, chapters = contents.parts[0]
    pages = replace(contents, parts=((caption, (replace(chapters[0], slug="other"),)),))
    frame = Frame(2000, language, (language,), "", DATE, "2000")
    with tempfile.TemporaryDirectory(dir=project.root) as folder:
        source = Path(folder) / "source"
        (source / "extra").mkdir(parents=True)
        for chapter in pages.chapters:
            text = PAGE.replace("{words}", " ".join(sorted(words)))
            (source / f"{chapter.slug}.md").write_text(text, encoding="utf-8")
        lay_out(project, pages, frame, source)
        compile_html(source, Path(folder) / "html", DATE)
