"""What was recalled, and what would a recall reach?"""

from __future__ import annotations

from holotype.client.base import ROOT, Base
from holotype.client.pages import Pages
from holotype.wire import recall as shapes


class Recalls(Base):
    """The calls about quarantines."""

    def quarantine(self, subject: str, *, reason: str) -> shapes.Quarantine:
        """Recall a version, ``dataset:URI`` or ``parent:REFERENCE``, with everything that was built on it."""
        return self._post(f"{ROOT}/quarantines", shapes.Quarantine, shapes.NewQuarantine(subject, reason))

    def release(self, quarantine: int | str, *, reason: str) -> shapes.Quarantine:
        """End a quarantine, given by its number or by what it is about."""
        return self._post(f"{ROOT}/releases", shapes.Quarantine, shapes.NewRelease(str(quarantine), reason))

    def quarantines(
        self, *, everything: bool = False, limit: int | None = None, cursor: str | None = None
    ) -> Pages[shapes.Quarantine]:
        """Iterate over open quarantines, or over all that ever were, the newest first."""
        asked = {"everything": everything or None}
        return self._pages(f"{ROOT}/quarantines", shapes.Quarantine, asked, limit, cursor)

    def show_quarantine(self, quarantine: int) -> shapes.Held:
        """Return a quarantine by its number, with the versions under it."""
        return self._get(f"{ROOT}/quarantines/{int(quarantine)}", shapes.Held)

    def impact(self, subject: str) -> shapes.Impact:
        """Return what a recall of a version, ``dataset:URI`` or ``parent:REFERENCE`` would reach."""
        return self._get(f"{ROOT}/impact", shapes.Impact, subject=subject)
