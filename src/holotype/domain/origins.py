"""What does a client of another registry's protocol mean by a version's ``source``? One of these, or nothing.

    models:/fraud/3   models:/fraud@champion          VersionOrigin      a version of a registry
    models:/m-0123…                                   LoggedOrigin       a logged model of a tracker
    runs:/<run>/<path>                                RunOrigin          files of a run
    mlflow-artifacts:/<path>   mlflow-artifacts://host/<path>
    https://host/…/api/2.0/mlflow-artifacts/artifacts/<path>   ArtifactOrigin     files that an artifact server serves
    s3://bucket/<key>   gs://…   abfss://container@account…/…  BucketOrigin       files in a bucket
    hdfs://…   dbfs:/…   anything else with a scheme  OtherOrigin        words, for whoever understands them

The text is taken apart here and nowhere else, once, and whoever follows it follows the parts: there is no second
reader that could see something else in it. A path of this or another computer is none of these, in whatever form it
comes: without a scheme, as ``file:``, with a drive or a host of Windows, with ``..`` or control characters, plain or
percent-encoded, however often. Only an address of the web is decoded, once; all other paths mean what they say.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn, TypeAlias
from urllib.parse import unquote

from holotype.domain import names
from holotype.errors import Invalid

LONGEST = 2_000
ARTIFACTS = ("/api/2.0/mlflow-artifacts/artifacts", "/ajax-api/2.0/mlflow-artifacts/artifacts")
BUCKETS = {
    "s3": "s3", "s3a": "s3", "s3n": "s3", "gs": "gs", "gcs": "gs", "az": "az", "azure": "az", "adl": "az",
    "wasb": "az", "wasbs": "az", "abfs": "az", "abfss": "az", "r2": "s3", "b2": "s3",
}  # fmt: skip
"""The schemes of buckets, and what kind of bucket each is."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,31}):(.*)", re.DOTALL)
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_CONTAINER = re.compile(r"(?:[A-Za-z0-9$_-]{1,63}@)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,255}")
_LOGGED = re.compile(r"m-[0-9a-f]{32}")
_ELSEWHERE = re.compile(r"(?:^|[/:])\s*\.\.?\s*(?:[/:]|\Z)|(?:^|/)[A-Za-z]:(?:/|\Z)")
"""A part that is nothing but one or two dots, or a drive of Windows."""
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_WORDS = re.compile(r"[+.-]")
_HOSTILE = re.compile(r"[\\#?;]")
_LOCAL = frozenset({"file", "local", "localhost", "smb", "unc"})
_DECODINGS = 5
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class VersionOrigin:
    """A version of a registry, by its number or by an alias."""

    name: str
    number: int | None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedOrigin:
    """A logged model of a tracker."""

    model_id: str


@dataclass(frozen=True, slots=True)
class RunOrigin:
    """Files of a run; an empty path is all of them."""

    run_id: str
    path: str


@dataclass(frozen=True, slots=True)
class ArtifactOrigin:
    """Files that an artifact server serves: ``base`` is the address before its protocol, where one was given."""

    base: str | None
    path: str


@dataclass(frozen=True, slots=True)
class BucketOrigin:
    """Files in a bucket: its kind, scheme and name, and what their keys begin with."""

    kind: str
    scheme: str
    bucket: str
    path: str


@dataclass(frozen=True, slots=True)
class OtherOrigin:
    """Something else that is not on this computer."""

    scheme: str


Origin: TypeAlias = VersionOrigin | LoggedOrigin | RunOrigin | ArtifactOrigin | BucketOrigin | OtherOrigin


def read(source: str) -> Origin:
    """Return what a source means; raise ``Invalid`` where it could mean a place on a computer."""
    if not source or len(source.encode("utf-8", "surrogatepass")) > LONGEST:
        _refuse(source, f"it has to have 1 to {LONGEST:,} bytes")
    _check_layers(source)
    found = _SCHEME.fullmatch(source)
    if found is None:
        _refuse(source, "it is a path of a computer")
    scheme, rest = found[1].lower(), found[2]
    if not _LOCAL.isdisjoint(_WORDS.split(scheme)):
        _refuse(source, "it is a path of a computer")
    host, path = _split(source, rest)
    if scheme == "models":
        return _model(source, host, path)
    if scheme == "runs":
        return _run(source, host, path)
    if scheme not in BUCKETS and host and not _HOST.fullmatch(host):
        _refuse(source, "it names no host, or a user with it")
    if scheme == "mlflow-artifacts":
        return ArtifactOrigin(_base("", host), _relative(source, path))
    if scheme in ("http", "https"):
        return _web(source, scheme, host, path)
    if scheme in BUCKETS:
        return _bucket(source, scheme, host, path)
    return OtherOrigin(scheme)


def _check_layers(source: str) -> None:
    """Refuse what is hostile in any form that a reader somewhere could decode the text to."""
    form = source
    for _ in range(_DECODINGS):
        plain = form if form.isascii() else unicodedata.normalize("NFKC", form)
        if not names.printable(form) or form != form.strip():
            _refuse(source, "it holds characters that are not text")
        hostile = _HOSTILE.search(plain) or _HOSTILE.search(form)
        if hostile:
            _refuse(source, f"it holds {hostile[0]!r}")
        if _ELSEWHERE.search(plain):
            _refuse(source, "it has a part that leads elsewhere")
        if "%" not in form:
            return
        decoded = unquote(form, errors="surrogateescape")
        if decoded == form:
            return
        if decoded.count("/") != form.count("/"):
            _refuse(source, "a slash in it is percent-encoded")
        form = decoded
    _refuse(source, "it is percent-encoded over and over")


def _split(source: str, rest: str) -> tuple[str, str]:
    """Return the host and the path of what stands behind a scheme; there is no third part, and no empty one within."""
    if not rest.startswith("/"):
        _refuse(source, "it has no path")
    host, path = "", rest
    if rest.startswith("//"):
        host, _, tail = rest[2:].partition("/")
        path = f"/{tail}"
    path = path.rstrip("/")
    if "//" in path or "%" in host:
        _refuse(source, "it has an empty part")
    return host, path


def _model(source: str, host: str, path: str) -> VersionOrigin | LoggedOrigin:
    if host:
        _refuse(source, "models:/ has one slash, and no host")
    name, slash, label = path[1:].partition("/")
    if slash:
        if not _NUMBER.fullmatch(label) or not name.strip():
            _refuse(source, "it reads models:/NAME/NUMBER or models:/NAME@ALIAS")
        return VersionOrigin(name, int(label))
    name, at, alias = name.rpartition("@")
    if at and name.strip() and alias.strip():
        return VersionOrigin(name, None, alias)
    if not _LOGGED.fullmatch(path[1:]):
        _refuse(source, "it reads models:/NAME/NUMBER, models:/NAME@ALIAS or models:/m-ID")
    return LoggedOrigin(path[1:])


def _run(source: str, host: str, path: str) -> RunOrigin:
    run_id, _, rest = path[1:].partition("/")
    if host or not _RUN.fullmatch(run_id):
        _refuse(source, "it reads runs:/RUN/PATH")
    return RunOrigin(run_id, rest)


def _web(source: str, scheme: str, host: str, path: str) -> ArtifactOrigin | OtherOrigin:
    if not host:
        _refuse(source, "it names no host")
    for mark in ARTIFACTS:
        before, found, behind = path.partition(mark)
        if found and (not behind or behind.startswith("/")):
            return ArtifactOrigin(f"{_base(f'{scheme}://', host)}{before}", unquote(behind[1:]))
    return OtherOrigin(scheme)


def _bucket(source: str, scheme: str, host: str, path: str) -> BucketOrigin:
    if not _CONTAINER.fullmatch(host) or ("@" in host and BUCKETS[scheme] != "az"):
        _refuse(source, "it names no bucket, or a user with it")
    return BucketOrigin(BUCKETS[scheme], scheme, host, path[1:])


def _base(scheme: str, host: str) -> str | None:
    return f"{scheme}{host.lower()}" if host else None


def _relative(source: str, path: str) -> str:
    if not path[1:]:
        _refuse(source, "it names no file")
    return path[1:]


def _refuse(source: str, why: str) -> NoReturn:
    shown = re.sub(r"//[^/]*@", "//…@", source)[:_SHOWN]  # what stands before the @ may be a secret
    raise Invalid(
        f"Invalid model version source: {shown!r}: {why}.",
        hint="Log the files and register runs:/, models:/ or mlflow-artifacts:/, or name an s3://, gs:// or az:// URL.",
    )
