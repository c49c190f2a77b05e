"""Was evidence signed by whom it says, and does that count by the keys in force?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from holotype.domain import attested
from holotype.domain import digest as digests
from holotype.domain.policy import TrustedKey
from holotype.domain.references import parse
from holotype.errors import Invalid
from holotype.governance import evidence
from holotype.governance import tables as governed
from holotype.ledger.tables import ledger_entries
from holotype.operations import show_evidence as show_evidence_module
from holotype.operations import signatures
from holotype.operations.apply_policy import apply_policy
from holotype.operations.attest import attest
from holotype.operations.promote import promote
from holotype.operations.show_evidence import list_attested, show_evidence
from tests.support.counting import statements
from tests.support.evidence import EVALUATION, FRAUD, KEY, add, trusting
from tests.support.registry import Desk
from tests.support.signing import (
    Private,
    certify,
    envelope,
    sign_folder,
    sign_with_certificate,
    signed_by,
    statement,
    trusted,
)


@pytest.fixture
def trust(desk: Desk) -> Callable[..., None]:
    """Let the policy of the namespace trust some keys, and no others."""
    return trusting(desk)


def test_a_signed_evaluation_says_who_signed_it(desk: Desk, trust: Callable[..., None]) -> None:
    """The predicate of the envelope is the evaluation, and the key's name goes into the ledger."""
    version = desk.register()
    trust(trusted("release", KEY))
    made = add(desk, "evaluation", signed_by(KEY, version.digest, EVALUATION))
    assert made.evidence.signed_by == "release"
    assert made.signature is not None
    assert made.signature.status == "verified"
    assert attested.content(made.evidence) == EVALUATION
    (entry,) = desk.rows(sa.select(ledger_entries).where(ledger_entries.c.action == "evidence.attested"))
    assert json.loads(str(entry["data"]))["signed_by"] == "release"


def test_a_list_says_what_becomes_of_each_signature_now(desk: Desk, trust: Callable[..., None]) -> None:
    """With the keys in force: what was verified when it arrived is unknown once the key is gone; payloads stay away."""
    version = desk.register()
    trust(trusted("release", KEY))
    add(desk, "evaluation", signed_by(KEY, version.digest, EVALUATION))
    add(desk, "acme.org/x", b"[1]")

    def told() -> list[str | None]:
        found = list_attested(desk.call(), FRAUD)[1]
        assert all(one.evidence.payload is None for one in found)
        return [one.signature.status if one.signature else None for one in found]

    assert told() == [None, "verified"]
    trust()
    assert told() == [None, "unknown"]


def test_a_list_reads_no_more_payloads_than_so_many_bytes(
    desk: Desk, trust: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit is told by its own page; what was signed when it arrived comes first."""
    version = desk.register()
    trust(trusted("release", KEY))
    signed = add(desk, "evaluation", signed_by(KEY, version.digest, EVALUATION)).evidence
    for number in range(3):
        add(desk, "acme.org/x", json.dumps([number] * 400).encode())
    monkeypatch.setattr(show_evidence_module, "_READ", signed.size)
    with statements(desk.registry.database) as sent:
        found = list_attested(desk.call(), FRAUD)[1]
    assert [one.signature.status if one.signature else None for one in found] == [None, None, None, "verified"]
    asked = next(parameters for statement, parameters in sent if "evidence.payload" in statement)
    assert f"'[{signed.id}]'" in str(asked)


def test_what_is_inside_an_envelope_is_checked_as_well(desk: Desk) -> None:
    """A signature makes no evaluation of something else."""
    version = desk.register()
    with pytest.raises(Invalid, match="at least one metric"):
        add(desk, "evaluation", signed_by(KEY, version.digest, {"metrics": []}))


REFUSED: list[tuple[str, Callable[[str, Private], bytes]]] = [
    ("about another version", lambda _d, key: signed_by(key, "sha256:" + "9" * 64, EVALUATION)),
    ("forged", lambda d, _k: signed_by(ec.generate_private_key(ec.SECP256R1()), d, EVALUATION, "release")),
    ("broken", lambda d, key: signed_by(key, d, EVALUATION).replace(b'"sig": "', b'"sig": "*')),
]


@pytest.mark.parametrize("made", [case[1] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_signature_that_lies_is_refused(
    desk: Desk, trust: Callable[..., None], made: Callable[[str, Private], bytes]
) -> None:
    """About something else, or of a key that did not make it."""
    version = desk.register()
    trust(trusted("release", KEY))
    with pytest.raises(Invalid):
        add(desk, "evaluation", made(version.digest, KEY))
    assert desk.rows(sa.select(governed.evidence)) == []


def test_a_key_that_is_taken_out_of_the_policy_counts_no_more(desk: Desk, trust: Callable[..., None]) -> None:
    """What it signed stays, and says so; a key that is added counts for what it signed before."""
    version = desk.register()
    made = add(desk, "evaluation", signed_by(KEY, version.digest, EVALUATION))
    assert made.evidence.signed_by is None
    assert made.signature is not None
    assert made.signature.status == "unknown"
    keys = (trusted("release", KEY),)
    with desk.registry.database.read() as tx:
        held = evidence.of_version(tx, version.id)
        assert [one.signed_by for one in signatures.current(tx, version, held, keys)] == ["release"]
        assert [one.signed_by for one in signatures.current(tx, version, held, ())] == [None]
    trust(*keys)
    shown = show_evidence(desk.call(), FRAUD, made.evidence.id)
    assert shown.signature is not None
    assert (shown.signature.by, shown.evidence.signed_by) == ("release", None)


def test_a_signed_model_is_attached_as_a_signature(desk: Desk, trust: Callable[..., None], tmp_path: Path) -> None:
    """The real signer's bundle, over the very files of the version."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"weights")
    bundle = sign_folder(folder, tmp_path, KEY).read_bytes()
    desk.register(content=b"weights")
    desk.register(content=b"other weights")
    trust(trusted("release", KEY))
    assert add(desk, "signature", bundle).evidence.signed_by == "release"
    with pytest.raises(Invalid, match="other bytes under"):
        attest(desk.call(), parse("fraud:2"), "signature", bundle)


def test_whom_an_authority_of_the_policy_certified_signs_in_its_name(
    desk: Desk, trust: Callable[..., None], tmp_path: Path
) -> None:
    """A certificate stands in the policy like any key."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"weights")
    root = certify("root")
    bundle = sign_with_certificate(folder, tmp_path, certify("builder", root, authority=False), [root]).read_bytes()
    desk.register(content=b"weights")
    trust(TrustedKey("pki", root.pem.decode()))
    assert add(desk, "signature", bundle).evidence.signed_by == "pki"


def test_an_envelope_about_the_files_is_about_the_version(desk: Desk, trust: Callable[..., None]) -> None:
    """Whoever built the files may not know what the version will be called."""
    desk.register(content=b"weights")
    trust(trusted("build", KEY))
    subject = {"model.bin": digests.of(b"weights")}
    payload = json.dumps(envelope(statement(subject, {"builder": "ci"}), ("", KEY))).encode()
    assert add(desk, "acme.org/v1", payload).evidence.signed_by == "build"


def test_strangers_cannot_make_a_decision_slow(desk: Desk) -> None:
    """Of what nobody trusted had signed, the newest are tried and no others; what was trusted always is."""
    version = desk.register()
    keys = (trusted("release", KEY),)
    with desk.registry.database.write() as tx:
        call = desk.call()

        def put(place: int, signed: str | None) -> None:
            payload = signed_by(KEY, version.digest, {"n": place})
            evidence.insert(
                tx,
                version,
                type="acme.org/v1",
                media_type="application/json",
                payload=payload,
                signed_by=signed,
                by="ada",
                now=call.now,
            )

        put(0, "release")
        for place in range(1, 61):
            put(place, None)
    with desk.registry.database.read() as tx:
        seen = signatures.current(tx, version, evidence.of_version(tx, version.id), keys)
    assert [one.signed_by for one in seen] == ["release", *[None] * 10, *["release"] * 50]


def test_a_gate_sees_a_signature_while_its_key_is_trusted(desk: Desk) -> None:
    """From the attested signature to the verdict on a move, and back when the key leaves the policy."""
    version = desk.register()
    signature = signed_by(KEY, version.digest, {})

    def asked(*keys: TrustedKey) -> str:
        text = 'format = 1\n[stages.none]\n[stages.staging]\n[[moves]]\nfrom = ["none"]\nto = "staging"\n'
        text += '[[moves.gates]]\ngate = "signed"\n'
        text += "".join(f'[[keys]]\nname = "{key.name}"\npublic = """\n{key.public}"""\n' for key in keys)
        apply_policy(desk.call(), "default", text)
        return promote(desk.call(), FRAUD, "staging", dry_run=True).status

    key = trusted("release", KEY)
    assert asked(key) == "refused"
    add(desk, "signature", signature)
    assert asked(key, trusted("other", ec.generate_private_key(ec.SECP256R1()))) == "possible"
    assert asked() == "refused"
    assert asked(TrustedKey("renamed", key.public)) == "possible"
