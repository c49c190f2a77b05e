"""Did one of the keys that a policy trusts sign this?

    a public key (PEM)     Ed25519, ECDSA on P-256, P-384 or P-521, RSA of 2,048 bits or more (PSS or PKCS #1 v1.5)
    a certificate (PEM)    of an authority: whom it certified, by a chain that the signature brings, signs in its name

A chain has to hold at the moment at which the registry received the signature: nobody else vouches for an earlier one.
Revocation lists are not consulted. A key is withdrawn by taking it out of the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

from holotype.domain.dsse import Envelope
from holotype.domain.policy import TrustedKey
from holotype.errors import Invalid

Public = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_CURVES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}
_SMALLEST_RSA, _LARGEST_RSA = 2_048, 16_384
_DEPTH = 4
_AUTHORITY = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A trusted key, read. ``ids`` are the names by which signers refer to it."""

    name: str
    key: Public | None
    authority: x509.Certificate | None
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Made:
    """Which trusted key signed, or whose signature this claims to be and is not."""

    by: str | None = None
    forged: str | None = None
    trouble: str | None = None


def check(trusted: TrustedKey) -> None:
    """Raise ``Invalid`` unless a policy's key can be used."""
    _load(trusted)


def made(envelope: Envelope, keys: Iterable[TrustedKey], at: datetime) -> Made:
    """Return which of the keys made one of an envelope's signatures; a certificate has to hold at that moment."""
    known = [one for one in map(_usable, keys) if one is not None]
    claimed: str | None = None
    for signature in envelope.signatures:
        for one in known:
            if one.key is not None and _verifies(one.key, signature.value, envelope.signed):
                return Made(by=one.name)
            if signature.keyid and signature.keyid in one.ids:
                claimed = one.name
    if envelope.chain:
        return _certified(envelope, known, at, claimed)
    return Made(forged=claimed)


def _certified(envelope: Envelope, known: Sequence[Loaded], at: datetime, claimed: str | None) -> Made:
    try:
        chain = [x509.load_der_x509_certificate(one) for one in envelope.chain]
        key = chain[0].public_key()
    except (ValueError, UnsupportedAlgorithm):
        return Made(forged=claimed, trouble="its certificates cannot be read")
    trouble: str | None = "no certificate that the policy trusts stands behind it"
    for one in known:
        if one.authority is None:
            continue
        trouble = _broken(one.authority, chain, at)
        if trouble is None:
            signed = any(_verifies(key, signature.value, envelope.signed) for signature in envelope.signatures)
            return Made(by=one.name) if signed else Made(forged=one.name)
    return Made(forged=claimed, trouble=trouble)


def _broken(authority: x509.Certificate, chain: Sequence[x509.Certificate], at: datetime) -> str | None:
    """Return why a chain does not lead from a signer to an authority, if it does not."""
    everything = verification.ExtensionPolicy.permit_all()
    own = verification.Criticality.AGNOSTIC
    issuers = everything.require_present(x509.BasicConstraints, own, _issues).may_be_present(
        x509.KeyUsage, own, _certifies
    )
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store([authority]))
        .time(at)
        .max_chain_depth(_DEPTH)
        .extension_policies(ca_policy=issuers, ee_policy=everything)
        .build_client_verifier()
    )
    try:
        verifier.verify(chain[0], list(chain[1:]))
        return None if _may_sign(chain[0]) else "its certificate is not one for signing"
    except (verification.VerificationError, ValueError, x509.DuplicateExtension):
        return "its certificate does not lead to one that the policy trusts, or did not hold when it arrived"


def _issues(_: object, __: x509.Certificate, found: x509.BasicConstraints) -> None:
    if not found.ca:
        raise ValueError("not an authority")


def _certifies(_: object, __: x509.Certificate, found: x509.KeyUsage | None) -> None:
    if found is not None and not found.key_cert_sign:
        raise ValueError("may not certify")


def _may_sign(certificate: x509.Certificate) -> bool:
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.KeyUsage) and extension.value.digital_signature:
            return True
        if isinstance(extension.value, x509.ExtendedKeyUsage) and ExtendedKeyUsageOID.CODE_SIGNING in extension.value:
            return True
    return False


def _verifies(key: object, signature: bytes, message: bytes) -> bool:
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _holds(partial(key.verify, signature, message))
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        usual = (_CURVES[key.curve.name], hashes.SHA256())  # some signers take SHA-256 whatever the curve
        return any(_holds(partial(key.verify, signature, message, ec.ECDSA(one))) for one in usual)
    if isinstance(key, rsa.RSAPublicKey) and _SMALLEST_RSA <= key.key_size <= _LARGEST_RSA:
        forms = (padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), padding.PKCS1v15())
        return any(_holds(partial(key.verify, signature, message, form, hashes.SHA256())) for form in forms)
    return False


def _holds(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except (InvalidSignature, ValueError):
        return False
    return True


def _usable(trusted: TrustedKey) -> Loaded | None:
    """Return a key that can be used; what an older release let into a policy counts as no key."""
    try:
        return _load(trusted)
    except Invalid:
        return None


@lru_cache(maxsize=256)
def _load(trusted: TrustedKey) -> Loaded:
    content = trusted.public.strip()
    try:
        if content.startswith(_AUTHORITY):
            return Loaded(trusted.name, None, x509.load_pem_x509_certificate(content.encode()), frozenset())
        key = serialization.load_pem_public_key(content.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid(f"The key {trusted.name!r} is no public key or certificate in PEM form.") from error
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return Loaded(trusted.name, key, None, _ids(trusted.name, key))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return Loaded(trusted.name, key, None, _ids(trusted.name, key))
    if isinstance(key, rsa.RSAPublicKey) and _SMALLEST_RSA <= key.key_size <= _LARGEST_RSA:
        return Loaded(trusted.name, key, None, _ids(trusted.name, key))
    raise Invalid(
        f"The key {trusted.name!r} is of a kind that is not taken.",
        hint="Use Ed25519, ECDSA on P-256, P-384 or P-521, or RSA of at least 2,048 bits.",
    )


def _ids(name: str, key: Public) -> frozenset[str]:
    """Return the usual ids of a key: its name, and the SHA-256 of its DER and of its PEM form."""
    forms = (serialization.Encoding.DER, serialization.Encoding.PEM)
    written = [key.public_bytes(form, serialization.PublicFormat.SubjectPublicKeyInfo) for form in forms]
    hexes = {digest for one in written for digest in (_sha256(one), f"SHA256:{_sha256(one)}")}
    return frozenset({name, *hexes})


def _sha256(content: bytes) -> str:
    made = hashes.Hash(hashes.SHA256())
    made.update(content)
    return made.finalize().hex()
