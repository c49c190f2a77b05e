"""How does somebody reject a promotion? With a comment, and that ends it: a request that lacks something is made anew.

Whoever may approve moves to the target may reject one, whether or not their approval would count.
"""

from __future__ import annotations

from holotype.domain import names
from holotype.domain.entities import Promotion
from holotype.domain.events import Action
from holotype.errors import Invalid
from holotype.governance import approvals
from holotype.governance.promotions import REJECTED
from holotype.operations import expiring, once, reconsidering, requests
from holotype.operations.approve import may_decide
from holotype.operations.call import Call


def reject(call: Call, identifier: int, *, comment: str) -> Promotion:
    """End a promotion that waits for approvals, and say why."""
    if not names.text(comment, "comment").strip():
        raise Invalid("A rejection needs a comment.", hint="Say in a few words what is wrong, with --comment.")
    mark = once.fingerprint("reject", identifier, comment)
    with call.write() as tx:
        request, version = requests.locked(tx, call, identifier)
        if once.recall(tx, call, mark) is None:
            may_decide(call, request, version)
            requests.check_open(request)
            if not expiring.expired(tx, call, request, version):
                approvals.insert(tx, request, call.actor, approvals.REJECTED, comment, call.now)
                reconsidering.end(tx, call, request, version, REJECTED, Action.PROMOTION_REJECTED, comment)
            once.remember(tx, call, mark, "rejected")
        return requests.one(tx, identifier)
