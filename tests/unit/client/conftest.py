"""What holds for every test of the client? No credentials but its own, and no waiting for what will not come."""

from __future__ import annotations

from pathlib import Path

import pytest

from holotype.client import receive, retry


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep credentials and receipts of the user who runs the tests out of them."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOLOTYPE_URL", "HOLOTYPE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up after a third of a second instead of a minute."""
    monkeypatch.setattr(retry, "_FIRST", 0.01)
    monkeypatch.setattr(receive, "TRANSFER", retry.Limits(patience=0.3, silence=5.0))
