"""Is the ledger still what was written?"""

from __future__ import annotations

from holotype.access import rules
from holotype.domain.permissions import Permission
from holotype.ledger.verify import Verdict, verify_chain
from holotype.operations.call import Call


def verify_ledger(call: Call) -> Verdict:
    """Compute every hash of the ledger again and say whether all of them hold; reads the whole ledger."""
    rules.require(call.actor, Permission.LEDGER_READ)
    with call.registry.database.snapshot() as tx:
        return verify_chain(tx)
