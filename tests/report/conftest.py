"""Share what the tests of pages need."""

from __future__ import annotations

import pytest


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Collect what a page hands to the notebook."""
    bundles: list[dict] = []
    monkeypatch.setattr(
        "tilstand.report.page.exhibits.display", lambda bundle, raw: bundles.append(bundle)
    )
    return bundles
