"""Who signed a piece of evidence, as the policy in force sees it?

    no envelope       nothing to say
    verified          signed by a key that the policy trusts, about this version
    unknown           signed, by nobody whom the policy trusts: kept, and counts as unsigned
    forged            says that a trusted key made it, which it did not
    elsewhere         about something else than this version
    unverifiable      about digests that are not held here, meant as another type of evidence than it is attached as, or
                      worth something only with a transparency log

What was verified when evidence arrived is not believed for ever: whoever decides on it asks again, with the keys that
the policy names by then. A key that was taken out of the policy counts no more, one that was added counts for what it
signed before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from holotype.catalogue import contents
from holotype.db import Tx
from holotype.domain import attested, dsse, model_signing
from holotype.domain.entities import Evidence, Version
from holotype.domain.manifest import File
from holotype.domain.policy import TrustedKey
from holotype.errors import Invalid
from holotype.governance import evidence as rows
from holotype.governance import trusted_keys

_EVERY_FILE, _KEPT, _STRANGERS = 20_001, 4_096, 50
_KEYLESS = "It is a keyless Sigstore signature, which is worth something only with a transparency log; none is asked."


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of a signature: a word of the list above, a sentence, and the key where one is known."""

    status: str
    reason: str
    key: str | None = None

    @property
    def by(self) -> str | None:
        """The trusted key that signed, if one did."""
        return self.key if self.status == "verified" else None

    @property
    def refused(self) -> bool:
        """Whether nothing like this may be attached."""
        return self.status in {"forged", "elsewhere"}


Files = Callable[[], Sequence[File]]
_TOLD: dict[tuple[object, ...], Signed | None] = {}
"""What was told before: a payload, a subject (from which the files follow) and some keys never give another answer."""


def examine(
    type_: str, payload: bytes, digest: str, files: Files, keys: Sequence[TrustedKey], at: datetime
) -> Signed | None:
    """Return who signed a payload, as evidence of a type, about the version of a digest; nothing for no envelope.

    ``files`` gives the version's files where they are needed; ``at`` is when the payload arrived. Raises ``Invalid``
    for an envelope that cannot be read.
    """
    envelope = attested.envelope(payload)
    if envelope is None:
        return None
    statement = dsse.statement(envelope)
    astray = _astray(statement, digest, files)
    if astray is not None:
        return astray
    found = trusted_keys.made(envelope, keys, at)
    if found.by is not None and not attested.speaks(type_, statement):
        return Signed("unverifiable", f"{found.by} signed it as {statement.predicate_type[:80]!r}, not as {type_}.")
    if found.by is not None:
        return Signed("verified", f"Signed by {found.by}.", found.by)
    if found.forged is not None:
        return Signed("forged", f"It claims to be signed by {found.forged}, which it is not.", found.forged)
    if envelope.keyless:
        return Signed("unverifiable", _KEYLESS)
    because = f": {found.trouble}" if found.trouble else ""
    return Signed("unknown", f"None of the keys that the policy trusts has signed it{because}.")


def current(tx: Tx, version: Version, found: Sequence[Evidence], keys: Sequence[TrustedKey]) -> tuple[Evidence, ...]:
    """Return evidence about a version with ``signed_by`` as these keys see it; payloads have to be there.

    Of what nobody trusted had signed when it arrived, only the newest pieces are tried: anybody may attach such.
    """
    files = files_of(tx, version)
    tried = {one.id for one in [one for one in found if one.signed_by is None and _may_be_signed(one)][-_STRANGERS:]}
    tried |= {one.id for one in found if one.signed_by is not None}
    return tuple(replace(one, signed_by=verified_by(one, files, keys)) if one.id in tried else one for one in found)


def held(tx: Tx, version: Version, type_: str, payload: bytes) -> Evidence | None:
    """Return the evidence of a type that counts as signed and holds the very statement that a payload does."""
    wanted = attested.envelope(payload)
    given = [one for one in rows.of_version(tx, version.id) if one.type == type_]
    for one in given if wanted is not None else ():
        known = attested.envelope(one.payload or b"") if one.signed_by is not None else None
        if known is not None and wanted is not None and known.payload == wanted.payload:
            return one
    return None


def verified_by(evidence: Evidence, files: Files, keys: Sequence[TrustedKey]) -> str | None:
    """Return the name of the key among these that signed a piece of evidence, if one did."""
    told = explained(evidence, files, keys)
    return None if told is None else told.by


def explained(evidence: Evidence, files: Files, keys: Sequence[TrustedKey]) -> Signed | None:
    """Return what these keys say about a piece of evidence; nothing where it is not signed."""
    if evidence.payload is None or not _may_be_signed(evidence):
        return None
    made = (evidence.type, hash(evidence.payload), evidence.digest)
    asked = (*made, evidence.subject, evidence.created_at, tuple(keys))
    if asked not in _TOLD:
        if len(_TOLD) >= _KEPT:
            _TOLD.clear()
        _TOLD[asked] = _explained(evidence, evidence.payload, files, keys)
    return _TOLD[asked]


def _explained(evidence: Evidence, payload: bytes, files: Files, keys: Sequence[TrustedKey]) -> Signed | None:
    try:
        return examine(evidence.type, payload, evidence.subject, files, keys, evidence.created_at)
    except Invalid as error:
        return Signed("unverifiable", error.detail)


def _may_be_signed(evidence: Evidence) -> bool:
    return attested.is_json(evidence.media_type) and attested.may_be_envelope(evidence.payload or b"")


def files_of(tx: Tx, version: Version) -> Files:
    """Return what gives all files of a version, read once and only when asked."""
    held: list[File] = []

    def files() -> Sequence[File]:
        if not held:
            held.extend(contents.page_of_files(tx, version.id, after="", limit=_EVERY_FILE))
        return held

    return files


def _astray(statement: dsse.Statement, digest: str, files: Files) -> Signed | None:
    """Return why a statement says nothing about a version, if it does not."""
    if model_signing.is_signature(statement):
        gap = model_signing.gap(statement, files())
        if gap is None:
            return None
        return Signed("elsewhere" if gap.comparable else "unverifiable", gap.reason)
    if statement.names(digest) or statement.covers({file.digest for file in files()}):
        return None
    return Signed("elsewhere", f"It is about something else: no subject is {digest}, nor are its files all there.")
