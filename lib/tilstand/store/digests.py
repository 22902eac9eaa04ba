"""Fingerprint files and values: by what they hold, never by when or where they were made."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

UNWANTED = {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
#: What pandas says of a column of objects whose types need not be told one by one.
PURE = {"string", "boolean", "integer", "floating", "empty"}


class UnfitError(TypeError):
    """Report a value that has no fingerprint or no lasting form: it cannot be kept."""


def file_digest(path: Path) -> str:
    """Compute the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_in(folder: Path) -> list[Path]:
    """List the files of a folder and its subfolders, sorted, without what programs leave behind.

    Parameters
    ----------
    folder : Path
        Where to look; a folder that is not there holds nothing.

    Returns
    -------
    list of Path
        Sorted by the path's parts as text, which is the same order on every system.
    """
    return list(named_files(folder).values())


def named_files(folder: Path) -> dict[str, Path]:
    """List the files that `files_in` does by their paths from the folder, with ``/``."""
    return {name: folder / name for name in sorted(_names(os.fspath(folder), ""))}


def _names(folder: str, above: str) -> Iterator[str]:
    """Name the files of a folder; what a link leads to is a file or nothing."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in UNWANTED:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _names(entry.path, f"{above}{entry.name}/")
            elif entry.is_file():
                yield f"{above}{entry.name}"


def joint_digest(digests: dict[str, str]) -> str:
    """Compute one SHA-256 for many files: names and contents, in order of the names.

    Parameters
    ----------
    digests : dict
        Name to digest.

    Returns
    -------
    str
        What ``sha256sum`` would say of the list of its own lines.
    """
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def value_digest(value: Any) -> str:
    """Compute a SHA-256 of what a value holds, whichever of its parts are the same object.

    Parameters
    ----------
    value : Any
        Text, numbers, collections, dataclasses, arrays and frames, nested as they like. A `Path`
        stands for the file that lies there: its name and its bytes.

    Returns
    -------
    str
        Hexadecimal; another one as soon as a value, a type or a name in it differs.

    Raises
    ------
    UnfitError
        When a part is of another kind, such as a function.
    """
    digest = hashlib.sha256(type(value).__qualname__.encode())
    for part in _parts(value):
        digest.update(b"\0" + part if isinstance(part, bytes) else value_digest(part).encode())
    return digest.hexdigest()


def _parts(value: Any) -> Iterable[Any]:
    """Take a value apart: into bytes, or into values that are taken apart in turn."""
    if value is None or isinstance(value, bool | int | float | complex):
        return [repr(value).encode()]
    if isinstance(value, str):
        return [value.encode(errors="surrogatepass")]
    if isinstance(value, bytes):
        return [value]
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, dict):
        return [part for item in value.items() for part in item]
    if isinstance(value, set | frozenset):
        return sorted(value_digest(part).encode() for part in value)
    if isinstance(value, Path):
        return [value.name, file_digest(value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in dataclasses.fields(value) if field.init]
    return _numeric_parts(value)


def _numeric_parts(value: Any) -> Iterable[Any]:
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [value.iloc[:, place] for place in range(value.shape[1])]
        names = [list(value.columns.names), list(value.index.names)]
        return [*names, list(value.columns), *columns, value.index.to_series()]
    if isinstance(value, pd.Series):
        rows = pd.util.hash_pandas_object(value, index=True, categorize=False).to_numpy()
        return [str(value.dtype), value.name, *_kinds(value), rows.tobytes()]
    if isinstance(value, np.generic):
        return [str(value.dtype), repr(value.item()).encode()]
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return [str(value.dtype), str(value.shape), np.ascontiguousarray(value).tobytes()]
    if value is pd.NA or value is pd.NaT:
        return []
    if isinstance(value, pd.Timestamp):
        return [value.isoformat()]
    raise UnfitError(f"a value of type {type(value).__qualname__} has no fingerprint")


def _kinds(column: pd.Series) -> list[Any]:
    """Tell what a hash of a column's values leaves out: kinds of objects, order of categories."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return [list(column.dtype.categories), column.dtype.ordered]
    if column.dtype != object:
        return []
    kind = pd.api.types.infer_dtype(column, skipna=False)
    return [kind] if kind in PURE else [kind, [type(one).__qualname__ for one in column]]
