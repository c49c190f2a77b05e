"""Whose signature counts? One of the real signer or of DSSE, by a key that the policy trusts, about these bytes."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from holotype.domain.dsse import PAYLOAD_TYPE, SIGNATURES
from holotype.domain.policy import TrustedKey
from holotype.errors import Invalid
from holotype.governance import trusted_keys
from holotype.operations import signatures
from holotype.operations.signatures import Signed
from tests.support.signing import (
    NOW,
    certify,
    envelope,
    files_in,
    sign_folder,
    sign_with_certificate,
    signed_by,
    statement,
    trusted,
)

DIGEST = "sha256:" + "1" * 64
KIND = "acme.org/v1"
EC = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
KEYS = (trusted("other", OTHER), trusted("release", EC))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model of three files."""
    folder = tmp_path / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"weights")
    (folder / "README.md").write_bytes(b"# A model")
    (folder / "deep" / "more.bin").write_bytes(b"more")
    return folder


def verdict(folder: Path, keys: tuple[TrustedKey, ...] = KEYS, at: dt.datetime = NOW) -> Signed:
    """Return what becomes of the signature in a folder."""
    files = files_in(folder)
    found = signatures.examine("signature", (folder / "model.sig").read_bytes(), DIGEST, lambda: files, keys, at)
    assert found is not None
    return found


def examine(payload: bytes, keys: tuple[TrustedKey, ...] = KEYS) -> Signed | None:
    """Return what becomes of an envelope about a version without files."""
    return signatures.examine(KIND, payload, DIGEST, tuple, keys, NOW)


def test_a_signed_model_is_verified_by_the_digests_that_are_held(model: Path, tmp_path: Path) -> None:
    """The real signer made it, and not one byte of the files is read."""
    sign_folder(model, tmp_path, EC)
    assert verdict(model) == Signed("verified", "Signed by release.", "release")


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_every_curve_of_the_signer_is_verified(model: Path, tmp_path: Path, curve: ec.EllipticCurve) -> None:
    """P-384 and P-521 as well."""
    key = ec.generate_private_key(curve)
    sign_folder(model, tmp_path, key)
    assert verdict(model, (trusted("big", key),)).by == "big"


def test_a_single_signed_file_is_verified(tmp_path: Path) -> None:
    """The signer names it '.'."""
    from model_signing import signing  # noqa: PLC0415 - takes a second

    (tmp_path / "one.bin").write_bytes(b"weights")
    from tests.support.signing import private_pem  # noqa: PLC0415 - used here alone

    (tmp_path / "key.pem").write_bytes(private_pem(EC))
    signing.Config().use_elliptic_key_signer(private_key=tmp_path / "key.pem").sign(
        tmp_path / "one.bin", tmp_path / "sig"
    )
    held = [file for file in files_in(tmp_path) if file.path == "one.bin"]
    found = signatures.examine("signature", (tmp_path / "sig").read_bytes(), DIGEST, lambda: held, KEYS, NOW)
    assert found is not None
    assert found.by == "release"


TAMPERING: list[tuple[str, Callable[[Path], object], str, str]] = [
    ("changed", lambda m: (m / "weights.bin").write_bytes(b"evil"), "elsewhere", "other bytes under 'weights.bin'"),
    ("added", lambda m: (m / "extra.bin").write_bytes(b"evil"), "elsewhere", "does not cover 'extra.bin'"),
    ("removed", lambda m: (m / "README.md").unlink(), "elsewhere", "which the version does not have"),
    ("renamed", lambda m: (m / "weights.bin").rename(m / "w.bin"), "elsewhere", "'weights.bin'"),
]


@pytest.mark.parametrize(
    ("change", "status", "reason"), [case[1:] for case in TAMPERING], ids=[c[0] for c in TAMPERING]
)
def test_a_signature_does_not_cover_other_files(
    model: Path, tmp_path: Path, change: Callable[[Path], object], status: str, reason: str
) -> None:
    """Changed, added, removed, renamed: each is named."""
    sign_folder(model, tmp_path, EC)
    change(model)
    found = verdict(model)
    assert (found.status, found.by) == (status, None)
    assert reason in found.reason


def test_what_the_signer_left_out_on_purpose_may_differ_where_it_is_prose(model: Path, tmp_path: Path) -> None:
    """A README may change; weights that were left out are not covered."""
    sign_folder(model, tmp_path, EC, ignore=[model / "README.md"])
    (model / "README.md").write_bytes(b"# Another text")
    assert verdict(model).by == "release"
    sign_folder(model, tmp_path, EC, ignore=[model / "weights.bin"])
    assert "does not cover 'weights.bin'" in verdict(model).reason


@pytest.mark.parametrize("how", [{"algorithm": "blake2"}, {"algorithm": "blake3"}, {"shards": 1_000}])
def test_other_digests_cannot_be_compared(model: Path, tmp_path: Path, how: dict[str, object]) -> None:
    """Which is said, and is neither trust nor refusal."""
    sign_folder(model, tmp_path, EC, **how)
    found = verdict(model)
    assert (found.status, found.by, found.refused) == ("unverifiable", None, False)
    assert "SHA-256" in found.reason


def test_somebody_elses_signature_counts_as_none(model: Path, tmp_path: Path) -> None:
    """It is kept, and said to be of nobody who is trusted."""
    sign_folder(model, tmp_path, ec.generate_private_key(ec.SECP256R1()))
    found = verdict(model)
    assert (found.status, found.by, found.refused) == ("unknown", None, False)


def test_a_key_counts_while_the_policy_names_it(model: Path, tmp_path: Path) -> None:
    """Not before, and not after."""
    sign_folder(model, tmp_path, EC)
    assert verdict(model, ()).by is None
    assert verdict(model, (KEYS[0],)).by is None
    assert verdict(model).by == "release"


SWAPS: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("predicate", lambda s: s.update(predicateType="https://slsa.dev/provenance/v1")),
    ("root", lambda s: s["subject"][0]["digest"].update(sha256="0" * 64)),
    ("subjects", lambda s: s["subject"].append(s["subject"][0])),
    ("resource", lambda s: s["predicate"]["resources"][0].update(digest="0" * 64)),
    ("fewer", lambda s: s["predicate"]["resources"].pop()),
    ("none", lambda s: s["predicate"].update(resources=[])),
    ("old", lambda s: s.update(predicateType="https://model_signing/Digests/v0.1")),
]


@pytest.mark.parametrize("swap", [case[1] for case in SWAPS], ids=[case[0] for case in SWAPS])
def test_what_was_signed_cannot_be_swapped(
    model: Path, tmp_path: Path, swap: Callable[[dict[str, Any]], object]
) -> None:
    """Neither under the old signature nor signed anew by the trusted key: its own words have to hold."""
    place = sign_folder(model, tmp_path, EC)
    bundle = json.loads(place.read_bytes())
    said = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    swap(said)
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(said).encode()).decode()
    place.write_text(json.dumps(bundle))
    assert verdict(model).by is None
    bundle["dsseEnvelope"] = envelope(json.dumps(said).encode(), ("", EC))
    place.write_text(json.dumps(bundle))
    assert verdict(model).by is None


def test_a_payload_of_equal_meaning_is_not_what_was_signed(model: Path, tmp_path: Path) -> None:
    """The bytes count, not the JSON."""
    place = sign_folder(model, tmp_path, EC)
    bundle = json.loads(place.read_bytes())
    said = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(said, indent=3).encode()).decode()
    place.write_text(json.dumps(bundle))
    assert verdict(model).by is None


ROOT = certify("root")
MIDDLE = certify("middle", ROOT)


def authority(pem: bytes, name: str = "pki") -> tuple[TrustedKey, ...]:
    """Return a policy's keys with one certificate."""
    return (*KEYS, TrustedKey(name, pem.decode()))


def test_whom_a_trusted_authority_certified_signs_in_its_name(model: Path, tmp_path: Path) -> None:
    """By a chain of certificates that the real signer puts into the bundle."""
    leaf = certify("builder", MIDDLE, authority=False)
    sign_with_certificate(model, tmp_path, leaf, [MIDDLE])
    assert verdict(model, authority(ROOT.pem)).by == "pki"
    assert verdict(model, authority(certify("root").pem)).status == "unknown"
    (model / "weights.bin").write_bytes(b"evil")
    assert verdict(model, authority(ROOT.pem)).status == "elsewhere"


def test_a_chain_has_to_hold_when_the_signature_arrives(model: Path, tmp_path: Path) -> None:
    """An expired certificate signs nothing more, whatever moment the signer claims."""
    leaf = certify("builder", MIDDLE, authority=False, since=NOW - dt.timedelta(days=30), days=20)
    sign_with_certificate(model, tmp_path, leaf, [MIDDLE])
    assert verdict(model, authority(ROOT.pem), NOW - dt.timedelta(days=15)).by == "pki"
    assert verdict(model, authority(ROOT.pem)).status == "unknown"


def test_who_was_certified_for_something_else_does_not_sign(model: Path, tmp_path: Path) -> None:
    """Neither a certificate for encryption, nor one that another signer's certificate issued, nor too long a chain."""
    sign_with_certificate(model, tmp_path, certify("web", MIDDLE, authority=False, signing=False), [MIDDLE])
    assert verdict(model, authority(ROOT.pem)).by is None
    builder = certify("builder", MIDDLE, authority=False)
    sign_with_certificate(model, tmp_path, certify("friend", builder, authority=False), [builder, MIDDLE])
    assert verdict(model, authority(ROOT.pem)).by is None
    short = certify("short", ROOT, path_length=0)
    longer = certify("longer", short)
    sign_with_certificate(model, tmp_path, certify("builder", longer, authority=False), [longer, short])
    assert verdict(model, authority(ROOT.pem)).by is None


def test_a_chain_beside_another_signature_proves_nothing(model: Path, tmp_path: Path) -> None:
    """A certificate is public: whoever copies it has not signed."""
    leaf = certify("builder", MIDDLE, authority=False)
    place = sign_with_certificate(model, tmp_path, leaf, [MIDDLE])
    bundle = json.loads(place.read_bytes())
    payload = base64.b64decode(bundle["dsseEnvelope"]["payload"])
    bundle["dsseEnvelope"] = envelope(payload, ("", ec.generate_private_key(ec.SECP256R1())))
    place.write_text(json.dumps(bundle))
    found = verdict(model, authority(ROOT.pem))
    assert (found.status, found.refused) == ("forged", True)


def test_a_keyless_signature_is_said_to_be_out_of_reach(model: Path, tmp_path: Path) -> None:
    """Without the transparency log its certificate, valid for minutes, proves nothing."""
    place = sign_folder(model, tmp_path, ec.generate_private_key(ec.SECP256R1()))
    bundle = json.loads(place.read_bytes())
    bundle["verificationMaterial"] = {"certificate": {"rawBytes": "AAAA"}, "tlogEntries": [{"logIndex": "1"}]}
    place.write_text(json.dumps(bundle))
    found = verdict(model)
    assert found.status == "unverifiable"
    assert "transparency log" in found.reason


SIGNERS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "p256": EC,
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
    "rsa": rsa.generate_private_key(65_537, 2_048),
}


@pytest.mark.parametrize("kind", SIGNERS)
def test_an_envelope_is_verified_with_every_kind_of_key(kind: str) -> None:
    """And no longer when a bit of what was signed differs."""
    key = SIGNERS[kind]
    keys = (*KEYS[:1], trusted(kind, key))
    found = examine(signed_by(key, DIGEST, {"a": 1}), keys)
    assert found is not None
    assert found.by == kind
    made = json.loads(signed_by(key, DIGEST, {"a": 1}))
    made["payload"] = base64.b64encode(statement(DIGEST, {"a": 2})).decode()
    changed = examine(json.dumps(made).encode(), keys)
    assert changed is not None
    assert changed.status == "unknown"


def test_the_payload_type_is_signed_too() -> None:
    """An envelope cannot be turned into one of another kind."""
    made = envelope(statement(DIGEST, {}), ("", EC), kind="text/plain")
    made["payloadType"] = PAYLOAD_TYPE
    found = examine(json.dumps(made).encode())
    assert found is not None
    assert found.by is None


def test_a_signature_under_the_name_of_a_trusted_key_has_to_be_its() -> None:
    """By name or by fingerprint: what claims it and does not hold is refused."""
    for keyid in ("release", *trusted_keys._load(KEYS[1]).ids):
        found = examine(signed_by(SIGNERS["p384"], DIGEST, {}, keyid))
        assert found is not None
        assert (found.status, found.refused) == ("forged", True)


def test_one_trusted_signature_among_several_is_enough() -> None:
    """The others may be of whoever they like."""
    made = envelope(statement(DIGEST, {}), ("x", SIGNERS["p384"]), ("y", EC), ("z", SIGNERS["rsa"]))
    found = examine(json.dumps(made).encode())
    assert found is not None
    assert found.by == "release"


def test_an_envelope_about_another_version_is_refused() -> None:
    """Even if the trusted key signed it; one about all files of the version is about the version."""
    found = examine(signed_by(EC, "sha256:" + "2" * 64, {}))
    assert found is not None
    assert (found.status, found.refused) == ("elsewhere", True)


def test_an_envelope_about_some_of_the_files_is_not_about_the_version(model: Path) -> None:
    """A statement about a licence file would otherwise be one about every model that has it."""
    files = files_in(model)
    every = {file.path: file.digest for file in files}
    some = {"README.md": every["README.md"]}
    for subject, by in ((every, "release"), (some, None), (every | {"also": DIGEST}, "release")):
        payload = json.dumps(envelope(statement(subject, {}), ("", EC))).encode()
        found = signatures.examine(KIND, payload, "sha256:" + "3" * 64, lambda: files, KEYS, NOW)
        assert found is not None
        assert found.by == by


GOOD = envelope(statement(DIGEST, {}), ("", EC))
HOSTILE: list[tuple[str, bytes, str]] = [
    (
        "a thousand signatures",
        json.dumps(GOOD | {"signatures": GOOD["signatures"] * 1_000}).encode(),
        f"1 to {SIGNATURES}",
    ),  # type: ignore[operator]
    ("no signatures", json.dumps(GOOD | {"signatures": []}).encode(), "0 signatures"),
    ("garbage base64", json.dumps(GOOD | {"payload": "####"}).encode(), "not base64"),
    ("garbage signature", json.dumps(GOOD | {"signatures": [{"sig": "é"}]}).encode(), "not base64"),
    ("no statement", json.dumps(envelope(b"[]", ("", EC))).encode(), "in-toto"),
    ("not UTF-8", json.dumps(envelope(b"\xff{}", ("", EC))).encode(), "UTF-8"),
    ("a key twice", json.dumps(GOOD).encode()[:-1] + b',"payload":"e30="}', "twice"),
    ("twice inside", json.dumps(envelope(b'{"_type":"a","_type":"b"}', ("", EC))).encode(), "twice"),
    ("another payload", json.dumps(envelope(b"hello", ("", EC), kind="text/plain")).encode(), "what it is about"),
    (
        "no digest",
        json.dumps(envelope(statement(DIGEST, {}).replace(b'"digest"', b'"dig"'), ("", EC))).encode(),
        "digest",
    ),
    ("bare bytes", b'{"verificationMaterial":{},"messageSignature":{}}', "bare bytes"),
    ("deep", b'{"dsseEnvelope":' * 200_000, "deep"),
]


@pytest.mark.parametrize(("payload", "reason"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_broken_envelope_is_refused_with_a_sentence(payload: bytes, reason: str) -> None:
    """Never with another error, and never taken for something unsigned."""
    with pytest.raises(Invalid, match=reason):
        examine(payload)


def test_what_is_no_envelope_is_left_alone() -> None:
    """JSON, text, bytes: whoever attaches them signs nothing."""
    for payload in (b"{}", b"[1]", b"\x00\xff", b"{", b'{"a": NaN}', b"# payload"):
        assert examine(payload) is None


WEAK = rsa.generate_private_key(65_537, 1_024)
UNUSABLE = [
    TrustedKey("weak", trusted("", WEAK).public),
    TrustedKey("curve", trusted("", ec.generate_private_key(ec.SECP256K1())).public),
    TrustedKey("text", "hello"),
    TrustedKey("broken", trusted("", EC).public.replace("M", "*")),
    TrustedKey("certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
]


@pytest.mark.parametrize("key", UNUSABLE, ids=[key.name for key in UNUSABLE])
def test_a_key_that_cannot_be_used_is_refused_and_never_counts(key: TrustedKey) -> None:
    """A short RSA key, a curve that is not taken, what is no key at all."""
    with pytest.raises(Invalid, match=key.name):
        trusted_keys.check(key)
    found = examine(signed_by(EC, DIGEST, {}), (key, KEYS[1]))
    assert found is not None
    assert found.by == "release"
