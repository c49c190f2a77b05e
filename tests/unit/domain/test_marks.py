"""Does the mark of a version's scans say what the gate would say?"""

from __future__ import annotations

import json

import pytest

from holotype.domain import marks
from holotype.domain.attested import JSON, SERVER

CLEAN, DIRTY = {"clean": True, "findings": []}, {"clean": False, "findings": [{"path": "a", "name": "os.system"}]}
UNREAD = {"clean": False, "findings": [], "errors": [{"path": "a", "reason": "encrypted"}]}


def scan(said: object, by: str = SERVER) -> tuple[str, str, bytes]:
    """Return a scan that says something."""
    return by, JSON, json.dumps(said).encode()


@pytest.mark.parametrize(
    ("scans", "mark"),
    [
        ([], None),
        ([scan(CLEAN, "ci")], None),
        ([scan(CLEAN)], "scan-clean"),
        ([scan(CLEAN), scan(CLEAN, "ci")], "scan-clean"),
        ([scan(DIRTY)], "scan-found"),
        ([scan(CLEAN), scan(DIRTY, "ci")], "scan-found"),
        ([scan(DIRTY, "ci")], "scan-found"),
        ([scan(UNREAD)], "scan-unclear"),
        ([scan([1, 2])], "scan-unclear"),
        ([(SERVER, JSON, None)], "scan-unclear"),
        ([(SERVER, "text/plain", b"clean")], "scan-unclear"),
        ([(SERVER, JSON, b"{nonsense")], "scan-unclear"),
    ],
)
def test_a_scan_is_clean_only_where_all_say_so(scans: list[tuple[str, str, bytes]], mark: str | None) -> None:
    """What cannot be read is not clean, and before the registry itself has scanned nothing is."""
    assert marks.of_scans(scans) == mark
