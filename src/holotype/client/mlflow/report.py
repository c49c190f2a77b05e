"""What came, what could not, and why? Counted model by model; particulars are kept up to a limit, then counted."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import msgspec

from holotype.wire.imports import LeftOut

MOST = 10_000


class Line(msgspec.Struct):
    """One model: how many versions it has there, how many are here now, and how many of those came just now."""

    title: str
    name: str
    there: int = 0
    here: int = 0
    new: int = 0
    changed: int = 0
    external: int = 0
    files: int = 0
    bytes: int = 0
    left_out: int = 0
    failed: int = 0
    different: int = 0

    @property
    def equal(self) -> bool:
        """Whether this model is here exactly as it is there."""
        return self.there == self.here and not (self.external or self.left_out or self.failed or self.different)


class Report(msgspec.Struct):
    """An import: a line a model, what was left out, what failed, and what is different after it was read again.

    ``equal`` says that nothing is missing or different; ``more`` counts particulars beyond the limit.
    """

    origin: str
    namespace: str
    dry_run: bool = False
    models: list[Line] = []
    left_out: list[LeftOut] = []
    failed: list[LeftOut] = []
    different: list[LeftOut] = []
    more: int = 0
    equal: bool = True

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return any(line.new or line.changed for line in self.models)


class Notes:
    """Takes notes for one model, from several threads."""

    def __init__(self, report: Report, line: Line) -> None:
        """Begin a line of the report."""
        self._report, self.line = report, line
        self._lock = threading.Lock()
        report.models.append(line)

    def count(self, **more: int) -> None:
        """Add to the numbers of the line."""
        with self._lock:
            for name, value in more.items():
                setattr(self.line, name, getattr(self.line, name) + value)

    def left_out(self, found: Iterable[LeftOut]) -> None:
        """Note what did not come and will not."""
        self._note("left_out", found)

    def failed(self, found: Iterable[LeftOut]) -> None:
        """Note what did not come now, and may when it is tried again."""
        self._note("failed", found)

    def different(self, found: Iterable[LeftOut]) -> None:
        """Note what is not the same after it was read again, although nothing said so."""
        self._note("different", found)

    def end(self) -> None:
        """Say whether all is equal so far."""
        self._report.equal = self._report.equal and self.line.equal

    def _note(self, kind: str, found: Iterable[LeftOut]) -> None:
        with self._lock:
            kept: list[LeftOut] = getattr(self._report, kind)
            for one in found:
                setattr(self.line, kind, getattr(self.line, kind) + 1)
                if len(kept) < MOST:
                    kept.append(one)
                else:
                    self._report.more += 1
