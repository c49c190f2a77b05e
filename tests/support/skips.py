"""Which tests may be skipped? None that is not named here, each with its reason; any other skip is a failure."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest

ALLOWED: dict[str, str] = {
    "this machine has no IPv6": "many containers have none, and nothing that a test starts can bring it",
    "only Linux tells a process that its parent is gone": "a run killed elsewhere leaves its servers to their user",
}
"""A pattern that the whole reason of the skip matches → why that cannot be helped. May only shrink."""

_ADVICE = "A skip hides a claim. Make the test run everywhere, or name its reason in tests/support/skips.py."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that skips for a reason that is not allowed."""
    report = yield
    _refuse_skip(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that skips as a whole for a reason that is not allowed."""
    report = yield
    _refuse_skip(report, collector.nodeid)
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each skip that was allowed, or that there was none."""
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.write_line(f"allowed skips: {len(skipped) or 'none'}")
    for report in skipped:
        terminalreporter.write_line(f"  {report.nodeid}: {_reason(report)}")


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport, nodeid: str) -> None:
    """Turn a skip that nobody allowed into a failure that says what to do."""
    expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not expected_failure and not _allowed(_reason(report)):
        report.outcome = "failed"
        report.longrepr = f"{nodeid} was skipped: {_reason(report)}\n{_ADVICE}"


def _allowed(reason: str) -> bool:
    """Say whether this reason is on the list."""
    return any(re.fullmatch(pattern, reason) for pattern in ALLOWED)


def _reason(report: Any) -> str:
    """Return what the test gave as its reason."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
