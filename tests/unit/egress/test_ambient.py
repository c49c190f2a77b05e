"""Whom is asked who this server is, and what is made of the answer? In the words of each cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from holotype import egress
from holotype.domain import times
from holotype.egress.sources import ambient
from holotype.egress.sources.ambient import MACHINE, Asker, Lasting
from holotype.egress.sources.signing import Keys
from holotype.errors import ForbiddenAddress, Invalid, Unavailable

STS = "https://sts.eu-north-1.amazonaws.com/"
ROLE = f"{MACHINE}/latest/meta-data/iam/security-credentials/"
SAID = {"AccessKeyId": "AK", "SecretAccessKey": "SK", "Token": "t", "Expiration": "2030-01-02T03:04:05Z"}
KEYS, END = Keys("AK", "SK", "t"), datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
ASSUMED = f"""<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>SK</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>{SAID["Expiration"]}</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""
BEARER = {"access_token": "b", "expires_in": 3_600}


@dataclass
class Cloud:
    """Whoever answers; ``asked`` is by which way, and what."""

    answers: Mapping[str, object]
    asked: list[tuple[str, str, str, dict[str, str], bytes]] = field(default_factory=list)

    def way(self, name: str) -> Any:
        """Return a client that asks by one way."""
        return _Way(self, name)


@dataclass
class _Way:
    cloud: Cloud
    name: str

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes, limit: int) -> egress.Answer:
        self.cloud.asked.append((self.name, method, url, headers, body))
        assert limit <= 64 * 2**10
        said = self.cloud.answers.get(url)
        content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        return egress.Answer(404 if said is None else 200, {}, content)


@pytest.fixture
def clouds(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that makes whoever answers, and who asks them."""

    def made(environ: Mapping[str, str], answers: Mapping[str, object]) -> tuple[Asker, Cloud]:
        cloud = Cloud(answers)
        monkeypatch.setattr(ambient, "_machine", lambda: cloud.way("machine"))
        return Asker(cloud.way("client"), environ), cloud

    return made


def test_the_keys_of_the_environment_come_first(clouds: Any) -> None:
    """Nobody is asked for them."""
    environ = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_ROLE_ARN": "r"}
    asker, cloud = clouds(environ, {})
    assert asker.keys("eu-north-1")[0] == Keys("AK", "SK", None)
    assert cloud.asked == []


def test_a_web_identity_is_exchanged(clouds: Any, tmp_path: Path) -> None:
    """By the rules of all requests, in the bucket's region, with the token that the file holds now."""
    file = tmp_path / "token"
    file.write_text("jwt\n")
    environ = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"}
    asker, cloud = clouds(environ, {STS: ASSUMED})
    assert asker.keys("eu-north-1") == (KEYS, END)
    ((way, method, _, _, body),) = cloud.asked
    assert (way, method) == ("client", "POST")
    sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert sent["Action"] == "AssumeRoleWithWebIdentity"
    assert (sent["RoleArn"], sent["WebIdentityToken"]) == ("arn:aws:iam::1:role/x", "jwt")


@pytest.mark.parametrize(
    ("variable", "value", "url", "way"),
    [
        ("RELATIVE", "/v2/x", "http://169.254.170.2/v2/x", "machine"),
        ("FULL", "http://169.254.170.23/v1/x", "http://169.254.170.23/v1/x", "machine"),
        ("FULL", "http://127.0.0.1:99/x", "http://127.0.0.1:99/x", "client"),
        ("FULL", "http://169.254.169.254:81/x", "http://169.254.169.254:81/x", "client"),
    ],
)
def test_a_container_is_asked_where_it_is_said_to_be(
    clouds: Any, variable: str, value: str, url: str, way: str
) -> None:
    """Where the cloud's own address is, or by the rules of all requests."""
    environ = {f"AWS_CONTAINER_CREDENTIALS_{variable}_URI": value, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "proof"}
    asker, cloud = clouds(environ, {url: SAID})
    assert asker.keys("eu-north-1") == (KEYS, END)
    assert [(one[0], one[2], one[3]) for one in cloud.asked] == [(way, url, {"authorization": "proof"})]


def test_a_machine_of_amazon_is_asked_for_its_role(clouds: Any) -> None:
    """With a session, as the second version of that service wants it."""
    asker, cloud = clouds({}, {f"{MACHINE}/latest/api/token": "session", ROLE: "role", f"{ROLE}role": SAID})
    assert asker.keys("eu-north-1") == (KEYS, END)
    assert [one[:2] for one in cloud.asked] == [("machine", "PUT"), ("machine", "GET"), ("machine", "GET")]
    assert cloud.asked[2][3] == {"x-aws-ec2-metadata-token": "session"}


def test_a_machine_of_google_is_asked_for_a_token(clouds: Any) -> None:
    """With the header without which it says nothing."""
    url = f"{MACHINE}/computeMetadata/v1/instance/service-accounts/default/token"
    asker, cloud = clouds({}, {url: BEARER})
    token, end = asker.google()
    assert token == "b"
    assert timedelta(minutes=59) < end - times.now() <= timedelta(hours=1)
    assert cloud.asked[0][:4] == ("machine", "GET", url, {"metadata-flavor": "Google"})


def test_a_person_of_google_is_exchanged_for_a_token(clouds: Any, tmp_path: Path) -> None:
    """At Google, whatever the file says; a file of another type is refused."""
    file = tmp_path / "adc.json"
    person = {"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "r"}
    file.write_text(json.dumps(person | {"token_uri": "https://evil.test"}))
    asker, cloud = clouds(
        {"GOOGLE_APPLICATION_CREDENTIALS": str(file)}, {"https://oauth2.googleapis.com/token": BEARER}
    )
    assert asker.google()[0] == "b"
    assert parse_qs(cloud.asked[0][4].decode())["refresh_token"] == ["r"]
    file.write_text('{"type": "external_account"}')
    with pytest.raises(Invalid, match="external_account"):
        asker.google()


@pytest.mark.parametrize(
    ("environ", "url", "sent"),
    [
        (
            {"CLIENT_SECRET": "s"},
            "https://login.microsoftonline.com/t/oauth2/v2.0/token",
            {"client_id": ["c"], "client_secret": ["s"], "grant_type": ["client_credentials"]},
        ),
        (
            {"FEDERATED_TOKEN_FILE": "FILE", "AUTHORITY_HOST": "https://login.chinacloudapi.cn/"},
            "https://login.chinacloudapi.cn/t/oauth2/v2.0/token",
            {"client_id": ["c"], "client_assertion": ["jwt"]},
        ),
    ],
)
def test_an_application_of_azure_is_exchanged_for_a_token(
    clouds: Any, tmp_path: Path, environ: dict[str, str], url: str, sent: dict[str, list[str]]
) -> None:
    """By its secret, or by a token that somebody else vouches with."""
    file = tmp_path / "token"
    file.write_text("jwt\n")
    given = {"CLIENT_ID": "c", "TENANT_ID": "t"} | environ
    named = {f"AZURE_{name}": value.replace("FILE", str(file)) for name, value in given.items()}
    asker, cloud = clouds(named, {url: BEARER})
    assert asker.azure()[0] == "b"
    assert cloud.asked[0][:3] == ("client", "POST", url)
    assert sent.items() <= parse_qs(cloud.asked[0][4].decode()).items()


def test_a_machine_of_azure_is_asked_for_a_token(clouds: Any) -> None:
    """For storage, as the identity that the environment names."""
    url = f"{MACHINE}/metadata/identity/oauth2/token?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com"
    asker, cloud = clouds({"AZURE_CLIENT_ID": "c"}, {f"{url}&client_id=c": BEARER | {"expires_in": "3600"}})
    assert asker.azure()[0] == "b"
    assert cloud.asked[0][3] == {"metadata": "true"}


@pytest.mark.parametrize("said", [None, "no JSON", [], {}, {"access_token": 1}, {"access_token": "a\nb"}])
def test_an_answer_without_credentials_is_an_error(clouds: Any, said: object) -> None:
    """That is tried again, and repeats nothing of it."""
    answers = {f"{MACHINE}/computeMetadata/v1/instance/service-accounts/default/token": said}
    with pytest.raises(Unavailable):
        clouds({}, answers)[0].google()
    with pytest.raises(Unavailable):
        clouds({}, {f"{MACHINE}/latest/api/token": "session", ROLE: "role", f"{ROLE}role": said})[0].keys("x")


def test_a_credential_is_asked_for_before_it_ends() -> None:
    """And not more often."""
    ends = [times.now() + timedelta(minutes=4), times.now() + timedelta(hours=1), times.now()]
    asked: list[str] = []

    def ask() -> tuple[str, datetime]:
        asked.append(f"{len(asked)}")
        return asked[-1], ends[len(asked) - 1]

    lasting = Lasting(ask)
    assert [lasting.now() for _ in range(4)] == ["0", "1", "1", "1"]


def test_a_credential_is_used_to_its_end_where_no_other_is_to_be_had() -> None:
    """The machine may be away for a while; what has ended is not used."""
    ends = [times.now() + timedelta(minutes=4)]

    def ask() -> tuple[str, datetime]:
        if not ends:
            raise Unavailable("It is away.")
        return "held", ends.pop()

    lasting = Lasting(ask)
    assert [lasting.now(), lasting.now()] == ["held", "held"]
    lasting._held = ("held", times.now())
    with pytest.raises(Unavailable, match="away"):
        lasting.now()


def test_the_machine_s_way_leads_nowhere_else() -> None:
    """It may call the addresses where clouds give credentials, and the usual one may not."""
    machine = ambient._machine()
    for host in ("169.254.169.254", "169.254.170.2", "169.254.170.23"):
        machine.check_host(f"http://{host}/")
        with pytest.raises(ForbiddenAddress):
            egress.Client().check_host(f"http://{host}/")
    for url in ("http://127.0.0.1/", "https://10.0.0.1/", "http://169.254.169.254:81/", "https://169.254.169.253/"):
        with pytest.raises(ForbiddenAddress):
            machine.check_host(url)
