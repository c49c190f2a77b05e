"""How does somebody write to a promotion? As Markdown, which is kept as it is; nothing is decided by it.

1. The caller may know of the promotion, and may ask for promotions of the model: everybody can who may approve them.
2. The comment is written with its ledger entry. One that is over can be written to as well: what was learnt later
   belongs there too.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.domain import names
from holotype.domain.entities import Comment
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.governance import comments
from holotype.ledger import append
from holotype.operations import entries, once, requests
from holotype.operations.call import Call


def comment(call: Call, identifier: int, text: str) -> Comment:
    """Write a comment to a promotion and return it."""
    if not names.text(text, "comment").strip():
        raise Invalid("A comment needs some text.", hint="Write something.")
    mark = once.fingerprint("comment", identifier, text)
    with call.write() as tx:
        request, version = requests.seen(tx, call, identifier)
        where = {"namespace": version.namespace, "model": version.model}
        rules.require(call.actor, Permission.PROMOTION_REQUEST, **where)  # 1
        done = once.recall(tx, call, mark)
        if done is not None:
            return comments.there(tx, int(done))
        made = comments.insert(tx, request.id, text, by=call.actor.name, now=call.now)  # 2
        data: dict[str, object] = {"promotion": request.id, "to": request.target, "comment": text}
        entry = entries.about(version, Action.PROMOTION_COMMENTED, data)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        once.remember(tx, call, mark, str(made.id))
        return made
