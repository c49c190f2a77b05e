"""How does a request prove to a bucket who made it? By a signature of what it says, or by a token that it bears.

    Amazon, and who speaks as it does    AWS Signature Version 4: an HMAC of the address, the headers and the day
    Azure                                Shared Key: an HMAC of the same, or a token in the address (SAS)
    Google                               a JSON Web Token that the account's own key signed

Every request is a GET without a body. No secret crosses the wire, but for tokens, and those end.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from holotype.errors import InvalidSetting

Signed: TypeAlias = tuple[str, dict[str, str]]
"""An address and the headers to send with it."""
Sign: TypeAlias = Callable[[str, Mapping[str, str]], Signed]
"""What signs a request for an address, with some headers; names of headers are in lower case."""

READ_ONLY = "https://www.googleapis.com/auth/devstorage.read_only"
AZURE_VERSION = "2023-11-03"
_NOTHING = hashlib.sha256(b"").hexdigest()
_SLOTS = (
    "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
    "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
)  # fmt: skip
_LIFETIME, _LONGEST_SAS = 3_600, 2_000


@dataclass(frozen=True, slots=True)
class Keys:
    """What proves to Amazon who we are; a session has a token beside its keys."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A service account of Google: its address, and its private key as PEM."""

    email: str
    key_id: str
    private_key: str = field(repr=False)


def aws(keys: Keys, region: str, url: str, headers: Mapping[str, str], moment: datetime) -> dict[str, str]:
    """Return headers with a Signature Version 4 of all of them."""
    parts, stamp = urlsplit(url), moment.strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "x-amz-content-sha256": _NOTHING, "x-amz-date": stamp}
    if keys.token:
        sent["x-amz-security-token"] = keys.token
    lines = sorted({**sent, "host": _authority(url)}.items())
    names = ";".join(name for name, _ in lines)
    query = "&".join("=".join(pair) for pair in sorted(one.split("=", 1) for one in parts.query.split("&")))
    asked = "\n".join(
        ["GET", parts.path or "/", query, *(f"{name}:{value}" for name, value in lines), "", names, _NOTHING]
    )
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    signed = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(asked.encode()).hexdigest()])
    key = f"AWS4{keys.secret}".encode()
    for word in scope.split("/"):
        key = _mac(key, word)
    return sent | {
        "authorization": f"AWS4-HMAC-SHA256 Credential={keys.id}/{scope}, SignedHeaders={names}, "
        f"Signature={_mac(key, signed).hex()}"
    }


def azure(account: str, key: bytes, url: str, headers: Mapping[str, str], moment: datetime) -> dict[str, str]:
    """Return headers with the Shared Key signature of an account."""
    sent = azure_headers(headers, moment)
    parts = urlsplit(url)
    own = [f"{name}:{value}" for name, value in sorted(sent.items()) if name.startswith("x-ms-")]
    query = sorted((name.lower(), value) for name, value in parse_qsl(parts.query, keep_blank_values=True))
    place = [f"/{account}{parts.path}", *(f"{name}:{value}" for name, value in query)]
    signed = "\n".join(["GET", *(sent.get(name, "") for name in _SLOTS), *own, *place])
    proof = base64.b64encode(_mac(key, signed)).decode()
    return sent | {"authorization": f"SharedKey {account}:{proof}"}


def azure_headers(headers: Mapping[str, str], moment: datetime) -> dict[str, str]:
    """Return headers with those that every request to Azure has."""
    return {**headers, "date": format_datetime(moment, usegmt=True), "x-ms-version": AZURE_VERSION}


def azure_key(source: str, given: str) -> bytes:
    """Return the key of an account as bytes."""
    try:
        return base64.b64decode(given, validate=True)
    except binascii.Error as error:
        raise InvalidSetting(f"The account_key of the import source {source} is not Base64.") from error


def azure_sas(source: str, given: str) -> str:
    """Return a shared access signature as it stands in an address."""
    token = given.lstrip("?")
    if not token.isascii() or not token.isprintable() or set(" #\\") & set(token) or len(token) > _LONGEST_SAS:
        raise InvalidSetting(f"The sas_token of the import source {source} cannot be a part of an address.")
    return token


def with_sas(url: str, token: str) -> str:
    """Return an address with a shared access signature in it."""
    return f"{url}{'&' if '?' in url else '?'}{token}"


def google_account(given: str, where: str) -> Account:
    """Read the key file of a service account."""
    try:
        found = json.loads(given)
        made = Account(found["client_email"], found["private_key_id"], found["private_key"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidSetting(
            f"{where} is not the key of a service account.", hint="It is the JSON file that Google gives."
        ) from error
    if not all(isinstance(one, str) for one in (made.email, made.key_id, made.private_key)):
        raise InvalidSetting(f"{where} is not the key of a service account.")
    return made


def google_token(account: Account, moment: datetime) -> str:
    """Return a token that a service account made for itself, which ends after an hour."""
    from joserfc import jwt  # noqa: PLC0415 - most servers have no need of it
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    begin = int(moment.timestamp())
    claims = {"iss": account.email, "sub": account.email, "scope": READ_ONLY, "iat": begin, "exp": begin + _LIFETIME}
    header = {"alg": "RS256", "typ": "JWT", "kid": account.key_id}
    try:
        return jwt.encode(header, claims, RSAKey.import_key(account.private_key))
    except (JoseError, ValueError) as error:
        raise InvalidSetting(f"The private key of {account.email} cannot be read.") from error


def _authority(url: str) -> str:
    """Return what the header ``Host`` says: no port where it is the usual one."""
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    host = f"[{name}]" if ":" in name else name
    usual = {"https": 443, "http": 80}[parts.scheme]
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
