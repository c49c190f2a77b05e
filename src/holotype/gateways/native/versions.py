"""The routes about one version. Lists of versions are in ``search``, bytes in ``files``."""

from __future__ import annotations

from holotype.domain.manifest import File, role_of
from holotype.domain.permissions import Permission
from holotype.gateways.base import Reply, Request, call_of, delete, get, patch, post
from holotype.gateways.native.addresses import (
    MODEL,
    PAGE,
    VERSION,
    checked,
    exactly,
    model_at,
    page,
    tagged,
    version_at,
)
from holotype.gateways.perform import perform, perform_quick
from holotype.gateways.remembered import remembered
from holotype.operations.change_intake import drop_intake
from holotype.operations.change_version import change_version
from holotype.operations.delete import delete_version
from holotype.operations.register import Content, register
from holotype.operations.restore import restore_version
from holotype.operations.show import show_files, show_manifest, show_provenance, show_version
from holotype.wire import present, shapes
from holotype.wire.provenance import to_domain


@post(
    MODEL + "/versions",
    permission=Permission.VERSION_REGISTER,
    status=201,
    also={200: "The same content with the same provenance was there before."},
)
async def new_version(
    request: Request, namespace: str, model: str, body: shapes.NewVersion
) -> Reply[shapes.Registered]:
    """Register a version whose files have been uploaded."""
    content = Content(
        files=[File(f.path, f.digest, f.size, f.role or role_of(f.path), f.format) for f in body.files],
        provenance=to_domain(body.provenance),
        description=body.description,
        card=body.card,
        tags=body.tags,
        aliases=body.aliases,
    )
    version, created = await perform(register, call_of(request), model_at(namespace, model), content)
    return Reply(shapes.Registered(present.version(version), created), 201 if created else 200)


@remembered
@get(VERSION, permission=Permission.MODEL_READ, also={304: "The caller has it already."})
async def version(request: Request, namespace: str, model: str, label: str) -> Reply[shapes.Version]:
    """Show a version with its card and its provenance."""
    shown = await perform_quick(show_version, call_of(request), version_at(namespace, model, label))
    return tagged(request, present.version(shown.version, shown.card, shown.provenance))


@patch(VERSION, permission=Permission.VERSION_WRITE)
async def changed_version(
    request: Request, namespace: str, model: str, label: str, body: shapes.VersionChange
) -> shapes.Version:
    """Change the words about a version; its content never changes.

    What is not given stays; a tag set to null is removed.
    """
    where = version_at(namespace, model, label)
    after = await perform(
        change_version, call_of(request), where, description=body.description, card=body.card, given=body.tags
    )
    return present.version(after, body.card)


@delete(VERSION, permission=Permission.VERSION_DELETE)
async def deleted_version(request: Request, namespace: str, model: str, label: str) -> None:
    """Delete a version, unless a stage or an alias holds it.

    It can be restored until the sweep has freed its bytes. One whose bytes are still on their way in is gone at once.
    """
    where, call = version_at(namespace, model, label), call_of(request)
    if await perform(drop_intake, call, where) is None:
        await perform(delete_version, call, where)


@post(VERSION + "/restore", permission=Permission.VERSION_DELETE)
async def restored_version(request: Request, namespace: str, model: str, label: str) -> shapes.Version:
    """Bring a deleted version back."""
    return present.version(await perform(restore_version, call_of(request), version_at(namespace, model, label)))


@get(
    VERSION + "/manifest",
    permission=Permission.MODEL_READ,
    also={304: "The caller has it already."},
    response_type="application/vnd.oci.image.manifest.v1+json",
)
async def manifest(request: Request, namespace: str, model: str, label: str) -> Reply[bytes]:
    """Return the manifest, exactly the bytes that the version's digest covers."""
    document = await perform(show_manifest, call_of(request), version_at(namespace, model, label))
    return exactly(request, document)


@get(
    VERSION + "/provenance",
    permission=Permission.MODEL_READ,
    also={304: "The caller has it already."},
    response_type="application/vnd.holotype.provenance.v1+json",
)
async def provenance(request: Request, namespace: str, model: str, label: str) -> Reply[bytes]:
    """Return the provenance, exactly the bytes that the manifest names."""
    document = await perform(show_provenance, call_of(request), version_at(namespace, model, label))
    return exactly(request, document)


@get(VERSION + "/files", permission=Permission.MODEL_READ)
async def files(
    request: Request, namespace: str, model: str, label: str, cursor: str = "", limit: int = PAGE
) -> shapes.Page[shapes.File]:
    """List the files of a version, by path."""
    where = version_at(namespace, model, label)
    found = await perform(show_files, call_of(request), where, after=cursor, limit=checked(limit) + 1)
    return page(found, limit, present.file, lambda file: file.path)


routes = [
    new_version, version, changed_version, deleted_version, restored_version, manifest, provenance, files,
]  # fmt: skip
