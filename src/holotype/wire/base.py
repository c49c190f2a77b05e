"""What do all shapes share?

Requests refuse unknown fields; responses may grow, so clients ignore what they do not know.
"""

from __future__ import annotations

import msgspec


class Request(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A body that a client sends."""


class Response(msgspec.Struct):
    """A body that the server sends."""


class Problem(Response, omit_defaults=True):
    """An RFC 9457 problem: what happened (``detail``), which kind it is (``code``) and what to do next (``hint``)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str | None = None
    request_id: str | None = None
