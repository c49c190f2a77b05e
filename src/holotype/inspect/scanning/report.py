"""What does a scan find, and how far does it go?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

DANGEROUS, SUSPICIOUS, NOTE = "dangerous", "suspicious", "note"
SEVERITIES = (NOTE, SUSPICIOUS, DANGEROUS)
"""What runs code that no model needs; what may; what is worth knowing. Only the last leaves a version clean."""
_LISTED = 100


class Unreadable(Exception):
    """Something could not be read to its end; the sentence says why."""


def sentence(error: Unreadable) -> str:
    """Return the reason as a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


@dataclass(frozen=True, slots=True)
class Found:
    """Something that loading a file would do: where, what, and how bad that is."""

    path: str
    name: str
    severity: str


@dataclass(slots=True)
class Report:
    """What is found in the files of one version. ``files`` counts those that were looked into."""

    files: int = 0
    findings: dict[tuple[str, str], Found] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    left_out: int = 0

    def find(self, path: str, name: str, severity: str) -> None:
        """Note a finding, once, at the greatest severity that was seen."""
        key = (path, name[:200])
        known = self.findings.get(key)
        if known is None and len(self.findings) >= _LISTED:
            self._make_room(severity)
        if known is None or SEVERITIES.index(known.severity) < SEVERITIES.index(severity):
            self.findings[key] = Found(path, name[:200], severity)

    def fail(self, path: str, reason: str) -> None:
        """Note what could not be looked into, and why."""
        if len(self.errors) < _LISTED:
            self.errors.append((path, reason[:300]))

    @property
    def clean(self) -> bool:
        """Whether everything was read and nothing in it is dangerous or suspicious."""
        return not self.errors and all(one.severity == NOTE for one in self.findings.values())

    def _make_room(self, severity: str) -> None:
        """Forget the least of what is listed when the list is full, so that the worst stays in it."""
        key = min(self.findings, key=lambda one: SEVERITIES.index(self.findings[one].severity))
        if SEVERITIES.index(self.findings[key].severity) <= SEVERITIES.index(severity):
            del self.findings[key]
        self.left_out += 1


def _no_pause() -> None:
    """Go on at once."""


@dataclass(slots=True)
class Limits:
    """How far a scan goes before it says that it did not see everything. ``pause`` is called all along."""

    opcodes: int = 50_000_000
    unpacked: int = 16 * 2**30
    ratio: int = 1_000
    entries: int = 100_000
    depth: int = 4
    spool: int = 2**30
    seconds: float = 1_800.0
    pause: Callable[[], None] = _no_pause
    began: float = field(default_factory=time.monotonic)

    def opcode(self) -> None:
        """Count a thousand opcodes."""
        self.opcodes -= 1_000
        if self.opcodes < 0:
            raise Unreadable("it has more opcodes than a scan reads")
        self.breathe()

    def inflate(self, size: int) -> None:
        """Count bytes that came out of a compressed stream."""
        self.unpacked -= size
        if self.unpacked < 0:
            raise Unreadable("it unpacks to more bytes than a scan reads")
        self.breathe()

    def entry(self) -> None:
        """Count a member of an archive."""
        self.entries -= 1
        if self.entries < 0:
            raise Unreadable("it has more members than a scan reads")

    def breathe(self) -> None:
        """Let others work, and end what takes too long."""
        self.pause()
        if time.monotonic() - self.began > self.seconds:
            raise Unreadable("it takes longer than a scan may")
