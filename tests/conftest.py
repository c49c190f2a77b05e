"""What holds for every test? Real backends as fixtures, no skip that nobody allowed, nothing that time decides."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.fixtures", "tests.support.skips"]

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
