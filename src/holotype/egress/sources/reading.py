"""Which import sources has an administrator written down? A TOML file, of which every key is known.

    [[source]]
    name = "tracking"                              what people read about it
    kind = "mlflow"                                mlflow, or bucket
    url = "https://mlflow.example"                 the tracking server, or s3://bucket/prefix, gs://…, az://…
    namespaces = ["risk"]                          whose versions may be copied in from it; "*" is all
    roots = ["runs:/", "models:/", "mlflow-artifacts:/", "s3://bucket/mlflow"]     which texts it stands for
    token_env = "MLFLOW_TOKEN"                     or token_file, username with password_env or password_file
    access_key_id_env, secret_access_key_env, …    the same for a bucket, see ``_BUCKET``

A secret stands in a file or in a variable of the environment, never here. Neither this file may be writable for others
than its owner, nor a secret's file readable for everybody: the server does not start then.
"""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from holotype.domain import names, origins
from holotype.domain.origins import ArtifactOrigin, BucketOrigin
from holotype.egress.sources.places import BUCKET, EVERYWHERE, KINDS, MLFLOW, MODELS, RUNS, ImportSource
from holotype.errors import HolotypeError, Invalid, InvalidSetting

LARGEST = 2**20
_MOST = 100
_ARTIFACTS = "mlflow-artifacts:/"
_EACH = {"name": str, "kind": str, "url": str, "namespaces": list, "roots": list}
_OPTIONS: dict[str, dict[str, type]] = {
    MLFLOW: {"username": str},
    BUCKET: {
        "region": str,
        "endpoint": str,
        "account": str,
        "anonymous": bool,
        "ambient": bool,
        "virtual_hosted": bool,
    },
}
_SECRETS = {
    MLFLOW: ("token", "password"),
    BUCKET: ("access_key_id", "secret_access_key", "session_token", "service_account", "account_key", "sas_token"),
}
_SUFFIXES = ("_env", "_file")


def load(path: Path, environ: Mapping[str, str] | None = None) -> tuple[ImportSource, ...]:
    """Return the import sources of a file; ``InvalidSetting`` names what is wrong, and where."""
    text = _safely(path, writable=True).decode("utf-8", "replace")
    return parse(text, path, os.environ if environ is None else environ)


def parse(text: str, path: Path, environ: Mapping[str, str]) -> tuple[ImportSource, ...]:
    """Read the file's text; paths of secrets in it are relative to its folder."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSetting(f"{path} is not TOML: {error}.") from error
    given = found.pop("source", [])
    if found:
        _wrong(_Where(path, text), next(iter(found)), f"is not known; did you mean {'[[source]]'!r}?")
    if not isinstance(given, list) or len(given) > _MOST:
        _wrong(_Where(path, text), "source", f"has to be [[source]], at most {_MOST} times")
    made = tuple(_source(_Where(path, text, at), one, environ) for at, one in enumerate(given))
    twice = [one.name for one in made if sum(one.name == other.name for other in made) > 1]
    if twice:
        _wrong(_Where(path, text), "name", f"{twice[0]!r} is given twice")
    return made


class _Where:
    """Where in the file something is wrong."""

    def __init__(self, path: Path, text: str, table: int | None = None) -> None:
        self.path = path
        self._text, self._table = text, table

    def line(self, key: str) -> int:
        """Return the line of a key, of the table that is read where there is one."""
        tables, first = -1, 1
        for number, line in enumerate(self._text.splitlines(), 1):
            plain = line.strip()
            if plain.startswith("[[source]]"):
                tables += 1
                first = number if tables == self._table else first
            elif self._table in (None, tables) and plain.split("=")[0].strip().strip("\"'") == key:
                return number
        return first


def _source(where: _Where, given: Any, environ: Mapping[str, str]) -> ImportSource:
    if not isinstance(given, dict):
        _wrong(where, "source", "has to be a table")
    kind = given.get("kind")
    if kind not in KINDS:
        _wrong(where, "kind", f"has to be {' or '.join(map(repr, KINDS))}")
    _check_keys(where, kind, given)
    try:
        name = names.component(given.get("name", ""), "source")
        spaces = tuple(one if one == EVERYWHERE else names.component(one, "namespace") for one in given["namespaces"])
    except KeyError:
        _wrong(where, "namespaces", 'is not given; name some, or write ["*"]')
    except HolotypeError as error:
        _wrong(where, "name" if "source" in str(error) else "namespaces", str(error))
    url = _url(where, kind, given.get("url", ""))
    options = {key: str(value).lower() if isinstance(value, bool) else value for key, value in given.items()}
    options = {key: value for key, value in options.items() if key in _OPTIONS[kind]}
    secrets = {key: _secret(where, given, key, environ) for key in _SECRETS[kind]}
    found = {key: value for key, value in secrets.items() if value is not None}
    if kind == MLFLOW and ("username" in options) != ("password" in found):
        _wrong(where, "username", "needs password_env or password_file beside it, and the other way round")
    texts = _texts(kind, url, given.get("roots"))
    roots = tuple(_root(where, kind, text) for text in texts)
    return ImportSource(name, kind, url, spaces, roots, texts, options, found)


def _check_keys(where: _Where, kind: str, given: Mapping[str, Any]) -> None:
    known = _EACH | _OPTIONS[kind] | {f"{key}{end}": str for key in _SECRETS[kind] for end in _SUFFIXES}
    for key, value in given.items():
        if key in _SECRETS[kind]:
            _wrong(where, key, f"is a secret: name a variable with {key}_env, or a file with {key}_file")
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            _wrong(where, key, "is not known" + (f"; did you mean {near[0]!r}?" if near else ""))
        whole = isinstance(value, known[key]) and (
            not isinstance(value, list) or all(isinstance(x, str) for x in value)
        )
        if not whole or value == "":
            _wrong(where, key, f"has to be {'texts in brackets' if known[key] is list else known[key].__name__}")


def _url(where: _Where, kind: str, url: str) -> str:
    if kind == MLFLOW:
        plain = url.isascii() and url.isprintable() and not set(url) & set(" \\#?;@%")
        if not plain or not url.startswith(("https://", "http://")) or ".." in url or len(url) > origins.LONGEST // 2:
            _wrong(where, "url", "has to be https://HOST, perhaps with a path")
        return url.rstrip("/")
    try:
        found = origins.read(url)
    except Invalid as error:
        _wrong(where, "url", error.detail)
    if not isinstance(found, BucketOrigin):
        _wrong(where, "url", "has to be s3://BUCKET/PREFIX, gs://… or az://…")
    return url.rstrip("/")


def _texts(kind: str, url: str, given: list[str] | None) -> tuple[str, ...]:
    """Return what a source stands for; where nothing is given, for itself and what a tracking server's clients say."""
    own = [url] if kind == BUCKET else [RUNS, MODELS, _ARTIFACTS, f"{url}{origins.ARTIFACTS[0]}"]
    return tuple(own if given is None else given)


def _root(where: _Where, kind: str, text: str) -> str | ArtifactOrigin | BucketOrigin:
    if kind == MLFLOW and text in (RUNS, MODELS):
        return text
    if kind == MLFLOW and text.rstrip("/") == _ARTIFACTS.rstrip("/"):
        return ArtifactOrigin(None, "")
    try:
        found = origins.read(text)
    except Invalid as error:
        _wrong(where, "roots", error.detail)
    if not isinstance(found, BucketOrigin) and (kind == BUCKET or not isinstance(found, ArtifactOrigin)):
        _wrong(where, "roots", f"cannot hold {text[:80]!r} here")
    return found


def _secret(where: _Where, given: Mapping[str, Any], key: str, environ: Mapping[str, str]) -> str | None:
    variable, file = given.get(f"{key}_env"), given.get(f"{key}_file")
    if variable is not None and file is not None:
        _wrong(where, f"{key}_env", f"and {key}_file cannot both be given")
    if variable is not None:
        value = environ.get(variable, "").strip()
        if not value:
            _wrong(where, f"{key}_env", f"names the variable {variable[:80]!r}, which is not set")
    elif file is not None:
        value = _safely(where.path.parent / file, writable=False).decode("utf-8", "replace").strip()
    else:
        return None
    if not value or (not value.isprintable() and key != "service_account"):
        named = f"{key}_file" if variable is None else f"{key}_env"
        _wrong(where, named, f"names {str(file or variable)[:80]!r}, which holds no secret in one line")
    return value


def _safely(path: Path, *, writable: bool) -> bytes:
    """Return what a file holds; refuse one that others may write, or that everybody may read where it is a secret."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise InvalidSetting(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > LARGEST:
        raise InvalidSetting(f"{path} is larger than {LARGEST:,} bytes.")
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise InvalidSetting(f"{path} may be written by others than its owner.", hint=f"Run `chmod go-w {path}`.")
    if not writable and mode & stat.S_IROTH:
        raise InvalidSetting(f"{path} holds a secret that everybody may read.", hint=f"Run `chmod o-r {path}`.")
    return content


def _wrong(where: _Where, key: str, why: str) -> NoReturn:
    raise InvalidSetting(
        f"{where.path}, line {where.line(key)}: {key!r} {why}.", hint="See docs/howto/import-sources.md."
    )
