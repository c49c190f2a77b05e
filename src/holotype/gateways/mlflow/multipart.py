"""The endpoints at which a large file arrives in parts. Whoever asks for them sends the parts to us, as themselves."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import msgspec

from holotype.domain.permissions import Permission
from holotype.errors import Invalid, NotFound
from holotype.gateways import octets
from holotype.gateways.answers import Answer
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import places
from holotype.gateways.mlflow.artifacts import API, shown_by, tracked_file
from holotype.gateways.mlflow.serving import Message, endpoint, namespace_of
from holotype.gateways.perform import perform
from holotype.operations import put_artifact
from holotype.operations.abort_parts import abort_parts
from holotype.operations.arriving import admitted
from holotype.operations.begin_parts import begin_parts
from holotype.operations.complete_parts import complete_parts
from holotype.operations.send_part import send_part

_MOST_SHOWN = 4 * 2**20
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


class Begun(Message):
    """Which file will come (older clients name their whole local path), and in how many parts."""

    path: str
    num_parts: int


class Part(msgspec.Struct):
    """A part that was sent: its number from 1, and what we answered."""

    part_number: int
    etag: str | None = None


class Ended(Message):
    """Which upload is complete or given up, and of which parts it is made."""

    path: str
    upload_id: str
    parts: tuple[Part, ...] = ()


class Nothing(Message):
    """A message without fields."""


@endpoint("POST", "mpu/create/{folder:path}", permission=Permission.VERSION_REGISTER, api=API)
async def begin(request: Request, message: Begun) -> dict[str, Any]:
    """Begin to send a file in parts, and learn where each of them goes."""
    target, namespace, call = _target(request, "create", message.path), namespace_of(request), call_of(request)
    place, headers = tracked_file(target), shown_by(request)
    if message.num_parts * sum(map(len, headers.values())) > _MOST_SHOWN:
        raise Invalid("So many parts cannot each repeat so long an Authorization.", hint="Send fewer, larger parts.")
    await perform(put_artifact.admit, call, namespace, place.owner)
    upload = await perform(begin_parts, call, namespace, message.num_parts, target)
    base = f"{places.base_url(request, namespace)}/api/{API}/mpu/part/{upload.id}"
    name = quote(target)
    numbers = range(1, message.num_parts + 1)
    credentials = [{"url": f"{base}/{n}/{name}", "part_number": n, "headers": headers} for n in numbers]
    return {"upload_id": upload.id, "credentials": credentials}


@endpoint(
    "PUT",
    "mpu/part/{upload:str}/{number:str}/{target:path}",
    permission=Permission.VERSION_REGISTER,
    api=API,
    reads=False,
)
async def part(request: Request, message: Nothing) -> Answer:  # noqa: ARG001 - every endpoint takes both
    """Send one part; the answer's ETag is told when the file is completed."""
    async with octets.body_of(request, admitted(namespace_of(request))) as body:
        given = request.scope["path_params"]
        if not _NUMBER.fullmatch(given["number"]):
            raise NotFound(f"{given['number'][:20]!r} is not the number of a part.", hint="Parts are numbered from 1.")
        upload = given["upload"], places.path_below(request, f"/{given['upload']}/{given['number']}/")
        number, length = int(given["number"]) - 1, octets.length_of(request)
        mark = await send_part(call_of(request), namespace_of(request), upload, number, length, body)
    return Answer(200, b"{}", [(b"content-type", b"application/json"), (b"etag", f'"{mark}"'.encode())])


@endpoint("POST", "mpu/complete/{folder:path}", permission=Permission.VERSION_REGISTER, api=API)
async def complete(request: Request, message: Ended) -> None:
    """Make a file of the parts; asking again gives the same answer."""
    target, namespace, call = _target(request, "complete", message.path), namespace_of(request), call_of(request)
    place = tracked_file(target)
    await perform(put_artifact.admit, call, namespace, place.owner)
    marks = {each.part_number - 1: (each.etag or "").strip('"') for each in message.parts}
    if len(marks) != len(message.parts):
        raise Invalid("A part is named twice.")
    then = put_artifact.written(call, namespace, place.owner, place.path)
    await complete_parts(call, namespace, (message.upload_id, target), marks or None, then=then)


@endpoint("POST", "mpu/abort/{folder:path}", permission=Permission.VERSION_REGISTER, api=API)
async def abort(request: Request, message: Ended) -> None:
    """Give an upload up; one that is not there any more is no error."""
    target, namespace = _target(request, "abort", message.path), namespace_of(request)
    tracked_file(target)
    try:
        await perform(abort_parts, call_of(request), namespace, (message.upload_id, target))
    except NotFound as error:
        if error.permission:
            raise


def _target(request: Request, step: str, path: str) -> str:
    """Return where the file goes: into the folder of the address, under its own name alone."""
    folder = places.path_below(request, f"/{API}/mpu/{step}/").removesuffix("/")
    name = re.split(r"[/\\]", path)[-1]
    return f"{folder}/{name}"


routes = [begin, part, complete, abort]
