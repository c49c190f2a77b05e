"""Where do people begin? What is in production, what waits for them, what changed lately, what is in quarantine."""

from __future__ import annotations

from holotype.domain.entities import Event
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.operations.bootstrap import SYSTEM
from holotype.operations.list_promotions import tally_waiting
from holotype.operations.list_quarantines import list_quarantines
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.operations.tally_versions import tally_versions
from holotype.web import streaming
from holotype.web.base import Page, Visit, page
from holotype.web.pages.inbox import MOST

IN_PRODUCTION = "stage:production"
_FEW, _WAITING, _LATELY, _BACK = 8, 5, 12, 20_000
_QUIET = frozenset(
    action
    for action in Action
    if action == Action.VERSION_PULLED
    or action.partition(".")[0] in {"sign-in", "token", "access", "key", "blobs", "intake"}
)
"""What concerns one person or the server alone, and would hide what concerns all."""


@page("/", permission=Permission.TOKEN_WRITE)
def home(request: Visit) -> Page:
    """Show what concerns the visitor."""
    if not request.may_somewhere(Permission.MODEL_READ):
        return Page("home.html", {"reads": False})
    produced = tally_versions(request.call, IN_PRODUCTION, sort="-changed", limit=_FEW)
    recalls = list_quarantines(request.call, limit=_FEW + 1)
    about: dict[str, object] = {
        "reads": True,
        "produced": produced,
        "waiting": tally_waiting(request.call, limit=_WAITING, most=MOST),
        "recalls": recalls[:_FEW],
        "more_recalls": len(recalls) > _FEW,
        "lately": _lately(request),
        "query": IN_PRODUCTION,
    }
    about["new"] = produced.count == 0 and tally_versions(request.call, most=1).count == 0
    return Page("home.html", about)


def _lately(request: Visit) -> list[Event]:
    """Return what happened last, without what would hide it; of the newest entries alone."""
    newest = streaming.head(request.call)
    if newest is None:
        return []
    found = read_ledger(request.call, Wanted(but=_QUIET), after=max(newest - _BACK, 0), limit=_LATELY * 4)
    return [one for one in found if not _is_a_scan(one)][:_LATELY]


def _is_a_scan(event: Event) -> bool:
    """Say whether it is what the server itself finds in every version."""
    return event.actor == SYSTEM and event.action == Action.EVIDENCE_ATTESTED


routes = [home]
