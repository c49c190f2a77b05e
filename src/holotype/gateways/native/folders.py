"""The routes about what is in a version: folders, and the tensors of a file. Bytes leave by ``files``."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import PAGE, VERSION, checked, page, version_at
from holotype.gateways.perform import perform, perform_slowly
from holotype.operations.list_folder import show_folder
from holotype.operations.list_tensors import list_tensors
from holotype.wire import contents as shapes
from holotype.wire.shapes import Page


@get(VERSION + "/folder", permission=Permission.MODEL_READ)
async def folder(
    request: Request, namespace: str, model: str, label: str, path: str = "", cursor: str = "", limit: int = PAGE
) -> Page[shapes.InFolder]:
    """List what lies right in a folder of a version, files and folders, by name; without `path` in the outermost."""
    where, more = version_at(namespace, model, label), checked(limit) + 1
    _, found = await perform(show_folder, call_of(request), where, path, after=cursor, limit=more)
    return page(found, limit, shapes.entry, lambda one: one.cursor)


@get(VERSION + "/tensors/{path:path}", permission=Permission.MODEL_READ)
async def tensors(
    request: Request, namespace: str, model: str, label: str, path: str, cursor: int = 0, limit: int = PAGE
) -> shapes.Tensors:
    """List the tensors of a file, as its header names them; the numbers themselves are never read."""
    where, file = version_at(namespace, model, label), path.removeprefix("/")
    found = await perform_slowly(
        list_tensors, call_of(request), where, file, after=max(cursor, 0), limit=checked(limit)
    )
    return shapes.tensors(found.tensors, found.next, found.count, found.parameters, found.unreadable)


routes = [folder, tensors]
