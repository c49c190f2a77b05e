"""The routes by which small files arrive. ``space`` is a namespace; a right on one of its models is enough here."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways import octets
from holotype.gateways.base import Request, call_of, post, put
from holotype.gateways.perform import perform
from holotype.operations.arriving import admitted
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.put_blob import put_blob
from holotype.operations.put_blobs import put_blobs
from holotype.wire import shapes

BLOBS = "/api/v1/namespaces/{space:str}/blobs"


@post(BLOBS + "/missing", permission=Permission.VERSION_REGISTER)
async def missing(request: Request, space: str, body: shapes.MissingRequest) -> shapes.Missing:
    """Ask which digests have to be sent."""
    return shapes.Missing(await perform(missing_blobs, call_of(request), space, body.digests))


@put(BLOBS + "/{digest:str}", permission=Permission.VERSION_REGISTER, request_type=octets.MEDIA_TYPE)
async def new_blob(request: Request, space: str, digest: str) -> shapes.Blob:
    """Send one file of up to 64 MiB whole.

    Content-Length is required. The server computes the digest itself and refuses another.
    """
    size = octets.length_of(request)
    async with octets.body_of(request, admitted(space)) as body:
        await put_blob(call_of(request), space, digest, size, body)
    return shapes.Blob(digest, size)


@post(BLOBS, permission=Permission.VERSION_REGISTER, request_type="application/vnd.holotype.blobs")
async def new_blobs(request: Request, space: str) -> shapes.Blobs:
    """Send many small files in one request.

    The body is a row of frames, each the SHA-256 (32 bytes), the length (4 bytes, big-endian) and the content of a file
    of up to 1 MiB; 16 MiB in all. Content-Length is required. After an error some of the files may be there.
    """
    length = octets.length_of(request)
    async with octets.body_of(request, admitted(space)) as body:
        stored = await put_blobs(call_of(request), space, length, body)
    return shapes.Blobs([shapes.Blob(digest, size) for digest, size in stored.items()])


routes = [missing, new_blob, new_blobs]
