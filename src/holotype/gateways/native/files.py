"""The route by which a file of a version leaves."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways import exchange, octets, problems
from holotype.gateways.base import Reply, Request, call_of, encode, get
from holotype.gateways.native.addresses import VERSION, version_at
from holotype.gateways.octets import BlobResponse, Sending
from holotype.gateways.perform import perform_quick
from holotype.gateways.pulls import pulled
from holotype.operations.read_file import Content, read_file


@get(
    VERSION + "/files/{path:path}",
    permission=Permission.MODEL_READ,
    response_type=octets.MEDIA_TYPE,
    also={206: "A part of the file.", 304: "The caller has it already.", 416: "The range lies outside the file."},
)
async def content(
    request: Request, namespace: str, model: str, label: str, path: str, *, quarantined: bool = False
) -> Any:
    """Download a file of a version, or one range of it.

    A version in quarantine is answered with 409, unless an administrator says ``quarantined``.
    The ETag is the file's digest; Repr-Digest says it as RFC 9530 does.
    """
    reference = version_at(namespace, model, label)
    call, place = call_of(request), path.removeprefix("/")
    found = await perform_quick(read_file, call, reference, place, quarantined=quarantined)
    headers = _headers(found)
    if headers["ETag"] in request.headers.get("if-none-match", "") or request.headers.get("if-none-match") == "*":
        return Reply(None, 304, {"ETag": headers["ETag"], "Cache-Control": headers["Cache-Control"]})
    size = found.file.size
    asked = octets.within(request.headers.get("range", ""), size)
    if asked is not None and request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        asked = None
    start, stop = asked or (0, size)
    if asked is not None and start >= stop:
        return _outside(size, exchange.of(request.scope).request_id)
    if asked is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    sending = Sending(call.registry.store, found.file.digest, size, start, stop, 200 if asked is None else 206, headers)
    await sending.open()
    if request.scope["method"] != "HEAD":
        await pulled(call, found.version, found.file.path, stop - start)
    return BlobResponse(sending)


def _headers(found: Content) -> dict[str, str]:
    name = found.file.path.rpartition("/")[2]
    return {
        "Content-Type": octets.MEDIA_TYPE,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        **octets.digest_headers(found.file.digest),
    }


def _outside(size: int, request_id: str) -> Reply[bytes]:
    problem = problems.problem_of(Invalid(f"The file has {size} bytes; the range lies outside."), request_id)
    problem.status, problem.title = 416, "Range Not Satisfiable"
    return Reply(encode(problem), 416, {"Content-Range": f"bytes */{size}"}, problems.MEDIA_TYPE)


routes = [content]
