"""The routes that move versions, decide about moves that wait, and say where versions are."""

from __future__ import annotations

from datetime import datetime

from holotype.domain import references
from holotype.domain.permissions import Permission
from holotype.gateways.base import Reply, Request, call_of, get, post
from holotype.gateways.native.addresses import (
    MODEL,
    PAGE,
    VERSION,
    before,
    checked,
    model_at,
    number,
    page,
    tagged,
    version_at,
)
from holotype.gateways.perform import perform, perform_quick
from holotype.gateways.remembered import remembered
from holotype.operations.approve import approve
from holotype.operations.comment import comment
from holotype.operations.list_comments import list_comments
from holotype.operations.list_promotions import Wanted, list_promotions
from holotype.operations.promote import promote
from holotype.operations.reject import reject
from holotype.operations.resolve import resolve
from holotype.operations.rollback import rollback
from holotype.operations.show_promotion import show_promotion
from holotype.operations.withdraw import withdraw
from holotype.wire import present, shapes
from holotype.wire.promotions import Comment, NewComment, NewDecision, comment_of

PROMOTIONS = "/api/v1/promotions"
PROMOTION = PROMOTIONS + "/{promotion:str}"


@remembered
@get("/api/v1/resolve", permission=Permission.MODEL_READ, also={304: "The caller has it already."})
async def resolved(request: Request, reference: str, at: datetime | None = None) -> Reply[shapes.Version]:
    """Return the version that a reference names, or named at a moment."""
    found = await perform_quick(resolve, call_of(request), references.parse_version(reference), at=at)
    return tagged(request, present.version(found))


@post(VERSION + "/promotions", permission=Permission.PROMOTION_REQUEST)
async def promotion(
    request: Request, namespace: str, model: str, label: str, body: shapes.NewPromotion
) -> shapes.Promotion:
    """Move a version to a stage or a protected alias, or ask for that where people have to approve.

    A gate that refuses is a result: the answer's `status` says what became of it, and `verdicts` why.
    """
    where = version_at(namespace, model, label)
    moved = await perform(promote, call_of(request), where, body.stage, reason=body.reason, dry_run=body.dry_run)
    return present.promotion(moved)


@post(MODEL + "/rollbacks", permission=Permission.VERSION_PROMOTE)
async def rolled_back(request: Request, namespace: str, model: str, body: shapes.NewRollback) -> shapes.Promotion:
    """Give a stage back to the version that held it before and still may."""
    where = model_at(namespace, model)
    return present.promotion(await perform(rollback, call_of(request), where, body.stage, reason=body.reason))


@get(PROMOTIONS, permission=Permission.MODEL_READ)
async def promotions(
    request: Request,
    *,
    status: str | None = None,
    namespace: str | None = None,
    model: str | None = None,
    waiting: bool = False,
    mine: bool = False,
    limit: int = PAGE,
    cursor: str | None = None,
) -> shapes.Page[shapes.Promotion]:
    """List promotions, the newest first.

    `waiting`: those that wait for an approval by the caller; `mine`: those that the caller asked for.
    `model` is namespace/name. A page may hold fewer than its limit and still have a next one.
    """
    space, name = namespace, None
    if model is not None:
        named = references.parse_model(model)
        space, name = named.namespace, named.model
    wanted = Wanted(status=status, namespace=space, model=name, waiting=waiting, mine=mine)
    found = await perform(list_promotions, call_of(request), wanted, before=before(cursor), limit=checked(limit))
    return shapes.Page([present.promotion(one) for one in found.items], None if found.next is None else str(found.next))


@get(PROMOTION, permission=Permission.MODEL_READ)
async def shown_promotion(request: Request, promotion: str) -> shapes.Promotion:
    """Show a promotion by its number: verdicts, decisions, and what it still needs."""
    return present.promotion(await perform(show_promotion, call_of(request), number(promotion, "promotion")))


@post(PROMOTION + "/approve", permission=Permission.PROMOTION_APPROVE)
async def approved(request: Request, promotion: str, body: NewDecision) -> shapes.Promotion:
    """Approve a promotion; it is applied when nobody else is needed and every gate passes."""
    decided = await perform(approve, call_of(request), number(promotion, "promotion"), comment=body.comment)
    return present.promotion(decided)


@post(PROMOTION + "/reject", permission=Permission.PROMOTION_APPROVE)
async def rejected(request: Request, promotion: str, body: NewDecision) -> shapes.Promotion:
    """Reject a promotion, with a comment; that ends it."""
    decided = await perform(reject, call_of(request), number(promotion, "promotion"), comment=body.comment)
    return present.promotion(decided)


@post(PROMOTION + "/withdraw", permission=Permission.PROMOTION_REQUEST)
async def withdrawn(request: Request, promotion: str, body: NewDecision) -> shapes.Promotion:
    """Withdraw a promotion that one asked for."""
    decided = await perform(withdraw, call_of(request), number(promotion, "promotion"), comment=body.comment)
    return present.promotion(decided)


@post(PROMOTION + "/comments", permission=Permission.PROMOTION_REQUEST, status=201)
async def new_comment(request: Request, promotion: str, body: NewComment) -> Comment:
    """Write a comment to a promotion, as Markdown; it is never changed."""
    return comment_of(await perform(comment, call_of(request), number(promotion, "promotion"), body.text))


@get(PROMOTION + "/comments", permission=Permission.MODEL_READ)
async def comments(
    request: Request, promotion: str, *, limit: int = PAGE, cursor: str | None = None
) -> shapes.Page[Comment]:
    """List what people wrote to a promotion, the newest first."""
    asked, which = checked(limit) + 1, number(promotion, "promotion")
    found = await perform(list_comments, call_of(request), which, before=before(cursor), limit=asked)
    return page(found, limit, comment_of, lambda one: str(one.id))


routes = [
    resolved,
    promotion,
    rolled_back,
    promotions,
    shown_promotion,
    approved,
    rejected,
    withdrawn,
    new_comment,
    comments,
]
