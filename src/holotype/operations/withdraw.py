"""How is a request taken back? By the person who made it, through whichever account, or by who writes the policy."""

from __future__ import annotations

from holotype.access import rules
from holotype.domain import names
from holotype.domain.entities import Promotion, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Denied
from holotype.governance.promotions import WITHDRAWN, Request
from holotype.operations import expiring, once, reconsidering, requests
from holotype.operations.call import Call


def withdraw(call: Call, identifier: int, *, comment: str = "") -> Promotion:
    """End a promotion that one asked for, before it is decided."""
    names.text(comment, "comment")
    mark = once.fingerprint("withdraw", identifier, comment)
    with call.write() as tx:
        request, version = requests.locked(tx, call, identifier)
        if once.recall(tx, call, mark) is None:
            check_may_withdraw(call, request, version)
            requests.check_open(request)
            if not expiring.expired(tx, call, request, version):
                reconsidering.end(tx, call, request, version, WITHDRAWN, Action.PROMOTION_WITHDRAWN, comment)
            once.remember(tx, call, mark, "withdrawn")
        return requests.one(tx, identifier)


def check_may_withdraw(call: Call, request: Request, version: Version) -> None:
    """Raise ``Denied`` unless the caller asked for a promotion, or writes the policy."""
    where = {"namespace": version.namespace, "model": version.model}
    if call.actor.person_id == request.requester_id and rules.may(call.actor, Permission.PROMOTION_REQUEST, **where):
        return
    if rules.may(call.actor, Permission.POLICY_WRITE, **where):
        return
    raise Denied(
        f"The promotion {request.id} was asked for by {request.requested_by}.",
        hint=f"They or an administrator may withdraw it; who may approve it may `holotype reject {request.id}`.",
        permission=Permission.POLICY_WRITE.value,
        subject=rules.subject(version.namespace, version.model),
    )
