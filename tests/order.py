"""Run the tests in an order in which no process waits for another.

The first process builds the book of all editions and reads its pages; meanwhile the others run the
tests that build books of their own, the longest first. What opens the built book in a browser
comes then, and the many short tests fill what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    import pytest

# These read the text of every page: in one process each page is parsed once.
READERS = tuple(
    f"tests/site/{name}.py"
    for name in ("test_pages", "test_traced_numbers", "test_switches", "test_record", "test_claims")
)
LONG = ("tests/site/test_rebuild.py", "tests/site/test_again.py", "tests/test_new_year.py")


class Together(LoadFileScheduling):
    """Give a process one file at a time, and all that read every page to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "readers" if file in READERS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow, book = set(), set()
    for item in items:
        file = item.nodeid.partition("::")[0]
        if "site" in getattr(item, "fixturenames", ()):
            book.add(file)
        if item.get_closest_marker("slow"):
            slow.add(file)

    def turn(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        order = (file in READERS, file in LONG, file in slow - book, file in book)
        return order.index(True) if any(order) else len(order)

    items.sort(key=turn)
