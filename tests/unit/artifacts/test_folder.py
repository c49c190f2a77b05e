"""What keeps a folder's blobs whole, whoever writes and whatever breaks?"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from holotype.artifacts import folder as folders
from holotype.artifacts import layout
from holotype.artifacts.folder import FolderStore
from holotype.errors import DigestMismatch, Unavailable
from tests.support.bytes import chunks, listed, noise, read, send, under_way, upload_of

MIB = 2**20
FULL = """
import asyncio, resource, sys
sys.path[:0] = sys.argv[2:]
from pathlib import Path
from holotype.artifacts.folder import FolderStore
from holotype.errors import StorageFull
from tests.support.bytes import chunks, listed, noise, send, under_way, upload_of

store = FolderStore(Path(sys.argv[1]))
small, content = noise(1000), noise(3 * 2**20)
whole, parts = upload_of(content), upload_of(content, 2**20)
asyncio.run(store.put(upload_of(small), chunks(small)))
resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 2**20 + 5, resource.RLIM_INFINITY))
asyncio.run(send(store, parts, content, 0))
for job in (lambda: store.put(whole, chunks(content)), lambda: send(store, parts, content, 2)):
    try:
        asyncio.run(job())
    except StorageFull as error:
        assert error.hint
    else:
        sys.exit("not refused")
assert list(listed(store)) == [upload_of(small).digest] and under_way(store) == {parts.id}
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for number in (1, 2):
    asyncio.run(send(store, parts, content, number))
asyncio.run(store.complete(parts))
assert store.size(parts.digest) == len(content)
"""


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """An empty folder store."""
    return FolderStore(tmp_path / "store")


def test_the_folder_is_an_oci_image_layout(store: FolderStore) -> None:
    """Other tools find the blobs where the OCI layout has them."""
    content = noise(10)
    asyncio.run(store.put_small(upload_of(content), content))
    assert json.loads((store.root / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    assert (store.root / "blobs" / "sha256" / upload_of(content).digest[7:]).read_bytes() == content


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    """A put and a part are refused as such, earlier blobs and parts stay, and with space the upload goes on."""
    paths = [path for path in sys.path if path]
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path / "s"), str(Path.cwd()), *paths], check=False)
    assert done.returncode == 0


def test_a_folder_that_is_gone_is_unavailable(store: FolderStore, tmp_path: Path) -> None:
    """Not an empty store: every verb says that it cannot tell."""
    content = noise(10)
    upload = upload_of(content, 10)
    store.root.rename(tmp_path / "elsewhere")
    for job in (
        lambda: asyncio.run(store.put(upload, chunks(content))),
        lambda: asyncio.run(send(store, upload, content, 0)),
        lambda: listed(store),
        store.check,
    ):
        with pytest.raises(Unavailable):
            job()
    (tmp_path / "elsewhere").rename(store.root)
    asyncio.run(store.put(upload, chunks(content)))
    store.check()


def test_one_part_has_one_writer(store: FolderStore) -> None:
    """The second is asked to wait, whatever it would send."""
    content = noise(2 * MIB)
    upload = upload_of(content, MIB)

    async def twice() -> None:
        async with store.receiving(upload, 0):
            await send(store, upload, content, 1)
            await send(store, upload, noise(2 * MIB, 1), 0)

    with pytest.raises(Unavailable):
        asyncio.run(twice())
    for number in range(2):
        asyncio.run(send(store, upload, content, number))
    asyncio.run(store.complete(upload))


def test_a_late_writer_cannot_change_a_blob(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody writes, completion waits; afterwards there is nothing left to write to."""
    content, bad = noise(2 * MIB), noise(2 * MIB, 1)
    upload = upload_of(content, MIB)
    monkeypatch.setattr(folders, "_PATIENCE", 0.1)

    async def slow(moment: asyncio.Event) -> AsyncIterator[bytes]:
        yield bad[:10]
        await moment.wait()
        yield bad[10:MIB]

    async def late() -> None:
        moment = asyncio.Event()
        for number in range(2):
            await send(store, upload, content, number)
        async with store.receiving(upload, 0) as part:
            with pytest.raises(Unavailable):
                await store.complete(upload)
            writing = asyncio.ensure_future(part.write(slow(moment)))
            await asyncio.sleep(0)
            moment.set()
            await writing
        with pytest.raises(DigestMismatch):
            await FolderStore(store.root).complete(upload)
        assert listed(store) == {}
        await send(store, upload, content, 0)
        await store.complete(upload)
        async with store.receiving(upload, 0) as part:  # makes a new file, which no blob ever was
            await part.write(chunks(bad[:MIB]))

    asyncio.run(late())
    assert asyncio.run(read(store, upload.digest, upload.size)) == content


def test_completing_again_after_a_crash_before_the_row(store: FolderStore) -> None:
    """The bytes were moved already; the mark beside them says that they were right."""
    content = noise(100)
    upload = upload_of(content, 100)
    asyncio.run(send(store, upload, content, 0))
    asyncio.run(store.complete(upload))
    asyncio.run(FolderStore(store.root).complete(upload))
    assert (store.root / layout.verified(upload.id)).exists()
    assert under_way(store) == {upload.id}


def test_hashing_keeps_up_with_the_parts(store: FolderStore) -> None:
    """When the last part of an ordered upload was acknowledged, little is left to read at completion."""
    content = noise(8 * MIB)
    upload = upload_of(content, MIB)

    async def ordered() -> None:
        for number in range(8):
            await send(store, upload, content, number)
            await asyncio.sleep(0.05)

    asyncio.run(ordered())
    running = store._hashes._of(upload.id)
    with running.turn:
        assert running.position >= 4 * MIB
    asyncio.run(store.complete(upload))


def test_what_is_no_file_is_no_blob(store: FolderStore) -> None:
    """A link to elsewhere, one that goes in a circle and a folder do not stop the sweep, which lists blobs."""
    content = noise(10)
    asyncio.run(store.put_small(upload_of(content), content))
    blobs = store.root / layout.BLOBS
    (blobs / ("1" * 64)).symlink_to("1" * 64)
    (blobs / ("2" * 64)).symlink_to("/etc/passwd")
    (blobs / ("3" * 64)).mkdir()
    assert list(listed(store)) == [upload_of(content).digest]
