"""Remember what each step was made from, so that it runs again only when that has changed.

Contents decide, never times: a checkout, a copy or a restored backup has new times and old
contents. A build system such as doit compares contents too, but wants every step's files named
before it starts, and marks a step as done on its own; here a chapter's files depend on what the
edition may know, and a step counts as done only together with the very bytes that it made.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tilstand.store.entries import write_whole

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 3  # so many changes are named; the rest is counted


def reason(note: Path, inputs: dict[str, str], made: str) -> str:
    """Say why a step has to run.

    Parameters
    ----------
    note : Path
        What `remember` wrote when the step ran last.
    inputs : dict
        Everything that the step is made from: name to digest.
    made : str
        Digest of what lies where the step's result should be; empty where nothing does.

    Returns
    -------
    str
        Empty when the step need not run.
    """
    try:
        kept = json.loads(note.read_text(encoding="utf-8"))
        before: dict[str, str] = dict(kept["inputs"])
        result = str(kept["made"])
    except FileNotFoundError:
        return "not made yet"
    except (OSError, ValueError, KeyError, TypeError):
        return "nothing is known about the last time"
    changed = changes(before, inputs)
    if changed:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        return ", ".join(changed[:SHOWN]) + more
    if not made:
        return "the result is gone"
    return "" if made == result else "the result was changed by hand"


def remember(note: Path, inputs: dict[str, str], made: str) -> None:
    """Write down what a step was made from and what came of it, in one rename.

    Parameters
    ----------
    note : Path
        The file; made anew.
    inputs : dict
        As for `reason`.
    made : str
        Digest of the result.
    """
    write_whole(note, json.dumps({"inputs": inputs, "made": made}).encode())


def changes(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """List what differs between two sets of inputs, a phrase each.

    Parameters
    ----------
    before, now : dict
        Name to digest.

    Returns
    -------
    list of str
        Such as ``data/published/skole.csv changed``, sorted by name.
    """
    said = []
    for name in sorted(before.keys() | now.keys()):
        if name not in before:
            said.append(f"{name} is new")
        elif name not in now:
            said.append(f"{name} is gone")
        elif before[name] != now[name]:
            said.append(f"{name} changed")
    return said
