"""Keep every answer of an open interface as a dated file that can be checked later."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilstand.errors import DataError
from tilstand.safe_text import csv_lines

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "snapshots"
INDEX = "snapshots.csv"
INDEX_COLUMNS = ("url", "file", "fetched", "sha256", "bytes")
#: Ends the name of an answer that says no, kept so that a build knows that it was asked for.
REFUSED = ".refused"


class SnapshotError(DataError):
    """Report a stored answer that is not what was fetched."""


@dataclass(frozen=True)
class Snapshot:
    """Describe one stored answer.

    Parameters
    ----------
    url : str
        What was asked.
    file : str
        Name of the file in the folder.
    fetched : str
        Day and time, UTC, in ISO form.
    sha256 : str
        Checksum of the file.
    bytes : str
        Size of the file.
    """

    url: str
    file: str
    fetched: str
    sha256: str
    bytes: str

    @property
    def refused(self) -> bool:
        """Whether the interface said no; the answer is what it said."""
        return self.file.endswith(REFUSED)

    @property
    def day(self) -> dt.date:
        """Day on which it was fetched."""
        return dt.date.fromisoformat(self.fetched[:10])


@dataclass(frozen=True)
class Snapshots:
    """Store and find answers in one folder.

    Parameters
    ----------
    folder : Path
        Holds the answers.
    list_name : str
        Name of the file in it that lists them.
    """

    folder: Path
    list_name: str = INDEX

    def listed(self) -> dict[str, Snapshot]:
        """List the answers by address; the newest where one was fetched twice."""
        index = self.folder / self.list_name
        if not index.is_file():
            return {}
        rows: list[Snapshot] = []
        columns: set[str] = set()
        with (
            contextlib.suppress(TypeError, UnicodeDecodeError, csv.Error),
            index.open(encoding="utf-8", newline="") as lines,
        ):
            reader = csv.DictReader(lines, strict=True)
            rows = [Snapshot(**row) for row in reader]
            columns = set(reader.fieldnames or INDEX_COLUMNS)
        if columns != set(INDEX_COLUMNS):
            expected = ", ".join(INDEX_COLUMNS)
            raise SnapshotError(
                f"{index}: not a list of fetched answers, expected the columns {expected}; delete "
                "it and run tilstand fetch again"
            )
        return {row.url: row for row in rows}

    def read(self, url: str) -> bytes | None:
        """Read the stored answer to a call; None when it has not been made.

        Raises
        ------
        SnapshotError
            When the file is gone or is not what was fetched.
        """
        snapshot = self.listed().get(url)
        if snapshot is None:
            return None
        path = self.folder / snapshot.file
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != snapshot.sha256:
            message = f"{path}: not the file that was fetched from {url} on {snapshot.fetched[:10]}"
            raise SnapshotError(f"{message}; delete its line in {self.list_name} to fetch it anew")
        return content

    def save(
        self, url: str, content: bytes, now: dt.datetime, *, refused: bool = False
    ) -> Snapshot:
        """Store an answer; the list names it only once the file is whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(url.encode()).hexdigest()[:8]
        short, csv_file = _short(url), url.split("?", maxsplit=1)[0].endswith(".csv")
        # An export is named as the Export button does it: the name tells when it was made.
        name = f"{now:%Y%m%d-%H%M}_{short}_{key}.csv" if csv_file else ""
        name = name or f"{now:%Y-%m-%d}_{short}_{key}.json"
        name += REFUSED if refused else ""
        part = self.folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(self.folder / name)
        snapshot = Snapshot(
            url, name, now.isoformat(), hashlib.sha256(content).hexdigest(), str(len(content))
        )
        index = self.folder / self.list_name
        new = not index.is_file()
        with index.open("a", encoding="utf-8", newline="") as lines:
            row = [getattr(snapshot, column) for column in INDEX_COLUMNS]
            lines.write(csv_lines([INDEX_COLUMNS, row] if new else [row]))
        return snapshot


def fetched_exports(folder: Path) -> list[Path]:
    """List the exports among the answers, the newest first.

    Parameters
    ----------
    folder : Path
        Folder of the snapshots.
    """
    newest = [row for row in Snapshots(folder).listed().values() if not row.refused]
    newest.sort(key=lambda row: row.fetched, reverse=True)
    return [folder / row.file for row in newest if row.file.endswith(".csv")]


def _short(url: str) -> str:
    path = url.split("?", maxsplit=1)[0].rsplit("://", maxsplit=1)[-1].split("/", 1)[-1]
    parts = path.removesuffix("/data.csv").split("/")[-3:]
    return re.sub(r"[^A-Za-z0-9]+", "-", "/".join(parts)).strip("-")
