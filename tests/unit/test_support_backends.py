"""Do the backends that other tests rely on really hold what is written to them?"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import obstore
import pytest
import sqlalchemy as sa
from obstore.exceptions import NotFoundError
from obstore.store import from_url

from tests.support.fixtures import Backend, Store
from tests.support.postgres import Postgres, start_postgres
from tests.support.s3 import S3, start_s3


def write_and_count(url: str) -> int:
    """Create a table that must not exist yet, write one row and count the rows."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE specimen (name TEXT NOT NULL)"))
            connection.execute(sa.text("INSERT INTO specimen VALUES ('ångström · 标本')"))
            return connection.execute(sa.text("SELECT count(*) FROM specimen")).scalar_one()
    finally:
        engine.dispose()


def names(store: obstore.store.ObjectStore, prefix: str | None = None) -> list[str]:
    """List every object below a prefix."""
    return sorted(item["path"] for page in obstore.list(store, prefix) for item in page)


def ends_within(*, seconds: float, pid: int) -> bool:
    """Say whether a process ends in time; one that only waits to be reaped has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, turn: int) -> None:
    """A table made in one test is not there in the next."""
    assert write_and_count(database_url) == 1


def test_a_database_can_be_copied_from_a_prepared_one(postgres: Postgres) -> None:
    """A template's rows are there in the copy, for tests that do not want to migrate each time."""
    write_and_count(postgres.create_database("prepared"))
    engine = sa.create_engine(postgres.create_database("copied", template="prepared"))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM specimen")).scalar_one() == 1
    engine.dispose()
    postgres.drop_database("copied")
    postgres.drop_database("prepared")


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_store(store: Store, turn: int) -> None:
    """An object put in one test is not there in the next; what was put is got, listed and deleted."""
    place = from_url(store.url)
    assert names(place) == []
    obstore.put(place, "blobs/sha256/ab12", b"specimen")
    assert bytes(obstore.get(place, "blobs/sha256/ab12").bytes()) == b"specimen"
    assert bytes(obstore.get_range(place, "blobs/sha256/ab12", start=2, length=3)) == b"eci"
    assert names(place, "blobs") == ["blobs/sha256/ab12"]
    obstore.delete(place, "blobs/sha256/ab12")
    with pytest.raises((NotFoundError, FileNotFoundError)):
        obstore.get(place, "blobs/sha256/ab12")


def test_a_store_takes_an_object_in_parts(store: Store) -> None:
    """A put larger than one part arrives whole, through multipart upload where the store has it."""
    place = from_url(store.url)
    content = bytes(range(256)) * (48 * 1024)
    obstore.put(place, "large", content, use_multipart=True, chunk_size=5 * 1024 * 1024)
    assert bytes(obstore.get(place, "large").bytes()) == content


def test_a_range_of_an_object_is_read_without_the_rest(store: Store) -> None:
    """Resuming a transfer needs ranges: from the middle, to the end, and in many readers at once."""
    place = from_url(store.url)
    content = os.urandom(3_000_000)
    obstore.put(place, "large", content)
    for start, length in [(0, 1), (2_999_999, 1), (1_000_000, 1_500_000)]:
        assert bytes(obstore.get_range(place, "large", start=start, length=length)) == content[start : start + length]
    starts = range(0, 3_000_000, 100_000)
    parts = obstore.get_ranges(place, "large", starts=list(starts), lengths=[100_000] * len(starts), coalesce=0)
    assert b"".join(bytes(part) for part in parts) == content


def test_a_backend_is_a_database_and_a_store(backend: Backend) -> None:
    """Both halves of a pairing work, reached by their URLs."""
    assert write_and_count(backend.database_url) == 1
    place = from_url(backend.store_url)
    obstore.put(place, "specimen", b"")
    assert names(place) == ["specimen"]


def test_a_backend_is_reachable_from_another_process(backend: Backend, tmp_path: Path) -> None:
    """A process that inherits nothing but the backend's variables writes to the same store."""
    program = "import obstore, sys; obstore.put(obstore.store.from_url(sys.argv[1]), 'specimen', b'whole')"
    subprocess.run(
        [sys.executable, "-c", program, backend.store_url], env=backend.environment, cwd=tmp_path, check=True
    )
    assert bytes(obstore.get(from_url(backend.store_url), "specimen").bytes()) == b"whole"


def test_a_stopped_postgres_leaves_no_process_and_no_folder() -> None:
    """Stopping ends the process that was started, and nothing stays on disk."""
    running = start_postgres()
    running.stop()
    assert running.server.process.returncode is not None
    assert not running.folder.exists()


def test_a_stopped_s3_leaves_no_process_and_no_folder() -> None:
    """Stopping ends the process that was started, and nothing stays on disk."""
    running = start_s3()
    running.stop()
    assert running.server.process.returncode is not None
    assert not running.folder.exists()


def test_a_bucket_is_a_folder_that_a_test_can_damage(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server holds is visible below its root, so that a fault can be made there."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    obstore.put(from_url(s3.create_bucket("damaged")), "blob", b"whole")
    assert (s3.root / "damaged" / "blob").read_bytes() == b"whole"
    s3.drop_bucket("damaged")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_server_does_not_outlive_a_killed_test_run(tmp_path: Path) -> None:
    """SIGKILL leaves nobody to clean up, so the kernel stops the servers."""
    program = (
        "import os, signal\n"
        "from tests.support.s3 import start_s3\n"
        "s3 = start_s3()\n"
        "print(s3.server.process.pid, s3.folder, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    pid, folder = result.stdout.split()
    shutil.rmtree(folder)
    assert result.returncode == -signal.SIGKILL
    assert ends_within(seconds=10, pid=int(pid))
