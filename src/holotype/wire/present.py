"""How do the domain's values become wire shapes?"""

from __future__ import annotations

from holotype.domain import entities, manifest
from holotype.wire import decoding, shapes
from holotype.wire.provenance import Recorded


def namespace(value: entities.Namespace) -> shapes.Namespace:
    """Return the wire shape of a namespace."""
    return shapes.Namespace(value.name, value.description, value.created_at)


def model(value: entities.Model, card: str | None = None) -> shapes.Model:
    """Return the wire shape of a model, with its card where it is given."""
    return shapes.Model(
        reference=value.reference,
        namespace=value.namespace,
        name=value.name,
        kind=value.kind,
        description=value.description,
        tags=value.tags,
        latest=value.latest,
        production=value.production,
        created_at=value.created_at,
        created_by=value.created_by,
        changed_at=value.changed_at,
        deleted_at=value.deleted_at,
        card=card,
        title=value.title,
    )


def version(value: entities.Version, card: str | None = None, provenance: bytes | None = None) -> shapes.Version:
    """Return the wire shape of a version, with its card and its provenance (JSON) where they are given."""
    return shapes.Version(
        reference=value.reference,
        namespace=value.namespace,
        model=value.model,
        number=value.number,
        digest=value.digest,
        stage=value.stage,
        stage_changed_at=value.stage_changed_at,
        aliases=list(value.aliases),
        tags=value.tags,
        description=value.description,
        size=value.size,
        file_count=value.file_count,
        created_at=value.created_at,
        created_by=value.created_by,
        deleted_at=value.deleted_at,
        quarantined_at=value.quarantined_at,
        external=value.external,
        card=card,
        provenance=decoding.read(provenance, Recorded) if provenance else None,
    )


def file(value: manifest.File) -> shapes.File:
    """Return the wire shape of a file."""
    return shapes.File(value.path, value.digest, value.size, value.role, value.format)


def alias(value: entities.Alias, model_reference: str) -> shapes.Alias:
    """Return the wire shape of an alias of a model."""
    reference = f"{model_reference}:{value.number}"
    return shapes.Alias(value.name, reference, value.number, value.digest, value.changed_at)


def promotion(value: entities.Promotion) -> shapes.Promotion:
    """Return the wire shape of a promotion."""
    return shapes.Promotion(
        status=value.status,
        version=version(value.version),
        source=value.source,
        target=value.target,
        replaced=value.replaced.reference if value.replaced else None,
        id=value.id,
        kind=value.kind,
        reason=value.reason,
        policy=value.policy,
        verdicts=[shapes.Verdict(one.gate, one.status, one.reason, one.remedy, one.override) for one in value.verdicts],
        approvals=[_approval(one) for one in value.approvals],
        evidence=list(value.evidence),
        requested_by=value.requested_by,
        created_at=value.created_at,
        expires_at=value.expires_at,
        ended_at=value.ended_at,
        note=value.note,
    )


def _approval(value: entities.Approval) -> shapes.Approval:
    return shapes.Approval(value.principal, value.decision, value.comment, value.created_at, value.voided)


def token(value: entities.Token) -> shapes.Token:
    """Return the wire shape of a token."""
    return shapes.Token(
        id=value.id,
        name=value.name,
        principal=value.principal,
        role=value.role,
        scope=value.scope,
        created_at=value.created_at,
        expires_at=value.expires_at,
        revoked_at=value.revoked_at,
    )


def event(value: entities.Event) -> shapes.Event:
    """Return the wire shape of an entry of the ledger."""
    return shapes.Event(
        sequence=value.sequence,
        time=value.time,
        actor=value.actor,
        action=value.action,
        subject=value.subject,
        data=value.data,
        root=value.root,
        token=value.token,
    )


def upload(value: entities.Upload) -> shapes.Upload:
    """Return the wire shape of an upload."""
    return shapes.Upload(value.id, value.digest, value.size, value.part_size, list(value.parts), value.expires_at)
