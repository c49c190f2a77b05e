"""How do tests sign? With the signer of OpenSSF Model Signing, and with keys that nobody keeps."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from holotype.domain import digest
from holotype.domain.dsse import PAYLOAD_TYPE, Envelope
from holotype.domain.manifest import File, role_of
from holotype.domain.policy import TrustedKey

Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def public_pem(key: Private) -> str:
    """Return the public half of a key."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def private_pem(key: Private) -> bytes:
    """Return the private half of a key, as signers read it."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def trusted(name: str, key: Private) -> TrustedKey:
    """Return a key as a policy names it."""
    return TrustedKey(name, public_pem(key))


def sign(key: Private, message: bytes) -> bytes:
    """Sign as DSSE implementations do."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        return key.sign(message, pss, hashes.SHA256())
    sizes: dict[int, hashes.HashAlgorithm] = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
    return key.sign(message, ec.ECDSA(sizes[key.curve.key_size]))


def statement(subject: str | Mapping[str, str], predicate: object, kind: str = "https://acme.org/v1") -> bytes:
    """Return an in-toto statement about a digest, or about files (path → digest)."""
    named = {"version": subject} if isinstance(subject, str) else subject
    subjects = [{"name": name, "digest": {"sha256": one.removeprefix("sha256:")}} for name, one in named.items()]
    made = {"_type": "https://in-toto.io/Statement/v1", "subject": subjects, "predicateType": kind}
    return json.dumps(made | {"predicate": predicate}).encode()


def envelope(payload: bytes, *signers: tuple[str, Private], kind: str = PAYLOAD_TYPE) -> dict[str, object]:
    """Return a DSSE envelope; each signer is a key id and a key."""
    signed = Envelope(kind, payload, ()).signed
    signatures = [{"keyid": name, "sig": base64.b64encode(sign(key, signed)).decode()} for name, key in signers]
    return {"payloadType": kind, "payload": base64.b64encode(payload).decode(), "signatures": signatures}


def signed_by(
    key: Private, subject: str, predicate: object, keyid: str = "", kind: str = "https://acme.org/v1"
) -> bytes:
    """Return a signed statement about a version, as a file to attach."""
    return json.dumps(envelope(statement(subject, predicate, kind), (keyid, key))).encode()


def files_in(folder: Path) -> list[File]:
    """Return the files of a folder as a version of it has them."""
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        content, name = path.read_bytes(), path.relative_to(folder).as_posix()
        found.append(File(name, digest.of(content), len(content), role_of(name)))
    return found


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate with its key; ``make`` certifies another one."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate in PEM form."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def certify(
    name: str,
    issuer: Authority | None = None,
    *,
    authority: bool = True,
    signing: bool = True,
    path_length: int | None = None,
    since: dt.datetime = NOW - dt.timedelta(days=365 * 10),
    days: int = 365 * 40,
) -> Authority:
    """Return a new key with a certificate: of an authority, or of somebody who may sign."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(authority, path_length if authority else None), critical=True)
        .add_extension(_usage(authority=authority, signing=signing), critical=True)
    )
    if not authority and signing:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
    return Authority(key, made.sign(issuer.key if issuer else key, hashes.SHA256()))


def _usage(*, authority: bool, signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority and signing,
        content_commitment=False,
        key_encipherment=not authority and not signing,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def sign_folder(
    folder: Path, place: Path, key: Private, *, algorithm: str = "sha256", shards: int = 0, ignore: Iterable[Path] = ()
) -> Path:
    """Sign a folder with the signer of OpenSSF Model Signing, into ``model.sig`` inside it."""
    from model_signing import hashing, signing  # noqa: PLC0415 - takes a second, which most tests need not wait for

    (place / "key.pem").write_bytes(private_pem(key))
    target = folder / "model.sig"
    how: Any = hashing.Config()  # type: ignore[no-untyped-call]
    if shards:
        how = how.use_shard_serialization(shard_size=shards)
    else:
        how = how.use_file_serialization(hashing_algorithm=algorithm)
    config: Any = signing.Config()  # type: ignore[no-untyped-call]
    config.use_elliptic_key_signer(private_key=place / "key.pem")
    config.set_hashing_config(how.set_ignored_paths(paths=[target, *ignore])).sign(folder, target)
    return target


def sign_with_certificate(folder: Path, place: Path, leaf: Authority, chain: Iterable[Authority]) -> Path:
    """Sign a folder in the name of a certificate, with the chain that leads to its authority."""
    from model_signing import hashing, signing  # noqa: PLC0415 - as above

    (place / "leaf.key").write_bytes(private_pem(leaf.key))
    (place / "leaf.pem").write_bytes(leaf.pem)
    names = []
    for number, one in enumerate(chain):
        (place / f"{number}.pem").write_bytes(one.pem)
        names.append(place / f"{number}.pem")
    target = folder / "model.sig"
    config: Any = signing.Config()  # type: ignore[no-untyped-call]
    config.use_certificate_signer(
        private_key=place / "leaf.key", signing_certificate=place / "leaf.pem", certificate_chain=names
    )
    how: Any = hashing.Config()  # type: ignore[no-untyped-call]
    config.set_hashing_config(how.set_ignored_paths(paths=[target])).sign(folder, target)
    return target
