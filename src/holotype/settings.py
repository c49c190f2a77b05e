"""Which settings are there? Each once: type, default and one line of help.

Every field is read from ``HOLOTYPE_<NAME>``, from a TOML file and from the command line, in rising order of weight,
and its row in ``docs/reference/settings.md`` is generated from here.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from holotype.errors import InvalidSetting

T = TypeVar("T")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_NAMES = {"Path": "a path", "str": "a text", "int": "a whole number", "bool": "true or false"}
_MUCH = 2**53
_RANGES = {
    "port": (0, 65_535),
    "workers": (1, 64),
    "body_limit": (1_024, 2**30),
    "evidence_limit": (1_024, 64 * 2**20),
    "part_size": (1, 2**32),
    "upload_lifetime": (1, _MUCH),
    "grace_period": (0, _MUCH),
    "sweep_interval": (1, _MUCH),
    "checkpoint_interval": (1, _MUCH),
    "stop_timeout": (0, 86_400),
    "sign_in_lifetime": (60, 30 * 86_400),
}
_WORDS = {
    "log_format": ("text", "json"),
    "log_level": ("debug", "info", "warning", "error"),
    "record_pulls": ("none", "sampled", "full"),
}


def _setting(default: T, help_text: str, *, secret: bool = False) -> T:
    """Declare a setting. A secret one is no option of a command, where others could read it, and is never shown."""
    value: T = field(default=default, metadata={"help": help_text, "secret": secret}, repr=not secret)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a server. Sizes are bytes, times seconds."""

    data: Path = _setting(Path("holotype-data"), "Directory of the embedded database, blobs, keys and credentials.")
    database: str | None = _setting(None, "Database URL; the default is SQLite inside the data directory.")
    store: str | None = _setting(None, "Where blobs live: a folder or an s3://, gs:// or az:// URL.")
    host: str = _setting("127.0.0.1", "Address to bind.")
    port: int = _setting(7878, "Port to bind; 0 takes a free one.")
    workers: int = _setting(1, "Server processes.")
    open: bool = _setting(False, "Serve without sign-in; on a loopback address only.")
    tls_certificate: Path | None = _setting(None, "PEM certificate chain to serve TLS with.")
    tls_key: Path | None = _setting(None, "PEM private key to serve TLS with.")
    insecure_public: bool = _setting(False, "Bind a public address without TLS, for example behind a TLS proxy.")
    log_format: str = _setting("text", "Log lines as 'text' or 'json'.")
    log_level: str = _setting("info", "Least severe log level: debug, info, warning or error.")
    public_url: str | None = _setting(
        None, "URL at which people and machines reach the server, where it is not the address that it binds."
    )
    trusted_proxies: str | None = _setting(
        None, "Networks of the proxies before the server, whose X-Forwarded headers are believed; commas between them."
    )
    sign_in_lifetime: int = _setting(12 * 3_600, "How many seconds a person stays signed in.")
    oidc_issuer: str | None = _setting(None, "URL of the OpenID provider through which people sign in.")
    oidc_client_id: str | None = _setting(None, "What the OpenID provider calls this registry.")
    oidc_client_secret: str | None = _setting(None, "What proves it to the OpenID provider.", secret=True)
    oidc_scopes: str = _setting("openid profile email", "What is asked of the OpenID provider about a person.")
    oidc_require: str | None = _setting(
        None, "A claim that a person must have, as CLAIM=PATTERN, for example hd=acme.org or groups=ml-team."
    )
    oidc_create_users: bool = _setting(False, "Make a user, without rights, of whoever the OpenID provider lets in.")
    oidc_name_claim: str = _setting("preferred_username", "The claim that such a user is named by.")
    egress_allow: str | None = _setting(
        None, "Internal hosts and networks that the server may call, and http://HOST:PORT; commas between them."
    )
    import_sources: Path | None = _setting(
        None, "File of the import sources; the default is import-sources.toml inside `data`, where there is one."
    )
    body_limit: int = _setting(8 * 2**20, "Largest JSON body, in bytes.")
    evidence_limit: int = _setting(2**20, "Largest payload of one piece of evidence, in bytes.")
    part_size: int = _setting(16 * 2**20, "Size of the parts in which files are uploaded, in bytes.")
    upload_lifetime: int = _setting(7 * 86_400, "How many seconds an unfinished upload is kept.")
    grace_period: int = _setting(7 * 86_400, "Seconds for which unreferenced or deleted bytes are kept.")
    sweep_interval: int = _setting(3_600, "Seconds between two sweeps.")
    keys: Path | None = _setting(None, "Folder of the keys that sign checkpoints; the default is inside `data`.")
    checkpoint_interval: int = _setting(60, "Seconds between two signed checkpoints of a ledger that grows.")
    record_pulls: str = _setting(
        "sampled",
        "Which downloads are events: none, sampled (the first of a version by anybody in an hour), full (each file).",
    )
    stop_timeout: int = _setting(30, "How many seconds a stopping server lets requests in flight finish.")

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return self.database or f"sqlite:///{self.data.absolute() / 'holotype.db'}"

    @property
    def keys_folder(self) -> Path:
        """The folder of the keys that sign checkpoints."""
        return self.keys or self.data.absolute() / "keys"

    @property
    def import_sources_file(self) -> Path | None:
        """The file of the import sources, if there is one."""
        usual = self.data.absolute() / "import-sources.toml"
        return self.import_sources or (usual if usual.exists() else None)

    @property
    def store_url(self) -> str | Path:
        """Where blobs live: a folder or a URL."""
        return self.store or self.data.absolute() / "blobs"


def load(
    given: Mapping[str, object] | None = None, *, file: Path | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings: defaults, then a TOML file, then ``HOLOTYPE_*`` variables, then what the caller gives.

    The file is ``file``, or the one that ``HOLOTYPE_CONFIG`` names. Raises ``InvalidSetting`` naming the setting.
    """
    variables = os.environ if environ is None else environ
    named = variables.get("HOLOTYPE_CONFIG")
    place = file or (Path(named) if named else None)
    values = _from_file(place) if place else {}
    values |= _from_environment(variables)
    values |= {name: _typed(name, value, f"the setting {name!r}") for name, value in (given or {}).items()}
    return checked(Settings(**values))


def checked(settings: Settings) -> Settings:
    """Return settings unchanged, or raise ``InvalidSetting`` where a value makes no sense."""
    for name, (least, most) in _RANGES.items():
        if not least <= getattr(settings, name) <= most:
            raise InvalidSetting(f"The setting {name!r} is {getattr(settings, name)}.", hint=f"Use {least} to {most}.")
    for name, words in _WORDS.items():
        if getattr(settings, name) not in words:
            raise InvalidSetting(f"The setting {name!r} is {getattr(settings, name)!r}.", hint=f"Use {_or(words)}.")
    if settings.oidc_issuer is not None and not (settings.oidc_client_id and settings.public_url):
        raise InvalidSetting(
            "Sign-in through an OpenID provider needs more than 'oidc_issuer'.",
            hint="Give 'oidc_client_id' and 'public_url' as well.",
        )
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise InvalidSetting("TLS needs both settings 'tls_certificate' and 'tls_key'.", hint="Give both, or neither.")
    return settings


def _from_file(place: Path) -> dict[str, Any]:
    try:
        with place.open("rb") as stream:
            found = tomllib.load(stream)
    except OSError as error:
        raise InvalidSetting(f"The settings file {place} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"The settings file {place} is not TOML: {error}.") from error
    return {name: _typed(name, value, f"{name!r} in {place}") for name, value in found.items()}


def _from_environment(variables: Mapping[str, str]) -> dict[str, Any]:
    """Read the variables of known settings; others with our prefix belong to the client, or to somebody else."""
    names = {f"HOLOTYPE_{name.upper()}": name for name in _types()}
    given = {variable: text for variable, text in variables.items() if variable in names}
    # Kubernetes sets HOLOTYPE_PORT=tcp://… in every pod beside a service of the name "holotype": not meant for us.
    given = {variable: text for variable, text in given.items() if not text.startswith("tcp://")}
    return {names[variable]: _read(names[variable], text, variable) for variable, text in given.items()}


def _read(name: str, text: str, where: str) -> object:
    kind = _types()[name]
    if kind == "int":
        if not _INTEGER.fullmatch(text):
            raise _wrong(where, text, "a whole number")
        return int(text)
    if kind == "bool":
        if text.lower() not in _TRUTH:
            raise _wrong(where, text, "true or false")
        return _TRUTH[text.lower()]
    return _typed(name, text, where)


def _typed(name: str, value: object, where: str) -> object:
    """Return a value as the setting's type, or raise ``InvalidSetting``; nothing is guessed."""
    kind = _types().get(name)
    if kind is None:
        near = difflib.get_close_matches(name, _types(), 1)
        raise InvalidSetting(f"There is no setting {name!r}.", hint=f"Did you mean {near[0]!r}?" if near else None)
    if value is None and kind.endswith("None"):
        return None
    if kind.startswith("Path") and isinstance(value, str | Path) and str(value):
        return Path(value)
    if kind.startswith("str") and isinstance(value, str) and value:
        return value
    if (kind == "int" and type(value) is int) or (kind == "bool" and type(value) is bool):
        return value
    raise _wrong(where, value, _NAMES[kind.partition(" ")[0]])


def _types() -> dict[str, str]:
    return {one.name: str(one.type) for one in fields(Settings)}


def _wrong(where: str, value: object, wanted: str) -> InvalidSetting:
    shown = "hidden" if "secret" in where.lower() else repr(str(value)[:80])
    return InvalidSetting(f"{where} is {shown}, which is not {wanted}.", hint=f"Give {wanted}.")


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
