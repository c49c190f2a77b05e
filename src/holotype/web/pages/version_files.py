"""What is in a version? Its folders one at a time, the tensors of a file, and the bytes themselves, as downloads."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Invalid
from holotype.gateways.base import Request, answer_of
from holotype.gateways.native import files
from holotype.gateways.native.addresses import before, version_at
from holotype.inspect.details.listing import FORMATS
from holotype.operations.list_folder import show_folder
from holotype.operations.list_tensors import list_tensors
from holotype.operations.situation import Situation
from holotype.web.base import Page, Visit, live, page
from holotype.web.version_heads import VERSION, part

_PAGE = 100


@page(VERSION + "/files", permission=Permission.MODEL_READ)
def folder(request: Visit, namespace: str, model: str, label: str, *, folder: str = "", cursor: str = "") -> Page:
    """Show what lies in a folder of a version."""
    inside = folder.strip("/")

    def make(where: Reference, stands: Situation) -> Page:
        _, found = show_folder(request.call, where, inside, after=cursor, limit=_PAGE + 1)
        following = found[_PAGE - 1].cursor if len(found) > _PAGE else None
        known = stands.version.quarantined_at is not None and request.may(Permission.ADMIN_OPERATE, namespace, model)
        about: dict[str, object] = {"found": found[:_PAGE], "next": following, "folder": inside, "path": _steps(inside)}
        about |= {"formats": FORMATS, "quoted": _quoted, "knows": known}
        return Page("version_files.html", about)

    return part(request, namespace, model, label, "files", make)


@page(VERSION + "/tensors", permission=Permission.MODEL_READ, slow=True)
def tensors(request: Visit, namespace: str, model: str, label: str, *, path: str, cursor: str = "") -> Page:
    """Show the tensors of a file."""

    def make(where: Reference, _: Situation) -> Page:
        found = list_tensors(request.call, where, path, after=before(cursor) or 0, limit=_PAGE)
        return Page(
            "version_tensors.html", {"found": found, "path": _steps(path.rpartition("/")[0]), "quoted": _quoted}
        )

    return part(request, namespace, model, label, "files", make)


@live(VERSION + "/files/{path:path}", permission=Permission.MODEL_READ)
async def download(request: Request) -> Any:
    """Download a file of a version: always to be saved, never to be shown."""
    path: dict[str, str] = request.scope["path_params"]
    where = version_at(path["namespace"], path["model"], path["label"])
    known = request.query_params.get("quarantined") == "true"
    return answer_of(await files.send(request, where, path["path"], quarantined=known))


def _steps(path: str) -> list[tuple[str, str]]:
    """Return the folders on the way to one: the name of each and its path."""
    names = path.split("/") if path else []
    if len(names) > 1_000:
        raise Invalid("This is not a folder of a version.", hint="Begin with its files.")
    return [(name, "/".join(names[: place + 1])) for place, name in enumerate(names)]


def _quoted(path: str) -> str:
    return quote(path, safe="/")


routes = [folder, tensors, download]
