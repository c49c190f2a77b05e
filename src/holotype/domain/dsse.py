"""What does a signed envelope say, about which thing, and whose signatures does it bear?

    DSSE envelope      {"payloadType", "payload": base64, "signatures": [{"keyid", "sig": base64}]}
    Sigstore bundle    {"mediaType", "verificationMaterial", "dsseEnvelope": the same}
    its payload        an in-toto statement: what it is about (``subject``) and what it says (``predicate``)

Only what is signed counts. Reading checks nothing but the form; ``holotype.governance.trusted_keys`` checks signatures.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from holotype.domain import strict_json
from holotype.errors import Invalid

PAYLOAD_TYPE = "application/vnd.in-toto+json"
SIGNATURES, CERTIFICATES, SUBJECTS = 8, 8, 50_000
_STATEMENTS = ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1")
_HINT = "See https://github.com/secure-systems-lab/dsse."


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature; ``keyid`` is what the signer says of the key, and proves nothing."""

    keyid: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was signed, and the signatures. ``chain`` are certificates (DER) that a bundle brings, the signer's first.

    ``keyless`` says that the signature counts only together with a transparency log.
    """

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]
    chain: tuple[bytes, ...] = ()
    keyless: bool = False

    @property
    def signed(self) -> bytes:
        """The bytes that the signatures are over: DSSE's pre-authentication encoding."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)


@dataclass(frozen=True, slots=True)
class Statement:
    """An in-toto statement: names and digests of its subjects, and the predicate about them."""

    subjects: tuple[tuple[str, Mapping[str, str]], ...]
    predicate_type: str
    predicate: object

    def names(self, digest: str) -> bool:
        """Say whether a ``sha256:…`` is among the subjects."""
        return digest.removeprefix("sha256:") in self.hexes

    @property
    def hexes(self) -> frozenset[str]:
        """The SHA-256 of every subject."""
        return frozenset(found["sha256"] for _, found in self.subjects if "sha256" in found)

    def covers(self, digests: Collection[str]) -> bool:
        """Say whether every one of some digests is among the subjects; of none, no."""
        hexes = self.hexes
        return bool(digests) and all(one.removeprefix("sha256:") in hexes for one in digests)


def read(value: object) -> Envelope | None:
    """Return the envelope that a JSON value is, nothing where it is none, or raise ``Invalid`` where it is broken."""
    if not isinstance(value, dict):
        return None
    if "dsseEnvelope" in value:
        return _bundle(value)
    if "messageSignature" in value and "verificationMaterial" in value:
        raise Invalid("The bundle signs bare bytes; it does not say what it is about.", hint="Sign a DSSE envelope.")
    if {"payloadType", "payload", "signatures"} <= value.keys():
        return _envelope(value)
    return None


def statement(envelope: Envelope) -> Statement:
    """Return the in-toto statement that an envelope holds, or raise ``Invalid``."""
    if envelope.payload_type != PAYLOAD_TYPE:
        raise Invalid(
            f"The envelope holds {envelope.payload_type[:80]!r}, which does not say what it is about.",
            hint=f"Sign an in-toto statement: {PAYLOAD_TYPE}.",
        )
    value = strict_json.loads(envelope.payload, "in-toto statement")
    if not isinstance(value, dict) or value.get("_type") not in _STATEMENTS:
        raise Invalid("The envelope does not hold an in-toto statement.", hint=f"Its _type is not {_STATEMENTS[0]}.")
    kind, subjects = value.get("predicateType"), value.get("subject")
    if not isinstance(kind, str) or not isinstance(subjects, list) or not 0 < len(subjects) <= SUBJECTS:
        raise Invalid("The in-toto statement lacks a subject or a predicateType.")
    return Statement(tuple(map(_subject, subjects)), kind, value.get("predicate"))


def _subject(value: Any) -> tuple[str, Mapping[str, str]]:
    digest = value.get("digest") if isinstance(value, dict) else None
    if not isinstance(digest, dict) or not all(isinstance(text, str) for text in digest.values()):
        raise Invalid("A subject of the in-toto statement has no digest.")
    name = value.get("name", "")
    return (name if isinstance(name, str) else ""), {kind: text.lower() for kind, text in digest.items()}


def _bundle(value: dict[str, Any]) -> Envelope:
    found = _envelope(value["dsseEnvelope"])
    material = value.get("verificationMaterial")
    if not isinstance(material, dict):
        raise Invalid("The Sigstore bundle has no verificationMaterial.")
    chain = material.get("x509CertificateChain")
    held = chain.get("certificates") if isinstance(chain, dict) else []
    if not isinstance(held, list) or len(held) > CERTIFICATES:
        raise Invalid(f"The certificate chain of the bundle is no list of at most {CERTIFICATES}.")
    certificates = tuple(_octets(_of(one, "rawBytes"), "certificate") for one in held)
    keyless = "certificate" in material or bool(material.get("tlogEntries"))
    return Envelope(found.payload_type, found.payload, found.signatures, certificates, keyless)


def _envelope(value: Any) -> Envelope:
    kind, signatures = _of(value, "payloadType"), _of(value, "signatures")
    if not isinstance(kind, str) or not isinstance(signatures, list):
        raise Invalid("The DSSE envelope lacks a payloadType or signatures.", hint=_HINT)
    if not 0 < len(signatures) <= SIGNATURES:
        raise Invalid(f"The DSSE envelope has {len(signatures):,} signatures; 1 to {SIGNATURES} are taken.")
    payload = _octets(_of(value, "payload"), "payload of the DSSE envelope")
    return Envelope(kind, payload, tuple(map(_signature, signatures)))


def _signature(value: Any) -> Signature:
    keyid = _of(value, "keyid")
    return Signature(keyid if isinstance(keyid, str) else "", _octets(_of(value, "sig"), "signature"))


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _octets(value: Any, what: str) -> bytes:
    """Decode base64, in the usual or the URL-safe alphabet; nothing else may be in between."""
    if isinstance(value, str) and value:
        text = value.replace("-", "+").replace("_", "/")
        try:
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError):
            pass
    raise Invalid(f"The {what} is not base64.", hint=_HINT)
