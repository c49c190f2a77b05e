"""How does a version come from another registry?

1. The caller administers the namespace.
2. What it is made of and where it came from make its digest; the same import always gives the same one.
3. Its number is free, or this very version has it: then nothing happens. Where an import source covers what the client
   could not reach, the number is given to an intake, and the version comes with its bytes.
4. Every file's bytes are held by this namespace.
5. It is written with its number, its author and its moment; the number is never given out again.
6. The ledger says that it was imported, by whom and when.

Its stage and aliases are set by ``import_labels``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from holotype.access import rules
from holotype.catalogue import imports, intakes, models, namespaces, versions
from holotype.db import Tx
from holotype.domain import digest, names, origins, references, times
from holotype.domain.entities import Namespace, Version
from holotype.domain.events import Action
from holotype.domain.imports import ImportedVersion, LeftOut, text_is_usable, usable
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Parent, Source
from holotype.domain.references import Reference
from holotype.egress.sources import covering
from holotype.errors import Conflict, Invalid, InvalidReference, NotFound
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import context, registering
from holotype.operations.call import Call
from holotype.operations.registering import Content, Draft, Stamp

LARGEST_NUMBER = 2**31 - 2
_MLMODEL = "MLmodel"
_ADDRESS_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """The version after an import, whether it came with this one, and what was left out.

    There is no version where its bytes are still to be copied in (``pending``), or where it must not be external.
    """

    version: Version | None
    created: bool
    left_out: tuple[LeftOut, ...] = ()
    pending: bool = False


def import_version(call: Call, model: Reference, wanted: ImportedVersion) -> Outcome:
    """Register a version as another registry has it; return it, and whether it came just now."""
    rules.require(call.actor, Permission.ADMIN_OPERATE, namespace=model.namespace, model=model.model)  # 1
    draft, out = _drafted(call, model, wanted)  # 2
    with call.write() as tx:
        namespace = namespaces.get(tx, model.namespace)
        model_id = models.lock(tx, namespace, model.model)
        if model_id is None:
            raise NotFound(f"There is no model {model.model_reference}.", hint="Import the model before its versions.")
        known = _numbered(tx, model, model_id, wanted) or _without_files(tx, call, (namespace, model_id), model, wanted)
        if known is not None:  # 3
            call.registry.expected.set()
            return replace(known, left_out=tuple(out))
        registering.check_held(tx, namespace, draft.manifest.files)  # 4
        version = registering.write(tx, call, namespace, (model_id, model.model), draft, stamp=_stamp(wanted))  # 5, 6
        versions.touch(tx, [version.id], wanted.changed_at or wanted.created_at)
        imports.raise_next(tx, model_id, wanted.number + 1)
    call.registry.arrived.set()
    return Outcome(version, True, tuple(out))


def _stamp(wanted: ImportedVersion) -> Stamp:
    told: dict[str, object] = {
        "origin": wanted.origin,
        "title": wanted.title,
        "registered_at": times.text(wanted.created_at),
        "registered_by": wanted.author,
        "external": not wanted.files,
    }
    by = wanted.author if wanted.author and _is_author(wanted.author) else None
    return Stamp(wanted.number, by, wanted.created_at, Action.VERSION_IMPORTED, told)


def _is_author(name: str) -> bool:
    return len(name) <= 250 and names.printable(name) and name == name.strip()


def _numbered(tx: Tx, model: Reference, model_id: int, wanted: ImportedVersion) -> Outcome | None:
    """Return this very version if it is here already, or nothing where its number is free."""
    here = imports.numbered(tx, model_id, [wanted.number]).get(wanted.number)
    where = f"{model.model_reference}:{wanted.number}"
    if here is None:
        coming = intakes.get(tx, model_id, wanted.number)
        if coming is not None and coming.registration != wanted.registration:
            raise Conflict(f"The number of {where} was given to a version that is still being copied in.")
        return None if coming is None else Outcome(None, False, pending=True)
    if here.registration != wanted.registration:
        raise Conflict(f"{where} is another version, which did not come from there.")
    if here.sourced.version.deleted_at is not None:
        raise Conflict(
            f"{where} was imported and then deleted here.", hint=f"Bring it back: `holotype restore {where}`."
        )
    return Outcome(here.sourced.version, False)


def _without_files(
    tx: Tx, call: Call, where: tuple[Namespace, int], model: Reference, wanted: ImportedVersion
) -> Outcome | None:
    """Have the bytes copied in where an import source covers them; nothing where the version is to be external."""
    if wanted.files:
        return None
    namespace, model_id = where
    try:
        covered = covering(call.registry.sources, namespace.name, origins.read(wanted.uri)) is not None
    except Invalid:
        covered = False
    if not covered:
        return None if wanted.external else Outcome(None, False)
    row = {
        "namespace_id": namespace.id,
        "model_id": model_id,
        "number": wanted.number,
        "created_at": times.to_micros(wanted.created_at),
        "created_by": _stamp(wanted).by or call.actor.name,
        "uri": wanted.uri,
        "run_id": wanted.run.id if wanted.run else None,
        "run_link": wanted.run_link,
        "logged_model": wanted.logged_model,
        "registration": wanted.registration,
    }
    intakes.create(tx, row, tags={}, now=call.now)
    imports.raise_next(tx, model_id, wanted.number + 1)
    told = {"number": wanted.number, "source": wanted.uri, "origin": wanted.origin, "title": wanted.title}
    subject = f"{model.model_reference}:{wanted.number}"
    entry = Entry(Action.INTAKE_BEGUN, subject, told, namespace_id=namespace.id, model_id=model_id)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
    return Outcome(None, True, pending=True)


def _drafted(call: Call, model: Reference, wanted: ImportedVersion) -> tuple[Draft, list[LeftOut]]:
    if not 0 < wanted.number <= LARGEST_NUMBER:
        raise Invalid(f"{wanted.number} is not the number of a version.")
    subject = f"{model.model_reference}:{wanted.number}"
    given, out = usable(subject, wanted.tags)
    description = wanted.description if text_is_usable(wanted.description) else ""
    if description != wanted.description:
        out.append(LeftOut(subject, "description", "it is too long or is no text"))
    if wanted.author and not _is_author(wanted.author):
        out.append(LeftOut(subject, "author", "it is not a name"))
    documents = _documents(wanted)
    origin = context.provenance_of(
        wanted.run,
        documents.pop(_MLMODEL, None),
        tracker=wanted.origin,
        link=wanted.run_link or None,
        source=Source(_address(wanted.uri, subject, out), wanted.registration, not wanted.files, wanted.logged_model),
        parents=_parents(wanted),
        beside=documents,
        logged=wanted.logged,
    )
    out += [LeftOut(subject, "context", why) for why in (origin.source.left_out or [] if origin.source else [])]
    draft = registering.drafted(call, Content(wanted.files, origin))
    return replace(draft, content=replace(draft.content, description=description, tags=given)), out


def _address(uri: str, subject: str, out: list[LeftOut]) -> str:
    """Return a source as it was given, or what of it can be kept."""
    if uri and len(uri.encode("utf-8", "replace")) <= _ADDRESS_BYTES and names.printable(uri):
        return uri
    out.append(LeftOut(subject, "source", "it is empty, too long or not printable"))
    return quote(uri.encode("utf-8", "replace"))[:_ADDRESS_BYTES] or "unknown"


def _parents(wanted: ImportedVersion) -> list[Parent]:
    if wanted.parent is None:
        return []
    try:
        references.parse(wanted.parent)
    except (Invalid, InvalidReference):
        return []
    return [Parent(wanted.parent)]


def _documents(wanted: ImportedVersion) -> dict[str, bytes]:
    """Return what describes the version, made sure that it is what its files hold."""
    said = {file.path: file.digest for file in wanted.files}
    for path, content in wanted.documents.items():
        if said.get(path) != digest.of(content):
            raise Invalid(f"{path[:80]!r} is not what the file of that name holds.")
    return dict(wanted.documents)
