"""How does one version come over? Its context is read, its bytes are fetched and sent, then it is registered.

Whatever fails before the registration leaves no version behind, so that the same import goes on there when it is run
again. Bytes that are here already are not sent again.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from holotype import inspect
from holotype.client.imports import Imports
from holotype.client.mlflow import context, fetching, places
from holotype.client.mlflow.answers import Logged, Run, Uri, Version, mapping, moment
from holotype.client.mlflow.context import Tracking
from holotype.client.mlflow.places import Remote
from holotype.client.mlflow.server import API, Server
from holotype.client.progress import Callback, Meter
from holotype.client.push import send_files
from holotype.client.transport import Transport
from holotype.client.walk import LocalFile, walk
from holotype.domain import prompts, references, titles
from holotype.domain.references import Reference
from holotype.errors import Invalid, InvalidReference, MissingContent, NotFound
from holotype.wire import imports as wire
from holotype.wire.imports import LeftOut
from holotype.wire.shapes import NewFile

_DOCUMENTS = ("MLmodel", "requirements.txt", "conda.yaml", "python_env.yaml")
_LARGEST_DOCUMENT = 2**20
_LOGGED = "models:/m-"
_OF_LOGGED = re.compile(r"/(m-[0-9a-f]{32})/artifacts(?:/|$)")
_OF_RUN = re.compile(r"/([0-9a-f]{32})/artifacts(?:/|$)")


@dataclass(frozen=True, slots=True)
class Both:
    """The two registries, and what the caller said about the way between them."""

    server: Server
    client: Imports
    http: Transport
    origin: str
    namespace: str
    tracking: Tracking
    offered: Path | None = None
    work: Path | None = None
    skip_external: bool = False
    progress: Callback | None = None


@dataclass(slots=True)
class Brought:
    """What became of a version: with which files it is here now, and what was left out.

    It is not here where its bytes are still being copied in (``pending``), or where it would be external (``skipped``).
    Of a version that is only foreseen, ``external`` says that it would be, and its files have no digests.
    """

    pending: bool = False
    skipped: bool = False
    external: bool = False
    files: list[tuple[str, str, int]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def bring(both: Both, model: Reference, one: Version) -> Brought:
    """Bring a version over and return what became of it."""
    subject = f"{model.model_reference}:{one.version}"
    run, logged = _context(both, one)
    brought = Brought()
    brought.left_out += _unknown(subject, one, run)
    reach = _reach(both, one, run, logged)
    with _bytes(both, reach) as files:
        told = _told(both, model, one, run, logged, brought)
        told.external = not both.skip_external
        done = _register(both, model, told, files or [], brought)
    if done.pending:
        brought.pending = True
        return brought
    brought.skipped = done.version is None
    if files is None:
        brought.left_out.append(LeftOut(subject, "bytes", reach.why))
    brought.left_out += [LeftOut(subject, left.what, left.why) for left in done.left_out]
    return brought


def foresee(both: Both, model: Reference, one: Version) -> Brought:
    """Return what would become of a version as far as it can be known; nothing is fetched and nothing written."""
    subject = f"{model.model_reference}:{one.version}"
    run, logged = _context(both, one)
    brought = Brought()
    brought.left_out += _unknown(subject, one, run)
    _told(both, model, one, run, logged, brought)
    reach = _reach(both, one, run, logged)
    if reach.why:
        brought.external, brought.skipped = not both.skip_external, both.skip_external
        why = f"{reach.why}; an import source of the server may cover it"
        brought.left_out.append(LeftOut(subject, "bytes", why))
    else:
        brought.files = reach.sizes()
    return brought


def _context(both: Both, one: Version) -> tuple[Run | None, Logged | None]:
    known = one.model_id or (one.source.removeprefix("models:/") if one.source.startswith(_LOGGED) else "")
    return (
        both.tracking.run(one.run_id) if one.run_id else None,
        both.tracking.logged(known.partition("/")[0]) if known else None,
    )


def _unknown(subject: str, one: Version, run: Run | None) -> list[LeftOut]:
    if one.run_id and run is None:
        return [LeftOut(subject, f"context of run {one.run_id[:80]}", "the tracking server does not have that run")]
    return []


def _told(
    both: Both, model: Reference, one: Version, run: Run | None, logged: Logged | None, brought: Brought
) -> wire.ImportedVersion:
    told_run, out = context.run_of(run) if run else (None, [])
    told_logged, more = context.logged_of(logged) if logged else (None, [])
    subject = f"{model.model_reference}:{one.version}"
    brought.left_out += [LeftOut(subject, "context", why) for why in (*out, *more)]
    if told_run is None and one.run_id:
        told_run = wire.Run(id=one.run_id)
    return wire.ImportedVersion(
        origin=both.origin,
        title=one.name,
        number=int(one.version),
        uri=one.source,
        created_at=moment(one.creation_timestamp, "the moment of creation"),
        author=one.user_id or (told_run.user if told_run else ""),
        description=one.description,
        tags=mapping(one.tags),
        changed_at=moment(one.last_updated_timestamp or one.creation_timestamp, "the moment of the last change"),
        run=told_run,
        run_link=one.run_link or None,
        logged=told_logged,
        logged_model=logged.info.model_id if logged else (one.model_id or None),
        parent=_parent(both, one.source),
    )


def _parent(both: Both, source: str) -> str | None:
    """Return the version here that a version there was copied from."""
    name, _, number = source.removeprefix("models:/").rpartition("/")
    if not source.startswith("models:/") or source.startswith(_LOGGED) or not name or not number.isdecimal():
        return None
    try:
        return str(references.parse(f"{both.namespace}/{titles.name_of(name)}:{number}"))
    except (Invalid, InvalidReference):
        return None


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where the bytes of a version can be had: in its tags, a folder of this machine, from the server; or why not."""

    content: list[tuple[str, bytes]] = field(default_factory=list)
    offered: Path | None = None
    remote: list[Remote] = field(default_factory=list)
    why: str = ""

    def sizes(self) -> list[tuple[str, str, int]]:
        """Return the files that there are, with their sizes as far as those are known, and no digests."""
        local = walk(self.offered) if self.offered is not None else []
        found = [(path, len(text)) for path, text in self.content] + [(one.path, one.size) for one in local]
        found += [(one.path, one.size or 0) for one in self.remote]
        return [(path, "", size) for path, size in found]


def _reach(both: Both, one: Version, run: Run | None, logged: Logged | None) -> _Reach:
    tags = mapping(one.tags)
    if prompts.is_prompt(tags):
        return _Reach(content=prompts.content_of(tags))
    uri = _uri(both, one)
    offered = places.local(uri, both.offered)
    if offered is not None and offered.exists():
        return _Reach(offered=offered)
    place = places.place_of(both.server, uri, run, logged) or _named(both, uri)
    found = places.files(place) if place else []
    return _Reach(remote=found) if found else _Reach(why=why_not(uri, known=place is not None))


@contextmanager
def _bytes(both: Both, reach: _Reach) -> Iterator[list[LocalFile] | None]:
    """Give the files of a version as they lie here meanwhile, or nothing where they are out of reach."""
    with tempfile.TemporaryDirectory(prefix="holotype-import-", dir=both.work) as folder:
        if reach.why:
            yield None
        elif reach.offered is not None:
            yield walk(reach.offered)
        elif reach.remote:
            meter = Meter(both.progress, "download", sum(file.size or 0 for file in reach.remote), len(reach.remote))
            yield [file for file, _ in fetching.fetch(both.server, reach.remote, Path(folder), meter)]
            meter.finish()
        else:
            yield _written(Path(folder), reach.content)


def _named(both: Both, uri: str) -> places.Place | None:
    """Return how the server hands out what an address itself says to lie with a logged model or a run."""
    logged, run = _OF_LOGGED.search(uri), _OF_RUN.search(uri)
    return places.place_of(
        both.server,
        uri,
        both.tracking.run(run[1]) if run else None,
        both.tracking.logged(logged[1]) if logged else None,
    )


def why_not(uri: str, *, known: bool) -> str:
    """Say why the bytes at an address cannot be had."""
    if known:
        return f"there are no files at {uri[:200]}"
    if places.is_local(uri):
        return f"{uri[:200]} lies on the machine of the MLflow server; `--files-under` offers a folder of this one"
    return f"{uri[:200]} is out of reach from here"


def _uri(both: Both, one: Version) -> str:
    asked = {"name": one.name, "version": int(one.version)}
    try:
        return both.server.json(f"{API}/model-versions/get-download-uri", Uri, asked).artifact_uri
    except (NotFound, Invalid):
        return one.source


def _written(folder: Path, content: list[tuple[str, bytes]]) -> list[LocalFile]:
    made = []
    for path, text in content:
        target = folder / path
        target.write_bytes(text)
        found = target.lstat()
        made.append(LocalFile(path, str(target), found.st_size, found.st_mtime_ns, found.st_ino))
    return made


def _register(
    both: Both, model: Reference, told: wire.ImportedVersion, files: list[LocalFile], brought: Brought
) -> wire.VersionImport:
    """Send the bytes that are missing and register; once more if they are swept away in between."""
    formats = {file.path: inspect.format_of(file.source) for file in files}
    documents = {file.path: Path(file.source).read_bytes() for file in files if _describes(file)}
    for last in (False, True):
        digests = send_files(both.http, model.namespace, files, both.progress) if files else []
        new = [
            NewFile(path=file.path, digest=digest, size=file.size, format=formats[file.path])
            for file, digest in zip(files, digests, strict=True)
        ]
        told.files, told.documents = new, documents
        try:
            done = both.client.import_version(str(model), told)
        except MissingContent:
            if last:
                raise
            continue
        brought.files = [(one.path, one.digest, one.size) for one in new]
        return done
    raise AssertionError


def _describes(file: LocalFile) -> bool:
    return file.path in _DOCUMENTS and file.size <= _LARGEST_DOCUMENT
