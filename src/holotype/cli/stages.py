"""How does a person move versions, and see which one a reference names?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import output, parsing
from holotype.cli.options import COMMON, TIME, Common
from holotype.cli.output import Cell

if TYPE_CHECKING:
    from holotype.wire.shapes import Promotion

_REASON = Parameter(metavar="TEXT", help="Why, for the ledger.")
_SUCCESSES = ("applied", "possible")


def promote(
    reference: str,
    stage: str,
    /,
    *,
    reason: Annotated[str, _REASON] = "",
    dry_run: bool = False,
    common: Common = COMMON,
) -> int:
    """Move a version to a stage.

    Args:
        reference: The version, for example risk/fraud:7.
        stage: none, staging, production or archived.
        dry_run: Say what would happen, and change nothing.
    """
    with common.connect() as client:
        promotion = client.promote(reference, stage, reason=reason, dry_run=dry_run)
    return _report(promotion, common)


def rollback(model: str, stage: str, /, *, reason: Annotated[str, _REASON], common: Common = COMMON) -> int:
    """Give a stage back to the version that held it before.

    Args:
        model: The model, as namespace/name.
        stage: The stage, usually production.
    """
    with common.connect() as client:
        promotion = client.rollback(model, stage, reason=reason)
    return _report(promotion, common)


def resolve(reference: str, /, *, at: Annotated[str | None, TIME] = None, common: Common = COMMON) -> None:
    """Print the version that a reference names, now or at a moment.

    Args:
        reference: For example risk/fraud:production.
        at: A moment such as 2026-05-01 or 2026-05-01T09:30:00Z; UTC unless it names another zone.
    """
    with common.connect() as client:
        version = client.resolve(reference, at=parsing.moment("--at", at))
    if common.json:
        output.document(version)
    else:
        output.say(f"{version.reference}@{version.digest}")


def _report(promotion: Promotion, common: Common) -> int:
    done = promotion.status in _SUCCESSES
    if common.json:
        output.document(promotion)
        return 0 if done else 1
    state = Cell(promotion.status, "green" if done else "red")
    output.say(state, Cell(promotion.version.reference, "bold"), f"{promotion.source} → {promotion.target}")
    if promotion.replaced:
        verb = "would leave" if promotion.status == "possible" else "left"
        output.say(Cell("replaced", "dim"), promotion.replaced, f"{verb} {promotion.target}")
    if promotion.status == "applied" and promotion.target == "production":
        model = f"{promotion.version.namespace}/{promotion.version.model}"
        output.hint(f"next `holotype pull {model}:production`, or back with `holotype rollback {model} production`")
    return 0 if done else 1
