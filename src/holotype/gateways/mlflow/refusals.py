"""How is a client told that a promotion was not applied? By an error that names it, says why, and what to do next.

The promotion stays: it is the record that somebody asked, and where people have to approve, it waits for them.
"""

from __future__ import annotations

from holotype.domain.entities import Promotion
from holotype.errors import Conflict
from holotype.governance.promotions import PENDING


def not_applied(one: Promotion) -> Conflict:
    """Return the error for a promotion that was refused or waits for approvals."""
    asked = f"Promotion {one.id} of {one.version.reference} from {one.source or 'nothing'} to {one.target}"
    if one.status == PENDING:
        return Conflict(
            f"{asked} waits for approvals; nothing was moved by it.",
            hint=f"Somebody who may approve it runs `holotype approve {one.id}`; then ask again.",
        )
    against = [verdict for verdict in one.verdicts if not verdict.passed]
    why = "; ".join(f"{verdict.gate}: {verdict.reason}" for verdict in against)
    remedies = " ".join(dict.fromkeys(verdict.remedy for verdict in against if verdict.remedy))
    return Conflict(
        f"{asked} was {one.status}: {why or one.note}.".replace("..", "."),
        hint=f"{remedies} See `holotype promotion show {one.id}`.".strip(),
    )
