"""Is a signed token of somebody else's (a JWT: an ID token, a CI's token) what it says, for us, and now?

1. It is a JWT in three parts, not too long, with an algorithm of the list, all asymmetric. ``none`` and the HMACs, for
   which a public key would serve as the secret, are not there. Keys that the token itself brings count for nothing.
2. One of the issuer's keys signed it: of the key's kind, for signatures, of sane size.
3. Issuer and audience are exactly those expected; it has begun, has not expired, and was not issued in the future.
4. An ID token answers this very sign-in (nonce), was made for us (azp), and belongs to its access token (at_hash).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from holotype.domain import times
from holotype.errors import Unauthenticated

ALGORITHMS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", None)),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
"""Which algorithms are taken, with the kind and the curve of the key that each needs."""
LEEWAY = timedelta(seconds=30)
LONGEST = 16 * 1_024
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
_MOST_KEYS = 10
_LEAST_RSA_BITS = 2_048

Keys = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Peeked:
    """What a token says before anybody has verified it."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    payload: bytes

    @property
    def kid(self) -> str | None:
        """The id of the key that is said to have signed it."""
        found = self.header.get("kid")
        return found if isinstance(found, str) else None


def peek(token: str) -> Peeked:
    """Read a token without believing it, or raise ``Unauthenticated``."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        raise refused("it is not a signed JWT")
    try:
        payload = _decoded(parts[1])
        header, claims = json.loads(_decoded(parts[0])), json.loads(payload)
        json.dumps([header, claims], ensure_ascii=False).encode()  # half of a character fits into no database
    except (ValueError, RecursionError, binascii.Error):
        raise refused("it is not a signed JWT") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise refused("it is not a signed JWT")
    if header.get("alg") not in ALGORITHMS or "crit" in header:  # 1
        raise refused(f"its algorithm {str(header.get('alg'))[:20]!r} is not taken")
    return Peeked(header, claims, payload)


def verify(token: str, keys: Keys, *, issuer: str, audience: str, now: datetime) -> Mapping[str, Any]:
    """Return the claims of a token that an issuer made for an audience, or raise ``Unauthenticated``."""
    seen = peek(token)
    if not any(_signed(token, seen, key) for key in _candidates(seen, keys)):  # 2
        raise refused("none of the issuer's keys signed it")
    claims = seen.claims
    if claims.get("iss") != issuer:  # 3
        raise refused("it is of another issuer")
    if audience not in audiences(claims):
        raise refused(f"it is not meant for {audience}")
    _check_times(claims, now)
    return claims


def check_id_token(
    token: str, claims: Mapping[str, Any], *, client_id: str, nonce: str, access_token: str | None
) -> None:
    """Raise ``Unauthenticated`` unless a verified ID token answers this very sign-in (4)."""
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise refused("it answers another sign-in")
    azp = claims.get("azp")
    if (azp is not None or len(audiences(claims)) > 1) and azp != client_id:
        raise refused("it was made for another party")
    bound = claims.get("at_hash")
    if bound is not None and access_token is not None:
        alg = str(peek(token).header["alg"])
        digest = _HASHES.get(alg[-3:], hashlib.sha512)(access_token.encode()).digest()
        wanted = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
        if not hmac.compare_digest(wanted, str(bound).encode()):
            raise refused("it belongs to another access token")


def subject_of(claims: Mapping[str, Any]) -> str:
    """Return whom a verified token is about, or raise ``Unauthenticated``."""
    found = claims.get("sub")
    if not isinstance(found, str) or not 0 < len(found) <= 255 or not found.isprintable():
        raise refused("it does not say whom it is about")
    return found


def audiences(claims: Mapping[str, Any]) -> list[str]:
    """Return whom a token is meant for."""
    found = claims.get("aud")
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, str)]


def ends_at(claims: Mapping[str, Any]) -> datetime:
    """Return when a token ends, or raise ``Unauthenticated``."""
    return _moment(claims, "exp")


def refused(why: str) -> Unauthenticated:
    """Return the error for a token that is not taken."""
    return Unauthenticated(f"The token is not taken: {why}.", hint="Get a new one from its issuer and try again.")


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    if _moment(claims, "exp") <= now - LEEWAY:
        raise refused("it has expired")
    if _moment(claims, "iat") > now + LEEWAY:
        raise refused("it was issued in the future")
    if "nbf" in claims and _moment(claims, "nbf") > now + LEEWAY:
        raise refused("its time has not begun")


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < 2**37:
        raise refused(f"it has no usable {name}")
    return times.from_micros(int(found * 1_000_000))


def _candidates(seen: Peeked, keys: Keys) -> list[Mapping[str, Any]]:
    """Return the issuer's keys that can have signed a token."""
    kind, curve = ALGORITHMS[seen.header["alg"]]

    def fits(key: Mapping[str, Any]) -> bool:
        operations = key.get("key_ops")
        return (
            key.get("kty") == kind
            and (curve is None or key.get("crv") == curve)
            and key.get("use", "sig") == "sig"
            and (operations is None or (isinstance(operations, list) and "verify" in operations))
            and key.get("alg", seen.header["alg"]) == seen.header["alg"]
            and ("kid" not in seen.header or key.get("kid") == seen.header["kid"])
        )

    return [key for key in keys if fits(key)][:_MOST_KEYS]


def _signed(token: str, seen: Peeked, key: Mapping[str, Any]) -> bool:
    """Say whether a key signed a token; a key that cannot be read has signed nothing."""
    from joserfc import jws  # noqa: PLC0415 - loaded with the first sign-in
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import ECKey, OKPKey, RSAKey  # noqa: PLC0415

    kinds: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    public = {name: value for name, value in key.items() if name in ("kty", "n", "e", "crv", "x", "y")}
    registry = jws.JWSRegistry(algorithms=[seen.header["alg"]], strict_check_header=False)
    try:
        found = kinds[public["kty"]].import_key(public)
        if public["kty"] == "RSA" and found.public_key.key_size < _LEAST_RSA_BITS:
            return False
        jws.deserialize_compact(token, found, registry=registry)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
