"""Share local interfaces, a client whose time stands still, and a fetch of some sources."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

import report_pages
from fetching import EDITION
from interfaces import serve
from tilstand.sources import fetch as fetching_room
from tilstand.sources.client import Client
from tilstand.sources.fetch import Fetched, fetch_edition, snapshots_of
from tilstand.sources.open_sources import Bases, read_assumptions
from tilstand.sources.snapshots import Snapshots

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def interfaces():
    with serve() as made:
        yield made


class Pace:
    """Stand in for time: sleeping moves the clock."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def pace() -> Pace:
    return Pace()


@pytest.fixture
def make_client(tmp_path, pace):
    clients = []

    def make(folder=None, **changes) -> Client:
        http = httpx.Client(timeout=5)
        clients.append(http)
        usual = {"clock": pace.clock, "sleep": pace.sleep, "now": lambda: NOW}
        return Client(folder or Snapshots(tmp_path / "snapshots"), http, **(usual | changes))

    yield make
    for http in clients:
        http.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("nine")
    return report_pages.nine(folder, "Akershus", "Bærum", ("32", "3201"))


@pytest.fixture
def fetch(interfaces, register_only, repo_register, make_client, files, monkeypatch):
    interfaces.pages.files = files

    def fetch_once(*sources: str, **changes) -> Fetched:
        """Fetch all, or what stands of some sources in the table: a page, a table, a service."""
        if sources:
            every = read_assumptions(register_only.register)
            some = [one for one in every if {one.source, one.service, one.fills} & set(sources)]
            monkeypatch.setattr(fetching_room, "read_assumptions", lambda _folder: some)
        client = make_client(snapshots_of(register_only, EDITION.year), **changes)
        bases = Bases.below(interfaces.base)
        return fetch_edition(register_only, repo_register, EDITION, client=client, bases=bases)

    return fetch_once
