"""How does a person move versions, and see which one a reference names?"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from holotype.cli import output, parsing
from holotype.cli.options import COMMON, TIME, Common
from holotype.cli.promotions import report

_REASON = Parameter(metavar="TEXT", help="Why, for the ledger.")


def promote(
    reference: str,
    stage: str,
    /,
    *,
    reason: Annotated[str, _REASON] = "",
    dry_run: bool = False,
    common: Common = COMMON,
) -> int:
    """Move a version to a stage, or ask for it where people have to approve.

    Every gate of the policy is asked. Exits with 1 where one refuses, with 0 where it was applied or waits.

    Args:
        reference: The version, for example risk/fraud:7.
        stage: none, staging, production, archived or another stage of the policy, or a protected alias.
        dry_run: Say what every gate says, and change nothing.
    """
    with common.connect() as client:
        promotion = client.promote(reference, stage, reason=reason, dry_run=dry_run)
    return report(promotion, common)


def rollback(model: str, stage: str, /, *, reason: Annotated[str, _REASON], common: Common = COMMON) -> int:
    """Give a stage back to the version that held it before.

    Args:
        model: The model, as namespace/name.
        stage: The stage, usually production.
    """
    with common.connect() as client:
        promotion = client.rollback(model, stage, reason=reason)
    return report(promotion, common)


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
