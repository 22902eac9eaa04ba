"""Call an open interface politely: few calls a minute, patient with faults, hardly ever twice."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tilstand.errors import TilstandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilstand.sources.snapshots import Snapshots

CALLS_A_MINUTE = 30
#: Says another pace, for a mirror of one's own.
PACE = "TILSTAND_CALLS_A_MINUTE"
MINUTE = 60.0
TRIES = 4
FIRST_WAIT = 2.0
LONGEST_WAIT = 120.0
TIMEOUT = 60.0
AGENT = "tilstandsboka (open source; a municipality's report on its schools)"
TOO_MANY = 429
TAG = re.compile(r"<[^>]*>")
LONGEST = 120
#: What the titles of PxWebApi's error bodies mean for a person, by their beginning.
MEANINGS = {
    "Non-existent table": "the table is gone: look the new number up at ssb.no/statbank",
    "Non-existent variable": "the table has a dimension under another name",
    "Non-existent value": "the table lacks a code that was asked for",
    "Missing selection for mandan": "a dimension was left out that must be chosen from",
    "Too many cells selected": "the call was too large",
}


class FetchError(TilstandError):
    """Report a call that an open interface did not answer."""


class RefusedError(FetchError):
    """Report a call that an open interface said no to: asking again gives the same."""


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
    offline : bool
        Whether stored answers are all there is: none is too old, and a missing one is a fault.
    """

    snapshots: Snapshots
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=TIMEOUT, headers={"User-Agent": AGENT})
    )
    calls_a_minute: int = field(
        default_factory=lambda: int(os.environ.get(PACE, "") or CALLS_A_MINUTE)
    )
    tries: int = TRIES
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], dt.datetime] = _now
    offline: bool = False
    calls: int = 0
    notes: list[str] = field(default_factory=list)
    _made: deque[float] = field(default_factory=deque)

    def get(
        self, url: str, body: dict[str, Any] | None = None, final_from: dt.date | None = None
    ) -> bytes:
        """Get the answer to a call.

        Parameters
        ----------
        url : str
            The whole address.
        body : dict, optional
            What is posted as JSON, where the question is too long for an address.
        final_from : datetime.date, optional
            Day from which the figures are final: an answer from before it is asked for once
            more from that day on.

        Returns
        -------
        bytes
            The answer, stored as a snapshot.

        Raises
        ------
        RefusedError
            When the interface says no (400 and its like). The refusal is stored, a build is told
            the same, and the next run asks again.
        FetchError
            When the interface has not answered after all tries. What was stored before stays
            and is not called again.
        """
        key = url if body is None else f"POST {url} {json.dumps(body, sort_keys=True)}"
        known = self.snapshots.listed().get(key)
        if known is not None and self._lasts(known.day, final_from, refused=known.refused):
            stored = self.snapshots.read(key) or b""
            if known.refused:
                raise RefusedError(stored.decode("utf-8", "replace"))
            return stored
        if self.offline:
            raise FetchError(f"{key}: not fetched yet: run tilstand fetch")
        try:
            content = self._call(url, body)
        except RefusedError as error:
            if known is not None and not known.refused:
                self.notes.append(f"{error}; the answer of {known.day} is used on")
                return self.snapshots.read(key) or b""
            self.snapshots.save(key, str(error).encode(), self.now(), refused=True)
            raise
        self.snapshots.save(key, content, self.now())
        return content

    def fetched(self, url: str) -> dt.date | None:
        """Tell the day of a stored answer."""
        known = self.snapshots.listed().get(url)
        return known.day if known else None

    def _lasts(self, day: dt.date, final_from: dt.date | None, *, refused: bool) -> bool:
        if self.offline:
            return True
        early = final_from is not None and day < final_from <= self.now().date()
        return not (refused or early)

    def _call(self, url: str, body: dict[str, Any] | None) -> bytes:
        said = ""
        for turn in range(self.tries):
            self._keep_pace()
            wait = FIRST_WAIT * 2**turn
            try:
                answer = self.http.get(url) if body is None else self.http.post(url, json=body)
            except httpx.TransportError as error:
                said = f"no answer ({type(error).__name__})"
            else:
                if answer.is_success:
                    return answer.content
                said = plain_answer(answer.status_code, answer.text)
                if answer.status_code != TOO_MANY and answer.is_client_error:
                    raise RefusedError(f"{url}: {said}")
                wait = max(wait, _retry_after(answer))
            if turn + 1 < self.tries:
                self.sleep(min(wait, LONGEST_WAIT))
        stored = len(self.snapshots.listed())
        kept = f"{stored} answers are stored and will not be fetched again"
        told = f"{said}, {self.tries} times"
        raise FetchError(f"{url}: {told}; {kept}: run the command anew to go on")

    def _keep_pace(self) -> None:
        while self._made and self._made[0] <= self.clock() - MINUTE:
            self._made.popleft()
        if len(self._made) >= self.calls_a_minute:
            self.sleep(self._made.popleft() + MINUTE - self.clock())
        self._made.append(self.clock())
        self.calls += 1


def plain_answer(status: int, text: str) -> str:
    """Write an error's body as words for a person.

    Parameters
    ----------
    status : int
        The answer's status.
    text : str
        Its body: JSON with a title as PxWebApi gives it, plain words, a web page or nothing.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> plain_answer(400, '{"type": "Parameter error", "title": "Non-existent value"}')
    "answered 400 'Non-existent value' (the table lacks a code that was asked for)"
    >>> plain_answer(500, "")
    'answered 500 without a word'
    """
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    titled = isinstance(body, dict) and bool(body.get("title"))
    words = str(body["title"]) if isinstance(body, dict) and titled else TAG.sub(" ", text)
    words = " ".join(words.split())[:LONGEST]
    if not words:
        return f"answered {status} without a word"
    meaning = next((said for title, said in MEANINGS.items() if words.startswith(title)), "")
    return f"answered {status} '{words}'" + (f" ({meaning})" if meaning else "")


def _retry_after(answer: httpx.Response) -> float:
    stated = answer.headers.get("Retry-After", "")
    return float(stated) if stated.isdigit() else 0.0
