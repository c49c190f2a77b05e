"""How does a person decide about moves that wait, write to them, and see what stands in the way of one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.promotions import Comment
    from holotype.wire.reviews import Asked
    from holotype.wire.shapes import Promotion, Verdict

_COMMENT = Parameter(metavar="TEXT", help="What to say about it; it is kept in the ledger.")
_COLOURS = {"applied": "green", "possible": "green", "pending": "yellow"}
_ACTIONS = ("approve", "reject", "withdraw", "override", "apply", "comment")
_OPEN = ("applied", "possible", "pending")


def approve(promotion: int, /, *, comment: Annotated[str, _COMMENT] = "", common: Common = COMMON) -> int:
    """Approve a promotion; when nobody else is needed, it is applied.

    Args:
        promotion: Its number.
    """
    with common.connect() as client:
        decided = client.approve(promotion, comment=comment)
    return report(decided, common)


def reject(promotion: int, /, *, comment: Annotated[str, _COMMENT], common: Common = COMMON) -> None:
    """Reject a promotion that waits; that ends it.

    Args:
        promotion: Its number.
    """
    with common.connect() as client:
        report(client.reject(promotion, comment=comment), common)


def withdraw(promotion: int, /, *, comment: Annotated[str, _COMMENT] = "", common: Common = COMMON) -> None:
    """Take back a promotion that you asked for.

    Args:
        promotion: Its number.
    """
    with common.connect() as client:
        report(client.withdraw(promotion, comment=comment), common)


def show(promotion: int, /, *, common: Common = COMMON) -> None:
    """Show a promotion: what each gate says, who decided what, and what is still needed.

    Args:
        promotion: Its number.
    """
    with common.connect() as client:
        report(client.promotion(promotion), common)


def review(promotion: int, /, *, common: Common = COMMON) -> None:
    """Show what a promotion still needs and from whom, and what you may do about it.

    Args:
        promotion: Its number.
    """
    with common.connect() as client:
        found = client.review(promotion)
    if common.json:
        output.document(found)
        return
    one = found.promotion
    output.say(Cell(one.status, _COLOURS.get(one.status, "red")), Cell(one.version.reference, "bold"), _move(one))
    if found.incumbent:
        output.say(Cell("holds it now", "dim"), found.incumbent)
    output.say(Cell("digest", "dim"), formats.digest(one.version.digest))
    if found.asked:
        output.say()
        columns = (Column("APPROVALS", style="bold"), Column("FROM"), Column("NOT FROM"), Column("GIVEN BY"))
        table(columns, [_asked(rule) for rule in found.asked])
    output.say()
    may = [(name, found.cannot.get(name, "")) for name in _ACTIONS]
    table((Column("ACTION", style="bold"), Column("YOU"), Column("WHY NOT")), [_may(*pair) for pair in may])


def _asked(rule: Asked) -> tuple[str, str, str, str]:
    among = ", ".join(rule.among) or "anybody who may approve"
    return f"{len(rule.given)} of {rule.count}", among, ", ".join(rule.exclude), ", ".join(rule.given)


def _may(name: str, why: str) -> tuple[str, Cell, str]:
    return name, Cell("may not", "red") if why else Cell("may", "green"), why


def ls(
    *,
    status: str | None = None,
    namespace: str | None = None,
    model: str | None = None,
    waiting: bool = False,
    mine: bool = False,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List promotions, the newest first.

    Args:
        status: Only those that are pending, applied, refused, rejected, withdrawn or expired.
        namespace: Only those of a namespace.
        model: Only those of a model, as namespace/name.
        waiting: Only those that wait for your approval.
        mine: Only those that you asked for.
    """
    filters = {"status": status, "namespace": namespace, "model": model}
    with common.connect() as client:
        found = client.promotions(**filters, waiting=waiting, mine=mine, limit=limit or None, cursor=cursor)
        empty = "Nothing waits for you." if waiting else "There is no such promotion."
        listing(found, common, _print, lambda: output.note(empty))


def comment(promotion: int, text: str, /, *, common: Common = COMMON) -> None:
    """Write a comment to a promotion, as Markdown; it is never changed.

    Args:
        promotion: Its number.
        text: What to write, up to 5,000 characters.
    """
    with common.connect() as client:
        made = client.comment(promotion, text)
    if common.json:
        output.document(made)
    else:
        output.say(Cell("written", "green"), f"to promotion {promotion}")


def comments(
    promotion: int,
    /,
    *,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List what people wrote to a promotion, the newest first.

    Args:
        promotion: Its number.
    """
    with common.connect() as client:
        found = client.comments(promotion, limit=limit or None, cursor=cursor)
        listing(found, common, _print_comments, lambda: output.note("Nobody wrote anything."))


def report(found: Promotion, common: Common) -> int:
    """Print a promotion with its gates, and return 1 where it was refused or ended without a move."""
    code = 0 if found.status in _OPEN else 1
    if common.json:
        output.document(found)
        return code
    state = Cell(found.status, _COLOURS.get(found.status, "red"))
    name = [Cell(f"promotion {found.id}", "dim")] if found.id is not None and found.status != "applied" else []
    output.say(state, Cell(found.version.reference, "bold"), _move(found), *name)
    if found.replaced and found.status in _OPEN:
        verb = "left" if found.status == "applied" else "would leave"
        output.say(Cell("replaced", "dim"), found.replaced, f"{verb} {found.target}")
    if found.note:
        output.say(Cell("note", "dim"), found.note)
    if found.verdicts and (found.status != "applied" or any(one.override for one in found.verdicts)):
        output.say()
        _print_verdicts(found.verdicts)
    _print_approvals(found)
    _next(found)
    return code


def _move(found: Promotion) -> str:
    return f"{found.source or '–'} → {found.target}"


def _print_verdicts(verdicts: list[Verdict]) -> None:
    columns = (Column("GATE", style="bold"), Column("VERDICT"), Column("REASON"))
    table(columns, [(one.gate, _verdict(one), one.reason) for one in verdicts])
    wanted = [(one.gate, one.remedy) for one in verdicts if one.remedy and one.override is None]
    if wanted:
        output.say()
        table((Column("GATE", style="bold"), Column("WHAT TO DO")), wanted)


def _verdict(one: Verdict) -> Cell:
    if one.override is not None:
        return Cell(f"overridden by {one.override}", "magenta")
    return Cell(one.status, "green" if one.status == "passed" else "red")


def _print_approvals(found: Promotion) -> None:
    if found.approvals:
        output.say()
        columns = (
            Column("WHO", style="bold"),
            Column("DECISION"),
            Column("WHEN"),
            Column("COMMENT", optional=True),
            Column("VOIDED", optional=True),
        )
        table(
            columns,
            [
                (one.principal, one.decision, formats.time(one.created_at), one.comment, one.voided or "")
                for one in found.approvals
            ],
        )


def _print_comments(found: list[Comment]) -> None:
    columns = (Column("WHO", style="bold"), Column("WHEN"), Column("COMMENT"))
    table(columns, [(one.created_by, formats.time(one.created_at), one.text) for one in found])


def _next(found: Promotion) -> None:
    if found.status == "pending":
        ends = f"; it expires {formats.age(found.expires_at)}" if found.expires_at else ""
        output.hint(f"it waits for `holotype approve {found.id}`{ends}")
    if found.status == "applied" and found.target == "production":
        model = f"{found.version.namespace}/{found.version.model}"
        output.hint(f"next `holotype pull {model}:production`, or back with `holotype rollback {model} production`")


def _print(found: list[Promotion]) -> None:
    columns = (
        Column("ID", style="bold"),
        Column("STATUS"),
        Column("VERSION"),
        Column("MOVE"),
        Column("BY"),
        Column("SINCE"),
        Column("REASON", optional=True),
    )
    rows = [
        (
            str(one.id),
            Cell(one.status, _COLOURS.get(one.status, "red")),
            one.version.reference,
            _move(one),
            one.requested_by,
            formats.time(one.created_at),
            one.reason,
        )
        for one in found
    ]
    table(columns, rows)
