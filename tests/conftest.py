"""What holds for every test? Real backends as fixtures, and no skip that nobody allowed."""

from __future__ import annotations

pytest_plugins = ["tests.support.fixtures", "tests.support.skips"]
