"""How do bytes in a folder get a name that nobody gave them beforehand?

    receive    incoming/<id> is written and hashed                     (a stream)
    gather     uploads/<id>/data + tail are hashed and become incoming/<id>       (parts)
    publish    incoming/<id> is flushed and becomes its blob

Between the last two the digest is announced, so that the sweep leaves it alone. Each step may be done again after a
crash: what lies under ``incoming`` is never written any more.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from holotype.artifacts import layout
from holotype.artifacts.hashing import Hashes
from holotype.artifacts.landing import flock, flush_folder, same_file
from holotype.domain.entities import Upload
from holotype.errors import Expired


def gather(root: Path, hashes: Hashes, upload: Upload, tail: int) -> tuple[str, int] | None:
    """Make one file of all parts and return its digest and size, or nothing while a writer still holds them."""
    data, last, whole = (root / of(upload.id) for of in (layout.data, layout.tail, layout.incoming))
    if upload.size == 0:
        with suppress(FileNotFoundError):
            last.replace(data)
    try:
        handle = os.open(data, os.O_RDWR)
    except FileNotFoundError:
        return _hashed(whole)  # somebody came so far before, and died
    try:
        if not flock(handle, fcntl.LOCK_EX) or not same_file(handle, data):
            return None
        if upload.size:
            _append(handle, upload.size, last)
        size = upload.size + tail
        digest = hashes.finish(upload.id, data, size)
        os.ftruncate(handle, size)
        os.fsync(handle)  # what lies under its new name is believed after a crash of the machine
        data.replace(whole)
    finally:
        os.close(handle)
    hashes.forget(upload.id)
    return digest, size


def publish(root: Path, upload_id: str, digest: str, size: int) -> None:
    """Rename what was received to its blob; what is there already in its size is not written again."""
    whole, target = root / layout.incoming(upload_id), root / layout.blob(digest)
    if _has(target, size):
        whole.unlink(missing_ok=True)
        return
    try:
        handle = os.open(whole, os.O_RDONLY)
        try:
            os.fsync(handle)
            whole.replace(target)
        finally:
            os.close(handle)
    except FileNotFoundError:
        if not _has(target, size):  # it is there where somebody else completed the same upload meanwhile
            raise _gone() from None
    flush_folder(target.parent)


def _append(handle: int, position: int, last: Path) -> None:
    """Write the tail behind the other parts. Done again after a crash, it writes the same."""
    try:
        source = os.open(last, os.O_RDONLY)
    except FileNotFoundError:
        raise _gone() from None
    with os.fdopen(source, "rb") as tail, os.fdopen(os.dup(handle), "r+b") as data:
        data.seek(position)
        shutil.copyfileobj(tail, data, 2**20)


def _hashed(file: Path) -> tuple[str, int]:
    try:
        with file.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
            return f"sha256:{digest}", source.tell()
    except FileNotFoundError:
        raise _gone() from None


def _has(blob: Path, size: int) -> bool:
    try:
        return blob.stat().st_size == size
    except FileNotFoundError:
        return False


def _gone() -> Expired:
    return Expired("The bytes of this upload are gone.", hint="Send them again.")
