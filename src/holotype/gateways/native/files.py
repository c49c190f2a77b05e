"""The route by which a file of a version leaves."""

from __future__ import annotations

from typing import Any

from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Invalid
from holotype.gateways import downloads, exchange, octets, problems
from holotype.gateways.base import Reply, Request, call_of, encode, get
from holotype.gateways.downloads import Download
from holotype.gateways.native.addresses import VERSION, version_at
from holotype.gateways.octets import BlobResponse
from holotype.gateways.perform import perform_quick
from holotype.gateways.pulls import pulled
from holotype.operations.read_file import read_file


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
    return await send(request, version_at(namespace, model, label), path, quarantined=quarantined)


async def send(request: Request, reference: Reference, path: str, *, quarantined: bool) -> Any:
    """Return what sends a file, or the part of it that the request asks for; written down as the setting says."""
    call, place = call_of(request), path.removeprefix("/")
    found = await perform_quick(read_file, call, reference, place, quarantined=quarantined)
    download = downloads.wanted(request, found.file.path, found.file.digest, found.file.size)
    if download.status == 304:
        return Reply(None, 304, download.brief)
    if download.status == 416:
        return _outside(download, exchange.of(request.scope).request_id)
    sending = download.sending(call.registry.store)
    await sending.open()
    if request.scope["method"] != "HEAD":
        await pulled(call, found.version, found.file.path, download.stop - download.start)
    return BlobResponse(sending)


def _outside(download: Download, request_id: str) -> Reply[bytes]:
    problem = problems.problem_of(Invalid(f"The file has {download.size} bytes; the range lies outside."), request_id)
    problem.status, problem.title = 416, "Range Not Satisfiable"
    return Reply(encode(problem), 416, download.brief, problems.MEDIA_TYPE)


routes = [content]
