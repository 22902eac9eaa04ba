"""Write an entry of the store and read it back, whole or not at all.

An entry is a ZIP archive that any program opens: ``value.json``, a Parquet file for each table in
the value, and ``manifest.json`` with the key and the SHA-256 of every other part. It is written
under another name and renamed, can be read by its owner alone, and counts as absent as soon as
anything in it is not as it was written.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

MANIFEST, VALUE = "manifest.json", "value.json"
FOLDER_MODE = 0o700
DRAFT = ".draft-"


class Absent(LookupError):  # noqa: N818 - no fault: it asks for the value to be made
    """Tell that the store has no such entry, or none that can be trusted."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one rename, for its owner alone; two writers at once do no harm.

    Parameters
    ----------
    path : Path
        Where it goes; its folder is made when it is not there.
    content : bytes
        All of it.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=DRAFT)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can look into, unless it is there."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def write_entry(path: Path, key: str, value: Any) -> None:
    """Write an entry.

    Parameters
    ----------
    path : Path
        The file.
    key : str
        What the value was made from.
    value : Any
        As `tilstand.store.values.flat` takes it.

    Raises
    ------
    UnfitError
        When the value has no lasting form, or would not be read back as it is.
    OSError
        When the file cannot be written.
    """
    from tilstand.store.values import flat

    tree, tables = flat(value)
    parts = {VALUE: json.dumps(tree, ensure_ascii=False).encode(), **tables}
    digests = {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}
    manifest = json.dumps({"key": key, "parts": digests}).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in {**parts, MANIFEST: manifest}.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    write_whole(path, stream.getvalue())


def read_entry(path: Path, key: str) -> Any:
    """Read an entry.

    Parameters
    ----------
    path : Path
        The file.
    key : str
        What the value has to have been made from.

    Returns
    -------
    Any
        The value.

    Raises
    ------
    Absent
        When there is no such file, or it is damaged, cut, or of another key.
    """
    from tilstand.store.values import restored

    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(parts.pop(MANIFEST))
        digests = {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}
        trusted = manifest == {"key": key, "parts": digests}
        if trusted:
            return restored(json.loads(parts.pop(VALUE)), parts)
    except Exception as error:  # of a damaged file nothing is certain, not even how reading fails
        raise Absent(path.name) from error
    raise Absent(path.name)
