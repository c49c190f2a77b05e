"""The routes by which large files arrive, in parts that can be sent in any order, several at once, and again."""

from __future__ import annotations

import re

from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.gateways import octets
from holotype.gateways.base import Request, call_of, delete, get, post, put
from holotype.gateways.perform import perform
from holotype.operations.abandon_upload import abandon_upload
from holotype.operations.arriving import admitted
from holotype.operations.begin_upload import begin_upload
from holotype.operations.complete_upload import complete_upload
from holotype.operations.put_part import put_part
from holotype.operations.show_upload import show_upload
from holotype.wire import present, shapes

UPLOADS = "/api/v1/namespaces/{space:str}/uploads"
UPLOAD = UPLOADS + "/{upload:str}"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


@post(UPLOADS, permission=Permission.VERSION_REGISTER, status=201)
async def new_upload(request: Request, space: str, body: shapes.NewUpload) -> shapes.Upload:
    """Begin to send a file, or resume where an upload of the same bytes was interrupted."""
    return present.upload(await perform(begin_upload, call_of(request), space, body.digest, body.size))


@get(UPLOAD, permission=Permission.VERSION_REGISTER)
async def upload(request: Request, space: str, upload: str) -> shapes.Upload:
    """Show which parts have arrived."""
    return present.upload(await perform(show_upload, call_of(request), space, upload))


@delete(UPLOAD, permission=Permission.VERSION_REGISTER)
async def abandoned_upload(request: Request, space: str, upload: str) -> None:
    """Give an upload up and forget its parts."""
    await perform(abandon_upload, call_of(request), space, upload)


@put(UPLOAD + "/parts/{number:str}", permission=Permission.VERSION_REGISTER, request_type=octets.MEDIA_TYPE)
async def new_part(request: Request, space: str, upload: str, number: str) -> None:
    """Send one part; numbers count from 0, and Content-Length must be exactly the part's size."""
    if not _NUMBER.fullmatch(number):
        raise NotFound(f"{number[:20]!r} is not the number of a part.", hint="Parts are numbered from 0.")
    length = octets.length_of(request)
    async with octets.body_of(request, admitted(space)) as body:
        await put_part(call_of(request), space, upload, int(number), length, body)


@post(UPLOAD + "/complete", permission=Permission.VERSION_REGISTER)
async def completed_upload(request: Request, space: str, upload: str) -> shapes.Blob:
    """Verify the digest over all parts and store the file. Asking again gives the same answer."""
    done = await complete_upload(call_of(request), space, upload)
    return shapes.Blob(done.digest, done.size)


routes = [new_upload, upload, abandoned_upload, new_part, completed_upload]
