"""Cut files of the work folder at random bytes and tell what the next build makes of it."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kills import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from small_book import SmallBook


@dataclass
class Cuts:
    """Count what was cut, and keep what went wrong."""

    files: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.files)} files cut, {len(self.wrong)} wrong"


def cuts(
    book: SmallBook,
    seed: int,
    folder: Path,
    most: int | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> Cuts:
    """Cut one file after the other, build, and hold the site to a clean build's bytes.

    Each build has a change of prose to bring to the site, so that it looks at what it kept instead
    of finding nothing to do. Without a limit every file is cut; with one, first a file of each
    kind, then any.
    """
    chance = random.Random(seed)
    book.prose("", "")  # the notebook as `prose` writes it: the record names its digest
    states = []
    for old, new in TEXTS:
        states.append(book.clean(folder))
        book.prose(old, new)
    shutil.rmtree(book.project.work, ignore_errors=True)
    book.build()
    found = Cuts()
    for number, name in enumerate(_chosen(book.project.work, chance, most)):
        path = book.project.work / name
        if not (path.is_file() and path.stat().st_size):
            continue
        book.prose(*TEXTS[number % 2])
        content = path.read_bytes()
        size = chance.randrange(len(content))
        path.write_bytes(content[:size])
        try:
            book.build()
            fault = "" if book.site == states[(number + 1) % 2] else "the site is another one"
        except AssertionError as error:
            fault = str(error)
        found.files.append(name)
        found.wrong += [f"{name} cut to {size} of {len(content)} bytes: {fault}"] if fault else []
        tell(f"{name}: {len(found.wrong)} wrong so far")
    return found


def _chosen(work: Path, chance: random.Random, most: int | None) -> list[str]:
    names = sorted(p.relative_to(work).as_posix() for p in work.rglob("*") if p.is_file())
    chance.shuffle(names)
    kinds = {(Path(name).parent, Path(name).suffix): name for name in names}
    first = sorted(kinds.values(), key=_importance) if most else []
    return [*first, *(name for name in names if name not in set(first))][:most]


def _importance(name: str) -> tuple[int, str]:
    """Put what Sphinx copies without looking at it last."""
    copied = ("_static", "extra", "_sphinx_design_static")
    return sum(part in copied for part in name.split("/")), name
