"""Call an open interface politely: few calls a minute, patient with faults, never twice."""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from tilstand.errors import TilstandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.sources.snapshots import Snapshots

CALLS_A_MINUTE = 30
MINUTE = 60.0
TRIES = 4
FIRST_WAIT = 2.0
LONGEST_WAIT = 120.0
TIMEOUT = 60.0
AGENT = "tilstandsboka (open source; a municipality's report on its schools)"
TOO_MANY = 429


class FetchError(TilstandError):
    """Report a call that an open interface did not answer."""


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)


@dataclass
class Client:
    """Answer calls from snapshots where there are any, else from the network.

    Parameters
    ----------
    snapshots : Snapshots
        Where answers are kept.
    http : httpx.Client
        Does the calls.
    calls_a_minute : int
        As many as the interface allows (SSB: 30).
    tries : int
        How often a call is made when the server is busy or broken.
    clock, sleep, now : callable
        Seconds for the pace, waiting, and the time that snapshots are stamped with.
    """

    snapshots: Snapshots
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=TIMEOUT, headers={"User-Agent": AGENT})
    )
    calls_a_minute: int = CALLS_A_MINUTE
    tries: int = TRIES
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], dt.datetime] = _now
    calls: int = 0
    _made: deque[float] = field(default_factory=deque)

    def get(self, url: str) -> bytes:
        """Get the answer to a call.

        Parameters
        ----------
        url : str
            The whole address; the same address is called only once, ever.

        Returns
        -------
        bytes
            The answer, stored as a snapshot.

        Raises
        ------
        FetchError
            When the interface refuses the call (400 and its like), or has not answered after
            all tries. What was stored before stays and is not called again.
        """
        stored = self.snapshots.read(url)
        if stored is not None:
            return stored
        content = self._call(url)
        self.snapshots.save(url, content, self.now())
        return content

    def _call(self, url: str) -> bytes:
        said = ""
        for turn in range(self.tries):
            self._keep_pace()
            wait = FIRST_WAIT * 2**turn
            try:
                answer = self.http.get(url)
            except httpx.TransportError as error:
                said = f"no answer ({type(error).__name__})"
            else:
                if answer.is_success:
                    return answer.content
                said = _said(answer)
                if answer.status_code != TOO_MANY and answer.is_client_error:
                    raise self._stop(url, said)
                wait = max(wait, _retry_after(answer))
            if turn + 1 < self.tries:
                self.sleep(min(wait, LONGEST_WAIT))
        raise self._stop(url, f"{said}, {self.tries} times")

    def _keep_pace(self) -> None:
        while self._made and self._made[0] <= self.clock() - MINUTE:
            self._made.popleft()
        if len(self._made) >= self.calls_a_minute:
            self.sleep(self._made.popleft() + MINUTE - self.clock())
        self._made.append(self.clock())
        self.calls += 1

    def _stop(self, url: str, said: str) -> FetchError:
        stored = len(self.snapshots.listed())
        kept = f"{stored} answers are stored and will not be fetched again"
        return FetchError(f"{url}: {said}; {kept}: run the command anew to go on")


def _said(answer: httpx.Response) -> str:
    words = " ".join(answer.text.split())[:120]
    return f"answered {answer.status_code}" + (f" '{words}'" if words else "")


def _retry_after(answer: httpx.Response) -> float:
    stated = answer.headers.get("Retry-After", "")
    return float(stated) if stated.isdigit() else 0.0
