"""Kill builds at random moments of every phase and tell what was left behind."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from small_book import SmallBook

PHASES = ("start", "execute", "compile", "print", "swap in")
RECORD = "record.json"  # the last that is written before an edition is swapped in
TEXTS = (("# Tidlig innsats", "# Tidlig hjelp"), ("# Tidlig hjelp", "# Tidlig innsats"))
TRIES = 3  # so many builds are begun for each that is to be killed: some end before their moment


@dataclass
class Tally:
    """Count what was killed where, and keep what went wrong."""

    hits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PHASES, 0))
    lengths: dict[str, float] = field(default_factory=dict)
    old: int = 0
    new: int = 0
    late: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(self.hits.values())

    def __str__(self) -> str:
        where = ", ".join(
            f"{phase} {count} ({self.lengths.get(phase, 0):.1f} s long)"
            for phase, count in self.hits.items()
        )
        return (
            f"{self.kills} killed while they ran ({where}), {self.late} ended before their moment "
            f"and do not count; the site was the old one {self.old} times, the new one {self.new}, "
            f"something else {self.kills - self.old - self.new}; {len(self.wrong)} wrong"
        )


def kills(
    book: SmallBook,
    times: int,
    seed: int,
    tell: Callable[[str], None] = lambda _line: None,
) -> Tally:
    """Kill so many builds, as many in each phase, at random moments of it.

    The phase "print" is when pages get their data beside them, and their PDFs where the book has
    them. Each build has a change to bring to the site. Every third one starts with nothing
    remembered, every sixth without a site too, as the first build of all does. After each kill the
    site has to be the old one or the new one, byte for byte, and the next build has to give the
    clean one.
    """
    chance = random.Random(seed)
    book.prose("", "")  # the notebook as `prose` writes it: the record names its digest
    book.build()
    states = [book.site]
    book.prose(*TEXTS[0])
    from_nothing = _lengths(book, forget=True)
    states.append(book.site)
    book.prose(*TEXTS[1])
    long = {True: from_nothing, False: _lengths(book, forget=False)}
    tally = Tally(lengths=from_nothing)
    for number in range(times * TRIES):
        if tally.kills == times:
            break
        after = states[(number + 1) % 2]
        book.prose(*TEXTS[number % 2])
        if number % 3 == 2:
            shutil.rmtree(book.project.work)
        if number % 6 == 5:
            shutil.rmtree(book.project.site)
        before = book.site
        aim = PHASES[tally.kills % len(PHASES)]
        moment = chance.uniform(0, long[number % 3 == 2][aim])
        phase = _kill(book, aim, moment)
        what = f"build {number}, {moment:.2f} s into '{aim}', in '{phase}'"
        found = book.site
        if phase:
            tally.hits[phase] += 1
            tally.old += found == before
            tally.new += found == after
            if found not in (before, after):
                tally.wrong.append(f"{what}: the site is neither the old one nor the new one")
        else:
            tally.late += 1
        book.build()
        if book.site != after:
            tally.wrong.append(f"{what}: the next build is not the clean one")
        tell(f"{what}: {len(tally.wrong)} wrong so far" if phase else f"{what}: it had ended")
    if tally.kills < times:
        tally.wrong.append(f"only {tally.kills} of {times} builds were killed")
    few = [phase for phase, count in tally.hits.items() if count < times // 8]
    tally.wrong += [f"only {tally.hits[phase]} kills fell in '{phase}'" for phase in few]
    return tally


class _Watched:
    """A build that is watched from outside: how far it has come."""

    def __init__(self, book: SmallBook) -> None:
        self.process = book.start()
        self.work = book.project.work
        self.phase = PHASES[0]

    def look(self) -> bool:
        """Note the phase; tell whether the build still runs."""
        try:
            now = self._now()
        except FileNotFoundError:  # a folder was renamed under the eye
            now = self.phase
        if PHASES.index(now) > PHASES.index(self.phase):
            self.phase = now
        return self.process.poll() is None

    def _now(self) -> str:
        staging = self.work / "staging"
        if (staging / "site").is_dir() or any(staging.glob(f"*/*/{RECORD}")):
            return "swap in"
        if any(staging.glob("*/*")):
            return "print"
        if any(self.work.glob("*/*/fresh-*")):
            return "compile"
        return "execute" if self._forks() else "start"

    def _forks(self) -> bool:
        """Look for forks of the build among the processes that it has started."""
        pid = self.process.pid
        try:
            started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            own = Path(f"/proc/{pid}/cmdline").read_bytes()
            return any(Path(f"/proc/{one}/cmdline").read_bytes() == own for one in started)
        except OSError:  # it has just ended, or this is no Linux
            return False


def _lengths(book: SmallBook, *, forget: bool) -> dict[str, float]:
    """Build and measure how long each phase takes, with nothing there or with all of it."""
    if forget:
        shutil.rmtree(book.project.work)
        shutil.rmtree(book.project.site)
    spent = dict.fromkeys(PHASES, 0.0)
    build = _Watched(book)
    before = time.perf_counter()
    while build.look():
        time.sleep(0.005)
        now = time.perf_counter()
        spent[build.phase] += now - before
        before = now
    build.process.communicate()
    assert build.process.returncode == 0
    return spent


def _kill(book: SmallBook, aim: str, moment: float) -> str | None:
    """Kill all processes of a build so long after a phase began; None if it ended before."""
    build = _Watched(book)
    while build.look() and PHASES.index(build.phase) < PHASES.index(aim):
        time.sleep(0.002)
    until = time.perf_counter() + moment
    while build.look() and time.perf_counter() < until:
        time.sleep(0.002)
    running = build.look()
    if running:
        os.killpg(build.process.pid, signal.SIGKILL)
    build.process.communicate()
    killed = running and build.process.returncode == -signal.SIGKILL
    return build.phase if killed else None
