"""Are requests for buckets signed as the services expect it? As another client signs the same ones."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import obstore
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey
from obstore.exceptions import BaseError
from obstore.store import from_url

from holotype.egress.sources import signing
from holotype.egress.sources.signing import Account, Keys
from holotype.errors import InvalidSetting
from tests.support.fake_bucket import Lake, bucket, etag

NAME = "m/a b+ü~(1)&=%.bin"
CONTENT = b"0123456789"
MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def lake() -> Iterator[Lake]:
    """A bucket with one file."""
    with bucket({NAME: CONTENT}) as made:
        yield made


@pytest.fixture(scope="module")
def pem() -> str:
    """A private key as the key file of a service account has it."""
    key = rsa.generate_private_key(65_537, 2_048)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def theirs(lake: Lake, url: str, **config: Any) -> list[tuple[str, dict[str, str]]]:
    """Return how another client lists a bucket and reads a part of a file: addresses and headers."""
    store: Any = from_url(url, config={"endpoint": lake.url, **config}, client_options={"allow_http": True})
    for ask in (
        lambda: list(obstore.list(store, "m")),
        lambda: obstore.get(store, NAME, options={"range": {"offset": 3}, "if_match": f'"{etag(CONTENT)}"'}),
    ):
        with contextlib.suppress(BaseError):  # how it is answered is of no interest
            ask()
    assert len(lake.asked) == 2
    return lake.asked


def ours(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers that whoever signs is given."""
    return {name: value for name, value in headers.items() if name in ("range", "if-match")}


@pytest.mark.parametrize("token", [None, "a session"])
def test_amazon_s_signature_is_that_of_another_client(lake: Lake, token: str | None) -> None:
    """Of listings and of parts of files, with names that need every rule of the encoding, with a session or without."""
    keys = {"access_key_id": "AK", "secret_access_key": "SK"} | ({"session_token": token} if token else {})
    for path, headers in theirs(lake, "s3://lake", region="eu-central-1", **keys):
        moment = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        url = f"{lake.url}{path}"
        made = signing.aws(Keys("AK", "SK", token), "eu-central-1", url, ours(headers), moment)
        assert made.items() <= headers.items()
        assert "authorization" in made


def test_azure_s_signature_is_that_of_another_client(lake: Lake) -> None:
    """Of listings and of parts of files."""
    for path, headers in theirs(lake, "az://lake", account_name="acct", account_key="c2VjcmV0"):
        moment = parsedate_to_datetime(headers["date"])
        key = signing.azure_key("b", "c2VjcmV0")
        made = signing.azure("acct", key, f"{lake.url}{path}", ours(headers), moment)
        assert made.items() <= headers.items()
        assert "authorization" in made


def test_a_host_is_signed_as_it_is_sent() -> None:
    """The dot at the end of a whole name is in no header."""
    moment, keys = datetime(2026, 1, 1, tzinfo=UTC), Keys("AK", "SK")
    dotted, plain = (
        signing.aws(keys, "x", f"https://lake.example{dot}:9000/a?b=c", {}, moment)["authorization"]
        for dot in (".", "")
    )
    assert dotted == plain


def test_a_service_account_of_google_signs_its_own_token(pem: str) -> None:
    """To read, for an hour, with its own key."""
    given = {"client_email": "a@b.example", "private_key_id": "1", "private_key": pem, "token_uri": "https://evil.test"}
    account = signing.google_account(json.dumps(given), "It")
    found = jwt.decode(signing.google_token(account, MOMENT), RSAKey.import_key(pem))
    assert found.header["kid"] == "1"
    assert (found.claims["iss"], found.claims["sub"], found.claims["scope"]) == (
        "a@b.example",
        "a@b.example",
        "https://www.googleapis.com/auth/devstorage.read_only",
    )
    assert (found.claims["iat"], found.claims["exp"]) == (MOMENT.timestamp(), MOMENT.timestamp() + 3_600)


@pytest.mark.parametrize("given", ["", "[]", "{}", '{"client_email": 1, "private_key_id": 2, "private_key": 3}'])
def test_what_is_no_key_file_is_refused(given: str) -> None:
    """By the name of who wrote it down."""
    with pytest.raises(InvalidSetting, match="It is not the key"):
        signing.google_account(given, "It")


def test_a_private_key_that_is_none_is_refused() -> None:
    """Without a word of it."""
    with pytest.raises(InvalidSetting) as refused:
        signing.google_token(Account("a@b.example", "1", "hidden"), MOMENT)
    assert "hidden" not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    """Where somebody prints what signs."""
    assert "hidden" not in repr((Keys("AK", "hidden", "hidden"), Account("a", "1", "hidden")))
