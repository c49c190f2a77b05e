"""How does somebody add what they learnt about a version?

1. The caller may, and is not the server by name.
2. The payload is small enough, and what its type says.
3. The version is there; its evidence is bound to its digest.
4. A signature is verified with the keys that the policy trusts: what is forged or about something else is refused, and
   so is what was attached before: an old statement is no new word of who signed it.
5. Evidence, ledger entry and consequences join one transaction; a card becomes the version's card.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain import attested
from holotype.domain import digest as digests
from holotype.domain.entities import Evidence, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import AlreadyExists, Denied, Invalid, TooLarge
from holotype.governance import evidence, policies
from holotype.operations import attesting, locking, once, signatures
from holotype.operations.call import Call
from holotype.operations.signatures import Signed

MOST, PAYLOADS = 1_000, 16
"""Of one version: so many pieces of evidence, and together as many bytes as so many payloads of the largest size."""


@dataclass(frozen=True, slots=True)
class Attested:
    """A piece of evidence, the version that it is about, and what became of its signature where it bears one."""

    evidence: Evidence
    version: Version
    signature: Signed | None = None


def attest(call: Call, reference: Reference, type_: str, payload: bytes, *, media_type: str | None = None) -> Attested:
    """Add evidence of a type about a version; its payload is kept byte for byte and never changes."""
    rules.require(call.actor, Permission.EVIDENCE_WRITE, namespace=reference.namespace, model=reference.model)  # 1
    if call.actor.name == attested.SERVER:
        raise Denied(f"Only the server itself attests as {attested.SERVER!r}.", hint="Use an account of your own.")
    kind = _checked(call, attested.type_of(type_), media_type, payload)  # 2
    mark = once.fingerprint("attest", str(reference), type_, kind, digests.of(payload))
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return _told(tx, done)
        locking.lock(tx, reference)
        version = versions.find(tx, reference)  # 3
        _check_room(tx, call, version, len(payload))
        signed = _signed(tx, call, version, type_, payload) if attested.is_json(kind) else None  # 4
        made = attesting.record(  # 5
            tx, call, version, type=type_, media_type=kind, payload=payload, signed_by=signed.by if signed else None
        )
        once.remember(tx, call, mark, f"{version.id} {made.id}")
        return Attested(made, version, signed)


def of(tx: Tx, version: Version, found: Evidence) -> Attested:
    """Return a piece of evidence with what the policy in force makes of its signature."""
    keys = policies.in_force(tx, version.namespace_id).keys
    return Attested(found, version, signatures.explained(found, signatures.files_of(tx, version), keys))


def _checked(call: Call, type_: str, media_type: str | None, payload: bytes) -> str:
    limit = call.registry.settings.evidence_limit
    if len(payload) > limit:
        raise TooLarge(f"The payload has {len(payload):,} bytes; at most {limit:,} are kept.", hint="Keep a summary.")
    if type_ == attested.INSPECTION:
        raise Invalid("Inspections are written by the server alone.", hint="It reads the headers of every file itself.")
    return attested.check(type_, media_type, payload)


def _check_room(tx: Tx, call: Call, version: Version, size: int) -> None:
    held = evidence.held(tx, version.id)
    if held.count >= MOST or held.size + size > PAYLOADS * call.registry.settings.evidence_limit:
        raise TooLarge(
            f"{version.reference} has {held.count:,} pieces of evidence with {held.size:,} bytes; that is the most.",
            hint=f"At most {MOST:,}, together at most {PAYLOADS} times the largest payload.",
        )


def _signed(tx: Tx, call: Call, version: Version, type_: str, payload: bytes) -> Signed | None:
    keys = policies.in_force(tx, version.namespace_id).keys
    signed = signatures.examine(type_, payload, version.digest, signatures.files_of(tx, version), keys, call.now)
    if signed is not None and signed.refused:
        raise Invalid(f"The signature is refused. {signed.reason}", hint=f"It has to be about {version.digest}.")
    known = signatures.held(tx, version, type_, payload) if signed is not None and signed.by is not None else None
    if known is not None:
        raise AlreadyExists(
            f"What {known.signed_by} signed there is evidence {known.id} since {known.created_at:%Y-%m-%d} already.",
            hint="It is no newer for being attached again: sign a new statement.",
        )
    return signed


def _told(tx: Tx, remembered: str) -> Attested:
    version_id, evidence_id = map(int, remembered.split())
    version, made = versions.by_ids(tx, [version_id])[0], evidence.get(tx, version_id, evidence_id)
    if made is None:
        raise Invalid("The evidence that this key stands for is gone.")
    return of(tx, version, made)
