"""Was the version recalled?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from holotype.domain.entities import Verdict
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class NotQuarantined(Gate):
    """No open quarantine holds the version."""

    on_rollback: ClassVar[bool] = True

    def ask(self, facts: Facts) -> Verdict:
        """Refuse a version that was recalled, saying why it was."""
        reasons = facts.quarantines
        if not reasons and facts.candidate.version.quarantined_at is None:
            return self.passed("No quarantine holds it.")
        why = f": {'; '.join(reasons[:3])}" if reasons else ""
        more = f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
        return self.failed(f"It is in quarantine{why}{more}.", "End the recall with `holotype release`.")
