"""Tell which code a module runs: itself, and whatever its imports reach in the library."""

from __future__ import annotations

import ast
import contextlib
import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tilstand.store.digests import file_digest, files_in, joint_digest
from tilstand.store.entries import Absent, read_entry, write_entry
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LIBRARY = Path(__file__).parents[1]
NOTE = "imports.zip"


#: Imports of files by path and digest, as this process has read them.
_READ: dict[tuple[Path, str], list[str]] = {}


class Library:
    """Know a library's files, and which module of it imports which, as they are now.

    Parameters
    ----------
    folder : Path
        Folder of its outermost package.
    notes : Path, optional
        Folder where the imports of each module are noted by its content: reading all of them takes
        a while.
    """

    def __init__(self, folder: Path = LIBRARY, notes: Path | None = None) -> None:
        self.folder = folder
        self.notes = notes

    @cached_property
    def files(self) -> dict[str, str]:
        """Digest of every file, by path from the library's home: ``lib/tilstand/cli.py``."""
        if self.folder == LIBRARY:  # what runs does not change while it runs
            return once((__name__, LIBRARY), self._read)
        return self._read()

    def _read(self) -> dict[str, str]:
        return {self.name_of(path): file_digest(path) for path in files_in(self.folder)}

    @cached_property
    def modules(self) -> dict[str, str]:
        """Path of every module, as in `files`, by the name it is imported by."""
        found = {}
        for name in self.files:
            if name.endswith(".py"):
                parts = name.removesuffix(".py").split("/")[1:]
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = name
        return found

    def name_of(self, path: Path) -> str:
        """Name a file as `files` does."""
        return f"lib/{path.relative_to(self.folder.parent).as_posix()}"

    def reached(self, names: Iterable[str]) -> dict[str, str]:
        """List the files that run when modules are imported.

        Parameters
        ----------
        names : iterable of str
            Modules, or what is imported from them; what is not of this library is passed over.

        Returns
        -------
        dict
            Path to digest: the modules, the packages around them, all that these import - on top,
            in functions or by a name in a string - and every file of the library that is no code.
        """
        used: set[str] = set()
        waiting = list(names)
        while waiting:
            for name in _with_packages(waiting.pop()):
                if name in self.modules and name not in used:
                    used.add(name)
                    waiting += self._imports[name]
        code = {self.modules[name] for name in used}
        return {
            file: digest
            for file, digest in self.files.items()
            if file in code or not file.endswith(".py")
        }

    def imported(self, sources: Iterable[str], package: str = "") -> set[str] | None:
        """List what pieces of code import of this library, outside what only types ask for.

        Parameters
        ----------
        sources : iterable of str
            Python code.
        package : str
            The package that it stands in; empty for code of no package, such as a notebook's.

        Returns
        -------
        set of str or None
            Modules and names in them. None where that cannot be told: a magic line in a cell, or
            imports by name outside the library.
        """
        found: set[str] = set()
        for source in sources:
            try:
                tree = ast.parse(source)
            except SyntaxError:
                return None
            if not package and re.search(r"importlib|__import__", source):
                return None
            for node in _walk(tree):
                found |= _named(node, package)
        return {name for name in found if name.split(".")[0] == self.folder.name}

    @cached_property
    def _imports(self) -> dict[str, list[str]]:
        """List what each module imports, as noted or by reading it."""
        note = self.notes / NOTE if self.notes else None
        own = file_digest(Path(__file__))
        known = _noted(note, own)
        noted = set(known)
        found = {}
        for name, file in self.modules.items():
            key = f"{name} {self.files[file]}"
            if key not in known:
                known[key] = self._imports_of(name, file)
            found[key] = known[key]
        if note and known.keys() - found.keys() | found.keys() - noted:
            with contextlib.suppress(OSError):
                write_entry(note, own, found)
        return {key.split()[0]: names for key, names in found.items()}

    def _imports_of(self, name: str, file: str) -> list[str]:
        """Read what a module imports; a process that has many stores reads it once."""
        path = self.folder.parent / file.removeprefix("lib/")
        read = (path, self.files[file])
        if read not in _READ:
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            _READ[read] = sorted(self.imported([path.read_text("utf-8")], package) or ())
        return _READ[read]


def code_digest(files: dict[str, str]) -> str:
    """Compute one digest of what `Library.reached` has listed."""
    return joint_digest(files)


def _noted(note: Path | None, key: str) -> dict[str, list[str]]:
    if note is None:
        return {}
    try:
        return dict(read_entry(note, key))
    except Absent:
        return {}


def _named(node: ast.AST, package: str) -> set[str]:
    """List the modules that a piece of code names."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        above = package.rsplit(".", node.level - 1)[0] if node.level else ""
        base = ".".join(part for part in (above, node.module or "") if part)
        return {base, *(f"{base}.{alias.name}" for alias in node.names)}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        # A module that is run or loaded by name: ``tilstand.cli``, ``tilstand.cli:main``.
        return set(re.findall(r"^[a-z]\w*(?:\.\w+)+(?=$|:)", node.value))
    return set()


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from (part for other in node.orelse for part in [other, *_walk(other)])
            continue
        yield node
        yield from _walk(node)


@lru_cache(maxsize=4096)
def _with_packages(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]
