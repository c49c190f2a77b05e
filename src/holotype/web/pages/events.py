"""Where does a page listen to what happens?"""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, header
from holotype.web.base import live
from holotype.web.streaming import Stream

_DIGITS = 18


@live("/events", permission=Permission.LEDGER_READ)
async def events(request: Request) -> Stream:
    """Send what happens, as far as the visitor may see it, from a sequence on: of a header, or of the address."""
    sequence = header(request, b"last-event-id") or str(request.query_params.get("after", ""))
    known = sequence.isascii() and sequence.isdigit() and len(sequence) <= _DIGITS
    return Stream(request, int(sequence) if known else None)


routes = [events]
