"""How does a version come from what a client of another registry's protocol calls its source?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from holotype.access import rules
from holotype.domain.entities import Intake, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Invalid
from holotype.operations.call import Call


@dataclass(frozen=True, slots=True)
class Wanted:
    """What such a client registers: where it says that the bytes lie, which run made them, and words about them."""

    uri: str
    run_id: str | None = None
    run_link: str | None = None
    model_id: str | None = None
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    prompt: bool = False


async def take_in(call: Call, model: Reference, wanted: Wanted) -> Version | Intake:
    """Register a new version of a model that is there, and return it; an intake where its bytes have yet to come."""
    rules.require(call.actor, Permission.VERSION_REGISTER, namespace=model.namespace, model=model.model)
    raise Invalid(f"The source {wanted.uri[:80]!r} is not taken in.", hint="Nothing is, so far.")
