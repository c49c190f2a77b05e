"""How does a version get out of the registry, bit for bit?

1. resolve the reference once; from here on only the digest counts
2. fetch the manifest, check its own digest and every path in it
3. look at what is there: equal files stay, others are in the way and nothing is written
4. fetch the rest, several files at once, each verified before it gets its name
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from shutil import disk_usage
from urllib.parse import quote

from holotype.client.base import ROOT, version_path
from holotype.client.partial import partial_of
from holotype.client.places import folder_of, in_the_way
from holotype.client.present import is_there
from holotype.client.progress import Callback, Meter
from holotype.client.receive import receive
from holotype.client.retry import TRANSFER
from holotype.client.threads import gather, workers
from holotype.client.transport import Content, Transport
from holotype.domain import digest as digests
from holotype.domain import manifest as manifests
from holotype.domain.manifest import File, Manifest
from holotype.domain.references import Reference
from holotype.errors import Corrupt, Invalid, LocalProblem, MissingContent
from holotype.wire import shapes

WORKERS = 4
_RESERVE = 2**20


@dataclass(frozen=True, slots=True)
class Source:
    """A version that was resolved: the route that names it by digest, and its manifest.

    ``quarantined`` says that the caller knows that it was recalled, and wants it all the same.
    """

    version: shapes.Version
    route: str
    manifest: Manifest
    quarantined: bool = False

    def route_of(self, file: File) -> str:
        """Return the route of a file's bytes."""
        return f"{self.route}/files/{quote(file.path)}{'?quarantined=true' if self.quarantined else ''}"


def source_of(http: Transport, reference: Reference) -> Source:
    """Resolve a reference, pin its digest, and fetch and check its manifest (steps 1 and 2)."""
    version = http.call("GET", f"{ROOT}/resolve", shapes.Version, params={"reference": str(reference)})
    digests.parse(version.digest)
    if reference.digest is not None and version.digest != reference.digest:
        raise Corrupt(f"{http.url} resolved {reference} to another digest: {version.digest}.")
    route = version_path(Reference(reference.namespace, reference.model, digest=version.digest))
    raw = http.request("GET", f"{route}/manifest", Content(b""), {}, safe=True, limits=TRANSFER).check().body
    if digests.of(raw) != version.digest:
        raise Corrupt(
            f"The manifest that {http.url} sent does not have the digest of {version.reference}.",
            hint="Do not use these files, and tell whoever runs the server.",
        )
    return Source(version, route, manifests.parse(raw))


def refuse_external(http: Transport, source: Source) -> None:
    """Raise for a version whose bytes are elsewhere, naming the place: there is nothing to fetch or to verify."""
    if source.manifest.files:
        return
    shown = http.call("GET", source.route, shapes.Version)
    origin = shown.provenance.source if shown.provenance else None
    where = f" They lie at {origin.uri}." if origin else ""
    raise MissingContent(
        f"{source.version.reference} is external: the registry never took over its bytes.{where}",
        hint="Fetch them from there, or have an administrator define an import source and register it again.",
    )


def ask_why(http: Transport, source: Source) -> None:
    """Ask for a file of a version in quarantine: the server refuses it with the reasons, if it is held still."""
    file = min(source.manifest.files, key=lambda one: one.size)
    http.request("GET", source.route_of(file), Content(b""), {}, safe=True, limits=TRANSFER).check()


def chosen(source: Source, include: Iterable[str]) -> list[File]:
    """Return the files whose path matches one of the globs; all of them without globs."""
    globs = [include] if isinstance(include, str) else list(include)
    if not globs:
        return list(source.manifest.files)
    found = [file for file in source.manifest.files if any(fnmatchcase(file.path, glob) for glob in globs)]
    if not found:
        raise Invalid(
            f"No file of {source.version.reference} matches {', '.join(map(repr, globs))}.",
            hint=f"List them: `holotype show {source.version.reference} --files`.",
        )
    return found


def pull(
    http: Transport, source: Source, root: Path, files: list[File], *, overwrite: bool, progress: Callback | None
) -> None:
    """Write the files below ``root`` (steps 3 and 4)."""
    absent = _absent(root, files, overwrite=overwrite, progress=progress)
    _make(root)
    _check_room(root, absent)
    meter = Meter(progress, "download", sum(file.size for file in absent), len(absent))
    absent.sort(key=lambda file: -file.size)
    with workers(WORKERS, "pull") as pool:
        gather([pool.submit(_fetch, http, source, root, file, meter) for file in absent])
    _sync(root, absent)
    meter.finish()


def _fetch(http: Transport, source: Source, root: Path, file: File, meter: Meter) -> None:
    name = file.path.rpartition("/")[2]
    with folder_of(root, file.path, create=True) as folder:
        if folder is None:
            raise in_the_way(root / file.path, None)
        with partial_of(folder, file) as partial:
            receive(http, source.route_of(file), file, partial.stream, meter)
            partial.keep_as(name)
    meter.advance(0, 1)


def _sync(root: Path, files: list[File]) -> None:
    """Make the new names durable, in every folder that may have got one."""
    places = {file.path for file in files}
    for path in list(places):
        parts = path.split("/")
        places.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    for place in sorted({path.rpartition("/")[0] for path in places}):
        with folder_of(root, f"{place}/." if place else ".", create=False) as folder:
            if folder:
                folder.sync()


def _make(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise in_the_way(root, error) from error


def _absent(root: Path, files: list[File], *, overwrite: bool, progress: Callback | None) -> list[File]:
    """Return the files that are to be fetched; raise ``LocalProblem`` if others are in their way."""
    meter = Meter(progress, "check", sum(file.size for file in files), len(files))
    clashes: list[str] = []

    def look(file: File) -> File | None:
        found = is_there(root, file)
        meter.advance(file.size, 1)
        if found is False:
            clashes.append(file.path)
        return None if found else file

    with workers(WORKERS, "check") as pool:
        absent = [file for file in pool.map(look, files) if file is not None]
    meter.finish()
    if clashes and not overwrite:
        raise LocalProblem(
            f"{root} holds {len(clashes)} file(s) with other content, e.g. {min(clashes)}. Nothing was written.",
            hint="Pull into another directory, or allow overwriting (--overwrite).",
        )
    return absent


def _check_room(root: Path, files: list[File]) -> None:
    needed = sum(file.size for file in files)
    try:
        free = disk_usage(root).free
    except OSError:
        return
    if needed + _RESERVE > free and needed:
        raise LocalProblem(
            f"{root} has room for {free >> 20:,} MiB; {needed >> 20:,} MiB are needed. Nothing was written.",
            hint="Make room, or choose files with include.",
        )
