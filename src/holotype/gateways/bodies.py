"""How does a JSON body become a value? Whole or not at all: never more than the limit in memory, nothing guessed.

Wrong types, unknown fields, a key given twice, NaN, bytes that are not UTF-8 and nesting without end are each a 400
that names the place.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request

from holotype.errors import Invalid, SizeMismatch, TooLarge, Unsupported
from holotype.gateways import exchange
from holotype.gateways.guard import enforce

T = TypeVar("T")

SILENCE = 60.0
"""A caller that sends nothing for so many seconds has gone: what it holds (a part's lock, say) is let go."""
FROM_STRANGERS = 64 * 1024
"""So many bytes are read of somebody who need not say who they are: many of them at once must not fill the memory."""
WHOLE = 600.0
"""A body that is held in memory arrives within so many seconds, or is let go."""
_AT_ONCE = 1.0
"""A body that is there within so many seconds, in one piece, came with its first line."""
_ON_THE_LOOP = 64 * 1024
"""Up to this many bytes are decoded on the spot; more would make other requests wait."""


def decoder(shape: Any) -> Callable[[bytes], Any]:
    """Return a function that decodes JSON into a shape, or raises ``Invalid``."""
    decode = msgspec.json.Decoder(shape).decode

    def checked(body: bytes) -> Any:
        try:
            value = decode(body)
            json.loads(body, object_pairs_hook=_once)
        except msgspec.ValidationError as error:
            raise Invalid(f"The body is not right: {error}.", hint="See /schema for the fields and types.") from error
        except msgspec.DecodeError as error:
            raise Invalid(f"The body is not JSON: {error}.", hint="Send one JSON object in UTF-8.") from error
        except RecursionError as error:
            raise Invalid("The body is nested too deeply.") from error
        except UnicodeError as error:
            raise Invalid("The body is not UTF-8 text.", hint="Send one JSON object in UTF-8.") from error
        except ValueError as error:  # Python reads no number of more than 4,300 digits
            raise Invalid("The body holds a number that is too long.") from error
        return value

    return checked


async def read(request: Request[Any, Any, Any], decode: Callable[[bytes], Any], *, public: bool = False) -> Any:
    """Read and decode the body of a request, a small one where the route is ``public``."""
    given = _header(request, b"content-type")
    kind = given.decode("latin-1").partition(";")[0].strip().lower() if given else "application/json"
    if kind != "application/json":
        raise Unsupported(f"The body is {kind[:80]!r}.", hint="Send `Content-Type: application/json`.")
    limit = exchange.of(request.scope).registry.settings.body_limit
    body = await read_bytes(request, min(limit, FROM_STRANGERS) if public else limit)
    if len(body) <= _ON_THE_LOOP:
        return decode(body)
    return await asyncio.get_running_loop().run_in_executor(None, decode, body)


async def read_bytes(request: Request[Any, Any, Any], limit: int) -> bytes:
    """Read the body of a request; refuse at once what says it is larger, and stop when it turns out to be.

    Where it took its time, the caller is asked for again: a body that was held back does not outlive anybody's rights.
    """
    began, pieces = time.monotonic(), 0
    announced = _header(request, b"content-length") or b""
    size = int(announced) if announced.isdigit() else None
    if size is not None and size > limit:
        raise _too_large(limit)
    body, more = b"", True
    while more:
        message: Any = await heard(request.receive())
        if message["type"] != "http.request":
            raise SizeMismatch("The connection was closed before the body had ended.")
        piece = message.get("body", b"")
        body, pieces = body + piece, pieces + bool(piece)
        more = message.get("more_body", False) and len(body) != size
        if len(body) > limit:
            raise _too_large(limit)
        if more and time.monotonic() - began > WHOLE:
            raise SizeMismatch(f"The body was not there within {WHOLE:.0f} seconds.", hint="Send it again, at once.")
    if pieces > 1 or time.monotonic() - began > _AT_ONCE:
        await enforce(request, request.scope["route_handler"])
    return body


async def heard(chunk: Awaitable[T]) -> T:
    """Wait for the next chunk of a body, but not for ever."""
    try:
        async with asyncio.timeout(SILENCE):
            return await chunk
    except TimeoutError:
        raise SizeMismatch(
            f"Nothing of the body has come for {SILENCE:.0f} seconds.", hint="Send it again, whole."
        ) from None


def _header(request: Request[Any, Any, Any], wanted: bytes) -> bytes | None:
    """Return a header by its name in lower case; the framework's own look-up copies all headers first."""
    return next((value for name, value in request.scope["headers"] if name == wanted), None)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit:,} bytes.", hint="Files are sent as uploads, not as JSON.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        last = {key: place for place, (key, _) in enumerate(pairs)}
        twice = next(key for place, (key, _) in enumerate(pairs) if last[key] != place)
        raise Invalid(f"The body has {twice[:80]!r} twice.", hint="Give each field once.")
    return found
