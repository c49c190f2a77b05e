"""Are checkpoints and keys those of C2SP's texts, read by nobody but in the one way they are written?"""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from holotype.client import ed25519
from holotype.domain import notes
from holotype.errors import Corrupt, Invalid
from holotype.operations import signing_keys

PUBLISHED = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The key in the documentation of golang.org/x/mod/sumdb/note."""
NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The note that it signed there."""


def test_a_published_key_is_read() -> None:
    """Its id is the hash of its name and the key; it is written as it was read."""
    assert str(notes.verifier(PUBLISHED)) == PUBLISHED


def test_a_published_signature_is_good() -> None:
    """The signature in the documentation of signed notes verifies over the text before the empty line."""
    text, _, line = NOTE.partition("\n\n")
    signature = base64.b64decode(line.split()[-1])
    key = notes.verifier(PUBLISHED)
    assert signature[:4].hex() == key.id
    assert ed25519.verify(key.public, signature[4:], (text + "\n").encode())


@given(st.integers(0, 10**12), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_what_another_implementation_reads(size: int, root: bytes) -> None:
    """Taken apart here by hand and verified with another library, as the texts say."""
    signer = signing_keys.generate("holotype/x")
    unsigned = notes.Checkpoint("holotype/x", size, root)
    made = notes.Checkpoint("holotype/x", size, root, (signer.sign(unsigned),))
    text, rest = made.note.encode().split(b"\n\n")
    origin, count, tree = text.decode().split("\n")
    assert (origin, int(count), base64.b64decode(tree)) == ("holotype/x", size, root)
    dash, name, packed = rest.decode().removesuffix("\n").split(" ")
    _, identity, key = str(signer.verifier).split("+", 2)
    public = base64.b64decode(key)
    assert (dash, name, public[0]) == ("—", "holotype/x", 1)
    assert identity == hashlib.sha256(b"holotype/x\n" + public).digest()[:4].hex()
    assert base64.b64decode(packed)[:4].hex() == identity
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(base64.b64decode(packed)[4:], text + b"\n")
    assert notes.checkpoint(made.note) == made


def test_every_flipped_bit_of_a_note_is_found() -> None:
    """It cannot be read any more, or its signature is not good any more."""
    signer = signing_keys.generate("holotype/x")
    unsigned = notes.Checkpoint("holotype/x", 1234, hashlib.sha256(b"").digest())
    whole = notes.Checkpoint("holotype/x", 1234, unsigned.root, (signer.sign(unsigned),)).note.encode()
    for place in range(len(whole) * 8):
        bent = bytearray(whole)
        bent[place // 8] ^= 1 << place % 8
        try:
            read = notes.checkpoint(bytes(bent).decode())
        except (Corrupt, UnicodeDecodeError):
            continue
        good = [
            (by.name, by.key) == (signer.verifier.name, signer.verifier.id)
            and ed25519.verify(signer.verifier.public, by.value, read.text.encode())
            for by in read.signatures
        ]
        assert not all(good), bytes(bent)


@pytest.mark.parametrize(
    "text", ["", "x", "a+b+c", PUBLISHED[:-1], PUBLISHED.replace("c74f", "c74e"), "é+00000000+AQ=="]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    """With a sentence that says what a key looks like."""
    with pytest.raises(Invalid, match="not a key"):
        notes.verifier(text)


@given(st.binary(max_size=100), st.data())
def test_ed25519_agrees_with_a_library(message: bytes, data: st.DataObject) -> None:
    """On good signatures, and on those with a bit changed in key, signature or message."""
    private = Ed25519PrivateKey.from_private_bytes(data.draw(st.binary(min_size=32, max_size=32)))
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert ed25519.verify(public, signature, message)
    bent = bytearray(public + signature + message)
    place = data.draw(st.integers(0, len(bent) * 8 - 1))
    bent[place // 8] ^= 1 << place % 8
    key, proof, text = bytes(bent[:32]), bytes(bent[32:96]), bytes(bent[96:])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, text)
        theirs = True
    except (InvalidSignature, ValueError):
        theirs = False
    assert ed25519.verify(key, proof, text) == theirs


def test_a_signature_has_one_form() -> None:
    """The same scalar plus the group's order, or bytes too many, are refused (RFC 8032, 5.1.7)."""
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"x")
    order = 2**252 + 27742317777372353535851937790883648493
    greater = int.from_bytes(signature[32:], "little") + order
    assert not ed25519.verify(public, signature[:32] + greater.to_bytes(32, "little"), b"x")
    assert not ed25519.verify(public, signature + b"\x00", b"x")
    assert not ed25519.verify(public[:-1], signature, b"x")
