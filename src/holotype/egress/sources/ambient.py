"""Who is this server for a cloud, by what its environment gives? Asked in the order in which the clouds' tools ask.

    Amazon    AWS_ACCESS_KEY_ID …   a web identity (AWS_WEB_IDENTITY_TOKEN_FILE)   a container   the machine
    Google    GOOGLE_APPLICATION_CREDENTIALS (a service account, or a person)      the machine
    Azure     AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN   a secret or a federated token of an application
              (AZURE_CLIENT_ID, AZURE_TENANT_ID)   the machine

The machine answers under an address that no other request may call: it is link-local, and gives credentials away to
whoever asks. Only what is written down here is ever asked of it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from holotype.domain import times
from holotype.egress.client import Client
from holotype.egress.sources import services
from holotype.egress.sources.signing import Keys, google_account, google_token
from holotype.errors import Invalid, Unavailable

T = TypeVar("T")
MACHINE = "http://169.254.169.254"
_CONTAINERS = ("169.254.170.2", "169.254.170.23")
_ROLE = f"{MACHINE}/latest/meta-data/iam/security-credentials/"
_GOOGLE = f"{MACHINE}/computeMetadata/v1/instance/service-accounts/default/token"
_AZURE = f"{MACHINE}/metadata/identity/oauth2/token"
_AZURE_SCOPE = "https://storage.azure.com"
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_EARLY, _UNSAID = timedelta(minutes=5), timedelta(minutes=10)
_LARGEST = 64 * 2**10


@dataclass(slots=True)
class Lasting(Generic[T]):
    """A credential that ends: it is asked for anew some minutes before it does."""

    ask: Callable[[], tuple[T, datetime]]
    _held: tuple[T, datetime] | None = None
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> T:
        """Return the credential; the one that is held while it lasts, where no new one is to be had."""
        with self._asking:
            now = times.now()
            if self._held is None or self._held[1] - _EARLY <= now:
                try:
                    self._held = self.ask()
                except Unavailable:
                    if self._held is None or self._held[1] <= now:
                        raise
            return self._held[0]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the client of all requests, and the variables of the environment."""

    client: Client
    environ: Mapping[str, str]

    def region(self) -> str | None:
        """Return the region of Amazon that the server is in."""
        return self.environ.get("AWS_REGION") or self.environ.get("AWS_DEFAULT_REGION")

    def keys(self, region: str) -> tuple[Keys, datetime]:
        """Return the keys of Amazon, and when they end."""
        own, secret = self.environ.get("AWS_ACCESS_KEY_ID"), self.environ.get("AWS_SECRET_ACCESS_KEY")
        if own and secret:
            return Keys(own, secret, self.environ.get("AWS_SESSION_TOKEN") or None), _later({})
        if self.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE") and self.environ.get("AWS_ROLE_ARN"):
            return self._web_identity(region)
        relative, full = (self.environ.get(f"AWS_CONTAINER_CREDENTIALS_{one}_URI") for one in ("RELATIVE", "FULL"))
        if relative or full:
            return self._container(f"http://{_CONTAINERS[0]}{relative}" if relative else full or "")
        token = {"x-aws-ec2-metadata-token-ttl-seconds": "600"}
        session = {"x-aws-ec2-metadata-token": self._asked("PUT", f"{MACHINE}/latest/api/token", token).decode()}
        role = self._asked("GET", _ROLE, session).decode().strip()
        return _keys(_object(self._asked("GET", f"{_ROLE}{quote(role, safe='')}", session)))

    def google(self) -> tuple[str, datetime]:
        """Return a token of Google, and when it ends."""
        file = self.environ.get("GOOGLE_APPLICATION_CREDENTIALS") or self.environ.get("GOOGLE_SERVICE_ACCOUNT")
        if not file:
            return _token(_object(self._asked("GET", _GOOGLE, {"metadata-flavor": "Google"})))
        said = _read(file)
        kind = _object(said.encode()).get("type")
        if kind == "service_account":
            now = times.now()
            return google_token(google_account(said, file), now), now + timedelta(hours=1)
        if kind != "authorized_user":
            raise Invalid(f"{file} holds credentials of the type {kind!r}, which are not used here.")
        given = _object(said.encode())
        asked = {name: str(given.get(name, "")) for name in ("client_id", "client_secret", "refresh_token")}
        return self._granted("https://oauth2.googleapis.com/token", asked | {"grant_type": "refresh_token"})

    def azure(self) -> tuple[str, datetime]:
        """Return a token of Azure, and when it ends."""
        of = {name: self.environ.get(f"AZURE_{name.upper()}", "") for name in ("client_id", "client_secret")}
        tenant, file = (self.environ.get(f"AZURE_{one}", "") for one in ("TENANT_ID", "FEDERATED_TOKEN_FILE"))
        if not (tenant and of["client_id"] and (of["client_secret"] or file)):
            query = {"api-version": "2019-08-01", "resource": _AZURE_SCOPE}
            query |= {"client_id": of["client_id"]} if of["client_id"] else {}
            url = f"{_AZURE}?{urlencode(query)}"
            return _token(_object(self._asked("GET", url, {"metadata": "true"})))
        asked = {"grant_type": "client_credentials", "scope": f"{_AZURE_SCOPE}/.default", "client_id": of["client_id"]}
        if of["client_secret"]:
            asked["client_secret"] = of["client_secret"]
        else:
            asked["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            asked["client_assertion"] = _read(file).strip()
        host = self.environ.get("AZURE_AUTHORITY_HOST") or "https://login.microsoftonline.com"
        return self._granted(f"{host.rstrip('/')}/{quote(tenant, safe='')}/oauth2/v2.0/token", asked)

    def _web_identity(self, region: str) -> tuple[Keys, datetime]:
        asked = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": self.environ["AWS_ROLE_ARN"],
            "RoleSessionName": self.environ.get("AWS_ROLE_SESSION_NAME") or "holotype",
            "WebIdentityToken": _read(self.environ["AWS_WEB_IDENTITY_TOKEN_FILE"]).strip(),
        }
        answer = self._asked("POST", f"https://sts.{region}.amazonaws.com/", _FORM, urlencode(asked).encode())
        try:
            found = services.read_xml(answer).find(".//{*}Credentials")
        except ValueError:
            found = None
        if found is None:
            raise _senseless()
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
        said = {name: services.text(found, name) for name in names}
        return _keys({**said, "Token": said["SessionToken"]})

    def _container(self, url: str) -> tuple[Keys, datetime]:
        token = self.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
        if file := self.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
            token = _read(file).strip()
        return _keys(_object(self._asked("GET", url, {"authorization": token} if token else {})))

    def _granted(self, url: str, asked: Mapping[str, str]) -> tuple[str, datetime]:
        return _token(_object(self._asked("POST", url, _FORM, urlencode(asked).encode())))

    def _asked(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
        """Ask for a credential: the machine where the address is one of its own, by the rules of all requests else."""
        host = urlsplit(url).netloc
        client = _machine() if host in (urlsplit(MACHINE).netloc, *_CONTAINERS) else self.client
        answer = client.request(method, url, headers=headers, body=body, limit=_LARGEST)
        if answer.status != 200:
            raise Unavailable(f"{host} gives this server no credentials (status {answer.status}).")
        return answer.body


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without outer blanks: a secret that was written with a line break is meant without it."""
    return {name: value.strip() for name, value in environ.items()}


@lru_cache(maxsize=1)
def _machine() -> Client:
    """Return the client that asks the machine that the server runs on, and nobody else."""
    hosts = (urlsplit(MACHINE).netloc, *_CONTAINERS)
    return Client(" ".join(f"{host}/32 http://{host}" for host in hosts))


def _read(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            return stream.read(_LARGEST).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{file}, which the environment names, cannot be read.") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _senseless()
    return found


def _keys(said: Mapping[str, Any]) -> tuple[Keys, datetime]:
    values = [said.get(name) for name in ("AccessKeyId", "SecretAccessKey", "Token")]
    if not all(isinstance(one, str) and one for one in values[:2]):
        raise _senseless()
    return Keys(str(values[0]), str(values[1]), str(values[2]) if values[2] else None), _later(said)


def _token(said: Mapping[str, Any]) -> tuple[str, datetime]:
    token = said.get("access_token")
    if not isinstance(token, str) or not token.isprintable() or not token:
        raise _senseless()
    return token, _later(said)


def _later(said: Mapping[str, Any]) -> datetime:
    """Return when a credential ends: at a moment, after some seconds, or nobody says."""
    try:
        if "Expiration" in said:
            end = datetime.fromisoformat(str(said["Expiration"]))
            return end if end.tzinfo else end.replace(tzinfo=UTC)
        return times.now() + timedelta(seconds=float(said["expires_in"]))
    except (KeyError, ValueError, OverflowError, TypeError):
        return times.now() + _UNSAID


def _senseless() -> Unavailable:
    return Unavailable("What was asked for credentials of this server answered something else.")
