"""How does a version get into the registry?

1. find the files, and check everything that the caller said about them
2. note the commit, the formats and the frameworks
3. hash the files, several at once
4. upload what the registry lacks, while other files are still hashed
5. register: one small request, which takes effect once
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from holotype import inspect
from holotype.client import hashing, upload
from holotype.client.base import model_path, new_key
from holotype.client.described import Words
from holotype.client.environment import environment_of
from holotype.client.git import code_of
from holotype.client.hashing import digest_of
from holotype.client.progress import Callback, Meter
from holotype.client.retry import COMMIT
from holotype.client.threads import workers
from holotype.client.transport import Transport
from holotype.client.upload import Hashed, Uploader
from holotype.client.walk import LocalFile
from holotype.domain.provenance import Code, Environment, Provenance
from holotype.domain.references import Reference
from holotype.errors import MissingContent
from holotype.wire import shapes
from holotype.wire.provenance import from_domain

_GROUP_FILES, _GROUP_BYTES = 2_000, 128 * 2**20


@dataclass(frozen=True, slots=True)
class Draft:
    """What a caller said about a version, checked; ``auto`` is filled in from what can be seen."""

    root: Path
    provenance: Provenance
    words: Words
    code: Code | Literal["auto"] | None
    environment: Environment | Literal["auto"] | None


def send_files(http: Transport, namespace: str, files: list[LocalFile], progress: Callback | None) -> list[str]:
    """Hash the files and upload those that the namespace lacks; return their digests in order."""
    hashed = Meter(progress, "hash", sum(file.size for file in files), len(files))
    sent = Meter(progress, "upload")
    with (
        workers(upload.COORDINATORS, "upload") as coordinators,
        workers(upload.WORKERS, "part") as senders,
        workers(hashing.WORKERS, "hash") as hashers,
    ):
        uploader = Uploader(http, namespace, sent, senders, coordinators)
        jobs = [(file, hashers.submit(digest_of, file, hashed)) for file in files]
        digests: list[str] = []
        for group in _groups(jobs):
            uploader.want(group)
            digests += [digest for _, digest in group]
        hashed.finish()
        uploader.finish()
    sent.finish()
    return digests


def register(
    http: Transport, model: Reference, files: list[shapes.NewFile], provenance: Provenance, words: Words
) -> shapes.Registered:
    """Register uploaded files as a version."""
    body = shapes.NewVersion(
        files=files,
        provenance=from_domain(provenance),
        description=words.description,
        card=words.card,
        tags=words.tags,
        aliases=words.aliases,
    )
    return http.call(
        "POST",
        f"{model_path(model)}/versions",
        shapes.Registered,
        body=body,
        key=new_key(),
        limits=COMMIT,
    )


def push(
    http: Transport, model: Reference, files: list[LocalFile], draft: Draft, progress: Callback | None
) -> shapes.Registered:
    """Do steps 2 to 5; once more if bytes that were there are swept away in between."""
    with workers(1, "capture") as aside:
        captured = aside.submit(capture, files, draft)  # 2
        for last in (False, True):
            digests = send_files(http, model.namespace, files, progress)  # 3, 4
            formats, provenance = captured.result()
            new = [
                shapes.NewFile(path=file.path, digest=digest, size=file.size, format=formats[file.path])
                for file, digest in zip(files, digests, strict=True)
            ]
            told = Meter(progress, "register", 0, len(new))
            try:
                registered = register(http, model, new, provenance, draft.words)  # 5
            except MissingContent:
                if last:
                    raise
                continue
            told.advance(0, len(new))
            told.finish()
            return registered
    raise AssertionError


def capture(files: list[LocalFile], draft: Draft) -> tuple[dict[str, str | None], Provenance]:
    """Return each file's format, judged by its header, and the provenance with what can be seen from here."""
    formats = {file.path: inspect.format_of(file.source) for file in files}
    code, environment = draft.code, draft.environment
    if code == "auto":
        code = code_of(draft.root, Path.cwd())
    if environment == "auto":
        environment = environment_of(files, formats)
    return formats, replace(draft.provenance, code=code, environment=environment)


def _groups(jobs: list[tuple[LocalFile, Future[str]]]) -> Iterator[list[Hashed]]:
    """Yield hashed files in groups that are worth a question to the registry."""
    group: list[Hashed] = []
    size = 0
    for file, job in jobs:
        group.append((file, job.result()))
        size += file.size
        if len(group) >= _GROUP_FILES or size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
