"""Build the book of this archive anew and compare it with the one that lies here.

Goes into every replication archive and uses nothing but Python itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PUBLISHED = HERE / "published"
PROJECT = HERE / "project"
REBUILT = HERE / "rebuilt"


def main() -> int:
    """Check the archive, build, compare; 0 when every byte is the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--here", action="store_true", help="use the Python that runs this, install nothing"
    )
    here = parser.parse_args().here
    broken = damaged()
    if broken:
        print(*(f"{name}: not as it was packed" for name in broken), sep="\n", file=sys.stderr)
        return 1
    (year,) = (path.name for path in PUBLISHED.iterdir())
    python = sys.executable if here else environment()
    shutil.rmtree(REBUILT, ignore_errors=True)
    shutil.copytree(PROJECT, REBUILT)
    settings = os.environ | {"TILSTAND_PROJECT": str(REBUILT), "PYTHONPATH": str(REBUILT / "lib")}
    command = [python, "-m", "tilstand.cli", "build", "--edition", year, "--no-pdf"]
    built = subprocess.run(command, env=settings, cwd=REBUILT, check=False)
    if built.returncode:
        return 1
    lines = compare(PUBLISHED / year, REBUILT / "book" / "site" / year)
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        return 1
    print(f"identical: {len(digests(PUBLISHED / year))} files")
    return 0


def damaged() -> list[str]:
    """Name the files that are no longer what SHA256SUMS says."""
    lines = (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    return [name for name, digest in sums.items() if _digest(HERE / name) != digest]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def environment() -> str:
    """Make an environment with exactly the locked versions; return its Python."""
    folder = HERE / "environment"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / "ready"
    if not ready.is_file():
        venv.create(folder, with_pip=True, clear=True)
        lock = PROJECT / "requirements.lock"
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        install = ["--no-deps", "--no-build-isolation", "-e", str(PROJECT)]
        subprocess.run([*pip, *install], check=True)
        ready.touch()
    return str(python)


def digests(folder: Path) -> dict[str, str]:
    """Fingerprint every file under a folder."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): _digest(path) for path in paths}


def compare(published: Path, rebuilt: Path) -> list[str]:
    """Write a line for each file that is not the same, the machine's part first."""
    one, other = digests(published), digests(rebuilt)
    wrong = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
    lines = [f"{name}: {_what(name, one, other)}" for name in wrong]
    return _surroundings(published, rebuilt) + lines if wrong else []


def _what(name: str, one: dict[str, str], other: dict[str, str]) -> str:
    if name not in other:
        return "not made this time"
    return "differs" if name in one else "was not in the archive"


def _surroundings(published: Path, rebuilt: Path) -> list[str]:
    """Say where this machine is another one than the book was made on."""
    lines = []
    for record in sorted(published.glob("*/record.json")):
        again = rebuilt / record.relative_to(published)
        if not again.is_file():
            continue
        texts = [json.loads(path.read_text(encoding="utf-8")) for path in (record, again)]
        then, now = ({**text["environment"], "packages": ""} for text in texts)
        packages = [text["environment"]["packages"] for text in texts]
        lines += [
            f"note: {key} was {then[key]}, here it is {now[key]}"
            for key in then
            if then[key] != now[key]
        ]
        lines += [
            f"note: {name} was {version}, here it is {packages[1].get(name, 'missing')}"
            for name, version in packages[0].items()
            if packages[1].get(name) != version
        ]
        break
    return lines


if __name__ == "__main__":
    sys.exit(main())
