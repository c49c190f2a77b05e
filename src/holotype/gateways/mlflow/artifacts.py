"""The endpoints at which files are listed, sent, fetched and removed; ``domain.artifact_places`` says which."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from holotype.domain import artifact_places
from holotype.domain.artifact_places import Place, TrackedPlace, VersionPlace
from holotype.domain.entities import Version
from holotype.domain.folders import Listed
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Invalid, NotFound
from holotype.gateways import downloads, octets
from holotype.gateways.answers import Answer
from holotype.gateways.base import Request, call_of, header
from holotype.gateways.mlflow import places
from holotype.gateways.mlflow.errors import Refusal, invalid
from holotype.gateways.mlflow.serving import Message, endpoint, namespace_of
from holotype.gateways.octets import BlobResponse
from holotype.gateways.perform import perform, perform_quick
from holotype.gateways.pulls import pulled
from holotype.operations.call import Call
from holotype.operations.delete_artifact import delete_artifact
from holotype.operations.list_artifacts import list_artifacts
from holotype.operations.list_folder import list_folder
from holotype.operations.put_artifact import admit, put_artifact
from holotype.operations.read_artifact import read_artifact
from holotype.operations.read_file import read_file
from holotype.tracking.artifacts import Artifact

API = "2.0/mlflow-artifacts"
_FILE = "artifacts/{path:path}"
_FILES, _PRESIGNED = f"/{API}/artifacts/", f"/{API}/presigned/"


class Folder(Message):
    """The folder that is asked about."""

    path: str = ""


class Nothing(Message):
    """A message without fields."""


@endpoint("GET", "artifacts", permission=Permission.MODEL_READ, api=API)
async def listing(request: Request, message: Folder) -> dict[str, Any]:
    """List what lies in a folder; one that is not there is empty."""
    place = artifact_places.parse(message.path)
    namespace, call = namespace_of(request), call_of(request)
    found: list[Listed] = []
    if isinstance(place, TrackedPlace):
        found = await perform(list_artifacts, call, namespace, place.owner, place.path)
    elif place is not None:
        found = await perform(list_folder, call, _reference(namespace, place), place.path)
    return {"files": [_shown(each) for each in found]}


@endpoint("GET", _FILE, permission=Permission.MODEL_READ, api=API)
async def content(request: Request, message: Nothing) -> Any:  # noqa: ARG001 - every endpoint takes both
    """Download a file, or one range of it; its ETag is its digest."""
    place, call = _file(places.path_below(request, _FILES)), call_of(request)
    version, found = await _found(call, namespace_of(request), place)
    download = downloads.wanted(request, found.path, found.digest, found.size)
    if download.status == 304:
        return Answer(304, b"", [(key.lower().encode(), text.encode()) for key, text in download.brief.items()])
    if download.status == 416:
        raise Refusal(416, "INVALID_PARAMETER_VALUE", f"The file has {download.size} bytes; the range lies outside.")
    sending = download.sending(call.registry.store)
    await sending.open()
    if version is not None and request.scope["method"] != "HEAD":
        await pulled(call, version, found.path, download.stop - download.start)
    return BlobResponse(sending)


@endpoint("PUT", _FILE, permission=Permission.VERSION_REGISTER, api=API, reads=False)
async def new_content(request: Request, message: Nothing) -> None:  # noqa: ARG001 - every endpoint takes both
    """Send a file whole; what its path stood for before is replaced."""

    def check(call: Call) -> None:
        admit(call, namespace_of(request), tracked_file(places.path_below(request, _FILES)).owner)

    async with octets.body_of(request, check) as body:
        place = tracked_file(places.path_below(request, _FILES))
        size = octets.length_of(request) if header(request, b"content-length") is not None else None
        await put_artifact(call_of(request), namespace_of(request), place.owner, place.path, body, size=size)


@endpoint("DELETE", _FILE, permission=Permission.VERSION_REGISTER, api=API)
async def gone(request: Request, message: Nothing) -> None:  # noqa: ARG001 - every endpoint takes both
    """Remove a file or a folder; one that is not there is no error."""
    place = _writable(places.path_below(request, _FILES))
    await perform(delete_artifact, call_of(request), namespace_of(request), place.owner, place.path)


@endpoint("GET", "presigned/{path:path}", permission=Permission.MODEL_READ, api=API)
async def presigned(request: Request, message: Nothing) -> dict[str, Any]:  # noqa: ARG001 - every endpoint takes both
    """Say from where a file is fetched: from here, with what the caller showed us."""
    path, call, namespace = places.path_below(request, _PRESIGNED), call_of(request), namespace_of(request)
    _, found = await _found(call, namespace, _file(path))
    url = places.url_of(request, namespace, quote(path))
    return {"url": url, "headers": shown_by(request), "file_size": found.size}


def tracked_file(path: str) -> TrackedPlace:
    """Return the place of one file that can be written, or raise."""
    place = _writable(path)
    if not place.path:
        raise invalid("path", path, "it names no file.")
    return place


def shown_by(request: Request) -> dict[str, str]:
    """Return the headers by which a caller showed who they are, for a request that they make of themselves."""
    shown = header(request, b"authorization")
    return {} if shown is None else {"Authorization": shown}


async def _found(call: Call, namespace: str, place: Place) -> tuple[Version | None, Artifact | File]:
    """Return the file at a place, and the version that it is of."""
    if isinstance(place, TrackedPlace):
        return None, await perform_quick(read_artifact, call, namespace, place.owner, place.path)
    found = await perform_quick(read_file, call, _reference(namespace, place), place.path)
    return found.version, found.file


def _writable(path: str) -> TrackedPlace:
    place = _place(path)
    if isinstance(place, VersionPlace):
        raise Invalid(
            f"{path!r} lies in a version, which never changes.", hint="Log to a run, and register a new version."
        )
    return place


def _file(path: str) -> Place:
    place = _place(path)
    if not place.path:
        raise NotFound(f"There is no file {path!r}.")
    return place


def _place(path: str) -> Place:
    place = artifact_places.parse(path)
    if place is None:
        raise NotFound(f"There is nothing at {path[:200]!r}.")
    return place


def _reference(namespace: str, place: VersionPlace) -> Reference:
    return Reference(namespace, place.model, str(place.number))


def _shown(listed: Listed) -> dict[str, Any]:
    if listed.size is None:
        return {"path": listed.name, "is_dir": True}
    return {"path": listed.name, "is_dir": False, "file_size": listed.size}


routes = [listing, content, new_content, gone, presigned]
