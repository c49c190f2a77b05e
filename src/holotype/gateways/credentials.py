"""Which credentials does a request bring, and whose are they?

    Authorization: Bearer holo_…                 everywhere
    Authorization: Basic NAME:PASSWORD           where clients know nothing else (MLflow's), a user's own password
    Authorization: Basic ANYTHING:holo_…         there as well: a token as the password, whatever the name

Credentials that come at the same time with many requests are looked at once, and all wait for the answer.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from functools import partial
from typing import Any

from litestar.connection import ASGIConnection

from holotype.access import proven, secrets
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.errors import Denied, Unauthenticated
from holotype.gateways import exchange
from holotype.gateways.browsers import is_of_other_site
from holotype.gateways.callers import address_of
from holotype.gateways.exchange import ANONYMOUS
from holotype.gateways.perform import perform_quick, perform_slowly
from holotype.operations.authenticate import authenticate
from holotype.operations.authenticate_password import authenticate_password, recognise
from holotype.operations.call import Call

OPEN = Actor("open", 0, frozenset(Permission))
"""Whoever calls a server that was started with ``--open``, whatever credentials a client still sends."""
_LONGEST, _LONGEST_NAME = 8_192, 250
_under_way: dict[tuple[int, bytes, str], asyncio.Task[Actor]] = {}


async def actor_of(connection: ASGIConnection[Any, Any, Any, Any], *, basic: bool) -> Actor:
    """Return who calls, or raise ``Unauthenticated``; Basic credentials count where ``basic`` says so."""
    known = exchange.of(connection.scope)
    if known.registry.settings.open:
        return OPEN
    given = [value for name, value in connection.scope["headers"] if name == b"authorization"]
    if not given:
        return ANONYMOUS
    kind, _, secret = given[0].decode("latin-1").partition(" ")
    call = Call(known.registry, ANONYMOUS, known.request_id)
    if len(given) == 1 and kind.lower() == "bearer":
        return await perform_quick(authenticate, call, secret.strip())
    if not basic:
        raise Unauthenticated("Only bearer tokens are taken here.", hint="Send `Authorization: Bearer holo_…`.")
    if len(given) > 1 or kind.lower() != "basic":
        raise Unauthenticated("Only Basic credentials and bearer tokens are taken here.")
    if is_of_other_site(connection.scope["headers"]):
        raise Denied("Basic credentials are not taken from pages of other sites.")
    return await _by_password(call, connection, secret.strip())


async def _by_password(call: Call, connection: ASGIConnection[Any, Any, Any, Any], secret: str) -> Actor:
    credentials = _decoded(secret)
    name, colon, password = credentials.partition(":")
    if not colon or len(name) > _LONGEST_NAME:
        raise Unauthenticated("The Basic credentials cannot be read.")
    if secrets.id_of(password) is not None:
        return await perform_quick(authenticate, call, password)
    key = proven.key_of(credentials.encode())
    found = await perform_quick(recognise, call, key)
    if found is not None:
        return found
    address = address_of(connection)
    asked = (id(call.registry.database), key, address)
    task = _under_way.get(asked)
    if task is None:
        task = asyncio.ensure_future(perform_slowly(authenticate_password, call, name, password, key, address=address))
        _under_way[asked] = task
        task.add_done_callback(partial(_done, asked))
    return await asyncio.shield(task)


def _done(asked: tuple[int, bytes, str], task: asyncio.Task[Actor]) -> None:
    _under_way.pop(asked, None)
    if not task.cancelled():
        task.exception()  # seen, also where everybody who waited has gone


def _decoded(secret: str) -> str:
    try:
        return base64.b64decode(secret, validate=True).decode() if len(secret) <= _LONGEST else ""
    except (binascii.Error, ValueError):
        return ""
