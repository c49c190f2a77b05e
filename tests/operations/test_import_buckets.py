"""Is a bucket asked as everything else is: whom the administrator wrote down, and nobody that they were sent to?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from holotype import egress
from holotype.egress.sources import ImportSource, Reader, open_source, reading
from holotype.errors import ForbiddenAddress, HolotypeError, Invalid, InvalidSetting, NotFound, Unavailable
from tests.support.fake_bucket import NAME, Lake, bucket

FILES = {
    "models/a/MLmodel": b"flavors: {}\n",
    "models/a/data/ü +&%.bin": bytes(range(256)) * 100,
    "models/a/empty": b"",
    "models/b": b"b",
    "models-old/a/x": b"old",
}
KINDS = {
    "s3": 'url = "s3://lake/models"\naccess_key_id_env = "K"\nsecret_access_key_env = "S"\n',
    "az": 'url = "az://lake/models"\naccount = "acct"\naccount_key_env = "K"\n',
}
SECRETS = {"K": "b3Vycw==", "S": "hidden"}
ENDPOINTS = (
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT", "AZURE_ENDPOINT", "AZURE_STORAGE_ENDPOINT",
    "AWS_ENDPOINT_URL_STS", "AWS_METADATA_ENDPOINT", "GOOGLE_BASE_URL", "STORAGE_EMULATOR_HOST",
)  # fmt: skip
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "AWS_PROXY_URL", "AZURE_PROXY_URL")


@pytest.fixture
def lake() -> Iterator[Lake]:
    """A bucket with two models."""
    with bucket(dict(FILES)) as made:
        yield made


def source(text: str, **environ: str) -> ImportSource:
    """Read a source of the kind ``bucket``."""
    head = '[[source]]\nname = "b"\nkind = "bucket"\nnamespaces = ["*"]\n'
    (found,) = reading.parse(head + text, Path("sources.toml"), SECRETS | environ)
    return found


def reader(lake: Lake, kind: str = "s3", more: str = "", allow: str = "") -> Reader:
    """Return what reads a bucket, which is allowed to be called."""
    return open_source(source(f'{KINDS[kind]}endpoint = "{lake.url}"\n{more}'), egress.Client(f"{lake.url} {allow}"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", [1, 2, 1_000])
def test_a_bucket_is_listed_page_by_page_and_read(lake: Lake, kind: str, page: int) -> None:
    """What lies below the path, from any byte on; what stands for a folder is no file."""
    lake.files["models/a/data/"] = b""
    lake.page = page
    there = reader(lake, kind)
    there.check()
    listed = {file.path: file for file in there.files("a")}
    held = {"MLmodel", "data/ü +&%.bin"} | ({"empty"} if kind == "s3" else set())
    assert {path: file.size for path, file in listed.items()} == {path: len(FILES[f"models/a/{path}"]) for path in held}
    for path, file in listed.items():
        for start in (0, 7):
            with there.open(file, start) as opened:
                assert b"".join(opened.chunks) == FILES[f"models/a/{path}"][opened.start :]
    assert [file.path for file in there.files("b")] == ["b"]
    for nothing in ("c", "ab"):
        with pytest.raises(NotFound):
            there.files(nothing)
    assert all(asked.startswith(f"/{NAME}") for asked, _ in lake.asked)


def test_a_server_that_knows_no_ranges_sends_all(lake: Lake) -> None:
    """Whoever reads is told from which byte on it comes."""
    there = reader(lake)
    lake.ranges = False
    (file,) = [one for one in there.files("a") if one.path == "MLmodel"]
    with there.open(file, 5) as opened:
        assert (opened.start, b"".join(opened.chunks)) == (0, FILES["models/a/MLmodel"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_of_a_bucket_is_not_followed(lake: Lake, kind: str) -> None:
    """Neither from a listing nor from a file, also where that place may be called."""
    with bucket(dict(FILES)) as other:
        there = reader(lake, kind, allow=other.url)
        listed = there.files("a")
        lake.elsewhere = other.url
        with pytest.raises(Unavailable, match="status 307"):
            there.files("a")
        with pytest.raises(Unavailable, match="status 307"), there.open(listed[0], 0):
            pass
        assert other.asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_proxies_and_endpoints_of_the_environment_are_not_for_buckets(
    lake: Lake, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are for our own store; the secrets of a source go to its own endpoint alone."""
    with bucket(dict(FILES)) as other:
        for name in (*ENDPOINTS, *PROXIES):
            monkeypatch.setenv(name, other.url)
        monkeypatch.setenv("AZURE_STORAGE_USE_EMULATOR", "true")
        assert len(reader(lake, kind).files("a")) >= 2
        assert other.asked == []


def test_what_the_environment_is_known_by_is_used_where_it_may_be(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``ambient``, and then for the endpoint that is written down; without it, nothing of it is sent."""
    for name, value in {"ACCESS_KEY_ID": "OURS", "SECRET_ACCESS_KEY": "x", "SESSION_TOKEN": "t"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    reader(lake).check()
    text = f'url = "s3://lake/models"\nendpoint = "{lake.url}"\nambient = true\n'
    open_source(source(text), egress.Client(lake.url)).check()
    (_, first), (_, second) = lake.asked
    assert "Credential=b3Vycw==/" in first["authorization"]
    assert "x-amz-security-token" not in first
    assert "/eu-north-1/s3/" in second["authorization"]
    assert (second["authorization"].partition("Credential=")[2][:5], second["x-amz-security-token"]) == ("OURS/", "t")


def test_a_bucket_of_google_is_read_with_a_token(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the service account made for itself; its key file says who it is, and not whom we ask."""
    monkeypatch.setattr("holotype.egress.sources.services.GOOGLE", lake.url)
    key = rsa.generate_private_key(65_537, 2_048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    account = {"client_email": "a@b.example", "private_key_id": "1", "private_key": pem}
    said = json.dumps(account | {"gcs_base_url": "http://127.0.0.1:1", "token_uri": "http://127.0.0.1:1"})
    text = 'url = "gs://lake/models"\nservice_account_env = "ACCOUNT"\n'
    there = open_source(source(text, ACCOUNT=said), egress.Client(lake.url))
    (file,) = [one for one in there.files("a") if one.path == "MLmodel"]
    with there.open(file, 3) as opened:
        assert b"".join(opened.chunks) == FILES["models/a/MLmodel"][3:]
    tokens = {headers["authorization"].removeprefix("Bearer ") for _, headers in lake.asked}
    assert [token.count(".") for token in tokens] == [2]


HOSTS = {
    'url = "s3://lake"\nanonymous = true': "s3.us-east-1.amazonaws.com",
    'url = "s3://lake"\nregion = "eu-west-3"\nambient = true': "s3.eu-west-3.amazonaws.com",
    'url = "s3://lake"\nvirtual_hosted = true\nanonymous = true': "lake.s3.us-east-1.amazonaws.com",
    'url = "s3://lake"\nendpoint = "https://minio.test"\nvirtual_hosted = true\nanonymous = true': "lake.minio.test",
    'url = "s3://lake"\nendpoint = "https://lake.x.test/"\nvirtual_hosted = true\nanonymous = true': "lake.x.test",
    'url = "gs://lake"\nanonymous = true': "storage.googleapis.com",
    'url = "gs://lake"\nambient = true': "storage.googleapis.com",
    'url = "az://lake"\naccount = "acct"\nanonymous = true': "acct.blob.core.windows.net",
    'url = "abfss://lake@acct.dfs.core.windows.net/x"\nambient = true': "acct.blob.core.windows.net",
}


@pytest.mark.parametrize("text", HOSTS)
def test_the_host_that_a_bucket_is_asked_at_is_checked(text: str) -> None:
    """Whatever cloud it belongs to: an address inside is not called because a name leads there."""
    names: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        names.append(host)
        return ["10.0.0.1"]

    with pytest.raises(ForbiddenAddress, match=r"10\.0\.0\.1"):
        open_source(source(text), egress.Client(resolve=resolve))
    assert names == [HOSTS[text]]


def test_a_name_is_checked_each_time(lake: Lake) -> None:
    """A name that leads elsewhere a moment later is not followed there."""
    leads = ["127.0.0.1"]
    named = lake.url.replace("127.0.0.1", "lake.test")
    client = egress.Client(named, resolve=lambda _host, _port: leads)
    there = open_source(source(f'{KINDS["s3"]}endpoint = "{named}"\n'), client)
    listed = there.files("a")
    leads[:] = ["169.254.169.254"]
    with pytest.raises(ForbiddenAddress):
        there.files("a")
    with pytest.raises(ForbiddenAddress), there.open(listed[0], 0):
        pass


HOSTILE = {
    "nothing": b"",
    "no XML": b"<a",
    "another document": b"<html/>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ListBucketResult>&b;</ListBucketResult>',
    "no text": b"<ListBucketResult>\xff</ListBucketResult>",
    "another encoding": '<?xml version="1.0" encoding="utf-16"?><ListBucketResult/>'.encode("utf-16"),
    "another place": b"<ListBucketResult><Contents><Key>etc/passwd</Key><Size>1</Size></Contents></ListBucketResult>",
    "a way out": b"<ListBucketResult><Contents><Key>models/a/../x</Key><Size>1</Size></Contents></ListBucketResult>",
    "no size": b"<ListBucketResult><Contents><Key>models/a/x</Key></Contents></ListBucketResult>",
    "elements without end": b"<ListBucketResult>" + b"<a/>" * 100_001 + b"</ListBucketResult>",
    "too little": b"<ListBucketResult><Contents><Key>models/a/x</Key><Size>-1</Size></Contents></ListBucketResult>",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_listing_is_refused(lake: Lake, what: str) -> None:
    """It is read as data, strictly, and nothing in it leads anywhere."""
    there = reader(lake)
    lake.listing = lambda _prefix, _first: HOSTILE[what]
    with pytest.raises(Invalid):
        there.files("a")


def test_a_listing_has_an_end(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where each page promises another one, and where one page is larger than any."""
    monkeypatch.setattr("holotype.egress.sources.bucket._MOST_PAGES", 5)
    monkeypatch.setattr("holotype.egress.sources.bucket._LARGEST", 10_000)
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>%d</NextContinuationToken>"
    lake.listing = lambda _prefix, first: f"<ListBucketResult>{more % (first + 1)}</ListBucketResult>".encode()
    there = reader(lake)
    with pytest.raises(Invalid, match="does not come to an end"):
        there.files("a")
    assert len(lake.asked) == 5
    lake.listing = lambda _prefix, _first: b"x" * 10_001
    with pytest.raises(Unavailable, match="larger than"):
        there.files("a")
    monkeypatch.setattr("holotype.egress.sources.walking._LONGEST", -1.0)
    with pytest.raises(Unavailable, match="seconds to list"):
        there.files("a")


@pytest.mark.parametrize(("status", "error"), [(403, Invalid), (401, Invalid), (404, NotFound), (500, Unavailable)])
def test_what_a_bucket_refuses_is_told_by_the_name_of_the_source(
    lake: Lake, status: int, error: type[HolotypeError]
) -> None:
    """And without what proves who we are."""
    there = reader(lake, "az")
    lake.status = status
    with pytest.raises(error, match="import source b") as refused:
        there.files("a")
    assert SECRETS["K"] not in str(refused.value)


def test_a_signature_in_the_address_is_in_no_error(lake: Lake) -> None:
    """Where a shared access signature proves who we are, it stands in every address."""
    text = f'url = "az://lake/models"\naccount = "acct"\nsas_token_env = "SAS"\nendpoint = "{lake.url}"\n'
    there = open_source(source(text, SAS="?sv=1&sig=s3cr3t"), egress.Client(lake.url))
    there.check()
    assert lake.asked[0][0].endswith("&sv=1&sig=s3cr3t")
    lake.status = 500
    with pytest.raises(HolotypeError) as refused:
        there.check()
    assert "s3cr3t" not in str(refused.value)
    with pytest.raises(ForbiddenAddress) as refused:
        open_source(source(text, SAS="sig=s3cr3t"), egress.Client("127.0.0.1")).check()
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('url = "s3://lake"\naccess_key_id_env = "K"', "both"),
        ('url = "s3://lake"\naccount_key_env = "K"', "'account_key' for s3"),
        ('url = "s3://lake"\nanonymous = true\nendpoint = "minio:9000"', "endpoint"),
        ('url = "s3://lake"\nanonymous = true\nendpoint = "https://minio/?x"', "endpoint"),
        ('url = "s3://lake"\nanonymous = true\nregion = "x.evil.example/"', "is not a region"),
        ('url = "gs://lake"\nanonymous = true\nendpoint = "https://gcs.test"', "endpoint"),
        ('url = "gs://lake"\nservice_account_env = "K"', "not the key of a service account"),
        ('url = "az://lake"\nanonymous = true', "names no account"),
        ('url = "az://lake"\naccount = "a"\naccount_key_env = "S"', "not Base64"),
        ('url = "az://lake"\naccount = "a"\nsas_token_env = "W"', "part of an address"),
    ],
)
def test_what_cannot_be_meant_of_a_bucket_is_refused(text: str, why: str) -> None:
    """Before anybody is asked, and without repeating a secret."""
    with pytest.raises(InvalidSetting, match=why) as refused:
        open_source(source(text, W="sig=a b", S="hidden"), egress.Client())
    assert "hidden" not in str(refused.value)
