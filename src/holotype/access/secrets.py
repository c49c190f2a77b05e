"""What does the secret of a token look like, and what is kept of it?

    holo_<id>_<random>    the id is public: it names the token in lists, logs and the ledger
                          the random part has 190 bits; the database holds the SHA-256 of the whole secret

A secret with that much chance in it needs no slow hash: nobody can guess it, hashed or not.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

_PREFIX = "holo"
_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 12
_RANDOM_LENGTH = 32
_LONGEST = 200


def new_id() -> str:
    """Return a new public id of a token."""
    return _random(_ID_LENGTH)


def new_secret(token_id: str) -> str:
    """Return a new secret for a token; it is shown once and never stored."""
    return f"{_PREFIX}_{token_id}_{_random(_RANDOM_LENGTH)}"


def new_word() -> str:
    """Return a random word of 190 bits, for what is used once: a state, a code, a set-up."""
    return _random(_RANDOM_LENGTH)


def id_of(secret: str) -> str | None:
    """Return the public id inside a secret, or nothing where it is none of ours."""
    parts = secret.split("_")
    ours = len(parts) == 3 and parts[0] == _PREFIX and len(secret) <= _LONGEST and secret.isascii()
    return parts[1] if ours else None


def hash_of(secret: str) -> bytes:
    """Return what the database keeps of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def matches(secret: str, kept: bytes) -> bool:
    """Say whether a secret is the one whose hash was kept, in a time that tells nothing."""
    return hmac.compare_digest(hash_of(secret), kept)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
