"""What do the gates get to see? Everything that counts for a move is read here, a statement a kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from holotype.access.tables import principals
from holotype.artifacts.tables import blobs
from holotype.catalogue import dossiers, labels, versions
from holotype.catalogue.tables import files
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import cards
from holotype.domain.entities import Approval, Evidence, Version
from holotype.domain.policy import Policy, Rule, TrustedKey
from holotype.domain.provenance import Provenance
from holotype.gates.facts import Ancestor, Dossier, Facts
from holotype.governance import evidence, quarantines
from holotype.operations import expressions, signatures
from holotype.operations.call import Call

_TOLD = 100
_HELD = sa.exists().where(blobs.c.digest == files.c.digest, blobs.c.sweeping_at.is_(None))
_MISSING = Prepared(
    sa.select(files.c.digest).where(files.c.version_id == sa.bindparam("version_id"), ~_HELD).limit(_TOLD)
)
_PERSONS = Prepared(
    sa.select(principals.c.id, principals.c.name, principals.c.owner_id).where(
        (principals.c.name == sa.bindparam("name")) | (principals.c.id == sa.bindparam("id", type_=sa.BigInteger))
    )
)
_decode = msgspec.json.Decoder(Provenance).decode


def gather(  # noqa: PLR0913 - what is asked about is said in so many words, and by keyword
    tx: Tx,
    call: Call,
    version: Version,
    *,
    source: str,
    target: str,
    kind: str = "stage",
    policy: Policy,
    rule: Rule,
    approvals: Sequence[Approval] = (),
    requester_id: int | None = None,
) -> Facts:
    """Return the facts about a version and a move; without ``requester_id`` the caller is who asks for it."""
    holder = incumbent(tx, version, target, kind=kind, policy=policy)
    both = [version] if holder is None else [version, holder]
    known = {one.version.id: one for one in _dossiers(tx, both, policy.keys)}
    author, requester = _persons(tx, version.created_by, requester_id or call.actor.principal_id)
    return Facts(
        candidate=known[version.id],
        source=source,
        target=target,
        now=call.now,
        kind=kind,
        incumbent=None if holder is None else known[holder.id],
        ancestors=_ancestors(tx, version),
        quarantines=tuple(quarantines.reasons(tx, version.id)),
        approvals=tuple(one for one in approvals if one.voided is None),
        author_id=author,
        requester_id=requester,
        rules=rule.approvals,
        keys=policy.keys,
        evaluate=expressions.evaluate,
    )


def incumbent(tx: Tx, version: Version, target: str, *, kind: str, policy: Policy) -> Version | None:
    """Return the other version that a single stage holds or an alias names now, if there is one."""
    if kind == "alias":
        named = labels.alias(tx, version.model_id, target)
        held = [] if named is None else [named]
    else:
        held = labels.in_stage(tx, version.model_id, target) if policy.stage(target).single else []
    others = [one for one in held if one != version.id]
    return versions.by_ids(tx, others[:1])[0] if others else None


def _dossiers(tx: Tx, both: Sequence[Version], keys: Sequence[TrustedKey]) -> list[Dossier]:
    """Return what is known of versions; who signed evidence is asked anew, of the keys that the policy trusts now."""
    ids = [one.id for one in both]
    texts, formats = dossiers.texts(tx, ids), dossiers.formats(tx, ids)
    missing = tuple(row.digest for row in _MISSING(tx, {"version_id": ids[0]}))
    held = {one.id: signatures.current(tx, one, evidence.of_version(tx, one.id), keys) for one in both}
    lacking = {ids[0]: missing}
    return [_dossier(one, texts[one.id], formats[one.id], held[one.id], lacking.get(one.id, ())) for one in both]


def _dossier(
    version: Version,
    texts: dossiers.Texts,
    formats: dict[str, tuple[int, str]],
    papers: Sequence[Evidence],
    missing: tuple[str, ...],
) -> Dossier:
    return Dossier(
        version=version,
        provenance=_decode(texts.provenance) if texts.provenance else Provenance(),
        card=texts.card,
        evidence=tuple(papers),
        missing=missing,
        formats=formats,
        licence=cards.licence(texts.card, version.tags),
    )


def _ancestors(tx: Tx, version: Version) -> tuple[Ancestor, ...]:
    found, complete = dossiers.ancestry(tx, version.id)
    known = [Ancestor(one.reference, one.known, one.licence, one.through) for one in found]
    if not complete:  # what nobody looked at is not known
        known.append(Ancestor("a further ancestor", known=False, licence=None, through="a parent"))
    return tuple(known)


def _persons(tx: Tx, author: str, requester_id: int | None) -> tuple[int | None, int | None]:
    """Return the persons behind who registered a version and behind who asks."""
    rows: list[Any] = _PERSONS(tx, {"name": author, "id": requester_id or 0})
    by_name = next((row.owner_id or row.id for row in rows if row.name == author), None)
    by_id = next((row.owner_id or row.id for row in rows if row.id == requester_id), requester_id)
    return by_name, by_id
