"""The routes by which models come from another registry, with their numbers, authors, moments, stages and aliases.

They are for a client that reads the other registry: the server itself asks nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.catalogue.imports import Found
from holotype.domain import imports as domain
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Reply, Request, call_of, get, post, put
from holotype.gateways.native.addresses import MODEL, PAGE, before, checked, model_at, page
from holotype.gateways.perform import perform
from holotype.operations.import_labels import import_labels
from holotype.operations.import_model import import_model
from holotype.operations.import_version import import_version
from holotype.operations.list_imported import list_imported
from holotype.wire import imports as wire
from holotype.wire import present, shapes

IMPORT = MODEL + "/import"


@put(IMPORT, permission=Permission.ADMIN_OPERATE)
async def imported_model(request: Request, namespace: str, model: str, body: wire.ImportedModel) -> wire.ModelImport:
    """Create a model as another registry has it, or bring up to date what an import wrote.

    What people here wrote since stays, and is told as left out.
    """
    done = await perform(import_model, call_of(request), model_at(namespace, model), wire.model_of(body))
    return wire.ModelImport(present.model(done.model), done.created, done.changed, _told(done.left_out))


@post(
    IMPORT + "/versions",
    permission=Permission.ADMIN_OPERATE,
    status=201,
    also={200: "This very version was imported before."},
)
async def imported_version(
    request: Request, namespace: str, model: str, body: wire.ImportedVersion
) -> Reply[wire.VersionImport]:
    """Register a version as another registry has it, under its number; its files have been uploaded."""
    done = await perform(import_version, call_of(request), model_at(namespace, model), wire.version_of(body))
    shown = present.version(done.version) if done.version else None
    told = wire.VersionImport(shown, done.created, done.pending, _told(done.left_out))
    return Reply(told, 201 if done.created else 200)


@post(IMPORT + "/labels", permission=Permission.ADMIN_OPERATE)
async def imported_labels(request: Request, namespace: str, model: str, body: wire.Labelling) -> wire.LabelImport:
    """Set stages, words and aliases of imported versions to what they are over there, without asking gates.

    What the policy does not have or protects, and what people here moved or wrote since, is told as left out.
    """
    done = await perform(import_labels, call_of(request), model_at(namespace, model), wire.labelling_of(body))
    return wire.LabelImport(done.changed, _told(done.left_out))


@get(IMPORT + "/versions", permission=Permission.ADMIN_OPERATE)
async def imported_versions(
    request: Request, namespace: str, model: str, cursor: str = "", limit: int = PAGE
) -> shapes.Page[wire.Imported]:
    """List the versions of a model by number, deleted ones too, with what tells where each was registered."""
    where = model_at(namespace, model)
    found = await perform(list_imported, call_of(request), where, after=_after(cursor), limit=checked(limit) + 1)
    return page(found, limit, _shown, lambda one: str(one.sourced.version.number))


def _after(cursor: str) -> int:
    found = before(cursor) or 0
    if found >= 2**31:
        raise Invalid("This is not a cursor of this list.", hint="Take `next` of the page before.")
    return found


def _told(left_out: Sequence[domain.LeftOut]) -> list[wire.LeftOut]:
    return [wire.LeftOut(one.subject, one.what, one.why) for one in left_out]


def _shown(found: Found) -> wire.Imported:
    sourced, version = found.sourced, found.sourced.version
    return wire.Imported(
        number=version.number,
        digest=version.digest,
        registration=found.registration,
        external=found.external,
        stage=version.stage,
        aliases=list(version.aliases),
        tags=version.tags,
        description=version.description,
        author=version.created_by,
        created_at=version.created_at,
        changed_at=sourced.changed_at,
        uri=sourced.uri,
        run_id=sourced.run_id,
        run_link=sourced.run_link,
        logged_model=sourced.logged_model,
        deleted_at=version.deleted_at,
    )


routes = [imported_model, imported_version, imported_labels, imported_versions]
