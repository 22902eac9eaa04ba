"""Keep what took long to read, under a key of all that it was made from."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pyarrow import ArrowException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

KEY_LENGTH = 16


def content_key(paths: Iterable[Path], *words: str) -> str:
    """Make a key of files' names and contents and of the reading code itself.

    Parameters
    ----------
    paths : iterable of Path
        Every file that the result depends on.
    *words : str
        Whatever else it depends on.

    Returns
    -------
    str
        Another one as soon as a file, a name, a word or a module of this room changes.
    """
    digest = hashlib.sha256("\0".join(words).encode())
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *paths]:
        digest.update(f"\0{path.name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:KEY_LENGTH]


def kept(
    folder: Path, name: str, key: str, make: Callable[[], dict[str, pd.DataFrame]]
) -> dict[str, pd.DataFrame]:
    """Give tables from the store, or make and store them.

    Parameters
    ----------
    folder : Path
        Of the store; nothing in it is needed for more than speed.
    name : str
        What is stored; only the newest key of a name stays.
    key : str
        As `content_key` makes it.
    make : callable
        Makes the tables when the store has none for the key.

    Returns
    -------
    dict
        Tables by name.

    Notes
    -----
    A file appears under its name only when it is whole, so processes side by side may store the
    same and a killed one leaves nothing that is read. Where the store cannot be written or a
    file in it is damaged, the tables are made anew.
    """
    path = folder / f"{name}-{key}.zip"
    with contextlib.suppress(OSError, ValueError, zipfile.BadZipFile, ArrowException):
        return _read(path)
    tables = make()
    with contextlib.suppress(OSError):
        _write(path, tables)
        _forget(folder.glob(f"{name}-*.zip*"), path)
    return tables


def _read(path: Path) -> dict[str, pd.DataFrame]:
    with zipfile.ZipFile(path) as store:
        return {
            part.filename: pd.read_parquet(io.BytesIO(store.read(part)))
            for part in store.infolist()
        }


def _write(path: Path, tables: dict[str, pd.DataFrame]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with zipfile.ZipFile(part, "w") as store:
        for name, table in tables.items():
            stream = io.BytesIO()
            table.to_parquet(stream)
            store.writestr(name, stream.getvalue())
    part.replace(path)


def _forget(paths: Iterable[Path], newest: Path) -> None:
    """Remove what older keys and killed processes left; another process may be first."""
    for path in paths:
        running = path.name.startswith(f"{newest.name}.")
        if path != newest and not running:
            with contextlib.suppress(OSError):
                path.unlink()
