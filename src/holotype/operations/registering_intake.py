"""How does an intake become its version, once all its bytes are here?

What people wrote about it meanwhile is what its version bears: so it is read again in the transaction that ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from holotype.catalogue import intakes, models, namespaces
from holotype.domain.entities import Intake
from holotype.domain.manifest import File, role_of
from holotype.domain.provenance import Provenance, Run, Source
from holotype.egress.sources.walking import Listed, Told
from holotype.errors import AlreadyExists, MissingContent, NotFound, Unavailable
from holotype.operations import context, registering, take_in
from holotype.operations.call import Call
from holotype.operations.copying import Held, Lost, fresh
from holotype.operations.registering import Content, Draft, Stamp


def conclude(call: Call, held: Held, listed: Sequence[Listed], told: Told, *, external: bool = False) -> None:
    """Register the version of an intake under its number, ``external`` where its bytes stay away; end the intake."""
    call = fresh(call)
    files = _files(call, held.intake, listed)
    origin = _origin(call, held.intake, files, told, external=external)
    while not _write(call, held, *_drafted(call, held, files, origin)):
        pass
    call.registry.arrived.set()


def _files(call: Call, intake: Intake, listed: Sequence[Listed]) -> list[File]:
    with call.read() as tx:
        there = intakes.files(tx, intake.id)
    made = []
    for file in listed:
        known = there.get(file.path)
        if known is None or known.digest is None:
            raise Unavailable(f"{file.path[:120]!r} is not here yet.", hint="It is copied again.")
        made.append(File(file.path, known.digest, known.size, role_of(file.path)))
    return made


def _origin(call: Call, intake: Intake, files: Sequence[File], told: Told, *, external: bool) -> Provenance:
    mlmodel, beside = take_in.read_beside(call, files)
    model_id = told.model_id or intake.logged_model
    made = context.provenance_of(
        told.run,
        mlmodel,
        tracker=told.tracker,
        link=intake.run_link or told.link,
        source=Source(intake.uri, intake.registration, external=external, model_id=model_id),
        beside=beside,
    )
    if made.run is None and intake.run_id:
        return replace(made, run=Run(intake.run_id))
    return made


def _drafted(call: Call, held: Held, files: Sequence[File], origin: Provenance) -> tuple[Intake, Draft]:
    with call.read() as tx:
        now = intakes.by_id(tx, held.intake.id)
    if now is None:
        raise Lost
    content = Content(files, origin, description=now.description, tags=now.tags)
    return now, registering.drafted(call, content)


def _write(call: Call, held: Held, intake: Intake, draft: Draft) -> bool:
    """Write the version, or return false where what people write about it changed at this moment."""
    stamp = Stamp(intake.number, intake.created_by, intake.created_at)
    with held.lock, call.write() as tx:
        namespace = namespaces.get(tx, intake.namespace)
        try:
            locked = models.lock(tx, namespace, intake.model)
        except AlreadyExists as error:
            raise NotFound(f"The model {intake.namespace}/{intake.model} was deleted.") from error
        now = intakes.by_id(tx, intake.id)
        if now is None or locked is None or not intakes.hold(tx, intake.id, held.until, held.until):
            raise Lost
        if (now.description, now.tags) != (intake.description, intake.tags):
            return False
        try:
            registering.check_held(tx, namespace, draft.manifest.files)
        except MissingContent as error:
            raise Unavailable("Some of its bytes were swept meanwhile.", hint="They are copied again.") from error
        registering.write(tx, call, namespace, (locked, intake.model), draft, stamp=stamp)
        intakes.remove(tx, intake.id)
    return True
